-- Kept hours: the counts of the past. Nothing is decided by them.

-- name: hours_known
-- How much is kept of each hour of one source since then, without the counts.
SELECT started_at, minutes, coarse FROM hours WHERE source = :source AND started_at >= :since;

-- name: hours_ends
-- The first and the last hour of one source that is kept since then: by the key alone, where the rows
-- with their counts would take up pages.
SELECT MIN(started_at) AS oldest, MAX(started_at) AS newest FROM hours
WHERE source = :source AND started_at >= :since;

-- name: hours_read
-- The counts of one source's hours that began in a stretch of time, oldest first.
SELECT started_at, counts FROM hours
WHERE source = :source AND started_at >= :since AND started_at <= :until
ORDER BY started_at;

-- name: hours_drop_less
-- Make place for an hour of which more is known now, or as much in more detail.
DELETE FROM hours
WHERE source = :source AND started_at = :started_at
  AND (minutes < :minutes OR (minutes = :minutes AND coarse > :coarse));

-- name: hours_exists
-- 1 if there is a row of this hour.
SELECT COUNT(*) AS row_count FROM hours WHERE source = :source AND started_at = :started_at;

-- name: hours_add
-- Keep the counts of an hour.
INSERT INTO hours (source, started_at, minutes, coarse, read_at, counts)
VALUES (:source, :started_at, :minutes, :coarse, :read_at, :counts)...;
