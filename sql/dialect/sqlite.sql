-- What only SQLite needs. Everything else is in the shared files.

-- name: schema_tables
-- Whether init ever ran here.
SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations';
