-- Which runs of status list indices were given to nodes: a row for each block, of which the last one counts.
CREATE TABLE status_block (
    number INTEGER NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What the tokens of each run of indices die with. Runs that nobody began have no row, and no tokens. There is no reference to the grant
-- or the person: what is gone must be known for as long as its tokens would have lived.
CREATE TABLE status_run (
    number      INTEGER NOT NULL PRIMARY KEY,
    oauth_grant BLOB,
    person      BLOB,
    client      TEXT    NOT NULL,
    terms       TEXT, -- JSON; NULL where the grant says it all
    begun_at    INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    ended       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX status_run_grant ON status_run (oauth_grant) WHERE oauth_grant IS NOT NULL;
CREATE INDEX status_run_person ON status_run (person) WHERE person IS NOT NULL;
CREATE INDEX status_run_ended ON status_run (number) WHERE ended = 1;

-- Where a revoked token's status is, if it has one.
ALTER TABLE revoked_access_token ADD COLUMN status_index INTEGER;
CREATE INDEX revoked_access_token_status ON revoked_access_token (status_index) WHERE status_index IS NOT NULL;

-- What was revoked of late.
CREATE INDEX oauth_grant_revocation ON oauth_grant (revoked_at) WHERE revoked_at IS NOT NULL;
