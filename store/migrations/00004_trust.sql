-- +goose Up

-- Tries at a door: the moments of the last ones, in milliseconds. An account is
-- the SHA-256 of a login, whether such a user exists or not.
CREATE TABLE guess (
    account    TEXT   NOT NULL,
    device     TEXT   NOT NULL,
    times      TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account, device)
);
CREATE INDEX guess_updated ON guess (updated_at);

-- A browser that its user signed in with before.
CREATE TABLE device (
    token_hash TEXT   NOT NULL,
    user_id    TEXT   NOT NULL REFERENCES user_account (id),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    PRIMARY KEY (token_hash, user_id)
);
CREATE INDEX device_account ON device (user_id, seen_at);

-- A link that one person hands to another, good for one use.
CREATE TABLE ticket (
    token_hash    TEXT   NOT NULL PRIMARY KEY,
    purpose       TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    enterprise_id TEXT   NOT NULL,
    made_by       TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX ticket_end ON ticket (expires_at);

-- How well the association knows a firm: who said so, when, on what basis.
ALTER TABLE enterprise ADD COLUMN level TEXT NOT NULL DEFAULT 'unverified';
ALTER TABLE enterprise ADD COLUMN level_by TEXT NOT NULL DEFAULT '';
ALTER TABLE enterprise ADD COLUMN level_by_name TEXT NOT NULL DEFAULT '';
ALTER TABLE enterprise ADD COLUMN level_basis TEXT NOT NULL DEFAULT '';
ALTER TABLE enterprise ADD COLUMN level_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE enterprise ADD COLUMN standing TEXT NOT NULL DEFAULT 'active';
ALTER TABLE enterprise ADD COLUMN standing_reason TEXT NOT NULL DEFAULT '';

-- Which veto was spoken; the words stay with whom said them.
ALTER TABLE veto ADD COLUMN word TEXT NOT NULL DEFAULT 'known';

CREATE TABLE introduction (
    id                TEXT   NOT NULL PRIMARY KEY,
    rev               BIGINT NOT NULL,
    proposal_id       TEXT   NOT NULL,
    listing_id        TEXT   NOT NULL,
    from_id           TEXT   NOT NULL,
    by_id             TEXT   NOT NULL REFERENCES enterprise (id),
    to_id             TEXT   NOT NULL REFERENCES enterprise (id),
    made_by           TEXT   NOT NULL,
    by_operator       BIGINT NOT NULL,
    muted             BIGINT NOT NULL,
    status            TEXT   NOT NULL,
    note              TEXT   NOT NULL,
    reason            TEXT   NOT NULL,
    by_consent_user   TEXT   NOT NULL,
    by_consent_at     BIGINT NOT NULL,
    by_withdrawn_at   BIGINT NOT NULL,
    to_consent_user   TEXT   NOT NULL,
    to_consent_at     BIGINT NOT NULL,
    to_withdrawn_at   BIGINT NOT NULL,
    disclosed_at      BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    expires_at        BIGINT NOT NULL
);
CREATE INDEX introduction_by ON introduction (by_id, status, id);
CREATE INDEX introduction_to ON introduction (to_id, status, id);
CREATE INDEX introduction_proposal ON introduction (proposal_id, id);
CREATE INDEX introduction_due ON introduction (status, expires_at);
-- One open introduction on a proposal, and one of a firm on a listing.
CREATE UNIQUE INDEX introduction_open_proposal ON introduction (proposal_id) WHERE proposal_id <> '' AND status IN ('asked', 'agreed');
CREATE UNIQUE INDEX introduction_open_listing ON introduction (by_id, listing_id) WHERE proposal_id = '' AND status IN ('asked', 'agreed');

-- Every consent as it was given or taken back. Lines are only ever added.
CREATE TABLE consent (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL,
    user_id         TEXT   NOT NULL,
    given           BIGINT NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX consent_introduction ON consent (introduction_id, id);

-- Whose contact was opened to whom. Lines are only ever added.
CREATE TABLE disclosure (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    of_id           TEXT   NOT NULL,
    to_id           TEXT   NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX disclosure_of ON disclosure (of_id, id);
CREATE INDEX disclosure_introduction ON disclosure (introduction_id, id);

CREATE INDEX enterprise_cluster ON enterprise (cluster_id, id);

-- Which listings an association reads before they are public.
ALTER TABLE cluster ADD COLUMN review TEXT NOT NULL DEFAULT 'none';

-- What a firm asked its association to look at, and what was decided. Lines stay.
CREATE TABLE review (
    id            TEXT   NOT NULL PRIMARY KEY,
    kind          TEXT   NOT NULL,
    of            TEXT   NOT NULL,
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    cluster_id    TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    asked_by      TEXT   NOT NULL,
    asked_at      BIGINT NOT NULL,
    decided_by    TEXT   NOT NULL,
    decided_at    BIGINT NOT NULL
);
CREATE INDEX review_queue ON review (status, cluster_id, id);
CREATE INDEX review_of ON review (of, id);
CREATE UNIQUE INDEX review_waiting ON review (of) WHERE status = 'waiting';

-- What came of an introduction. Stage, sum and strength are those of the
-- claims at the last write, kept beside them for counting.
CREATE TABLE outcome (
    id              TEXT   NOT NULL PRIMARY KEY,
    rev             BIGINT NOT NULL,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    by_id           TEXT   NOT NULL,
    to_id           TEXT   NOT NULL,
    by_cluster      TEXT   NOT NULL,
    to_cluster      TEXT   NOT NULL,
    stage           TEXT   NOT NULL,
    fen             BIGINT NOT NULL,
    day             TEXT   NOT NULL,
    strength        TEXT   NOT NULL,
    seen_by         TEXT   NOT NULL,
    seen_at         BIGINT NOT NULL,
    seen_stage      TEXT   NOT NULL,
    seen_fen        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX outcome_introduction ON outcome (introduction_id);
CREATE INDEX outcome_by_cluster ON outcome (by_cluster, day);
CREATE INDEX outcome_to_cluster ON outcome (to_cluster, day);
CREATE INDEX outcome_pair ON outcome (by_id, to_id);

-- Every claim as it was made; the newest of each firm is in force. Lines are only ever added.
CREATE TABLE claim (
    id            TEXT   NOT NULL PRIMARY KEY,
    outcome_id    TEXT   NOT NULL REFERENCES outcome (id),
    enterprise_id TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    stage         TEXT   NOT NULL,
    fen           BIGINT NOT NULL,
    quantity      TEXT   NOT NULL,
    day           TEXT   NOT NULL,
    ended         BIGINT NOT NULL,
    reason        TEXT   NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX claim_outcome ON claim (outcome_id, id);

-- What a supplier answers to a need: its newest word.
CREATE TABLE quote (
    need_id         TEXT   NOT NULL REFERENCES listing (id),
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    user_id         TEXT   NOT NULL,
    declined        TEXT   NOT NULL,
    fen             BIGINT NOT NULL,
    unit            TEXT   NOT NULL,
    moq             TEXT   NOT NULL,
    lead_days       BIGINT NOT NULL,
    sample          TEXT   NOT NULL,
    valid_until     TEXT   NOT NULL,
    note            TEXT   NOT NULL,
    lines           TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (need_id, enterprise_id)
);

-- What a buyer adds to a need that was quoted on, for all who quoted.
CREATE TABLE clarification (
    id         TEXT   NOT NULL PRIMARY KEY,
    listing_id TEXT   NOT NULL REFERENCES listing (id),
    user_id    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX clarification_listing ON clarification (listing_id, id);

-- Hashes over the audit, each over the one before as well.
ALTER TABLE audit ADD COLUMN seal BIGINT NOT NULL DEFAULT 0;
CREATE INDEX audit_seal ON audit (seal, id);
CREATE TABLE seal (
    number BIGINT NOT NULL PRIMARY KEY,
    lines  BIGINT NOT NULL,
    hash   TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
