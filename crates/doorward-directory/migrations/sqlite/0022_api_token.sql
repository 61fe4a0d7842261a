-- Programs with tokens of their own. Who answers for one is a person or a group.
CREATE TABLE service_account (
    id           BLOB NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    person       BLOB REFERENCES person (id) ON DELETE CASCADE,
    people_group TEXT,
    document     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX service_account_person ON service_account (person) WHERE person IS NOT NULL;

-- API tokens. Who answers for one is a person, a group, or whoever answers for its service account.
CREATE TABLE api_token (
    id              BLOB NOT NULL PRIMARY KEY,
    person          BLOB REFERENCES person (id) ON DELETE CASCADE,
    people_group    TEXT,
    service_account BLOB REFERENCES service_account (id) ON DELETE CASCADE,
    project         TEXT,
    expires_at      INTEGER,
    revoked_at      INTEGER,
    state           TEXT NOT NULL, -- whether somebody stopped it, as JSON
    document        TEXT NOT NULL  -- everything else, as JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX api_token_person ON api_token (person, id) WHERE person IS NOT NULL;
CREATE INDEX api_token_people_group ON api_token (people_group, id) WHERE people_group IS NOT NULL;
CREATE INDEX api_token_service_account ON api_token (service_account, id) WHERE service_account IS NOT NULL;
CREATE INDEX api_token_project ON api_token (project, id) WHERE project IS NOT NULL;
CREATE INDEX api_token_expires_at ON api_token (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX api_token_revoked_at ON api_token (revoked_at) WHERE revoked_at IS NOT NULL;

-- What opens API tokens, by its hash. A token that was rotated has two, one of which ends.
CREATE TABLE api_token_secret (
    hash    BLOB NOT NULL PRIMARY KEY,
    token   BLOB NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    ends_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_token_secret_token ON api_token_secret (token);

-- Counts the changes to what decides whether an API token works, so that what is kept in memory of one is known to be of the past.
-- Every such change counts by itself, wherever it comes from. A new token changes nothing that is in memory.
INSERT INTO revision (name, number) VALUES ('api_tokens', 0);

CREATE TRIGGER api_token_changed AFTER UPDATE ON api_token BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER api_token_removed AFTER DELETE ON api_token BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER api_token_secret_changed AFTER UPDATE ON api_token_secret BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER api_token_secret_removed AFTER DELETE ON api_token_secret BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER service_account_changed AFTER UPDATE ON service_account BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER service_account_removed AFTER DELETE ON service_account BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER owner_changed AFTER UPDATE OF status, memberships ON person BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER owner_removed AFTER DELETE ON person BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER owning_group_added AFTER INSERT ON people_group BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;

CREATE TRIGGER owning_group_removed AFTER DELETE ON people_group BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
END;
