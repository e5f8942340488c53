-- Failures: what a pass that goes on failing has said already. There is no row while all is well.

-- name: failures_of
-- What is known of the failures of one pass on one host.
SELECT known FROM failures WHERE pass = :pass AND host = :host;

-- name: failures_take
-- Lock the row, if there is one, so that two runs at once do not say the same.
UPDATE failures SET seen_at = :seen_at WHERE pass = :pass AND host = :host;

-- name: failures_keep
-- Keep what is known now.
REPLACE INTO failures (pass, host, seen_at, known)
VALUES (:pass, :host, :seen_at, :known)...;

-- name: failures_forget
-- Of hosts that are no more: a container has another name each time it is made.
DELETE FROM failures WHERE seen_at < :before;

-- name: failures_over
-- The pass is well again.
DELETE FROM failures WHERE pass = :pass AND host = :host;
