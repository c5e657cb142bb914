-- How many days the embedding behind a named event is kept; 0 keeps none.
ALTER TABLE settings ADD COLUMN correctable_days INTEGER NOT NULL DEFAULT 30;

-- What a named event was decided on, so that it can be corrected. Kept for a while, and not beyond the person.
CREATE TABLE probe (
    event_id   INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    model      TEXT NOT NULL,
    person_id  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    vector     BLOB NOT NULL CHECK (length(vector) = 512), -- 128 little-endian float32
    kept_at_us INTEGER NOT NULL,
    PRIMARY KEY (event_id, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX probe_person ON probe (person_id);
CREATE INDEX probe_kept ON probe (kept_at_us);

-- "That is not me": an event whose face is not of the person it was taken for.
CREATE TABLE correction (
    event_id        INTEGER PRIMARY KEY NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    person_id       TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    actual_name     TEXT, -- who it was, where somebody said so
    actual_name_key TEXT,
    created_at_us   INTEGER NOT NULL
) STRICT;
CREATE INDEX correction_person ON correction (person_id);

-- The embeddings of a corrected event, one a model: they are not of the correction's person.
CREATE TABLE negative (
    event_id INTEGER NOT NULL REFERENCES correction (event_id) ON DELETE CASCADE,
    model    TEXT NOT NULL,
    vector   BLOB NOT NULL CHECK (length(vector) = 512),
    PRIMARY KEY (event_id, model)
) STRICT, WITHOUT ROWID;
