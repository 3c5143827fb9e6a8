-- +goose Up

-- What the owner of a listing could change to reach more, as of its last match.
CREATE TABLE mend (
    listing_id TEXT   NOT NULL PRIMARY KEY REFERENCES listing (id),
    mends      TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);
