-- Removing a client ends what it was granted. Clients that registered themselves and that nobody uses are removed all day long, so the
-- grants of one are found without reading those of all. An identifier begins with the time, so each client's grow at one end.
CREATE INDEX oauth_grant_client ON oauth_grant (client);
