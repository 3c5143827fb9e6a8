-- +goose Up
-- The public directory: firms that somebody stands behind, of all clusters or of one.
CREATE INDEX enterprise_known ON enterprise (id) WHERE level <> 'unverified' AND standing = 'active' AND merged_into = '';
CREATE INDEX enterprise_known_cluster ON enterprise (cluster_id, id) WHERE level <> 'unverified' AND standing = 'active' AND merged_into = '';
