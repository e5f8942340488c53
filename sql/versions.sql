-- The versions of alarms.

-- name: versions_of
-- All that one alarm has been, newest first.
SELECT version, changed_at, changed_by, comment, alarm
FROM alarm_versions WHERE alarm_id = :alarm_id ORDER BY version DESC;

-- name: versions_one
-- Whether a version is there: an alarm that is older than this table has none at first.
SELECT version FROM alarm_versions WHERE alarm_id = :alarm_id AND version = :version;

-- name: versions_add
-- What one change left.
INSERT INTO alarm_versions (alarm_id, version, changed_at, changed_by, comment, alarm)
VALUES (:alarm_id, :version, :changed_at, :changed_by, :comment, :alarm)...;
