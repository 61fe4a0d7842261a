-- Those whose word is taken for who somebody is, as they are registered.
CREATE TABLE assertion_issuer (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    document TEXT NOT NULL -- JSON
);

-- Finds people by their address, which stays where it is: in the profile. No other member of it can look like this one, since
-- quotation marks within a member are written with a backslash; an address that has one is not found.
ALTER TABLE person ADD COLUMN email TEXT GENERATED ALWAYS AS
    (lower(substring(profile FROM '"email":"([^"\\]*)"') COLLATE "C")) STORED;

CREATE INDEX person_email ON person (email);
