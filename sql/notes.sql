-- Notes: what people wrote on alerts.

-- name: notes_add
-- Write a note.
INSERT INTO notes (id, register_id, written_at, written_by, text, acknowledge)
VALUES (:id, :register_id, :written_at, :written_by, :text, :acknowledge)...;

-- name: notes_of
-- The notes of one entry, in their order.
SELECT id, register_id, written_at, written_by, text, acknowledge
FROM notes WHERE register_id = :register_id ORDER BY written_at, id;
