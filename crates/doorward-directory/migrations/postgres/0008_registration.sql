-- Tokens that operators give to those who may register clients, by their hashes.
CREATE TABLE initial_access_token (
    name       TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    hash       BYTEA  NOT NULL UNIQUE,
    uses_left  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- When a client that registered itself last got a token, to the day.
CREATE TABLE client_use (
    client  TEXT   COLLATE "C" NOT NULL PRIMARY KEY REFERENCES client (id) ON DELETE CASCADE,
    used_at BIGINT NOT NULL
);
