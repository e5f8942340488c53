-- Retention. Nothing that is open, and nothing that is still to be told, is ever old enough.

-- name: old_notifications
-- Of alerts that are over, and told (or given up) on every channel. An injection is kept as long as
-- a window may look back at what it raised.
SELECT n.id FROM notifications n
INNER JOIN register_entries r ON r.id = n.register_id
WHERE n.created_at < :before AND r.cleared_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM deliveries d
    WHERE d.notification_id = n.id
      AND (d.status IN ('pending', 'sending') OR d.injected_at >= :injected_since))
ORDER BY n.created_at LIMIT :limit;

-- name: old_notifications_count
SELECT COUNT(*) AS rows_found, (
    SELECT COUNT(*) FROM deliveries c INNER JOIN notifications m ON m.id = c.notification_id
    INNER JOIN register_entries s ON s.id = m.register_id
    WHERE m.created_at < :before AND s.cleared_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM deliveries d
        WHERE d.notification_id = m.id
          AND (d.status IN ('pending', 'sending') OR d.injected_at >= :injected_since))
) AS deliveries_found
FROM notifications n
INNER JOIN register_entries r ON r.id = n.register_id
WHERE n.created_at < :before AND r.cleared_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM deliveries d
    WHERE d.notification_id = n.id
      AND (d.status IN ('pending', 'sending') OR d.injected_at >= :injected_since));

-- name: deliveries_delete_of
DELETE FROM deliveries WHERE notification_id IN (:ids...);

-- name: notifications_delete
DELETE FROM notifications WHERE id IN (:ids...);

-- name: old_runs
SELECT id FROM runs WHERE started_at < :before ORDER BY started_at LIMIT :limit;

-- name: old_runs_count
SELECT COUNT(*) AS rows_found FROM runs WHERE started_at < :before;

-- name: runs_delete
DELETE FROM runs WHERE id IN (:ids...);

-- name: old_entries
-- Closed, old enough, and with nothing left to tell. A muted group's entry is still in use.
SELECT r.id FROM register_entries r
WHERE r.cleared_at < :before
  AND NOT EXISTS (SELECT 1 FROM triggers t WHERE t.register_id = r.id)
  AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.register_id = r.id)
ORDER BY r.cleared_at LIMIT :limit;

-- name: old_entries_count
-- Entries whose notifications would go in the same purge are counted with them.
SELECT COUNT(*) AS rows_found FROM register_entries r
WHERE r.cleared_at < :before
  AND NOT EXISTS (SELECT 1 FROM triggers t WHERE t.register_id = r.id)
  AND NOT EXISTS (
    SELECT 1 FROM notifications n
    WHERE n.register_id = r.id AND (n.created_at >= :notifications_before OR EXISTS (
        SELECT 1 FROM deliveries d
        WHERE d.notification_id = n.id
          AND (d.status IN ('pending', 'sending') OR d.injected_at >= :injected_since))));

-- name: entries_delete
DELETE FROM register_entries WHERE id IN (:ids...);
