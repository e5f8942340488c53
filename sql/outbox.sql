-- What somebody should be told, and what became of it.

-- name: notifications_add
INSERT INTO notifications (id, register_id, kind, created_at)
VALUES (:id, :register_id, :kind, :created_at)...;
