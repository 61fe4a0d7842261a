-- Programs with tokens of their own. Who answers for one is a person or a group.
CREATE TABLE service_account (
    id           BYTEA NOT NULL PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL UNIQUE,
    person       BYTEA REFERENCES person (id) ON DELETE CASCADE,
    people_group TEXT COLLATE "C",
    document     TEXT COLLATE "C" NOT NULL
);

CREATE INDEX service_account_person ON service_account (person) WHERE person IS NOT NULL;

-- API tokens. Who answers for one is a person, a group, or whoever answers for its service account.
CREATE TABLE api_token (
    id              BYTEA NOT NULL PRIMARY KEY,
    person          BYTEA REFERENCES person (id) ON DELETE CASCADE,
    people_group    TEXT COLLATE "C",
    service_account BYTEA REFERENCES service_account (id) ON DELETE CASCADE,
    project         TEXT COLLATE "C",
    expires_at      BIGINT,
    revoked_at      BIGINT,
    state           TEXT COLLATE "C" NOT NULL, -- whether somebody stopped it, as JSON
    document        TEXT COLLATE "C" NOT NULL  -- everything else, as JSON
);

CREATE INDEX api_token_person ON api_token (person, id) WHERE person IS NOT NULL;
CREATE INDEX api_token_people_group ON api_token (people_group, id) WHERE people_group IS NOT NULL;
CREATE INDEX api_token_service_account ON api_token (service_account, id) WHERE service_account IS NOT NULL;
CREATE INDEX api_token_project ON api_token (project, id) WHERE project IS NOT NULL;
CREATE INDEX api_token_expires_at ON api_token (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX api_token_revoked_at ON api_token (revoked_at) WHERE revoked_at IS NOT NULL;

-- What opens API tokens, by its hash. A token that was rotated has two, one of which ends.
CREATE TABLE api_token_secret (
    hash    BYTEA NOT NULL PRIMARY KEY,
    token   BYTEA NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    ends_at BIGINT
);

CREATE INDEX api_token_secret_token ON api_token_secret (token);

-- Counts the changes to what decides whether an API token works, so that what is kept in memory of one is known to be of the past.
-- Every such change counts by itself, wherever it comes from. A new token changes nothing that is in memory.
INSERT INTO revision (name, number) VALUES ('api_tokens', 0);

CREATE FUNCTION count_api_token_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'api_tokens';
    RETURN NULL;
END
$$;

CREATE TRIGGER api_token_changed AFTER UPDATE ON api_token
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER api_token_removed AFTER DELETE ON api_token
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER api_token_secret_changed AFTER UPDATE ON api_token_secret
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER api_token_secret_removed AFTER DELETE ON api_token_secret
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER service_account_changed AFTER UPDATE ON service_account
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER service_account_removed AFTER DELETE ON service_account
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER owner_changed AFTER UPDATE OF status, memberships ON person
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER owner_removed AFTER DELETE ON person
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER owning_group_added AFTER INSERT ON people_group
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();

CREATE TRIGGER owning_group_removed AFTER DELETE ON people_group
    FOR EACH STATEMENT EXECUTE FUNCTION count_api_token_change();
