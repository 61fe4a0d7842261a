-- How API tokens are used. Nothing here decides whether one works, so no change of it counts as one.
CREATE TABLE api_token_use (
    token         BLOB NOT NULL PRIMARY KEY REFERENCES api_token (id) ON DELETE CASCADE,
    first_used_at INTEGER NOT NULL,
    used_at       INTEGER NOT NULL,
    uses          INTEGER NOT NULL,
    last          TEXT NOT NULL -- the last use, as JSON
) STRICT, WITHOUT ROWID;

-- The same day by day, by days since 1970-01-01 in UTC.
CREATE TABLE api_token_day (
    token BLOB NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    day   INTEGER NOT NULL,
    uses  INTEGER NOT NULL,
    peak  INTEGER NOT NULL, -- the most in one minute
    PRIMARY KEY (token, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_token_day_day ON api_token_day (day);

-- How the uses of a day are shared among networks and programs, and the refusals among reasons. Those without a name are all others.
CREATE TABLE api_token_share (
    token BLOB NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    day   INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL,
    uses  INTEGER NOT NULL,
    PRIMARY KEY (token, day, kind, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_token_share_day ON api_token_share (day);

-- What was found worth a look in the use of a token, and what followed.
CREATE TABLE api_token_notice (
    token        BLOB NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    words        TEXT NOT NULL,
    reaction     TEXT NOT NULL,
    raised_at    INTEGER NOT NULL,
    dismissed_at INTEGER,
    PRIMARY KEY (token, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_token_notice_raised_at ON api_token_notice (raised_at);

-- What somebody handed in as found, by its hash, until it is looked at. Whether it opens anything is not known yet.
CREATE TABLE found_secret (
    hash     BLOB NOT NULL PRIMARY KEY,
    finder   TEXT,
    found_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
