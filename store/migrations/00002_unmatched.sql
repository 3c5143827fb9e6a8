-- +goose Up
-- The status leads, or SQLite takes the index of all live listings and walks
-- every one of them to find the few that wait for the matcher.
DROP INDEX listing_unmatched;
CREATE INDEX listing_unmatched ON listing (status, updated_at) WHERE matched_rev < rev;
