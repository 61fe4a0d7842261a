-- Tokens that operators give to those who may register clients, by their hashes.
CREATE TABLE initial_access_token (
    name       TEXT    NOT NULL PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    uses_left  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When a client that registered itself last got a token, to the day.
CREATE TABLE client_use (
    client  TEXT    NOT NULL PRIMARY KEY REFERENCES client (id) ON DELETE CASCADE,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
