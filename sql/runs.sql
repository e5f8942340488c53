-- Runs: the order of writing transactions, their record, and what scans leave for the next ones.
--
-- Each writing transaction begins with one of the fence's updates, before it reads anything: the row
-- is locked, and the snapshot is born after the lock. On a cluster the changed row is what
-- certification compares.

-- name: fence_issue
-- Give out the next scan's number: higher than any that was given out, and than any that was
-- applied, should the row have been brought back from a backup.
UPDATE fence SET issued = CASE WHEN issued < applied THEN applied ELSE issued END + 1 WHERE id = 1;

-- name: fence_issued
-- The number that was just given out.
SELECT issued FROM fence WHERE id = 1;

-- name: fence_apply
-- Take a scan's place. No row: a later scan was applied already.
UPDATE fence SET applied = :scan WHERE id = 1 AND applied < :scan;

-- name: fence_touch
-- Take any other writer's place.
UPDATE fence SET writes = writes + 1 WHERE id = 1;

-- name: scan_state_read
-- The trace that earlier scans left for the next one.
SELECT good_until, good_events, silence_met, accounts_listed_at, restored_at,
       slice_carried AS carried,
       slice_refused AS refused, slice_refused_at AS refused_at, hourly_events AS rate
FROM scan_state WHERE id = 1;

-- name: scan_state_good
-- A good scan: everything was read, and it was applied. Its window may end before that of another
-- host's (the later end stays), and after what a clock that was wrong left beyond the horizon. The
-- first one since a restore is when the database began to know again what is open.
UPDATE scan_state SET
    restored_at = CASE
        WHEN restored_at < :good_until AND (good_until IS NULL OR good_until < restored_at)
        THEN :good_until
        ELSE restored_at
    END,
    good_until = CASE
        WHEN good_until > :good_until AND good_until <= :horizon THEN good_until
        ELSE :good_until
    END,
    good_events = :good_events,
    silence_met = 0
WHERE id = 1;

-- name: scan_state_restored
-- The database was brought back from a backup.
UPDATE scan_state SET restored_at = :at WHERE id = 1;

-- name: scan_state_silent
-- A scan that found nothing where there was much: it is not believed yet.
UPDATE scan_state SET silence_met = 1 WHERE id = 1;

-- name: scan_state_not_silent
-- A scan that found events, though not all was read.
UPDATE scan_state SET silence_met = 0 WHERE id = 1;

-- name: scan_state_learned
-- Keep what answers taught about the records that one may carry.
UPDATE scan_state SET
    slice_carried = :carried, slice_refused = :refused, slice_refused_at = :refused_at,
    hourly_events = :rate
WHERE id = 1;

-- name: scan_state_listed
-- When the list of all accounts was read last.
UPDATE scan_state SET accounts_listed_at = :at WHERE id = 1;

-- name: gaps_add
-- Stretches that were too long ago to catch up with.
INSERT INTO gaps (id, alarm_id, started_at, ended_at, found_at)
VALUES (:id, :alarm_id, :started_at, :ended_at, :found_at)...;

-- name: gaps_since
-- Stretches that were never evaluated and never will be, found since then.
SELECT COALESCE(a.name, g.alarm_id) AS alarm, g.started_at AS `start`, g.ended_at AS `end`
FROM gaps g LEFT JOIN alarms a ON a.id = g.alarm_id
WHERE g.found_at >= :since ORDER BY g.found_at DESC;

-- name: runs_exists
-- The run of a transaction whose commit was not acknowledged: it is there if that happened.
SELECT id FROM runs WHERE id = :id;

-- name: runs_scans
-- The scans of a time that changed something, for a proof of what was watched: oldest first.
SELECT id, pass AS name, host, started_at, status FROM runs
WHERE started_at >= :since AND started_at <= :until AND pass = 'scan' ORDER BY started_at, id;

-- name: runs_add
-- Record that a pass wrote something, in the same transaction.
INSERT INTO runs (id, pass, host, started_at, status, summary)
VALUES (:id, :pass, :host, :started_at, :status, :summary)...;
