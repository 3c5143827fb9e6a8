-- +goose Up

-- What a desk noted, by the ids it gave: what is sent again counts once.
CREATE TABLE fair_deed (
    fair_id TEXT NOT NULL REFERENCES fair (id),
    id      TEXT NOT NULL,
    PRIMARY KEY (fair_id, id)
);

-- How a talk of a draft stood before an edit and after it (empty: it was not
-- there), so that the edit can be undone by whoever comes next.
CREATE TABLE fair_edit (
    plan_id TEXT   NOT NULL REFERENCES fair_plan (id),
    number  BIGINT NOT NULL,
    a_id    TEXT   NOT NULL,
    b_id    TEXT   NOT NULL,
    was     TEXT   NOT NULL,
    became  TEXT   NOT NULL,
    PRIMARY KEY (plan_id, number)
);

-- A talk that the organiser added by hand, and may take out again.
ALTER TABLE fair_meeting ADD COLUMN added BIGINT NOT NULL DEFAULT 0;

-- The fair at whose table a claim was made, and when it was taken back there.
ALTER TABLE claim ADD COLUMN fair_id TEXT NOT NULL DEFAULT '';
ALTER TABLE claim ADD COLUMN withdrawn_at BIGINT NOT NULL DEFAULT 0;
UPDATE claim SET fair_id = coalesce((SELECT max(r.fair_id) FROM fair_reply r WHERE r.outcome_id = claim.outcome_id AND r.by_id = claim.enterprise_id AND claim.at <= r.updated_at), '')
WHERE user_id = '';
