-- +goose Up

-- A file that one firm sent to the other of an introduction. Of one whose time
-- is over the contents are gone; its name and who fetched it stay.
CREATE TABLE attachment (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    user_id         TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    type            TEXT   NOT NULL,
    size            BIGINT NOT NULL,
    bytes           BYTEA  NOT NULL,
    at              BIGINT NOT NULL,
    removed_at      BIGINT NOT NULL
);
CREATE INDEX attachment_introduction ON attachment (introduction_id, enterprise_id);
CREATE INDEX attachment_at ON attachment (removed_at, at);

-- What the two firms of an introduction said to each other. Lines are only ever added.
CREATE TABLE message (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    user_id         TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    attachment_id   TEXT   NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX message_introduction ON message (introduction_id, id);
CREATE INDEX message_user ON message (user_id, id);

-- Who fetched a file, and when. Lines are only ever added.
CREATE TABLE download (
    id            TEXT   NOT NULL PRIMARY KEY,
    attachment_id TEXT   NOT NULL REFERENCES attachment (id),
    enterprise_id TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX download_attachment ON download (attachment_id, id);
