-- The triggers: what is open, and what scans observed of it.

-- name: triggers_all
-- All triggers, muted ones too: a scan compares what it counted with them.
SELECT alarm_id, group_key, register_id, revision, account_id, company_id, cuc, code,
       quantity, highest, observed_seq, observed_at, below_since, muted
FROM triggers;

-- name: triggers_accounts
-- The accounts that have something open, muted or not: a scan notes when it last heard them.
SELECT DISTINCT account_id FROM triggers WHERE account_id IS NOT NULL;

-- name: triggers_highest
-- The extremes so far of the open alerts, and when they were last heard; the register learns both when
-- they clear.
SELECT register_id, highest AS current_highest, heard_at AS last_heard_at
FROM triggers WHERE muted = 0;

-- name: triggers_highest_of
-- The same of some entries.
SELECT register_id, highest AS current_highest, heard_at AS last_heard_at
FROM triggers WHERE muted = 0 AND register_id IN (:values...);

-- name: triggers_count
-- The number of open alerts.
SELECT COUNT(*) AS alerts FROM triggers WHERE muted = 0;

-- name: triggers_count_by_alarm
-- The number of open alerts of each alarm that has any.
SELECT alarm_id, COUNT(*) AS alerts FROM triggers WHERE muted = 0 GROUP BY alarm_id;

-- name: triggers_of_tracker
-- The tracker's alert about itself, if it is open.
SELECT a.*, t.highest AS current_highest, t.heard_at AS last_heard_at
FROM triggers t INNER JOIN alerts a ON a.id = t.register_id
WHERE t.alarm_id = 'tracker';

-- name: triggers_muted
-- Groups that were closed by hand before that time and whose conditions still hold, longest first.
SELECT a.alarm, a.account_code, a.cuc, a.code
FROM triggers t INNER JOIN alerts a ON a.id = t.register_id
WHERE t.muted = 1 AND a.cleared_at < :before ORDER BY a.cleared_at, a.id;

-- name: triggers_muted_alerts
-- The entries of all muted groups, the longest muted first.
SELECT a.* FROM triggers t INNER JOIN alerts a ON a.id = t.register_id
WHERE t.muted = 1 ORDER BY a.cleared_at, a.id;

-- name: triggers_grow
-- Record the present quantity of the tracker's alert about itself.
UPDATE triggers SET
    quantity = :quantity,
    highest = CASE WHEN highest < :quantity THEN :quantity ELSE highest END
WHERE register_id = :register_id;

-- name: triggers_open
-- Open alerts for groups. The key refuses a group that is open already.
INSERT INTO triggers (
    alarm_id, group_key, register_id, revision, account_id, company_id, cuc, code,
    quantity, highest, observed_seq, observed_at, below_since, muted, closing, heard_at
) VALUES (
    :alarm_id, :group_key, :register_id, :revision, :account_id, :company_id, :cuc, :code,
    :quantity, :highest, :observed_seq, :observed_at, NULL, 0, NULL, :heard_at
)...;

-- name: observations_add
-- Note what a scan saw of the open groups, for triggers_observe.
INSERT INTO observations (pass_id, register_id, holds, quantity, highest, heard_at)
VALUES (:pass_id, :register_id, :holds, :quantity, :highest, :heard_at)...;

-- name: triggers_observe
-- One update for all that this scan saw. No right-hand side reads a column that is assigned to its
-- left: MySQL would see the new value, SQLite the old one.
UPDATE triggers SET
    quantity = (SELECT o.quantity FROM observations o
                WHERE o.pass_id = :pass_id AND o.register_id = triggers.register_id),
    highest = (SELECT o.highest FROM observations o
               WHERE o.pass_id = :pass_id AND o.register_id = triggers.register_id),
    below_since = CASE
        WHEN (SELECT o.holds FROM observations o
              WHERE o.pass_id = :pass_id AND o.register_id = triggers.register_id) = 1 THEN NULL
        -- A clock that was set back must not keep what is over open until it is as late again.
        WHEN below_since < :observed_at THEN below_since
        ELSE :observed_at
    END,
    observed_seq = :seq,
    -- A host whose clock is behind saw what holds in an older window. What lies beyond the horizon
    -- was written by a clock that was wrong.
    observed_at = CASE
        WHEN observed_at > :observed_at AND observed_at <= :horizon THEN observed_at
        ELSE :observed_at
    END,
    -- Nor does a window unhear what came before it, or lay in a slice that could not be read.
    heard_at = COALESCE(
        (SELECT o.heard_at FROM observations o
         WHERE o.pass_id = :pass_id AND o.register_id = triggers.register_id
           AND (triggers.heard_at IS NULL OR triggers.heard_at < o.heard_at
                OR triggers.heard_at > :horizon)),
        heard_at)
