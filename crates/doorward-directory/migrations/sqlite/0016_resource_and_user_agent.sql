-- The API of a detail that people allowed; NULL for what is no detail, and for details of releases that did not tell.
ALTER TABLE consent_item ADD COLUMN resource TEXT;
