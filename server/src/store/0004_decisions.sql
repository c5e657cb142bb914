-- How often a stranger may be given a name, one in so many: everybody's, and a person's own. NULL: nobody chose.
ALTER TABLE settings ADD COLUMN stranger_named_one_in INTEGER CHECK (stranger_named_one_in > 0);
ALTER TABLE person ADD COLUMN stranger_named_one_in INTEGER CHECK (stranger_named_one_in > 0);

-- What was decided on the face, and why, as JSON. NULL: decided by an older version, or nobody was enrolled.
ALTER TABLE event ADD COLUMN decision TEXT;
