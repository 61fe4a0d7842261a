-- What is decided of a key's life, as JSON; a key without it lives as its state says.
ALTER TABLE signing_key ADD COLUMN life TEXT;

-- When each application last fetched the key set, and how new that was.
CREATE TABLE key_set_fetch (
    application TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    newest      BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    way         TEXT NOT NULL
);
