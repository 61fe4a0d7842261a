-- How far the rows of another directory have come in. Each batch of them counts itself here in its own
-- transaction, so that what was interrupted goes on where it stopped. A row without an end means that the
-- directory is not whole yet, and nothing may be served from it.
CREATE TABLE import_progress (
    file          BLOB    NOT NULL PRIMARY KEY, -- the archive's identifier
    batches       INTEGER NOT NULL,             -- how many of its batches are in
    events_before INTEGER NOT NULL,             -- the number of the last event that was here before
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER
) STRICT, WITHOUT ROWID;

-- Of two that begin at once, one does.
CREATE UNIQUE INDEX import_unfinished ON import_progress ((finished_at IS NULL)) WHERE finished_at IS NULL;

-- When the directory was last restored from a backup: nothing that was granted before then is alive. 0 for never.
INSERT INTO revision (name, number) VALUES ('epoch', 0);
