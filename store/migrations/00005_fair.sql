-- +goose Up
-- A fair's set-up is lists of small things that are always read together: JSON.
-- A plan's meetings are rows, so that a move writes one of them and a firm's
-- timetable reads its own.

CREATE TABLE fair (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    place        TEXT   NOT NULL,
    clusters     TEXT   NOT NULL,
    entry        TEXT   NOT NULL,
    phase        TEXT   NOT NULL,
    dates        TEXT   NOT NULL,
    slot_minutes BIGINT NOT NULL,
    sessions     TEXT   NOT NULL,
    pauses       TEXT   NOT NULL,
    tables       TEXT   NOT NULL,
    min_meetings BIGINT NOT NULL,
    max_meetings BIGINT NOT NULL,
    secret       BYTEA  NOT NULL,
    demo         BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

CREATE TABLE fair_party (
    fair_id       TEXT   NOT NULL REFERENCES fair (id),
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    role          TEXT   NOT NULL,
    reps          TEXT   NOT NULL,
    parallel      BIGINT NOT NULL,
    away          TEXT   NOT NULL,
    absent        BIGINT NOT NULL,
    late_until    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (fair_id, enterprise_id)
);
CREATE INDEX fair_party_enterprise ON fair_party (enterprise_id, fair_id);

CREATE TABLE fair_arrival (
    fair_id       TEXT   NOT NULL,
    enterprise_id TEXT   NOT NULL,
    rep           BIGINT NOT NULL,
    via           TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (fair_id, enterprise_id, rep)
);

CREATE TABLE fair_wish (
    fair_id    TEXT   NOT NULL,
    by_id      TEXT   NOT NULL,
    other_id   TEXT   NOT NULL,
    mark       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (fair_id, by_id, other_id)
);

CREATE TABLE fair_plan (
    id          TEXT   NOT NULL PRIMARY KEY,
    fair_id     TEXT   NOT NULL REFERENCES fair (id),
    rev         BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    base        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    progress    TEXT   NOT NULL,
    settings    TEXT   NOT NULL,
    figures     TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    released_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX fair_plan_number ON fair_plan (fair_id, number);

CREATE INDEX fair_plan_waiting ON fair_plan (state, created_at) WHERE state = 'queued';

CREATE TABLE fair_meeting (
    plan_id TEXT   NOT NULL REFERENCES fair_plan (id),
    a_id    TEXT   NOT NULL,
    b_id    TEXT   NOT NULL,
    slot    BIGINT NOT NULL,
    tab     BIGINT NOT NULL,
    locked  BIGINT NOT NULL,
    must    BIGINT NOT NULL,
    value   BIGINT NOT NULL,
    why     TEXT   NOT NULL,
    PRIMARY KEY (plan_id, a_id, b_id)
);
CREATE INDEX fair_meeting_b ON fair_meeting (plan_id, b_id);

CREATE TABLE fair_reply (
    fair_id    TEXT   NOT NULL,
    a_id       TEXT   NOT NULL,
    b_id       TEXT   NOT NULL,
    by_id      TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    fen        BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (fair_id, a_id, b_id, by_id)
);
