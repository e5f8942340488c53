-- The record of migrations.

-- name: schema_table
-- The one table that is not a migration, because it lists them.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER      NOT NULL PRIMARY KEY,
    title      VARCHAR(200) NOT NULL,
    checksum   CHAR(64)     NOT NULL,
    applied_at BIGINT       NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- name: schema_applied
SELECT version, checksum FROM schema_migrations ORDER BY version;

-- name: schema_record
INSERT INTO schema_migrations (version, title, checksum, applied_at)
VALUES (:version, :title, :checksum, :applied_at)...;
