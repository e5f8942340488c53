-- The exceptions: accounts that an alarm compares with a value of their own, or does not count.

-- name: exceptions_standing
-- All that nobody has ended; the time of some may be over.
SELECT id, alarm_id, account_code, threshold AS `value`, ends_at, reason, made_at, made_by,
       ended_at, ended_by
FROM exceptions WHERE ended_mark = '' ORDER BY alarm_id, account_code;

-- name: exceptions_of_alarm
-- Those of one alarm that nobody has ended, by account; and what came before them, newest first, if
-- that is asked for.
SELECT id, alarm_id, account_code, threshold AS `value`, ends_at, reason, made_at, made_by,
       ended_at, ended_by
FROM exceptions WHERE alarm_id = :alarm_id AND (ended_mark = '' OR :ended = 1)
ORDER BY CASE WHEN ended_mark = '' THEN 0 ELSE 1 END, ended_at DESC, account_code, made_at DESC, id;

-- name: exceptions_add
-- A new exception. The key refuses a second one of the same alarm and account.
INSERT INTO exceptions (
    id, alarm_id, account_code, ended_mark, threshold, ends_at, reason, made_at, made_by,
    ended_at, ended_by
) VALUES (
    :id, :alarm_id, :account_code, '', :value, :ends_at, :reason, :made_at, :made_by, NULL, NULL
)...;

-- name: exceptions_end
-- They hold no more; their rows stay.
UPDATE exceptions SET ended_mark = id, ended_at = :at, ended_by = :who
WHERE id IN (:ids...) AND ended_mark = '';

-- name: exceptions_reason
-- What was said when one was ended stands behind what was said when it was made.
UPDATE exceptions SET reason = :reason WHERE id = :id;
