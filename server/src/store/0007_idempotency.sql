-- Answers to requests that carried an Idempotency-Key, for a day: the same request again gets the same answer.
CREATE TABLE answered (
    key           TEXT PRIMARY KEY NOT NULL,
    request       BLOB NOT NULL CHECK (length(request) = 32), -- digest of method, path and body
    status        INTEGER NOT NULL,
    body          BLOB NOT NULL,
    answered_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX answered_at ON answered (answered_at_us);
