-- +goose Up

-- What one person did.
CREATE INDEX audit_user ON audit (user_id, id);
