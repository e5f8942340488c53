-- Deliveries: each notification on each channel to each destination, and what became of it.
--
-- Leases and next attempts are absolute times. One that lies beyond :lease_bound or :retry_bound, which
-- is further ahead than any host's can be, was written before the clocks were set back: it holds
-- nothing any more.

-- fragment: lapsed
-- Whoever held it died.
(lease_until < :now OR lease_until > :lease_bound)

-- fragment: free
-- Nobody holds it.
(lease_until IS NULL OR lease_until < :now OR lease_until > :lease_bound)

-- fragment: due
-- What was never tried is due at once, whatever the clock of the host that queued it said.
(attempts = 0 OR due_at <= :now OR due_at > :retry_bound)

-- fragment: let_go
-- No hold keeps it back any more: its time is over, somebody ended it, or it is gone.
NOT EXISTS (
    SELECT 1 FROM holds h WHERE h.id = bundle
      AND h.released_at IS NULL AND h.ended_at IS NULL AND h.ends_at > :now)

-- fragment: told
-- Deliveries with what there is to say, and whether that it is over is queued as well. (The status
-- is counted, not looked for: SQLite would read all that is pending for each delivery.)
SELECT d.id AS delivery_id, d.kind, d.channel, d.destination, d.attempts, d.last_chance, d.bundle,
       d.rest, m.email_subject AS subject, COALESCE(m.include_table, 0) AS with_table, a.*,
       (SELECT COUNT(CASE WHEN e.status IN ('pending', 'held') THEN 1 END) FROM deliveries e
        WHERE e.register_id = d.register_id AND e.channel = d.channel
          AND e.destination_key = d.destination_key AND e.kind = 'cleared') AS end_follows,
       t.quantity AS still_count, r.below_count, h.account_code AS kept_account_code,
       h.reason AS kept_reason, h.made_by AS kept_made_by, h.starts_at AS kept_start,
       COALESCE(h.ended_at, h.ends_at) AS kept_end
FROM deliveries d
INNER JOIN alerts a ON a.id = d.register_id
INNER JOIN register_entries r ON r.id = d.register_id
LEFT JOIN alarms m ON m.id = a.alarm_id
LEFT JOIN triggers t ON t.register_id = a.id AND t.muted = 1
LEFT JOIN holds h ON h.id = d.bundle

-- name: deliveries_add
-- Queue a notification on a channel to a destination, due at once; or, in doubt whether it was made
-- before, as uncertain; or as held, with the hold's id as its bundle.
INSERT INTO deliveries (
    id, notification_id, register_id, kind, channel, destination, destination_key, status,
    attempts, due_at, claim, lease_until, error, created_at, sent_at, bundle, last_chance,
    injected_code, injected_at
) VALUES (
    :id, :notification_id, :register_id, :kind, :channel, :destination, :destination_key, :status,
    0, :created_at, NULL, NULL, :error, :created_at, NULL, :bundle, 0, NULL, NULL
)...;

-- name: deliveries_to_follow
-- Destinations that know, or still will, that the alerts which this pass is closing have opened: they
-- are told that it is over. Nothing is ever injected for that. Where a hold keeps it back that they
-- opened, it keeps their end back as well: both are told at once.
SELECT d.register_id, d.channel, d.destination,
       CASE WHEN d.status = 'held' THEN d.bundle END AS hold_id
FROM deliveries d INNER JOIN triggers t ON t.register_id = d.register_id
WHERE t.closing = :pass_id AND t.muted = 0 AND d.kind = 'opened' AND d.channel <> 'segware'
  AND d.status IN ('pending', 'held', 'sent');

-- name: deliveries_held
-- The alerts whose news holds keep back, each with its hold.
SELECT DISTINCT d.bundle AS held_by, a.* FROM deliveries d INNER JOIN alerts a ON a.id = d.register_id
WHERE d.status = 'held';

-- name: deliveries_hold_on
-- Another hold keeps the news of these alerts back from here on.
UPDATE deliveries SET bundle = :hold_id WHERE status = 'held' AND register_id IN (:ids...);

-- name: deliveries_over
-- Anything that no hold keeps back any more.
SELECT id FROM deliveries WHERE status = 'held' AND {let_go} LIMIT 1;

-- name: deliveries_let_go
-- Due now, and as old as if it had been queued now: it has all its attempts, however long it was held.
UPDATE deliveries SET status = 'pending', due_at = :now, created_at = :now
WHERE status = 'held' AND {let_go};

-- name: deliveries_withdraw
-- An alert that is over is not injected any more.
UPDATE deliveries SET status = 'superseded', claim = NULL, lease_until = NULL
WHERE channel = 'segware' AND status IN ('pending', 'held')
  AND register_id IN (SELECT t.register_id FROM triggers t WHERE t.closing = :pass_id);

