-- Whether people known in dlib-resnet-v1 only are given sface-2021dec encodings by their sightings: off, ask, auto.
ALTER TABLE settings ADD COLUMN upgrade TEXT NOT NULL DEFAULT 'off';

-- The event that a derived encoding comes from.
ALTER TABLE encoding ADD COLUMN event_id INTEGER REFERENCES event (id) ON DELETE SET NULL;

-- Sure sightings of people without an encoding of the model, one a day, that wait to become encodings.
CREATE TABLE upgrade (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    event_id   INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    model      TEXT NOT NULL,
    vector     BLOB CHECK (length(vector) = 512), -- NULL: refused, and nothing more is proposed for the person
    day        INTEGER NOT NULL, -- since 1970-01-01, UTC
    seen_at_us INTEGER NOT NULL,
    UNIQUE (person_id, model, day)
) STRICT;
CREATE INDEX upgrade_event ON upgrade (event_id);
