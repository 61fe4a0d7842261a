-- How API tokens are used. Nothing here decides whether one works, so no change of it counts as one.
CREATE TABLE api_token_use (
    token         BYTEA NOT NULL PRIMARY KEY REFERENCES api_token (id) ON DELETE CASCADE,
    first_used_at BIGINT NOT NULL,
    used_at       BIGINT NOT NULL,
    uses          BIGINT NOT NULL,
    last          TEXT COLLATE "C" NOT NULL -- the last use, as JSON
);

-- The same day by day, by days since 1970-01-01 in UTC.
CREATE TABLE api_token_day (
    token BYTEA NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    day   BIGINT NOT NULL,
    uses  BIGINT NOT NULL,
    peak  BIGINT NOT NULL, -- the most in one minute
    PRIMARY KEY (token, day)
);

CREATE INDEX api_token_day_day ON api_token_day (day);

-- How the uses of a day are shared among networks and programs, and the refusals among reasons. Those without a name are all others.
CREATE TABLE api_token_share (
    token BYTEA NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    day   BIGINT NOT NULL,
    kind  TEXT COLLATE "C" NOT NULL,
    name  TEXT COLLATE "C" NOT NULL,
    uses  BIGINT NOT NULL,
    PRIMARY KEY (token, day, kind, name)
);

CREATE INDEX api_token_share_day ON api_token_share (day);

-- What was found worth a look in the use of a token, and what followed.
CREATE TABLE api_token_notice (
    token        BYTEA NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    kind         TEXT COLLATE "C" NOT NULL,
    subject      TEXT COLLATE "C" NOT NULL,
    words        TEXT COLLATE "C" NOT NULL,
    reaction     TEXT COLLATE "C" NOT NULL,
    raised_at    BIGINT NOT NULL,
    dismissed_at BIGINT,
    PRIMARY KEY (token, kind, subject)
);

CREATE INDEX api_token_notice_raised_at ON api_token_notice (raised_at);

-- What somebody handed in as found, by its hash, until it is looked at. Whether it opens anything is not known yet.
CREATE TABLE found_secret (
    hash     BYTEA NOT NULL PRIMARY KEY,
    finder   TEXT COLLATE "C",
    found_at BIGINT NOT NULL
);
