-- Which change of the clients was the last of each, so that processes read only those that changed since they last looked. The
-- database numbers them itself: releases that know nothing of it change clients too. Whoever takes a number keeps the row of
-- 'clients' locked until its transaction ends, so no number becomes visible before a lower one.
ALTER TABLE client ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

CREATE INDEX client_revision ON client (revision);

-- Clients that are gone. The oldest are forgotten: 'client_removals' counts up to which.
CREATE TABLE client_removal (
    client   TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);

CREATE INDEX client_removal_revision ON client_removal (revision);

INSERT INTO revision (name, number) VALUES ('client_removals', 0);

CREATE FUNCTION number_client() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'clients' RETURNING number INTO NEW.revision;
    DELETE FROM client_removal WHERE client = NEW.id;
    RETURN NEW;
END
$$;

CREATE TRIGGER client_numbered BEFORE INSERT OR UPDATE OF document ON client
    FOR EACH ROW EXECUTE FUNCTION number_client();

CREATE FUNCTION number_client_removal() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    taken BIGINT;
BEGIN
    UPDATE revision SET number = number + 1 WHERE name = 'clients' RETURNING number INTO taken;
    INSERT INTO client_removal (client, revision) VALUES (OLD.id, taken);
    RETURN NULL;
END
$$;

CREATE TRIGGER client_removal_numbered AFTER DELETE ON client
    FOR EACH ROW EXECUTE FUNCTION number_client_removal();
