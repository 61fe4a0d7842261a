-- The key that all others are derived from, sealed under the key-encryption key. A directory in which something is sealed already gets its
-- row with the next start, which has that key: nothing can be sealed here.
CREATE TABLE root_key (
    name      TEXT NOT NULL PRIMARY KEY,
    sealed_by TEXT NOT NULL, -- the fingerprint of the key-encryption key
    sealed    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
