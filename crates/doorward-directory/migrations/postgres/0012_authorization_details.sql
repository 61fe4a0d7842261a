-- What was allowed in detail, and how strongly the person had signed in for it; what releases before knew was a password.
ALTER TABLE oauth_grant ADD COLUMN authorization_details TEXT NOT NULL DEFAULT '[]'; -- JSON
ALTER TABLE oauth_grant ADD COLUMN acr TEXT DEFAULT 'urn:doorward:acr:password';

-- What people allowed clients beyond scopes, each item known by the hash of its text.
CREATE TABLE consent_item (
    client   TEXT   COLLATE "C" NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    person   BYTEA  NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    hash     BYTEA  NOT NULL,
    item     TEXT   NOT NULL, -- JSON
    given_at BIGINT NOT NULL,
    PRIMARY KEY (client, person, hash)
);

CREATE INDEX consent_item_person ON consent_item (person);
