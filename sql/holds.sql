-- The holds: what is kept back of an account for a while.

-- fragment: told
-- Holds with the names that their alarms have now.
SELECT h.id, h.account_id, h.account_code, h.trade_name, h.cuc, h.code, h.alarm_id, a.name AS alarm,
       h.starts_at, h.ends_at, h.reason, h.made_by, h.ended_at, h.ended_by, h.released_at
FROM holds h LEFT JOIN alarms a ON a.id = h.alarm_id

-- name: holds_standing
-- Those that were not released yet; the time of some may be over.
{told}
WHERE h.released_at IS NULL ORDER BY h.ends_at, h.id;

-- name: holds_all
-- All that there ever were, newest first.
{told}
ORDER BY h.id DESC;

-- name: holds_at
-- Those that lasted at a moment, which may be past: the last to end first.
{told}
WHERE h.starts_at <= :at AND COALESCE(h.ended_at, h.ends_at) > :at
ORDER BY COALESCE(h.ended_at, h.ends_at) DESC, h.id DESC;

-- name: holds_one
-- One hold.
{told}
WHERE h.id = :id;

-- name: holds_held
-- How many alerts each of these holds kept the news back of.
SELECT hold_id, COUNT(*) AS alerts FROM register_entries
WHERE hold_id IN (:values...) GROUP BY hold_id;

-- name: holds_add
-- A new hold.
INSERT INTO holds (
    id, account_id, account_code, trade_name, cuc, code, alarm_id, starts_at, ends_at, reason,
    made_by, ended_at, ended_by, released_at
) VALUES (
    :id, :account_id, :account_code, :trade_name, :cuc, :code, :alarm_id, :starts_at, :ends_at, :reason,
    :made_by, NULL, NULL, NULL
)...;

-- name: holds_end
-- By hand: it keeps nothing back any more.
UPDATE holds SET ended_at = :at, ended_by = :who
WHERE id = :id AND ended_at IS NULL AND released_at IS NULL AND ends_at > :at;

-- name: holds_release
-- Their time is over, or somebody ended them: nothing is held by them from here on.
UPDATE holds SET released_at = :now
WHERE released_at IS NULL AND (ended_at IS NOT NULL OR ends_at <= :now);
