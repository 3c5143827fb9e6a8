-- +goose Up
-- Two firms that sat at a fair's table, and what came of it in the ledger.
ALTER TABLE introduction ADD COLUMN fair_id TEXT NOT NULL DEFAULT '';
DROP INDEX introduction_open_listing;
CREATE UNIQUE INDEX introduction_open_listing ON introduction (by_id, listing_id) WHERE proposal_id = '' AND fair_id = '' AND status IN ('asked', 'agreed');
CREATE INDEX introduction_fair ON introduction (fair_id, by_id) WHERE fair_id <> '';
ALTER TABLE fair_reply ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE fair_reply ADD COLUMN outcome_id TEXT NOT NULL DEFAULT '';
-- Who belongs to a firm is asked at every claim and each notice.
CREATE INDEX membership_enterprise ON membership (enterprise_id);
