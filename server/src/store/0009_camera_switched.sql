-- Whether somebody ever switched the camera on or off: until then nobody waits for the one that is there from the start.
ALTER TABLE camera ADD COLUMN switched INTEGER NOT NULL DEFAULT 1 CHECK (switched IN (0, 1));
UPDATE camera SET switched = 0 WHERE id = 'default' AND enabled = 0;