WHERE observed_seq < :seq
  AND EXISTS (SELECT 1 FROM observations o
              WHERE o.pass_id = :pass_id AND o.register_id = triggers.register_id);

-- name: observations_drop
-- Delete them: they were for triggers_observe alone.
DELETE FROM observations WHERE pass_id = :pass_id;

-- name: triggers_perhaps_over
-- Whether anything is over, so that a `clear` with nothing to do reads no more and writes nothing. What
-- is over is decided by what triggers_standing reads.
SELECT t.register_id
FROM triggers t LEFT JOIN alarms m ON m.id = t.alarm_id AND m.deleted_mark = ''
WHERE t.alarm_id <> 'tracker'
  AND (m.revision IS NULL OR m.revision <> t.revision OR m.enabled = 0
       OR (t.muted = 0 AND t.observed_at - t.below_since >= COALESCE(m.clear_after, :clear_after)))
LIMIT 1;

-- name: triggers_standing
-- All that `clear` decides by, oldest first. The tracker's own alarm is no row of alarms; it ends with
-- good scans.
SELECT t.register_id, t.muted, t.revision, t.observed_at, t.below_since, t.heard_at,
       m.revision AS alarm_revision, COALESCE(m.enabled, 0) AS alarm_enabled, m.clear_after
FROM triggers t LEFT JOIN alarms m ON m.id = t.alarm_id AND m.deleted_mark = ''
WHERE t.alarm_id <> 'tracker'
ORDER BY t.register_id;

-- fragment: with_alerts
-- The same with the alerts themselves.
SELECT a.*, t.quantity AS last_quantity, t.highest AS current_highest, t.heard_at AS last_heard_at,
       t.muted, t.revision AS trigger_revision, t.observed_at, t.below_since,
       m.revision AS alarm_revision, COALESCE(m.enabled, 0) AS alarm_enabled, m.clear_after, m.clear_below
FROM triggers t
INNER JOIN alerts a ON a.id = t.register_id
LEFT JOIN alarms m ON m.id = t.alarm_id AND m.deleted_mark = ''
WHERE t.alarm_id <> 'tracker'

-- name: triggers_with_alerts
-- All of them, where their texts are asked for or they are to be listed.
{with_alerts}
ORDER BY t.register_id;

-- name: triggers_with_alerts_of
-- Those of some entries.
{with_alerts}
  AND t.register_id IN (:values...)
ORDER BY t.register_id;

-- name: triggers_mark_alarm
-- Mark all open alerts of one alarm for closing.
UPDATE triggers SET closing = :pass_id WHERE alarm_id = :alarm_id;

-- name: triggers_mark
-- Mark chosen alerts for closing.
UPDATE triggers SET closing = :pass_id WHERE register_id IN (:ids...);

-- name: triggers_mute
-- Mute marked alerts whose conditions still hold: the rows stay, and keep their groups silent.
UPDATE triggers SET muted = 1, closing = NULL WHERE closing = :pass_id AND below_since IS NULL;

-- name: triggers_restore_lost
-- Give open entries whose triggers somebody deleted by hand one again to be closed by, in the same
-- transaction. Its key is the entry's own, as the group may have opened anew.
INSERT INTO triggers (
    alarm_id, group_key, register_id, revision, account_id, company_id, cuc, code,
    quantity, highest, observed_seq, observed_at, below_since, muted, closing, heard_at
)
SELECT r.alarm_id, r.id, r.id, r.revision, r.account_id, r.company_id, r.cuc, r.code,
       r.quantity, r.highest, r.opened_seq, r.period_ended_at, NULL, 0, :pass_id, r.heard_at
FROM register_entries r LEFT JOIN triggers t ON t.register_id = r.id
WHERE r.cleared_at IS NULL AND t.register_id IS NULL;

-- name: triggers_mark_outdated
-- Mark alerts whose alarm was redefined since: its revision is another one.
UPDATE triggers SET closing = :pass_id
WHERE closing IS NULL AND EXISTS (
    SELECT 1 FROM alarms a
    WHERE a.id = triggers.alarm_id AND a.deleted_mark = '' AND a.revision <> triggers.revision);

-- name: triggers_closing
-- What this pass is closing, oldest first, but for what was closed by hand before.
SELECT register_id FROM triggers WHERE closing = :pass_id AND muted = 0 ORDER BY register_id;

-- name: triggers_closing_alerts
-- The same with the alerts themselves.
SELECT a.*, t.highest AS current_highest, t.heard_at AS last_heard_at
FROM alerts a INNER JOIN triggers t ON t.register_id = a.id
WHERE t.closing = :pass_id AND t.muted = 0
ORDER BY t.register_id;

-- name: triggers_close
-- Delete the marked triggers: without its row an alert is over.
DELETE FROM triggers WHERE closing = :pass_id;
