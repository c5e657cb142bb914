-- Who is told of what. 'env' is the receiver of the environment: its address and secrets are not kept here.
CREATE TABLE webhook (
    id                TEXT PRIMARY KEY NOT NULL,
    url               TEXT,
    description       TEXT,
    filter            TEXT NOT NULL, -- as JSON
    secret            TEXT,
    previous_secret   TEXT, -- signed with as well, until:
    previous_until_us INTEGER,
    send_bearer       INTEGER NOT NULL DEFAULT 0 CHECK (send_bearer IN (0, 1)),
    disabled          TEXT CHECK (disabled IN ('operator', 'gone')),
    created_at_us     INTEGER NOT NULL
) STRICT;
INSERT INTO webhook (id, filter, created_at_us) VALUES ('env', '{"topics":["known","unknown"]}', 0);

-- What is, or was, to be told to whom. Rows that were taken or given up are kept for a while.
CREATE TABLE delivery_to (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook          TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    webhook_id       TEXT NOT NULL UNIQUE, -- the same on every attempt
    event_id         INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    lane             TEXT NOT NULL, -- order is kept within a lane: one a receiver and camera
    body             TEXT NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    first_attempt_us INTEGER,
    due_us           INTEGER NOT NULL,
    last_failure     TEXT,
    given_up_us      INTEGER,
    delivered_us     INTEGER
) STRICT;
INSERT INTO delivery_to (id, webhook, webhook_id, event_id, lane, body, attempts, first_attempt_us, due_us,
                         last_failure, given_up_us)
    SELECT id, 'env', webhook_id, event_id, 'env/' || lane, body, attempts, first_attempt_us, due_us, last_failure,
           given_up_us
    FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_to RENAME TO delivery;
CREATE INDEX delivery_waiting ON delivery (lane, id) WHERE given_up_us IS NULL AND delivered_us IS NULL;
CREATE INDEX delivery_event ON delivery (event_id);
CREATE INDEX delivery_webhook ON delivery (webhook, id);
CREATE INDEX delivery_given_up ON delivery (given_up_us) WHERE given_up_us IS NOT NULL;
CREATE INDEX delivery_delivered ON delivery (delivered_us) WHERE delivered_us IS NOT NULL;
