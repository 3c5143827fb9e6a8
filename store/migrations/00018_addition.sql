-- +goose Up

-- What the city (cluster_id empty) and associations add to the tables of words.
-- A removed line stays: it tells which listings to match again, and who did it.
CREATE TABLE addition (
    id         TEXT   NOT NULL PRIMARY KEY,
    cluster_id TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    of         TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    class      TEXT   NOT NULL,
    weight     BIGINT NOT NULL, -- thousandths
    source     TEXT   NOT NULL,
    change_id  TEXT   NOT NULL,
    made_by    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    removed_by TEXT   NOT NULL,
    removed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX addition_of ON addition (cluster_id, kind, of) WHERE removed_at = 0;
CREATE INDEX addition_change ON addition (change_id);
