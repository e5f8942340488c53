-- Retention. Nothing that is open, and nothing that is still to be told, is ever old enough. An
-- injection is kept as long as a window may look back at what it raised.

-- fragment: told
-- Nothing is left to tell of the entry, and no window looks back at what was injected for it.
NOT EXISTS (
    SELECT 1 FROM deliveries d
    WHERE d.register_id = r.id
      AND (d.status IN ('pending', 'held', 'sending') OR d.injected_at >= :injected_since))

-- fragment: out_of_use
-- Nothing needs the entry any more: no muted group, and no alarm over detections that may count it.
NOT EXISTS (SELECT 1 FROM triggers t WHERE t.register_id = r.id)
  AND NOT EXISTS (
      SELECT 1 FROM alarms a
      WHERE a.source_alarm_id = r.alarm_id AND a.deleted_mark = ''
        AND r.opened_at >= :now - a.window_ms)

-- name: old_notifications
-- Old notifications of alerts that are over, and told (or given up) on every channel.
SELECT n.id FROM notifications n
INNER JOIN register_entries r ON r.id = n.register_id
WHERE n.created_at < :before AND r.cleared_at IS NOT NULL AND {told}
ORDER BY n.created_at LIMIT :limit;

-- name: old_notifications_count
-- Notifications that go by their own age or with their entries; and their deliveries. (A sum is null
-- over no rows, and a decimal on MySQL and MariaDB.)
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
-- Delete the deliveries of notifications that go.
DELETE FROM deliveries WHERE notification_id IN (:ids...);

-- name: notifications_delete
-- Delete old notifications.
DELETE FROM notifications WHERE id IN (:ids...);

-- name: old_runs
-- Old runs: nobody is in doubt any more whether they were committed.
SELECT id FROM runs WHERE started_at < :before ORDER BY started_at LIMIT :limit;

-- name: old_runs_count
-- The number of all old runs.
SELECT COUNT(*) AS row_count FROM runs WHERE started_at < :before;

-- name: runs_delete
-- Delete old runs.
DELETE FROM runs WHERE id IN (:ids...);

-- name: old_gaps
-- Old gaps: stretches that were never evaluated and were found so long ago that they are no news.
SELECT id FROM gaps WHERE found_at < :before ORDER BY found_at LIMIT :limit;

-- name: old_gaps_count
-- The number of all old gaps.
SELECT COUNT(*) AS row_count FROM gaps WHERE found_at < :before;

-- name: gaps_delete
-- Delete old gaps.
DELETE FROM gaps WHERE id IN (:ids...);

-- name: old_tokens
-- Tokens that expired long ago, revoked or not: nothing can be opened with them.
SELECT id FROM tokens WHERE expires_at < :before ORDER BY expires_at LIMIT :limit;

-- name: old_tokens_count
-- The number of all those.
SELECT COUNT(*) AS row_count FROM tokens WHERE expires_at < :before;

-- name: tokens_delete
-- Delete tokens that expired long ago.
DELETE FROM tokens WHERE id IN (:ids...);

-- name: old_hours_count
-- The number of hours whose counts are old.
SELECT COUNT(*) AS row_count FROM hours WHERE started_at < :before;

-- name: hours_delete
-- Delete the counts of old hours: few are in a day, so all of them at once.
DELETE FROM hours WHERE started_at < :before;

-- name: old_entries
-- Entries that are closed, old enough, out of use and with nothing left to tell.
SELECT r.id FROM register_entries r
WHERE r.cleared_at < :before
  AND {out_of_use}
  AND {told}
ORDER BY r.cleared_at LIMIT :limit;

-- name: old_entries_count
-- The number of all those.
SELECT COUNT(*) AS row_count FROM register_entries r
WHERE r.cleared_at < :before
  AND {out_of_use}
  AND {told};

-- name: deliveries_delete_of_entries
-- Delete the deliveries of entries that go, however young they are.
DELETE FROM deliveries WHERE register_id IN (:ids...);

-- name: notifications_delete_of_entries
-- Delete their notifications.
DELETE FROM notifications WHERE register_id IN (:ids...);

-- name: old_notes_count
-- The number of notes on entries that go.
SELECT COUNT(*) AS row_count FROM notes o INNER JOIN register_entries r ON r.id = o.register_id
WHERE r.cleared_at < :before
  AND {out_of_use}
  AND {told};

-- name: notes_delete_of_entries
-- Delete the notes on entries that go.
DELETE FROM notes WHERE register_id IN (:ids...);

-- name: entries_delete
-- Delete the entries themselves, last: nothing refers to them any more.
DELETE FROM register_entries WHERE id IN (:ids...);
