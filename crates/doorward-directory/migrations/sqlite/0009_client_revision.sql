-- Which change of the clients was the last of each, so that processes read only those that changed since they last looked. The
-- database numbers them itself: releases that know nothing of it change clients too. One change of clients waits for another
-- one's end, so no number becomes visible before a lower one.
ALTER TABLE client ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

CREATE INDEX client_revision ON client (revision);

-- Clients that are gone. The oldest are forgotten: 'client_removals' counts up to which.
CREATE TABLE client_removal (
    client   TEXT    NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX client_removal_revision ON client_removal (revision);

INSERT INTO revision (name, number) VALUES ('client_removals', 0);

CREATE TRIGGER client_added AFTER INSERT ON client BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'clients';
    UPDATE client SET revision = (SELECT number FROM revision WHERE name = 'clients') WHERE id = NEW.id;
    DELETE FROM client_removal WHERE client = NEW.id;
END;

CREATE TRIGGER client_changed AFTER UPDATE OF document ON client BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'clients';
    UPDATE client SET revision = (SELECT number FROM revision WHERE name = 'clients') WHERE id = NEW.id;
END;

CREATE TRIGGER client_removed AFTER DELETE ON client BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'clients';
    INSERT INTO client_removal (client, revision) SELECT OLD.id, number FROM revision WHERE name = 'clients';
END;
