-- The alarms.

-- fragment: alarm_rows
-- Alarms by the names of the model. (Quoted as all three engines take it: most of these names are
-- words of their own.)
SELECT a.*, a.condition_kind AS `condition`, a.condition_field AS `field`, a.threshold AS `value`,
       a.thresholds AS `values`, a.window_ms AS `window`, a.email_subject AS `subject`,
       a.email_to AS `to`, a.email_cc AS `cc`
FROM alarms a

-- name: alarms_all
-- Every alarm that is not deleted, by name.
{alarm_rows} WHERE deleted_mark = '' ORDER BY name;

-- name: alarms_ever
-- Some alarms by their ids, as they are or were when they were deleted.
{alarm_rows} WHERE id IN (:values...);

-- name: alarms_names
-- The names of all alarms that there ever were: the register has entries of those that are deleted.
SELECT DISTINCT name FROM alarms;

-- name: alarms_add
-- A new alarm.
INSERT INTO alarms (
    id, name, deleted_mark, defined_in, description, priority, source, source_alarm_id,
    codes, cucs, accounts, companies, group_by, condition_kind, condition_field,
    operator, threshold, thresholds, window_ms, enabled, notify, channels,
    email_subject, email_to, email_cc, include_table, catch_up, evaluated_until,
    clear_below, clear_after, status, changed_by, changed_at, comment,
    last_run_at, last_run_status, last_error, runs, detections, last_detection_at,
    revision, version, created_by, created_at
) VALUES (
    :id, :name, :deleted_mark, :defined_in, :description, :priority, :source, :source_alarm_id,
    :codes, :cucs, :accounts, :companies, :group_by, :condition_kind, :condition_field,
    :operator, :threshold, :thresholds, :window_ms, :enabled, :notify, :channels,
    :email_subject, :email_to, :email_cc, :include_table, :catch_up, :evaluated_until,
    :clear_below, :clear_after, :status, :changed_by, :changed_at, :comment,
    :last_run_at, :last_run_status, :last_error, :runs, :detections, :last_detection_at,
    :revision, :version, :created_by, :created_at
)...;

-- name: alarms_edit
-- Everything that people set. Only the version that was read is changed.
UPDATE alarms SET
    name = :name, deleted_mark = :deleted_mark, description = :description, priority = :priority,
    source = :source, source_alarm_id = :source_alarm_id,
    codes = :codes, cucs = :cucs, accounts = :accounts, companies = :companies,
    group_by = :group_by, condition_kind = :condition_kind, condition_field = :condition_field,
    operator = :operator, threshold = :threshold, thresholds = :thresholds, window_ms = :window_ms,
    enabled = :enabled, notify = :notify, channels = :channels,
    email_subject = :email_subject, email_to = :email_to, email_cc = :email_cc,
    include_table = :include_table, catch_up = :catch_up,
    clear_below = :clear_below, clear_after = :clear_after,
    status = :status, changed_by = :changed_by, changed_at = :changed_at, comment = :comment,
    counted_at = CASE WHEN revision = :revision THEN counted_at ELSE NULL END,
    detections = :detections, revision = :revision, version = version + 1
WHERE id = :id AND version = :version AND deleted_mark = '';

-- name: alarms_evaluated
-- Alarms whose windows were whole, and that have nothing to catch up with any more. A later end
-- stays (hosts' clocks differ), unless a clock that was wrong left it beyond the horizon.
UPDATE alarms SET evaluated_until = :until
WHERE id IN (:ids...)
  AND (evaluated_until IS NULL OR evaluated_until < :until OR evaluated_until > :horizon);

-- name: alarms_start_afresh
-- Nothing from before counts as missed.
UPDATE alarms SET evaluated_until = NULL WHERE id = :id;

-- name: alarms_caught_up
-- Missed windows were evaluated afterwards.
UPDATE alarms SET
    evaluated_until = :until,
    detections = detections + :found,
    last_detection_at = CASE WHEN :found > 0 THEN :at ELSE last_detection_at END
WHERE id = :id;

-- name: alarms_ran
-- Alarms that one scan evaluated with the same outcome.
UPDATE alarms SET
    last_run_at = :at, last_run_status = :status, last_error = :error, runs = runs + 1
WHERE id IN (:ids...);

-- name: alarms_counted
-- Alarms that counted an event for the first time since they were made or redefined.
UPDATE alarms SET counted_at = :at WHERE id IN (:ids...) AND counted_at IS NULL;

-- name: alarms_detected
-- Add the alerts that one scan opened to their alarms' totals.
UPDATE alarms SET
    detections = detections + (
        SELECT COUNT(*) FROM register_entries r
        WHERE r.alarm_id = alarms.id AND r.opened_at = :at AND r.opened_seq = :seq),
    last_detection_at = :at
WHERE id IN (:ids...);
