-- Work that one node at a time does for all: who does it now, and until when nobody else begins.
CREATE TABLE lease (
    name       TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    held_until BIGINT NOT NULL
);
