-- The report of a span of time: what was open, opened and over in it, who was told, how scans went.
--
-- Archived entries belong to it: what a shift saw does not change because a rule is changed later.

-- fragment: opening
-- An entry without its long texts: a report counts many, and lists few.
SELECT id, alarm_id, alarm_name, group_key, account_id, account_code, trade_name, company,
       client_group, cuc, code, opened_at, cleared_at
FROM register_entries

-- name: report_opened
-- The entries that opened in the span.
{opening} WHERE opened_at >= :since AND opened_at <= :until;

-- name: report_earlier
-- When the entries were open that opened before the span and were still open as it began, by an index
-- alone: they may lie a year apart, each in a page of its own.
SELECT id, opened_at, cleared_at FROM register_entries
WHERE cleared_at IS NULL AND opened_at < :since
UNION ALL
SELECT id, opened_at, cleared_at FROM register_entries
WHERE cleared_at >= :since AND opened_at < :since;

-- name: report_earlier_whole
-- The same entries, and what they are. (Of those that are over since there are few, but to look for them
-- one by one MySQL would rather read the whole table: it is to find them in the index first.)
{opening} WHERE cleared_at IS NULL AND opened_at < :since
UNION ALL
{opening} WHERE id IN (
    SELECT o.id FROM register_entries o WHERE o.cleared_at >= :since AND o.opened_at < :since);

-- name: report_counts
-- How many entries opened in a span, by whose they are.
SELECT account_id, company, client_group, COUNT(*) AS alerts
FROM register_entries WHERE opened_at >= :since AND opened_at <= :until
GROUP BY account_id, company, client_group;

-- name: report_sent
-- What was sent in the span: deliveries of one channel, destination and moment went as one message.
SELECT d.channel, d.destination_key, d.sent_at, r.company, r.client_group
FROM deliveries d INNER JOIN register_entries r ON r.id = d.register_id
WHERE d.sent_at >= :since AND d.sent_at <= :until;

-- name: report_untold
-- What was to be told in the span and was given up, by channel, how it ended and account.
SELECT d.channel, d.status, r.account_id, r.account_code, r.company, r.client_group,
       MIN(n.created_at) AS since, COUNT(*) AS deliveries
FROM notifications n
INNER JOIN deliveries d ON d.notification_id = n.id
INNER JOIN register_entries r ON r.id = n.register_id
WHERE n.created_at >= :since AND n.created_at <= :until
  AND d.status IN ('failed', 'expired', 'uncertain')
GROUP BY d.channel, d.status, r.account_id, r.account_code, r.company, r.client_group;

-- name: report_told
-- On which channels it was told that these entries opened, or not; each once, however many recipients.
SELECT DISTINCT register_id, channel,
       CASE WHEN status = 'sending' THEN 'pending' ELSE status END AS status
FROM deliveries WHERE kind = 'opened' AND register_id IN (:values...)
ORDER BY channel, status;

-- name: report_held
-- How many alerts each hold kept the news back of, by the end of the span.
SELECT hold_id, COUNT(*) AS alerts FROM register_entries
WHERE hold_id IN (:values...) AND opened_at <= :until GROUP BY hold_id;

-- name: report_scans
-- The scans of the span, oldest first.
SELECT started_at, status FROM runs
WHERE pass = 'scan' AND started_at >= :since AND started_at <= :until ORDER BY started_at;

-- name: report_first_scan
-- The first scan that is still known of, however it ended.
SELECT started_at FROM runs WHERE pass = 'scan' ORDER BY started_at LIMIT 1;

-- name: report_good_before
-- The last good scan before the span.
SELECT started_at FROM runs
WHERE pass = 'scan' AND status = 'ok' AND started_at < :since ORDER BY started_at DESC LIMIT 1;

-- name: report_gaps
-- Stretches of the span that some alarm was never evaluated over, oldest first.
SELECT COALESCE(a.name, g.alarm_id) AS alarm, g.started_at AS `start`, g.ended_at AS `end`
FROM gaps g LEFT JOIN alarms a ON a.id = g.alarm_id
WHERE g.started_at <= :until AND g.ended_at >= :since ORDER BY g.started_at, g.id;

-- name: report_over
-- When the last alert of each account that was over in the span was so.
SELECT account_id, MAX(cleared_at) AS over_at FROM register_entries
WHERE cleared_at >= :since AND cleared_at <= :until AND account_id IS NOT NULL
GROUP BY account_id;
