-- What the second channel of a capture sent, where it was not what the first had sent, and whether it said otherwise.
ALTER TABLE capture ADD COLUMN second_digest BLOB CHECK (length(second_digest) = 32);
ALTER TABLE capture ADD COLUMN disagrees INTEGER NOT NULL DEFAULT 0 CHECK (disagrees IN (0, 1));
-- Whether the event is what the second channel said, against the first. It is no detection of its own.
ALTER TABLE event ADD COLUMN of_second INTEGER NOT NULL DEFAULT 0 CHECK (of_second IN (0, 1));
-- Whether another capture had brought the very same embedding before.
ALTER TABLE event ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0 CHECK (replayed IN (0, 1));

-- A digest of each embedding that was reported: no camera gives the same numbers twice.
CREATE TABLE evidence (
    digest     BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 16),
    capture_id BLOB NOT NULL REFERENCES capture (id) ON DELETE CASCADE,
    kept_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_capture ON evidence (capture_id);
CREATE INDEX evidence_kept ON evidence (kept_at_us);

-- What a report is judged by: embedding, picture, both.
ALTER TABLE settings ADD COLUMN verify TEXT NOT NULL DEFAULT 'embedding';
