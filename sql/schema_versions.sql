-- The record of migrations.

-- name: schema_table
-- The one table that is not a migration, because it lists them.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER      NOT NULL PRIMARY KEY,
    title      VARCHAR(200) NOT NULL,
    checksum   CHAR(64)     NOT NULL,
    applied_at BIGINT       NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- name: schema_applied
SELECT version, checksum FROM schema_migrations ORDER BY version;

-- name: schema_record
INSERT INTO schema_migrations (version, title, checksum, applied_at)
VALUES (:version, :title, :checksum, :applied_at)...;

-- name: schema_turn
-- On a cluster: whose turn it is to change the schema, and how far they are.
SELECT checksum AS holder, (SELECT COUNT(*) FROM schema_migrations) AS steps
FROM schema_migrations WHERE version = 0;

-- name: schema_take_over
UPDATE schema_migrations SET checksum = :ours WHERE version = 0 AND checksum = :holder;

-- name: schema_end_turn
DELETE FROM schema_migrations WHERE version = 0 AND checksum = :ours;
