-- +goose Up

-- Each answers one block of an officer's overview without a look at the rows.
CREATE INDEX enterprise_record ON enterprise (cluster_id, level, id) WHERE merged_into = '';
CREATE INDEX listing_new ON listing (cluster_id, side, published_at);
CREATE INDEX introduction_disclosed ON introduction (disclosed_at) WHERE disclosed_at > 0;
CREATE INDEX review_kind ON review (cluster_id, kind, asked_at) WHERE status = 'waiting';