-- name: deliveries_reopen
-- By hand: once more, now, whatever their age and attempts. An alert that is over is not injected.
UPDATE deliveries SET
    status = 'pending', due_at = :now, last_chance = 1, claim = NULL, lease_until = NULL
WHERE status IN ('failed', 'expired', 'uncertain') AND channel IN (:channels...)
  AND (channel <> 'segware' OR EXISTS (
      SELECT 1 FROM register_entries r
      WHERE r.id = deliveries.register_id AND r.cleared_at IS NULL));

-- name: deliveries_doubt
-- After a restore: injections that were to be made, and may have been made since the copy.
UPDATE deliveries SET status = 'uncertain', error = :error, claim = NULL, lease_until = NULL
WHERE channel = 'segware' AND status IN ('pending', 'held', 'sending');

-- name: deliveries_waiting
-- How many are still to be sent.
SELECT COUNT(*) FROM deliveries WHERE status IN ('pending', 'held');

-- name: deliveries_lapsed
-- Injections whose process ended between the call and its record.
SELECT id FROM deliveries
WHERE status = 'sending' AND channel IN (:channels...) AND {lapsed};

-- name: deliveries_to_uncertain
-- Give these injections up: their outcome is not known, and they are never repeated by themselves.
UPDATE deliveries SET status = 'uncertain', error = :error, claim = NULL, lease_until = NULL
WHERE status = 'sending' AND id IN (:ids...) AND {lapsed};

-- name: deliveries_expire
-- Too old: never tried is expired, tried in vain is failed, and what some recipients have is sent.
UPDATE deliveries SET
    status = CASE WHEN rest IS NOT NULL THEN 'sent' WHEN attempts = 0 THEN 'expired' ELSE 'failed' END
WHERE status = 'pending' AND last_chance = 0 AND created_at <= :oldest
  AND {free} AND channel IN (:channels...);

-- name: deliveries_supersede
-- Nobody is told that an alert is over without having been told that it opened. (The inner SELECT
-- stands by itself because MySQL does not read a table that it is changing.)
UPDATE deliveries SET status = 'superseded'
WHERE id IN (
    SELECT orphan.id FROM (
        SELECT c.id FROM deliveries c
        INNER JOIN deliveries o ON o.register_id = c.register_id AND o.kind = 'opened'
            AND o.channel = c.channel AND o.destination_key = c.destination_key
        WHERE c.kind = 'cleared' AND c.status = 'pending'
          AND o.status IN ('failed', 'expired', 'superseded')
          AND c.channel IN (:channels...)
    ) orphan
);

-- name: deliveries_supersede_injections
-- Withdraw injections that were claimed or under way when their alert was closed, and did not go out.
UPDATE deliveries SET status = 'superseded'
WHERE channel = 'segware' AND channel IN (:channels...) AND status = 'pending' AND {free}
  AND EXISTS (
      SELECT 1 FROM register_entries r
      WHERE r.id = deliveries.register_id AND r.cleared_at IS NOT NULL);

-- name: deliveries_destinations
-- The channels and destinations that something may be due to.
SELECT DISTINCT channel, destination_key FROM deliveries
WHERE status IN (:statuses...) AND channel IN (:channels...)
  AND (status <> 'pending' OR {due}) AND {free} AND (status <> 'held' OR {let_go})
ORDER BY channel, destination_key;

-- name: deliveries_due
-- Deliveries to one destination that can be sent now and are not too old: those of high priority
-- first, then those that were never tried, so that one which fails again and again keeps no other
-- back. That an alert is over can be told once its opening was; deliveries_ends says how both are told
-- at once. An injection waits for the account's code and company, and is not made once its alert is
-- over.
SELECT d.id FROM deliveries d INNER JOIN register_entries r ON r.id = d.register_id
WHERE d.status IN (:statuses...) AND d.channel = :channel AND d.destination_key = :destination_key
  AND (d.status <> 'pending' OR (
      {due} AND (d.last_chance = 1 OR d.created_at > :oldest)))
  AND {free} AND (d.status <> 'held' OR {let_go})
  AND (d.kind = 'opened' OR NOT EXISTS (
      SELECT 1 FROM deliveries o
      WHERE o.register_id = d.register_id AND o.channel = d.channel
        AND o.destination_key = d.destination_key AND o.kind = 'opened' AND o.status <> 'sent'))
  AND (d.channel <> 'segware' OR (
      r.account_code IS NOT NULL AND r.company_id IS NOT NULL AND r.cleared_at IS NULL))
ORDER BY CASE r.priority WHEN 'high' THEN 0 WHEN 'low' THEN 2 ELSE 1 END,
         d.attempts, d.created_at, d.id
LIMIT :limit;

