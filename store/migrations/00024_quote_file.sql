-- +goose Up

-- A file of a quote names the need; until the quote is sent with it (quoted_at)
-- only its supplier sees it.
ALTER TABLE attachment ADD COLUMN need_id TEXT NOT NULL DEFAULT '';
ALTER TABLE attachment ADD COLUMN quoted_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX attachment_need ON attachment (need_id, enterprise_id);
CREATE INDEX attachment_unsent ON attachment (removed_at, quoted_at, at) WHERE need_id <> '';
CREATE INDEX attachment_enterprise ON attachment (enterprise_id);
CREATE INDEX attachment_user ON attachment (user_id);
