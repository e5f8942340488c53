-- What only MySQL, MariaDB and their clusters need. Everything else is in the shared files.

-- name: session_modes
-- The modes that the statements rely on, whatever the server's defaults are. Strict: an over-long or
-- missing value must be an error, never cut or zeroed in silence.
SET SESSION
    sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
    sql_safe_updates = 0,
    sql_big_selects = 1,
    sql_select_limit = 18446744073709551615,
    unique_checks = 1,
    completion_type = 'NO_CHAIN';

-- name: session_isolation
-- The snapshot must be born after the fence was locked: at the first read, as here.
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE;

-- name: session_limits
-- The longest wait for a row or a table that another transaction holds.
SET SESSION innodb_lock_wait_timeout = :seconds, lock_wait_timeout = :seconds;

-- name: session_packet
-- The longest statement that the server takes; it hangs up on a longer one.
SELECT @@SESSION.max_allowed_packet AS bytes;

-- name: session_cluster
-- What tells that others share this server's state: a row on a node of a Galera cluster, a row on a
-- member of Group Replication, none elsewhere.
SHOW VARIABLES WHERE (Variable_name = 'wsrep_on' AND Value = 'ON')
    OR (Variable_name = 'group_replication_group_name' AND Value <> '');

-- name: session_galera
-- A read waits until what other nodes have committed is here too.
SET SESSION wsrep_sync_wait = 1;

-- name: session_group_replication
-- The same in a group; and a new primary answers once it has what the old one had.
SET SESSION group_replication_consistency = 'BEFORE';

-- name: create_database_text
-- A database's name cannot be a parameter, so the server itself quotes it.
SET @statement = CONCAT('CREATE DATABASE IF NOT EXISTS `', REPLACE(:name, '`', '``'), '` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');

-- name: create_database_prepare
-- Make a statement of the text.
PREPARE create_database FROM @statement;

-- name: create_database_execute
-- Run it.
EXECUTE create_database;
