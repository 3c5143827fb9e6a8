-- +goose Up
-- What a QR code in the picture says, read when the picture came in.
ALTER TABLE image ADD COLUMN code TEXT NOT NULL DEFAULT '';
