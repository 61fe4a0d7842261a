-- Access tokens that were revoked one by one, until they would have expired. A grant that is revoked takes its tokens with it and
-- needs no row here.
CREATE TABLE revoked_access_token (
    jti        TEXT    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revoked_access_token_expiry ON revoked_access_token (expires_at);
