-- +goose Up
-- Column types are TEXT, BIGINT and BYTEA only, so that one text serves both
-- databases. Times are milliseconds UTC (0: none), money is fen, decimals are
-- text, lists are JSON. No value is ever NULL.

CREATE TABLE cluster (
    id     TEXT   NOT NULL PRIMARY KEY,
    name   TEXT   NOT NULL,
    region TEXT   NOT NULL,
    chains TEXT   NOT NULL
);

CREATE TABLE enterprise (
    id            TEXT   NOT NULL PRIMARY KEY,
    rev           BIGINT NOT NULL,
    uscc          TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    cluster_id    TEXT   NOT NULL,
    region        TEXT   NOT NULL,
    about         TEXT   NOT NULL,
    main_products TEXT   NOT NULL,
    honours       TEXT   NOT NULL,
    certificates  TEXT   NOT NULL,
    contact_name  TEXT   NOT NULL,
    contact_phone TEXT   NOT NULL,
    contact_mail  TEXT   NOT NULL,
    demo          BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX enterprise_uscc ON enterprise (uscc) WHERE uscc <> '';
CREATE INDEX enterprise_name ON enterprise (name);

CREATE TABLE user_account (
    id            TEXT   NOT NULL PRIMARY KEY,
    login         TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_account_login ON user_account (login);

CREATE TABLE membership (
    user_id       TEXT NOT NULL REFERENCES user_account (id),
    role          TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    cluster_id    TEXT NOT NULL,
    PRIMARY KEY (user_id, role, enterprise_id, cluster_id)
);

CREATE TABLE session (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES user_account (id),
    agent      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (user_id);
CREATE INDEX session_end ON session (expires_at);

CREATE TABLE listing (
    id              TEXT   NOT NULL PRIMARY KEY,
    rev             BIGINT NOT NULL,
    matched_rev     BIGINT NOT NULL,
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    cluster_id      TEXT   NOT NULL,
    side            TEXT   NOT NULL,
    board           TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    title           TEXT   NOT NULL,
    class           TEXT   NOT NULL,
    product         TEXT   NOT NULL,
    specs           TEXT   NOT NULL,
    quantity_amount TEXT   NOT NULL,
    quantity_unit   TEXT   NOT NULL,
    quantity_per    TEXT   NOT NULL,
    negotiable      BIGINT NOT NULL,
    price_fen       BIGINT NOT NULL,
    price_unit      TEXT   NOT NULL,
    moq             TEXT   NOT NULL,
    lead_days       BIGINT NOT NULL,
    region          TEXT   NOT NULL,
    certificates    TEXT   NOT NULL,
    valid_until     BIGINT NOT NULL,
    body            TEXT   NOT NULL,
    images          TEXT   NOT NULL,
    source          TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    published_at    BIGINT NOT NULL
);
CREATE INDEX listing_enterprise ON listing (enterprise_id, status, id);
CREATE INDEX listing_status ON listing (status, id);
CREATE INDEX listing_valid ON listing (status, valid_until);
CREATE UNIQUE INDEX listing_source ON listing (source) WHERE source <> '';
CREATE INDEX listing_unmatched ON listing (updated_at) WHERE status = 'live' AND matched_rev < rev;

CREATE TABLE image (
    id            TEXT   NOT NULL PRIMARY KEY,
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    type          TEXT   NOT NULL,
    width         BIGINT NOT NULL,
    height        BIGINT NOT NULL,
    bytes         BYTEA  NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX image_enterprise ON image (enterprise_id);

CREATE TABLE proposal (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    need_id    TEXT   NOT NULL REFERENCES listing (id),
    supply_id  TEXT   NOT NULL REFERENCES listing (id),
    need_by    TEXT   NOT NULL,
    supply_by  TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    total      BIGINT NOT NULL,
    terms      TEXT   NOT NULL,
    weights    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX proposal_pair ON proposal (need_id, supply_id);
CREATE INDEX proposal_supply ON proposal (supply_id);
CREATE INDEX proposal_need_by ON proposal (need_by, status, id);
CREATE INDEX proposal_supply_by ON proposal (supply_by, status, id);

CREATE TABLE interest (
    proposal_id   TEXT   NOT NULL REFERENCES proposal (id),
    enterprise_id TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    answer        TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    note          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, enterprise_id)
);

-- A veto names the proposal it was spoken on, so that a revised answer takes
-- back that one word and no other.
CREATE TABLE veto (
    enterprise_id TEXT   NOT NULL,
    other_id      TEXT   NOT NULL,
    proposal_id   TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (enterprise_id, other_id, proposal_id)
);
CREATE INDEX veto_other ON veto (other_id);

CREATE TABLE outbox (
    id   TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    of   TEXT NOT NULL
);

CREATE TABLE idempotency (
    scope      TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    of         TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

CREATE TABLE audit (
    id            TEXT   NOT NULL PRIMARY KEY,
    at            BIGINT NOT NULL,
    user_id       TEXT   NOT NULL,
    enterprise_id TEXT   NOT NULL,
    deed          TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    of            TEXT   NOT NULL
);
CREATE INDEX audit_of ON audit (of, id);
CREATE INDEX audit_enterprise ON audit (enterprise_id, id);

CREATE TABLE failure (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    of         TEXT   NOT NULL,
    tries      BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
