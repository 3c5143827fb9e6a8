-- +goose Up

-- What a firm chose about its proposals; a firm without a line has the usual.
CREATE TABLE matching (
    enterprise_id TEXT   NOT NULL PRIMARY KEY REFERENCES enterprise (id),
    potential     BIGINT NOT NULL
);
