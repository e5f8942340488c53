-- Metrics: the numbers that `status --metrics` and `/metrics` give, asked for every minute and at every
-- scrape. Each reads an index, and none more than a day of rows or what is open.

-- name: metrics_runs
-- Runs since then, by pass and outcome.
SELECT pass, status, COUNT(*) AS runs FROM runs WHERE started_at >= :since
GROUP BY pass, status ORDER BY pass, status;

-- name: metrics_last_scan
-- How the last scan went, and what it did. One from after :latest was recorded by a clock that was wrong.
SELECT status, summary FROM runs
WHERE pass = 'scan' AND started_at >= :since AND started_at <= :latest
ORDER BY started_at DESC, id DESC LIMIT 1;

-- name: metrics_alarms
-- The alarms, and what each detected since its rule was last changed.
SELECT name, priority, detections FROM alarms WHERE deleted_mark = '' ORDER BY name;

-- name: metrics_open
-- Open alerts by alarm and priority, and how many of them opened before :stale.
SELECT a.alarm, a.priority, COUNT(*) AS alerts, COUNT(CASE WHEN a.opened_at < :stale THEN 1 END) AS stale
FROM triggers t INNER JOIN alerts a ON a.id = t.register_id
WHERE t.muted = 0 GROUP BY a.alarm, a.priority;

-- name: metrics_muted
-- Groups that somebody closed by hand and whose conditions still hold.
SELECT COUNT(*) AS muted FROM triggers WHERE muted = 1;

-- name: metrics_deliveries
-- Deliveries of the notifications since then, by channel and status. An injection that is under way just
-- now is not settled yet.
SELECT d.channel, CASE WHEN d.status = 'sending' THEN 'pending' ELSE d.status END AS outcome,
       COUNT(*) AS deliveries
FROM notifications n INNER JOIN deliveries d ON d.notification_id = n.id
WHERE n.created_at >= :since GROUP BY d.channel, outcome;

-- name: metrics_oldest_due
-- By channel, since when the delivery that waits longest is due, or when the first one will be.
SELECT channel, MIN(due_at) AS due_at FROM deliveries WHERE status = 'pending' GROUP BY channel;
