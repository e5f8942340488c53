-- The record of migrations, and whose turn it is to add to it.

-- name: schema_table
-- Not a migration, because it lists them.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER      NOT NULL PRIMARY KEY,
    title      VARCHAR(200) NOT NULL,
    checksum   CHAR(64)     NOT NULL,
    applied_at BIGINT       NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- name: schema_applied
-- The steps that the database has, and by which text each was made.
SELECT version, checksum FROM schema_migrations ORDER BY version;

-- name: schema_record
-- Record that a step was taken.
INSERT INTO schema_migrations (version, title, checksum, applied_at)
VALUES (:version, :title, :checksum, :applied_at)...;

-- name: schema_turn_table
-- On a cluster: one row while some host changes the schema, none otherwise.
CREATE TABLE IF NOT EXISTS schema_turn (
    id     SMALLINT NOT NULL PRIMARY KEY,
    holder CHAR(64) NOT NULL,
    since  BIGINT   NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- name: schema_turn
-- The host whose turn it is, and the number of steps that are done.
SELECT holder, (SELECT COUNT(*) FROM schema_migrations) AS steps FROM schema_turn WHERE id = 1;

-- name: schema_take_turn
-- Take the turn, which is nobody's. The key refuses all hosts but one.
INSERT INTO schema_turn (id, holder, since) VALUES (1, :ours, :now);

-- name: schema_take_over
-- Take the turn from a host that died in it, if nobody was quicker.
UPDATE schema_turn SET holder = :ours, since = :now WHERE id = 1 AND holder = :holder;

-- name: schema_end_turn
-- End the turn, unless somebody took it over.
DELETE FROM schema_turn WHERE id = 1 AND holder = :ours;
