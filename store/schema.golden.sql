CREATE TABLE addition (
    id         TEXT   NOT NULL PRIMARY KEY,
    cluster_id TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    of         TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    class      TEXT   NOT NULL,
    weight     BIGINT NOT NULL, -- thousandths
    source     TEXT   NOT NULL,
    change_id  TEXT   NOT NULL,
    made_by    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    removed_by TEXT   NOT NULL,
    removed_at BIGINT NOT NULL
);
CREATE INDEX addition_change ON addition (change_id);
CREATE UNIQUE INDEX addition_of ON addition (cluster_id, kind, of) WHERE removed_at = 0;
CREATE TABLE attachment (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    user_id         TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    type            TEXT   NOT NULL,
    size            BIGINT NOT NULL,
    bytes           BYTEA  NOT NULL,
    at              BIGINT NOT NULL,
    removed_at      BIGINT NOT NULL
, need_id TEXT NOT NULL DEFAULT '', quoted_at BIGINT NOT NULL DEFAULT 0);
CREATE INDEX attachment_at ON attachment (removed_at, at);
CREATE INDEX attachment_enterprise ON attachment (enterprise_id);
CREATE INDEX attachment_introduction ON attachment (introduction_id, enterprise_id);
CREATE INDEX attachment_need ON attachment (need_id, enterprise_id);
CREATE INDEX attachment_unsent ON attachment (removed_at, quoted_at, at) WHERE need_id <> '';
CREATE INDEX attachment_user ON attachment (user_id);
CREATE TABLE audit (
    id            TEXT   NOT NULL PRIMARY KEY,
    at            BIGINT NOT NULL,
    user_id       TEXT   NOT NULL,
    enterprise_id TEXT   NOT NULL,
    deed          TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    of            TEXT   NOT NULL
, seal BIGINT NOT NULL DEFAULT 0);
CREATE INDEX audit_enterprise ON audit (enterprise_id, id);
CREATE INDEX audit_of ON audit (of, id);
CREATE INDEX audit_seal ON audit (seal, id);
CREATE INDEX audit_user ON audit (user_id, id);
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
, fair_id TEXT NOT NULL DEFAULT '', withdrawn_at BIGINT NOT NULL DEFAULT 0, fen_to BIGINT NOT NULL DEFAULT 0);
CREATE INDEX claim_outcome ON claim (outcome_id, id);
CREATE TABLE clarification (
    id         TEXT   NOT NULL PRIMARY KEY,
    listing_id TEXT   NOT NULL REFERENCES listing (id),
    user_id    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX clarification_listing ON clarification (listing_id, id);
CREATE TABLE cluster (
    id     TEXT   NOT NULL PRIMARY KEY,
    name   TEXT   NOT NULL,
    region TEXT   NOT NULL,
    chains TEXT   NOT NULL
, review TEXT NOT NULL DEFAULT 'none');
CREATE INDEX cluster_region ON cluster (region);
CREATE TABLE consent (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL,
    user_id         TEXT   NOT NULL,
    given           BIGINT NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX consent_introduction ON consent (introduction_id, id);
CREATE TABLE delivery (
    id            TEXT   NOT NULL PRIMARY KEY,
    user_id       TEXT   NOT NULL REFERENCES user_account (id),
    enterprise_id TEXT   NOT NULL,
    channel       TEXT   NOT NULL,
    topic         TEXT   NOT NULL,
    notice_id     TEXT   NOT NULL,
    day           TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    tries         BIGINT NOT NULL,
    next_at       BIGINT NOT NULL,
    reason        TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    sent_at       BIGINT NOT NULL
);
CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'queued';
CREATE INDEX delivery_enterprise ON delivery (enterprise_id, id);
CREATE UNIQUE INDEX delivery_once ON delivery (user_id, notice_id, day);
CREATE TABLE device (
    token_hash TEXT   NOT NULL,
    user_id    TEXT   NOT NULL REFERENCES user_account (id),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    PRIMARY KEY (token_hash, user_id)
);
CREATE INDEX device_account ON device (user_id, seen_at);
CREATE TABLE disclosure (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    of_id           TEXT   NOT NULL,
    to_id           TEXT   NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX disclosure_introduction ON disclosure (introduction_id, id);
CREATE INDEX disclosure_of ON disclosure (of_id, id);
CREATE TABLE download (
    id            TEXT   NOT NULL PRIMARY KEY,
    attachment_id TEXT   NOT NULL REFERENCES attachment (id),
    enterprise_id TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX download_attachment ON download (attachment_id, id);
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
, level TEXT NOT NULL DEFAULT 'unverified', level_by TEXT NOT NULL DEFAULT '', level_by_name TEXT NOT NULL DEFAULT '', level_basis TEXT NOT NULL DEFAULT '', level_at BIGINT NOT NULL DEFAULT 0, standing TEXT NOT NULL DEFAULT 'active', standing_reason TEXT NOT NULL DEFAULT '', capacities TEXT NOT NULL DEFAULT '[]', staff TEXT NOT NULL DEFAULT '', turnover TEXT NOT NULL DEFAULT '', people TEXT NOT NULL DEFAULT '[]', merged_into TEXT NOT NULL DEFAULT '', links TEXT NOT NULL DEFAULT '');
CREATE INDEX enterprise_cluster ON enterprise (cluster_id, id);
CREATE INDEX enterprise_known ON enterprise (id) WHERE level <> 'unverified' AND standing = 'active' AND merged_into = '';
CREATE INDEX enterprise_known_cluster ON enterprise (cluster_id, id) WHERE level <> 'unverified' AND standing = 'active' AND merged_into = '';
CREATE INDEX enterprise_name ON enterprise (name);
CREATE INDEX enterprise_phone ON enterprise (contact_phone);
CREATE INDEX enterprise_record ON enterprise (cluster_id, level, id) WHERE merged_into = '';
CREATE UNIQUE INDEX enterprise_uscc ON enterprise (uscc) WHERE uscc <> '';
CREATE TABLE enterprise_link (
    code          TEXT NOT NULL,
    enterprise_id TEXT NOT NULL REFERENCES enterprise (id),
    PRIMARY KEY (code, enterprise_id)
);
CREATE INDEX enterprise_link_firm ON enterprise_link (enterprise_id);
CREATE TABLE evidence (
    id            TEXT   NOT NULL PRIMARY KEY,
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    user_id       TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    type          TEXT   NOT NULL,
    size          BIGINT NOT NULL,
    bytes         BYTEA  NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX evidence_enterprise ON evidence (enterprise_id, at);
CREATE TABLE failure (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    of         TEXT   NOT NULL,
    tries      BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE fair (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    place        TEXT   NOT NULL,
    clusters     TEXT   NOT NULL,
    entry        TEXT   NOT NULL,
    phase        TEXT   NOT NULL,
    dates        TEXT   NOT NULL,
    slot_minutes BIGINT NOT NULL,
    sessions     TEXT   NOT NULL,
    pauses       TEXT   NOT NULL,
    tables       TEXT   NOT NULL,
    min_meetings BIGINT NOT NULL,
    max_meetings BIGINT NOT NULL,
    secret       BYTEA  NOT NULL,
    demo         BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
, regime TEXT NOT NULL DEFAULT 'organiser');
CREATE TABLE fair_arrival (
    fair_id       TEXT   NOT NULL,
    enterprise_id TEXT   NOT NULL,
    rep           BIGINT NOT NULL,
    via           TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (fair_id, enterprise_id, rep)
);
CREATE TABLE fair_deed (
    fair_id TEXT NOT NULL REFERENCES fair (id),
    id      TEXT NOT NULL,
    PRIMARY KEY (fair_id, id)
);
CREATE TABLE fair_edit (
    plan_id TEXT   NOT NULL REFERENCES fair_plan (id),
    number  BIGINT NOT NULL,
    a_id    TEXT   NOT NULL,
    b_id    TEXT   NOT NULL,
    was     TEXT   NOT NULL,
    became  TEXT   NOT NULL,
    PRIMARY KEY (plan_id, number)
);
CREATE TABLE fair_meeting (
    plan_id TEXT   NOT NULL REFERENCES fair_plan (id),
    a_id    TEXT   NOT NULL,
    b_id    TEXT   NOT NULL,
    slot    BIGINT NOT NULL,
    tab     BIGINT NOT NULL,
    locked  BIGINT NOT NULL,
    must    BIGINT NOT NULL,
    value   BIGINT NOT NULL,
    why     TEXT   NOT NULL, why_id TEXT NOT NULL DEFAULT '', added BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (plan_id, a_id, b_id)
);
CREATE INDEX fair_meeting_b ON fair_meeting (plan_id, b_id);
CREATE TABLE fair_party (
    fair_id       TEXT   NOT NULL REFERENCES fair (id),
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    role          TEXT   NOT NULL,
    reps          TEXT   NOT NULL,
    parallel      BIGINT NOT NULL,
    away          TEXT   NOT NULL,
    absent        BIGINT NOT NULL,
    late_until    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (fair_id, enterprise_id)
);
CREATE INDEX fair_party_enterprise ON fair_party (enterprise_id, fair_id);
CREATE TABLE fair_plan (
    id          TEXT   NOT NULL PRIMARY KEY,
    fair_id     TEXT   NOT NULL REFERENCES fair (id),
    rev         BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    base        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    progress    TEXT   NOT NULL,
    settings    TEXT   NOT NULL,
    figures     TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    released_at BIGINT NOT NULL
, picked BIGINT NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX fair_plan_number ON fair_plan (fair_id, number);
CREATE INDEX fair_plan_waiting ON fair_plan (state, created_at) WHERE state = 'queued';
CREATE TABLE fair_reply (
    fair_id    TEXT   NOT NULL,
    a_id       TEXT   NOT NULL,
    b_id       TEXT   NOT NULL,
    by_id      TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    fen        BIGINT NOT NULL,
    updated_at BIGINT NOT NULL, note TEXT NOT NULL DEFAULT '', outcome_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (fair_id, a_id, b_id, by_id)
);
CREATE TABLE fair_wish (
    fair_id    TEXT   NOT NULL,
    by_id      TEXT   NOT NULL,
    other_id   TEXT   NOT NULL,
    mark       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (fair_id, by_id, other_id)
);
CREATE TABLE followup (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    other_id        TEXT   NOT NULL,
    days            BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    asked_at        BIGINT NOT NULL,
    answered_at     BIGINT NOT NULL,
    answer          TEXT   NOT NULL,
    called_by       TEXT   NOT NULL
);
CREATE INDEX followup_due ON followup (due_at) WHERE asked_at = 0;
CREATE UNIQUE INDEX followup_once ON followup (introduction_id, enterprise_id, days);
CREATE INDEX followup_silent ON followup (enterprise_id, asked_at) WHERE answered_at = 0 AND asked_at > 0;
CREATE TABLE guess (
    account    TEXT   NOT NULL,
    device     TEXT   NOT NULL,
    times      TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account, device)
);
CREATE INDEX guess_updated ON guess (updated_at);
CREATE TABLE idempotency (
    scope      TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    of         TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
CREATE TABLE image (
    id            TEXT   NOT NULL PRIMARY KEY,
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    type          TEXT   NOT NULL,
    width         BIGINT NOT NULL,
    height        BIGINT NOT NULL,
    bytes         BYTEA  NOT NULL,
    created_at    BIGINT NOT NULL
, code TEXT NOT NULL DEFAULT '');
CREATE INDEX image_enterprise ON image (enterprise_id);
CREATE TABLE interest (
    proposal_id   TEXT   NOT NULL REFERENCES proposal (id),
    enterprise_id TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    answer        TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    note          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL, ground TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (proposal_id, enterprise_id)
);
CREATE INDEX interest_unfit ON interest (enterprise_id, reason) WHERE answer = 'unfit';
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
, fair_id TEXT NOT NULL DEFAULT '');
CREATE INDEX introduction_by ON introduction (by_id, status, id);
CREATE INDEX introduction_disclosed ON introduction (disclosed_at) WHERE disclosed_at > 0;
CREATE INDEX introduction_due ON introduction (status, expires_at);
CREATE INDEX introduction_fair ON introduction (fair_id, by_id) WHERE fair_id <> '';
CREATE UNIQUE INDEX introduction_open_listing ON introduction (by_id, listing_id) WHERE proposal_id = '' AND fair_id = '' AND status IN ('asked', 'agreed');
CREATE UNIQUE INDEX introduction_open_proposal ON introduction (proposal_id) WHERE proposal_id <> '' AND status IN ('asked', 'agreed');
CREATE INDEX introduction_proposal ON introduction (proposal_id, id);
CREATE INDEX introduction_to ON introduction (to_id, status, id);
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
CREATE INDEX listing_new ON listing (cluster_id, side, published_at);
CREATE UNIQUE INDEX listing_source ON listing (source) WHERE source <> '';
CREATE INDEX listing_status ON listing (status, id);
CREATE INDEX listing_summary ON listing (cluster_id, status, side);
CREATE INDEX listing_unmatched ON listing (status, updated_at) WHERE matched_rev < rev;
CREATE INDEX listing_valid ON listing (status, valid_until);
CREATE TABLE matching (
    enterprise_id TEXT   NOT NULL PRIMARY KEY REFERENCES enterprise (id),
    potential     BIGINT NOT NULL
);
CREATE TABLE "membership" (
    user_id       TEXT NOT NULL REFERENCES user_account (id),
    role          TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    cluster_id    TEXT NOT NULL,
    region        TEXT NOT NULL,
    PRIMARY KEY (user_id, role, enterprise_id, cluster_id, region)
);
CREATE INDEX membership_enterprise ON membership (enterprise_id);
CREATE INDEX membership_role ON membership (role, cluster_id);
CREATE TABLE message (
    id              TEXT   NOT NULL PRIMARY KEY,
    introduction_id TEXT   NOT NULL REFERENCES introduction (id),
    enterprise_id   TEXT   NOT NULL REFERENCES enterprise (id),
    user_id         TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    attachment_id   TEXT   NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX message_introduction ON message (introduction_id, id);
CREATE INDEX message_user ON message (user_id, id);
CREATE TABLE message_seen (
    user_id         TEXT NOT NULL REFERENCES user_account (id),
    introduction_id TEXT NOT NULL,
    upto            TEXT NOT NULL,
    PRIMARY KEY (user_id, introduction_id)
);
CREATE TABLE notice (
    id            TEXT   NOT NULL PRIMARY KEY,
    enterprise_id TEXT   NOT NULL,
    topic         TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    of            TEXT   NOT NULL,
    other_id      TEXT   NOT NULL,
    key           TEXT   NOT NULL,
    planned       BIGINT NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX notice_enterprise ON notice (enterprise_id, id);
CREATE UNIQUE INDEX notice_key ON notice (enterprise_id, key);
CREATE INDEX notice_unplanned ON notice (id) WHERE planned = 0;
CREATE TABLE notice_choice (
    user_id      TEXT   NOT NULL PRIMARY KEY REFERENCES user_account (id),
    lang         TEXT   NOT NULL,
    mail         TEXT   NOT NULL,
    confirmed_at BIGINT NOT NULL,
    paces        TEXT   NOT NULL
);
CREATE TABLE notice_seen (
    user_id       TEXT NOT NULL REFERENCES user_account (id),
    enterprise_id TEXT NOT NULL,
    upto          TEXT NOT NULL,
    PRIMARY KEY (user_id, enterprise_id)
);
CREATE TABLE outbox (
    id   TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    of   TEXT NOT NULL
);
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
, folded_into TEXT NOT NULL DEFAULT '', fen_to BIGINT NOT NULL DEFAULT 0, seen_fen_to BIGINT NOT NULL DEFAULT 0);
CREATE INDEX outcome_by_cluster ON outcome (by_cluster, day);
CREATE UNIQUE INDEX outcome_introduction ON outcome (introduction_id);
CREATE INDEX outcome_pair ON outcome (by_id, to_id);
CREATE INDEX outcome_to_cluster ON outcome (to_cluster, day);
CREATE TABLE preference (
    id            TEXT   NOT NULL PRIMARY KEY,
    rev           BIGINT NOT NULL,
    enterprise_id TEXT   NOT NULL REFERENCES enterprise (id),
    side          TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    of            TEXT   NOT NULL,
    value         TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    asked         BIGINT NOT NULL,
    answers       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX preference_of ON preference (enterprise_id, side, kind, of);
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
CREATE INDEX proposal_need_by ON proposal (need_by, status, id);
CREATE UNIQUE INDEX proposal_pair ON proposal (need_id, supply_id);
CREATE INDEX proposal_supply ON proposal (supply_id);
CREATE INDEX proposal_supply_by ON proposal (supply_by, status, id);
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
CREATE INDEX review_kind ON review (cluster_id, kind, asked_at) WHERE status = 'waiting';
CREATE INDEX review_of ON review (of, id);
CREATE INDEX review_queue ON review (status, cluster_id, id);
CREATE UNIQUE INDEX review_waiting ON review (of) WHERE status = 'waiting';
CREATE TABLE seal (
    number BIGINT NOT NULL PRIMARY KEY,
    lines  BIGINT NOT NULL,
    hash   TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
CREATE TABLE secret (
    name  TEXT  NOT NULL PRIMARY KEY,
    bytes BYTEA NOT NULL
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
CREATE TABLE ticket (
    token_hash    TEXT   NOT NULL PRIMARY KEY,
    purpose       TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    enterprise_id TEXT   NOT NULL,
    made_by       TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
, role TEXT NOT NULL DEFAULT '', scope TEXT NOT NULL DEFAULT '[]');
CREATE INDEX ticket_end ON ticket (expires_at);
CREATE INDEX ticket_maker ON ticket (made_by);
CREATE TABLE user_account (
    id            TEXT   NOT NULL PRIMARY KEY,
    login         TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    created_at    BIGINT NOT NULL
, totp_secret TEXT NOT NULL DEFAULT '', totp_at BIGINT NOT NULL DEFAULT 0, totp_step BIGINT NOT NULL DEFAULT 0, recovery TEXT NOT NULL DEFAULT '[]');
CREATE UNIQUE INDEX user_account_login ON user_account (login);
CREATE TABLE veto (
    enterprise_id TEXT   NOT NULL,
    other_id      TEXT   NOT NULL,
    proposal_id   TEXT   NOT NULL,
    created_at    BIGINT NOT NULL, word TEXT NOT NULL DEFAULT 'known',
    PRIMARY KEY (enterprise_id, other_id, proposal_id)
);
CREATE INDEX veto_other ON veto (other_id);
