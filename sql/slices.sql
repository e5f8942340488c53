-- Remembered slices. Only speed depends on them.

-- name: slices_index
-- What is kept of a source, without the events.
SELECT started_at AS `start`, ended_at AS `end`, read_at, again_at, fetched FROM slices
WHERE source = :source AND started_at >= :since AND ended_at <= :until;

-- name: slices_read
-- The counts of one source's slices; which of them, by their starts, and the caller checks the ends.
SELECT started_at AS `start`, ended_at AS `end`, read_at, again_at, fetched, malformed, counts FROM slices
WHERE source = :source AND started_at IN (:values...);

-- name: slices_save
-- What was read anew takes the place of what was remembered.
REPLACE INTO slices (
    source, started_at, ended_at, read_at, again_at, fetched, malformed, counts
) VALUES (
    :source, :started_at, :ended_at, :read_at, :again_at, :fetched, :malformed, :counts
)...;

-- name: slices_drop_these
-- Slices of one source that could not be read, by their starts.
DELETE FROM slices WHERE source = :source AND started_at IN (:starts...);

-- name: slices_drop
-- All of one source: what it answers now says otherwise.
DELETE FROM slices WHERE source = :source;

-- name: slices_forget
-- What no window of this source reaches any more, and what no scan has read again for long.
DELETE FROM slices WHERE (source = :source AND ended_at < :oldest) OR again_at < :abandoned;

-- name: late_events_add
-- What a scan found to have come late. What it found once is not added up twice.
REPLACE INTO late_events (source, read_at, later_than, events)
VALUES (:source, :read_at, :later_than, :events)...;

-- name: late_events_forget
-- What `status` looks back to no more.
DELETE FROM late_events WHERE read_at < :before;

-- name: late_events_since
-- How many events came late, by how late they were at least.
SELECT later_than, SUM(events) AS events FROM late_events
WHERE read_at >= :since GROUP BY later_than;
