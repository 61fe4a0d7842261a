-- The key that the tokens of a family are bound to, as JSON of the claim `cnf`. NULL for those of clients with credentials, and
-- of clients without a key.
ALTER TABLE refresh_token ADD COLUMN confirmation TEXT;
