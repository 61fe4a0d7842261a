-- Removing a client ends what it was granted. Clients that registered themselves and that nobody uses are removed all day long, so the
-- grants of one are found without reading those of all. An identifier begins with the time, so each client's grow at one end.
CREATE INDEX oauth_grant_client ON oauth_grant (client);

-- No release before works with this schema, for what is in the documents of clients and not in any column: that tokens are bound to a
-- certificate, requests signed, answers encrypted, subjects pairwise, secrets at an end. Such a release would overlook what it does not
-- know, and leave it out of every client that it changes.
