-- Notifications: what somebody should be told.

-- name: notifications_add
-- Queue news of alerts, whichever channels are on.
INSERT INTO notifications (id, register_id, kind, created_at)
VALUES (:id, :register_id, :kind, :created_at)...;

-- name: notifications_list
-- Notifications and the alerts that they tell of, newest first.
SELECT n.id, n.kind, n.created_at AS detected_at, a.alarm, a.priority, a.account_id, a.account_code, a.cuc,
       a.code, a.quantity, a.id AS register_id, a.period_ended_at - a.period_started_at AS `window`
FROM notifications n INNER JOIN alerts a ON a.id = n.register_id
WHERE n.created_at >= :since
  AND (:any_alarm = 1 OR a.alarm IN (:alarm...))
  AND (:any_account = 1 OR a.account_code IN (:account...))
ORDER BY n.created_at DESC, n.id DESC LIMIT :limit;
