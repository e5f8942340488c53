-- Remembered slices. Only speed depends on them.

-- name: slices_index
-- The slices that are kept of a source, without their events.
SELECT started_at AS `start`, ended_at AS `end`, read_at, again_at, fetched FROM slices
WHERE source = :source AND started_at >= :since AND ended_at <= :until;

-- name: slices_read
-- Slices of one source with their events, by their starts. The caller compares the ends.
SELECT started_at AS `start`, ended_at AS `end`, read_at, again_at, fetched, malformed, counts FROM slices
WHERE source = :source AND started_at IN (:values...);

-- name: slices_within
-- The slices of some sources that lie in a span, with their events. Not sorted: that would carry the
-- events along, and they may be longer than what a server has to sort in.
SELECT started_at AS `start`, ended_at AS `end`, read_at, again_at, fetched, malformed, counts FROM slices
WHERE source IN (:sources...) AND started_at >= :since AND ended_at <= :until;

-- name: slices_counts
-- The events of every source that began since then, for which codes and CUCs there are.
SELECT counts FROM slices WHERE started_at >= :since;

-- name: slices_save
-- Keep slices as they were just read, in place of what was kept.
REPLACE INTO slices (
    source, started_at, ended_at, read_at, again_at, fetched, malformed, counts
) VALUES (
    :source, :started_at, :ended_at, :read_at, :again_at, :fetched, :malformed, :counts
)...;

-- name: slices_drop_these
-- Drop slices of one source that could not be read, by their starts.
DELETE FROM slices WHERE source = :source AND started_at IN (:starts...);

-- name: slices_drop
-- Drop all slices of one source: what it answers now says otherwise.
DELETE FROM slices WHERE source = :source;

-- name: slices_forget
-- Drop slices that no window of this source reaches, and those that no scan has read again for long.
DELETE FROM slices WHERE (source = :source AND ended_at < :oldest) OR again_at < :abandoned;

-- name: late_events_add
-- Record events that a scan found to have come late. The same finding is not added up twice.
REPLACE INTO late_events (source, read_at, later_than, events)
VALUES (:source, :read_at, :later_than, :events)...;

-- name: late_events_forget
-- Drop what `status` looks back to no more.
DELETE FROM late_events WHERE read_at < :before;

-- name: late_events_since
-- Numbers of events that came late, by how late at least. (A sum is a decimal on MySQL and MariaDB.)
SELECT later_than, CAST(SUM(events) AS SIGNED) AS events FROM late_events
WHERE read_at >= :since GROUP BY later_than;
