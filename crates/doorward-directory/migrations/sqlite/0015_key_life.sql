-- What is decided of a key's life, as JSON; a key without it lives as its state says.
ALTER TABLE signing_key ADD COLUMN life TEXT;

-- When each application last fetched the key set, and how new that was.
CREATE TABLE key_set_fetch (
    application TEXT NOT NULL PRIMARY KEY,
    newest      INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    way         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
