-- +goose Up

-- What a firm says of itself beyond its name and place, as JSON lists.
ALTER TABLE enterprise ADD COLUMN capacities TEXT NOT NULL DEFAULT '[]';
ALTER TABLE enterprise ADD COLUMN staff TEXT NOT NULL DEFAULT '';
ALTER TABLE enterprise ADD COLUMN turnover TEXT NOT NULL DEFAULT '';
ALTER TABLE enterprise ADD COLUMN people TEXT NOT NULL DEFAULT '[]';

-- Files that prove honours and certificates.
CREATE TABLE evidence (
    id            TEXT   NOT NULL PRIMARY KEY,
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    user_id       TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    type          TEXT   NOT NULL,
    size          BIGINT NOT NULL,
    bytes         BYTEA  NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX evidence_enterprise ON evidence (enterprise_id, at);
