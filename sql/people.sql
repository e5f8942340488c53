-- The people who may sign in, and the tokens that were issued in their or a program's name.

-- name: people_all
-- Everybody, by name.
SELECT name, password, session_key, added_at, password_at FROM people ORDER BY name;

-- name: people_named
-- One person, as every page asks for who is signed in.
SELECT name, password, session_key, added_at, password_at FROM people WHERE name = :name;

-- name: people_add
-- Somebody new.
INSERT INTO people (name, password, session_key, added_at, password_at)
VALUES (:name, :password, :session_key, :added_at, :password_at)...;

-- name: people_password
-- Another password, and with it another key: sessions that name the old one are over.
UPDATE people SET password = :password, session_key = :session_key, password_at = :at
WHERE name = :name;

-- name: people_sign_out
-- Everybody: no session goes on.
UPDATE people SET session_key = :session_key;

-- name: people_remove
-- Somebody who may not sign in any more. What they changed keeps their name.
DELETE FROM people WHERE name = :name;

-- name: tokens_all
-- Every token that is still on record, the newest first.
SELECT id, name, service, scope, issued_at, expires_at, revoked_at FROM tokens
ORDER BY issued_at DESC, id DESC;

-- name: tokens_get
-- One token, as every request of the API asks for its own.
SELECT id, name, service, scope, issued_at, expires_at, revoked_at FROM tokens WHERE id = :id;

-- name: tokens_valid
-- How many tokens of each name are worth anything at a moment.
SELECT name, COUNT(*) AS tokens FROM tokens
WHERE revoked_at IS NULL AND expires_at > :now GROUP BY name;

-- name: tokens_add
-- A token that is issued now.
INSERT INTO tokens (id, name, service, scope, issued_at, expires_at, revoked_at)
VALUES (:id, :name, :service, :scope, :issued_at, :expires_at, :revoked_at)...;

-- name: tokens_revoke
-- Revoke one token; the time at which that was done first stays.
UPDATE tokens SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL;

-- name: tokens_revoke_of
-- Revoke what a name still has.
UPDATE tokens SET revoked_at = :at WHERE name = :name AND revoked_at IS NULL AND expires_at > :at;

-- name: tokens_revoke_all
-- Revoke every token that is worth anything.
UPDATE tokens SET revoked_at = :at WHERE revoked_at IS NULL AND expires_at > :at;
