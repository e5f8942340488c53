-- The people who may sign in.

-- name: people_named
-- One person.
SELECT name, password, session_key, added_at, password_at FROM people WHERE name = :name;
