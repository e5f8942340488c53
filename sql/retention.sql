-- Retention. Nothing that is open, and nothing that is still to be told, is ever old enough. An
-- injection is kept as long as a window may look back at what it raised.

-- fragment: told
-- Nothing is left to tell of the entry, and no window looks back at what was injected for it.
NOT EXISTS (
    SELECT 1 FROM deliveries d
    WHERE d.register_id = r.id
      AND (d.status IN ('pending', 'sending') OR d.injected_at >= :injected_since))

-- fragment: out_of_use
-- Nothing needs the entry any more: no muted group, and no alarm over detections that may count it.
NOT EXISTS (SELECT 1 FROM triggers t WHERE t.register_id = r.id)
  AND NOT EXISTS (
      SELECT 1 FROM alarms a
      WHERE a.source_alarm_id = r.alarm_id AND a.deleted_mark = ''
        AND r.opened_at >= :now - a.window_ms)

-- name: old_notifications
-- Of alerts that are over, and told (or given up) on every channel.
SELECT n.id FROM notifications n
INNER JOIN register_entries r ON r.id = n.register_id
WHERE n.created_at < :before AND r.cleared_at IS NOT NULL AND {told}
ORDER BY n.created_at LIMIT :limit;

-- name: old_notifications_count
-- Those that go by their own age and those that go with their entries; and their deliveries. (A sum
-- is null over no rows, and a decimal on MySQL and MariaDB.)
SELECT COUNT(*) AS notifications,
       CAST(COALESCE(SUM((
           SELECT COUNT(*) FROM deliveries c WHERE c.notification_id = n.id)), 0) AS SIGNED) AS deliveries
FROM notifications n
INNER JOIN register_entries r ON r.id = n.register_id
WHERE r.cleared_at IS NOT NULL
  AND (n.created_at < :before OR (
      r.cleared_at < :entries_before
      AND {out_of_use}))
  AND {told};

-- name: deliveries_delete_of
-- Of notifications that go.
DELETE FROM deliveries WHERE notification_id IN (:ids...);

-- name: notifications_delete
-- Those that are old enough.
DELETE FROM notifications WHERE id IN (:ids...);

-- name: old_runs
-- Passes whose commits nobody is in doubt about any more.
SELECT id FROM runs WHERE started_at < :before ORDER BY started_at LIMIT :limit;

-- name: old_runs_count
-- How many those are.
SELECT COUNT(*) AS row_count FROM runs WHERE started_at < :before;

-- name: runs_delete
-- Those that are old enough.
DELETE FROM runs WHERE id IN (:ids...);

-- name: old_gaps
-- Stretches that were never evaluated: found long ago, they are no news any more.
SELECT id FROM gaps WHERE found_at < :before ORDER BY found_at LIMIT :limit;

-- name: old_gaps_count
-- How many those are.
SELECT COUNT(*) AS row_count FROM gaps WHERE found_at < :before;

-- name: gaps_delete
-- One batch of them.
DELETE FROM gaps WHERE id IN (:ids...);

-- name: old_entries
-- Closed, old enough, out of use and with nothing left to tell.
SELECT r.id FROM register_entries r
WHERE r.cleared_at < :before
  AND {out_of_use}
  AND {told}
ORDER BY r.cleared_at LIMIT :limit;

-- name: old_entries_count
-- How many those are.
SELECT COUNT(*) AS row_count FROM register_entries r
WHERE r.cleared_at < :before
  AND {out_of_use}
  AND {told};

-- name: deliveries_delete_of_entries
-- What was told of an entry goes with it, however short the time since.
DELETE FROM deliveries WHERE register_id IN (:ids...);

-- name: notifications_delete_of_entries
-- The same of notifications.
DELETE FROM notifications WHERE register_id IN (:ids...);

-- name: entries_delete
-- Last: nothing refers to them any more.
DELETE FROM register_entries WHERE id IN (:ids...);
