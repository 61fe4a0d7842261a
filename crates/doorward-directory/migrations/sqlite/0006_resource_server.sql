-- The APIs that take access tokens.
CREATE TABLE resource_server (
    resource TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- The resource servers that a client named when it asked for a grant.
ALTER TABLE oauth_grant ADD COLUMN resources TEXT NOT NULL DEFAULT '[]'; -- JSON

-- Access tokens that say nothing themselves, until they expire. What they are found by begins with the time they were made at,
-- so that rows which are made together lie together, and ends with their hashes.
CREATE TABLE access_token (
    hash       BLOB    NOT NULL PRIMARY KEY,
    claims     TEXT    NOT NULL, -- JSON
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX access_token_expiry ON access_token (expires_at);
