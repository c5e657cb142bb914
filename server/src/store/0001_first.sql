CREATE TABLE person (
    id            TEXT PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE, -- composed, case folded
    unit          TEXT,
    kind          TEXT,
    document      TEXT,
    client_id     TEXT,
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    created_at_us INTEGER NOT NULL
) STRICT;

-- The order of ids is the order in which rows were imported or enrolled; an export keeps it.
CREATE TABLE encoding (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id     TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    model         TEXT NOT NULL,
    vector        BLOB NOT NULL CHECK (length(vector) = 512), -- 128 little-endian float32
    label         TEXT, -- the name as an imported file spelled it
    source        TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX encoding_person ON encoding (person_id);

CREATE TABLE settings (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    active           INTEGER NOT NULL CHECK (active IN (0, 1)),
    stream_url       TEXT,
    legacy_threshold REAL NOT NULL,
    camera_id        TEXT,
    encoding_model   TEXT NOT NULL
) STRICT;

CREATE TABLE capture (
    id             BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    digest         BLOB NOT NULL CHECK (length(digest) = 32),
    channels       INTEGER NOT NULL, -- 1 REST, 2 Socket.IO
    camera_id      TEXT,
    occurred_at_us INTEGER NOT NULL,
    received_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    capture_id     BLOB NOT NULL REFERENCES capture (id) ON DELETE CASCADE,
    camera_id      TEXT,
    occurred_at_us INTEGER NOT NULL,
    name           TEXT, -- NULL: unknown, or forgotten
    name_key       TEXT,
    person_id      TEXT,
    distance       REAL,
    threshold      REAL NOT NULL,
    model          TEXT NOT NULL,
    confidence     REAL NOT NULL,
    verified       TEXT NOT NULL,
    box_top        INTEGER NOT NULL,
    box_right      INTEGER NOT NULL,
    box_bottom     INTEGER NOT NULL,
    box_left       INTEGER NOT NULL,
    notified       INTEGER NOT NULL CHECK (notified IN (0, 1)) -- whether the webhook was to be told
) STRICT;
CREATE INDEX event_capture ON event (capture_id);
CREATE INDEX event_name ON event (name_key);
CREATE INDEX event_person ON event (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX event_notified ON event (name_key, camera_id, occurred_at_us) WHERE notified = 1;

-- What the webhook's receiver has not taken yet. Delivered rows are deleted.
CREATE TABLE delivery (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id       TEXT NOT NULL UNIQUE, -- the same on every attempt
    event_id         INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    lane             TEXT NOT NULL, -- order is kept within a lane: one a camera
    body             TEXT NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    first_attempt_us INTEGER,
    due_us           INTEGER NOT NULL,
    last_failure     TEXT,
    given_up_us      INTEGER
) STRICT;
CREATE INDEX delivery_waiting ON delivery (lane, id) WHERE given_up_us IS NULL;
CREATE INDEX delivery_event ON delivery (event_id);
