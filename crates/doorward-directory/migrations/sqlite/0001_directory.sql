-- Everything that must last.
--
-- Identifiers of 16 bytes begin with the time they were made, so rows made one after the other lie
-- beside each other, and one group commit touches few pages. WITHOUT ROWID keeps a row in its key's
-- tree: one tree to write instead of two. Times are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE person (
    id            BLOB    NOT NULL PRIMARY KEY,
    username      TEXT    NOT NULL UNIQUE,
    status        TEXT    NOT NULL,
    profile       TEXT    NOT NULL, -- JSON
    memberships   TEXT    NOT NULL, -- ' admins staff ': the group_member rows once more, so that a person is one row
    password_hash TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE people_group (
    name        TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE group_member (
    people_group TEXT NOT NULL REFERENCES people_group (name) ON DELETE CASCADE,
    person       BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (people_group, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX group_member_person ON group_member (person);

CREATE TABLE client (
    id       TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- One row for each scope that was allowed: consents given at once unite without reading first.
CREATE TABLE consent (
    client   TEXT    NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    person   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    scope    TEXT    NOT NULL,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (client, person, scope)
) STRICT, WITHOUT ROWID;

CREATE INDEX consent_person ON consent (person);

CREATE TABLE session (
    id             BLOB    NOT NULL PRIMARY KEY,
    person         BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    authentication TEXT    NOT NULL, -- JSON
    started_at     INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL,
    ended_at       INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX session_person ON session (person);

-- A grant's person is its session's. Its client is no reference: what a removed client was granted stays
-- revoked, also when the name is registered again.
CREATE TABLE oauth_grant (
    id             BLOB    NOT NULL PRIMARY KEY,
    session        BLOB    NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    client         TEXT    NOT NULL,
    scope          TEXT    NOT NULL,
    claims         TEXT    NOT NULL, -- JSON
    authentication TEXT    NOT NULL, -- JSON
    lifetime       TEXT    NOT NULL,
    issued_at      INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    revoked_at     INTEGER
) STRICT, WITHOUT ROWID;

-- Both grow at their ends. There is none by client: clients are removed rarely enough to read the table once.
CREATE INDEX oauth_grant_session ON oauth_grant (session);
CREATE INDEX oauth_grant_expiry ON oauth_grant (expires_at);

CREATE TABLE refresh_token (
    id              BLOB    NOT NULL PRIMARY KEY,
    oauth_grant     BLOB    NOT NULL REFERENCES oauth_grant (id) ON DELETE CASCADE,
    current         BLOB    NOT NULL,
    previous_hash   BLOB,
    previous_salt   BLOB,
    rotated_at      INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_token_grant ON refresh_token (oauth_grant);

CREATE TABLE signing_key (
    kid        TEXT    NOT NULL PRIMARY KEY,
    algorithm  TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- Two nodes that start at once cannot both bring a key into use.
CREATE UNIQUE INDEX signing_key_active ON signing_key (algorithm) WHERE state = 'active';

-- Numbered in the order they were written: the cheapest insert there is, and the number of events is a
-- subtraction. There is no index by reference: an operator's rare question reads the table, so that the
-- many events nobody asks about do not each dirty a random page.
CREATE TABLE event (
    number    INTEGER NOT NULL PRIMARY KEY,
    id        BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    reference TEXT,
    body      TEXT    NOT NULL -- JSON
) STRICT;

-- Counts the changes to what processes keep in memory; 'probe' is what a readiness check writes.
CREATE TABLE revision (
    name   TEXT    NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO revision (name, number) VALUES ('clients', 0), ('keys', 0), ('probe', 0);
