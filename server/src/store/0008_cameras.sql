-- Cameras: those that the relay reads, and those that a browser drives. 'default' is the one that /api/* steers.
CREATE TABLE camera (
    id             TEXT PRIMARY KEY NOT NULL,
    name           TEXT NOT NULL,
    camera_id      TEXT, -- the name under which events and webhooks know it
    stream_url     TEXT, -- NULL where a browser drives it
    username       TEXT, -- its login, apart from its address
    password       TEXT,
    enabled        INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    threshold      REAL, -- on the scale where every model's default reads 0.6; NULL for the relay's
    min_face_px    INTEGER NOT NULL DEFAULT 0,
    zone           TEXT, -- corners as JSON; NULL for all of the picture
    rtsp_transport TEXT NOT NULL DEFAULT 'auto' CHECK (rtsp_transport IN ('auto', 'tcp', 'udp')),
    created_at_us  INTEGER NOT NULL
) STRICT;
INSERT INTO camera (id, name, camera_id, stream_url, enabled, created_at_us)
    SELECT 'default', 'default', camera_id, stream_url, active, 0 FROM settings;
INSERT OR IGNORE INTO camera (id, name, enabled, created_at_us) VALUES ('default', 'default', 0, 0);
ALTER TABLE settings DROP COLUMN active;
ALTER TABLE settings DROP COLUMN stream_url;
ALTER TABLE settings DROP COLUMN camera_id;
