-- The API of a detail that people allowed; NULL for what is no detail, and for details of releases that did not tell.
ALTER TABLE consent_item ADD COLUMN resource TEXT;

-- The browser that somebody signed in with, such as 'Firefox on Windows'; NULL when it did not say, or before anybody asked.
ALTER TABLE session ADD COLUMN user_agent TEXT;