-- name: deliveries_ends
-- The endings of the alerts whose openings these are, where they are due as well, to the same
-- recipients. Those who know already that it opened are told by a message of its own.
SELECT c.id FROM deliveries c
INNER JOIN (
    SELECT register_id, channel, destination_key, rest FROM deliveries
    WHERE id IN (:values...) AND kind = 'opened'
) o ON o.register_id = c.register_id AND o.channel = c.channel
    AND o.destination_key = c.destination_key
WHERE c.kind = 'cleared' AND c.status IN (:statuses...) AND (o.rest IS NULL OR c.rest IS NOT NULL)
  AND (c.status <> 'pending' OR {due}) AND {free};

-- name: deliveries_claim
-- Take deliveries that nobody else has taken. It counts only once it is committed.
UPDATE deliveries SET claim = :claim, lease_until = :lease_until, attempts = attempts + 1
WHERE id IN (:ids...) AND status = 'pending' AND {due} AND {free};

-- name: deliveries_won
-- The deliveries that a claim got, of those it asked for.
SELECT id FROM deliveries WHERE claim = :claim;

-- name: deliveries_claimed
-- The same with all that is to be said.
{told}
WHERE d.claim = :claim;

-- name: deliveries_foreseen
-- Deliveries by id with all that is to be said, for a dry run.
{told}
WHERE d.id IN (:values...);

-- name: deliveries_sending
-- An injection, just before its call: from here on it is never repeated by itself.
UPDATE deliveries SET status = 'sending', injected_code = :code, injected_at = :now
WHERE claim = :claim AND status = 'pending' AND id IN (:ids...);

-- name: deliveries_unmark
-- Marked, but surely not taken: it may be tried again.
UPDATE deliveries SET status = 'pending', injected_code = NULL, injected_at = NULL
WHERE claim = :claim AND status = 'sending' AND id IN (:ids...);

-- name: deliveries_still_sending
-- Those of these injections that the claim still holds, just before their call.
SELECT id FROM deliveries WHERE claim = :claim AND status = 'sending' AND id IN (:values...);

-- name: deliveries_sent
-- Taken by the provider: true whoever holds the claim by now. What the first recipients have keeps its
-- id at the provider.
UPDATE deliveries SET
    status = 'sent', sent_at = :now, error = :error, claim = NULL, lease_until = NULL, last_chance = 0,
    provider_id = COALESCE(provider_id, :provider_id)
WHERE id IN (:ids...) AND status <> 'sent';

-- name: deliveries_not_sent
-- Not taken, or not by every recipient: only the holder of the claim may say so. Who has it is
-- remembered, so that nobody is sent it twice.
UPDATE deliveries SET
    status = :status, error = :error, due_at = :due_at, rest = :rest,
    sent_at = CASE WHEN :rest IS NULL THEN sent_at ELSE COALESCE(sent_at, :now) END,
    provider_id = COALESCE(provider_id, :provider_id),
    claim = NULL, lease_until = NULL, last_chance = 0
WHERE claim = :claim AND id IN (:ids...);

-- name: deliveries_release
-- Claimed, but not tried: as if it had not been.
UPDATE deliveries SET
    status = 'pending', claim = NULL, lease_until = NULL, attempts = attempts - 1
WHERE claim = :claim AND id IN (:ids...);

-- name: deliveries_stuck
-- Deliveries on channels that are on: those that wait too long, those that were tried in vain and wait
-- for their next attempt, and those that were given up lately.
SELECT
    COUNT(CASE WHEN status = 'pending' AND due_at <= :overdue THEN 1 END) AS waiting,
    COUNT(CASE WHEN status = 'pending' AND due_at > :overdue AND error IS NOT NULL THEN 1 END) AS retried,
    COUNT(CASE WHEN status = 'failed' THEN 1 END) AS failed,
    COUNT(CASE WHEN status = 'uncertain' THEN 1 END) AS uncertain,
    COUNT(CASE WHEN status = 'expired' THEN 1 END) AS expired
FROM deliveries WHERE channel IN (:channels...) AND created_at >= :since;

-- name: deliveries_injected
-- Events that the tracker itself raised since then: no alarm counts them.
SELECT DISTINCT r.account_id, d.injected_code
FROM deliveries d INNER JOIN register_entries r ON r.id = d.register_id
WHERE d.injected_at >= :since AND d.injected_code IS NOT NULL AND r.account_id IS NOT NULL;

-- fragment: state
-- An injection that is under way just now is not settled yet.
SELECT notification_id, kind, channel, destination,
       CASE WHEN status = 'sending' THEN 'pending' ELSE status END AS status,
       attempts, error, sent_at, due_at, bundle, provider_id
FROM deliveries

-- name: deliveries_of
-- What became of some notifications.
{state}
WHERE notification_id IN (:values...) ORDER BY channel, id;

-- name: deliveries_of_entry
-- What was told of one entry, and is still to be told: of its beginning first, then of its end.
{state}
WHERE register_id = :register_id ORDER BY kind DESC, channel, id;
