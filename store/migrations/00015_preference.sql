-- +goose Up

-- What in the proposal bore out the reason of an answer.
ALTER TABLE interest ADD COLUMN ground TEXT NOT NULL DEFAULT '';
CREATE INDEX interest_unfit ON interest (enterprise_id, reason) WHERE answer = 'unfit';

-- A firm's own rules about what it is offered.
CREATE TABLE preference (
    id            TEXT   NOT NULL PRIMARY KEY,
    rev           BIGINT NOT NULL,
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    side          TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    of            TEXT   NOT NULL,
    value         TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    asked         BIGINT NOT NULL,
    answers       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX preference_of ON preference (enterprise_id, side, kind, of);
