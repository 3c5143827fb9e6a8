-- +goose Up
-- The links of the chain that a firm says it stands at: class codes with a blank
-- between, and the same by code for the directory.
ALTER TABLE enterprise ADD COLUMN links TEXT NOT NULL DEFAULT '';
CREATE TABLE enterprise_link (
    code          TEXT NOT NULL,
    enterprise_id TEXT NOT NULL REFERENCES enterprise (id),
    PRIMARY KEY (code, enterprise_id)
);
CREATE INDEX enterprise_link_firm ON enterprise_link (enterprise_id);
