-- Sites of proxies that ask about each request, as they are registered.
CREATE TABLE site (
    host     TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;
