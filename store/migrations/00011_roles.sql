-- +goose Up

-- The second step of a sign-in. The secret is there from the first picture of
-- it, totp_at from the first right code; totp_step is the last one taken.
ALTER TABLE user_account ADD COLUMN totp_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE user_account ADD COLUMN totp_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE user_account ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE user_account ADD COLUMN recovery TEXT NOT NULL DEFAULT '[]';

-- A bureau's viewer reads every cluster of a place, also those to come. The
-- table is made anew because the place belongs to its key.
CREATE TABLE membership_new (
    user_id       TEXT NOT NULL REFERENCES user_account (id),
    role          TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    cluster_id    TEXT NOT NULL,
    region        TEXT NOT NULL,
    PRIMARY KEY (user_id, role, enterprise_id, cluster_id, region)
);
INSERT INTO membership_new (user_id, role, enterprise_id, cluster_id, region) SELECT user_id, role, enterprise_id, cluster_id, '' FROM membership;
DROP TABLE membership;
ALTER TABLE membership_new RENAME TO membership;
CREATE INDEX membership_enterprise ON membership (enterprise_id);
CREATE INDEX membership_role ON membership (role, cluster_id);
CREATE INDEX cluster_region ON cluster (region);

-- An office that a link leads to: its role, and its clusters or places (JSON).
ALTER TABLE ticket ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN scope TEXT NOT NULL DEFAULT '[]';
CREATE INDEX ticket_maker ON ticket (made_by);

-- A record that turned out to be another's double names the one that is left.
ALTER TABLE enterprise ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
CREATE INDEX enterprise_phone ON enterprise (contact_phone);

-- What a bureau's summary counts.
CREATE INDEX listing_summary ON listing (cluster_id, status, side);

-- An outcome that another one counts already, since two records of a firm
-- became one, names that one. It counts nowhere, and what was said of it stays.
ALTER TABLE outcome ADD COLUMN folded_into TEXT NOT NULL DEFAULT '';
