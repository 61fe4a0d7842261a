-- Those whose word is taken for who somebody is, as they are registered.
CREATE TABLE assertion_issuer (
    name     TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- Finds people by their address, which stays where it is: in the profile. A profile that is no JSON has none.
ALTER TABLE person ADD COLUMN email TEXT GENERATED ALWAYS AS
    (CASE WHEN json_valid(profile) THEN lower(json_extract(profile, '$.email')) END) VIRTUAL;

CREATE INDEX person_email ON person (email);
