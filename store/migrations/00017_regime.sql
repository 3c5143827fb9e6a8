-- +goose Up
-- Who puts talks at a time: the organiser, or the two firms themselves. What
-- they pick gathers in a draft of its own.
ALTER TABLE fair ADD COLUMN regime TEXT NOT NULL DEFAULT 'organiser';
ALTER TABLE fair_plan ADD COLUMN picked BIGINT NOT NULL DEFAULT 0;
-- The firm that a talk's reason is about: who is full, who has enough.
ALTER TABLE fair_meeting ADD COLUMN why_id TEXT NOT NULL DEFAULT '';
