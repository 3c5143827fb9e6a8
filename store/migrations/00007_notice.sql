-- +goose Up

-- What a firm is told. Of two with one key it gets the first. planned says that
-- the deliveries to its people are made.
CREATE TABLE notice (
    id            TEXT   NOT NULL PRIMARY KEY,
    enterprise_id TEXT   NOT NULL,
    topic         TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    of            TEXT   NOT NULL,
    other_id      TEXT   NOT NULL,
    key           TEXT   NOT NULL,
    planned       BIGINT NOT NULL,
    at            BIGINT NOT NULL
);
CREATE UNIQUE INDEX notice_key ON notice (enterprise_id, key);
CREATE INDEX notice_enterprise ON notice (enterprise_id, id);
CREATE INDEX notice_unplanned ON notice (id) WHERE planned = 0;

-- Up to which notice a person has seen those of a firm.
CREATE TABLE notice_seen (
    user_id       TEXT NOT NULL REFERENCES user_account (id),
    enterprise_id TEXT NOT NULL,
    upto          TEXT NOT NULL,
    PRIMARY KEY (user_id, enterprise_id)
);

-- Up to which message a person has read a thread.
CREATE TABLE message_seen (
    user_id         TEXT NOT NULL REFERENCES user_account (id),
    introduction_id TEXT NOT NULL,
    upto            TEXT NOT NULL,
    PRIMARY KEY (user_id, introduction_id)
);

-- How a person wants to be told.
CREATE TABLE notice_choice (
    user_id      TEXT   NOT NULL PRIMARY KEY REFERENCES user_account (id),
    lang         TEXT   NOT NULL,
    mail         TEXT   NOT NULL,
    confirmed_at BIGINT NOT NULL,
    paces        TEXT   NOT NULL
);

-- What is, or was, on its way to one person: no address, no text.
CREATE TABLE delivery (
    id            TEXT   NOT NULL PRIMARY KEY,
    user_id       TEXT   NOT NULL REFERENCES user_account (id),
    enterprise_id TEXT   NOT NULL,
    channel       TEXT   NOT NULL,
    topic         TEXT   NOT NULL,
    notice_id     TEXT   NOT NULL,
    day           TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    tries         BIGINT NOT NULL,
    next_at       BIGINT NOT NULL,
    reason        TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    sent_at       BIGINT NOT NULL
);
CREATE UNIQUE INDEX delivery_once ON delivery (user_id, notice_id, day);
CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'queued';
CREATE INDEX delivery_enterprise ON delivery (enterprise_id, id);

-- The question to one side what came of an introduction.
CREATE TABLE followup (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    other_id        TEXT   NOT NULL,
    days            BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    asked_at        BIGINT NOT NULL,
    answered_at     BIGINT NOT NULL,
    answer          TEXT   NOT NULL,
    called_by       TEXT   NOT NULL
);
CREATE UNIQUE INDEX followup_once ON followup (introduction_id, enterprise_id, days);
CREATE INDEX followup_due ON followup (due_at) WHERE asked_at = 0;
CREATE INDEX followup_silent ON followup (enterprise_id, asked_at) WHERE answered_at = 0 AND asked_at > 0;

-- What links are sealed with.
CREATE TABLE secret (
    name  TEXT  NOT NULL PRIMARY KEY,
    bytes BYTEA NOT NULL
);

