//! What must last: people, clients, consents, grants, keys and events; on SQLite.
