-- The clients that are told when a session is over, from the first grant in it on. A row refers to nothing, so that
-- they are told also when the person is removed, and with them the session.
CREATE TABLE logout_delivery (
    session         BYTEA  NOT NULL,
    client          TEXT   COLLATE "C" NOT NULL,
    person          BYTEA  NOT NULL,
    status          TEXT   NOT NULL, -- 'signed_in' while the session goes on
    queued_at       BIGINT, -- when it ended
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT, -- while it waits
    finished_at     BIGINT,
    outcome         TEXT,
    PRIMARY KEY (session, client)
) WITH (fillfactor = 70);

CREATE INDEX logout_delivery_due ON logout_delivery (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX logout_delivery_finished ON logout_delivery (finished_at) WHERE finished_at IS NOT NULL;
