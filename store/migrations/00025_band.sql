-- +goose Up
-- The upper end of a band of amounts: fen is its lower end; 0: fen is exact.
ALTER TABLE claim ADD COLUMN fen_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outcome ADD COLUMN fen_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outcome ADD COLUMN seen_fen_to BIGINT NOT NULL DEFAULT 0;
-- What was answered to a follow-up so far was a band: its link offers nothing else.
UPDATE claim SET fen_to = CASE fen WHEN 100000 THEN 1000000 WHEN 1000000 THEN 10000000 WHEN 10000000 THEN 50000000
        WHEN 50000000 THEN 100000000 WHEN 100000000 THEN 500000000 ELSE 100000000000000 END
    WHERE user_id = '' AND fair_id = '' AND stage = 'contract' AND fen IN (100000, 1000000, 10000000, 50000000, 100000000, 500000000);
