-- The register.

-- name: register_add
-- Enter alerts that a scan opened, or that were found when it caught up.
INSERT INTO register_entries (
    id, alarm_id, alarm_name, revision, priority, operator, threshold, group_key,
    account_id, account_code, trade_name, company_id, company, client_group_id, client_group,
    cuc, code, quantity, highest, partial, period_started_at, period_ended_at,
    opened_at, opened_seq, cleared_at, clear_reason, archived_at, records, facts_due_at, cause,
    heard_at, hold_id
) VALUES (
    :id, :alarm_id, :alarm_name, :revision, :priority, :operator, :threshold, :group_key,
    :account_id, :account_code, :trade_name, :company_id, :company, :client_group_id, :client_group,
    :cuc, :code, :quantity, :highest, :partial, :period_started_at, :period_ended_at,
    :opened_at, :opened_seq, :cleared_at, :clear_reason, NULL, :records, :facts_due_at, :cause,
    :heard_at, :hold_id
)...;

-- name: register_open
-- The entries of all open alerts that are not muted, oldest first; without those that one scan has
-- just added.
SELECT a.*, t.highest AS current_highest, t.heard_at AS last_heard_at
FROM alerts a INNER JOIN triggers t ON t.register_id = a.id
WHERE t.muted = 0 AND a.opened_seq <> :but_of
ORDER BY t.register_id;

-- name: register_lost
-- Entries of alerts that are open by the register, though their triggers are gone, oldest first.
SELECT a.* FROM alerts a LEFT JOIN triggers t ON t.register_id = a.id
WHERE a.cleared_at IS NULL AND t.register_id IS NULL
ORDER BY a.id;

-- name: register_open_during
-- The groups of one alarm that had an alert at some moment of a stretch of time, or are muted yet.
SELECT group_key FROM register_entries
WHERE alarm_id = :alarm_id AND opened_at <= :ended_at
  AND (cleared_at IS NULL OR cleared_at >= :started_at)
UNION SELECT group_key FROM triggers WHERE alarm_id = :alarm_id AND muted = 1;

-- name: register_detections
-- Entries that one alarm opened since then, for an alarm that counts detections.
SELECT * FROM alerts WHERE alarm_id = :alarm_id AND opened_at >= :since AND archived_at IS NULL;

-- name: register_detections_by_alarm
-- The number of entries since then, by alarm. (Grouped by an expression, they are found by time: the
-- index by alarm has the order, but all entries.)
SELECT COALESCE(alarm_id, '') AS alarm_id, COUNT(*) AS detections FROM register_entries
WHERE opened_at >= :since AND archived_at IS NULL GROUP BY COALESCE(alarm_id, '');

-- name: register_kinds
-- The codes and CUCs of all entries, for what was ever seen.
SELECT DISTINCT code, cuc FROM register_entries WHERE code IS NOT NULL OR cuc IS NOT NULL;

-- name: register_entries
-- Some entries, with the extremes so far of those that are open.
SELECT a.*, t.highest AS current_highest, t.heard_at AS last_heard_at
FROM alerts a LEFT JOIN triggers t ON t.register_id = a.id AND t.muted = 0
WHERE a.id IN (:values...);

-- name: register_ends
-- When entries were over.
SELECT id, cleared_at FROM register_entries WHERE id IN (:values...);

-- name: register_situations
-- How entries stand by their triggers, and whose they are: the last note that took one over says it.
-- (Ids lie in the order in which they were made.)
SELECT r.id AS register_id, t.quantity, t.observed_at, t.below_since, COALESCE(t.muted, 0) AS muted,
       n.written_by AS acknowledged_by, n.written_at AS acknowledged_at
FROM register_entries r
LEFT JOIN triggers t ON t.register_id = r.id
LEFT JOIN notes n ON n.id = (
    SELECT MAX(o.id) FROM notes o WHERE o.register_id = r.id AND o.acknowledge = 1)
WHERE r.id IN (:values...);

-- name: register_facts_due
-- Entries whose account, company or client group is still to be asked for.
SELECT account_id, company_id FROM register_entries WHERE facts_due_at <= :now ORDER BY facts_due_at;

-- name: register_enrich
-- Entries whose facts were due, from what the directory knows by now.
UPDATE register_entries SET
    account_code = COALESCE(account_code, (
        SELECT c.account_code FROM accounts c WHERE c.account_id = register_entries.account_id)),
    trade_name = COALESCE(trade_name, (
        SELECT c.trade_name FROM accounts c WHERE c.account_id = register_entries.account_id)),
    company_id = COALESCE(company_id, (
        SELECT c.company_id FROM accounts c WHERE c.account_id = register_entries.account_id)),
    client_group_id = COALESCE(client_group_id, (
        SELECT c.client_group_id FROM accounts c WHERE c.account_id = register_entries.account_id))
WHERE facts_due_at <= :now;

-- name: register_enrich_names
-- After register_enrich: the names that go with the ids.
UPDATE register_entries SET
    company = COALESCE(company, (
        SELECT n.trade_name FROM companies n WHERE n.company_id = register_entries.company_id)),
    client_group = COALESCE(client_group, (
        SELECT g.name FROM client_groups g
        WHERE g.client_group_id = register_entries.client_group_id))
WHERE facts_due_at <= :now;

-- name: register_enriched
-- After the names: an entry is complete when its account is known, and its company and its client
-- group (if it has one) were read; what Segware answered not to know is asked again later.
UPDATE register_entries SET facts_due_at = CASE
    WHEN (company_id IS NULL OR EXISTS (
         SELECT 1 FROM companies n WHERE n.company_id = register_entries.company_id))
     AND (client_group_id IS NULL OR EXISTS (
         SELECT 1 FROM client_groups g WHERE g.client_group_id = register_entries.client_group_id))
     AND (account_id IS NULL OR EXISTS (
         SELECT 1 FROM accounts c
         WHERE c.account_id = register_entries.account_id AND c.known = 1 AND c.complete = 1)) THEN NULL
    WHEN EXISTS (
        SELECT 1 FROM accounts c
        WHERE c.account_id = register_entries.account_id AND c.known = 0) THEN :unknown_again_at
    ELSE :again_at
END
WHERE facts_due_at <= :now;

-- name: register_complete
-- Entries whose triggers this pass is closing.
UPDATE register_entries SET
    -- Not before it opened, whatever the clock of the host that closes it says.
    cleared_at = CASE WHEN opened_at > :now THEN opened_at ELSE :now END,
    clear_reason = :reason,
    highest = (SELECT t.highest FROM triggers t WHERE t.register_id = register_entries.id),
    below_count = (SELECT t.quantity FROM triggers t
                   WHERE t.register_id = register_entries.id AND t.below_since IS NOT NULL),
    heard_at = (SELECT t.heard_at FROM triggers t WHERE t.register_id = register_entries.id)
WHERE cleared_at IS NULL
  AND id IN (SELECT t.register_id FROM triggers t WHERE t.closing = :pass_id);

-- name: register_say_why
-- Entries that were completed a moment ago, in this transaction, with the fact behind the reason.
UPDATE register_entries SET clear_reason = :reason
WHERE id IN (:ids...) AND clear_reason = :instead_of;

-- name: register_guess
-- What events perhaps come from, once more when a scan first sees that there are few enough.
UPDATE register_entries SET cause = :cause WHERE id IN (:ids...);

-- name: register_hold
-- A hold keeps the news of these entries back.
UPDATE register_entries SET hold_id = :hold_id WHERE id IN (:ids...);

-- name: register_archive
-- An alarm was redefined: its earlier entries leave lists and counts.
UPDATE register_entries SET archived_at = :now WHERE alarm_id = :alarm_id AND archived_at IS NULL;

-- name: register_texts
-- The values that a column of entries opened in a stretch of time has: filters choose among them, as no
-- two engines agree on what case and accents are.
SELECT DISTINCT CASE :field
    WHEN 'name' THEN trade_name WHEN 'company' THEN company WHEN 'client_group' THEN client_group
    WHEN 'cuc' THEN cuc WHEN 'code' THEN code END AS text
FROM register_entries WHERE opened_at >= :since AND opened_at <= :until;

-- name: register_texts_open
-- The same of the entries that are open.
SELECT DISTINCT CASE :field
    WHEN 'account' THEN account_code
    WHEN 'name' THEN trade_name WHEN 'company' THEN company WHEN 'client_group' THEN client_group
    WHEN 'cuc' THEN cuc WHEN 'code' THEN code END AS text
FROM register_entries WHERE cleared_at IS NULL;

-- name: register_account_codes
-- The codes of all accounts that ever had an entry: their own index has them.
SELECT DISTINCT account_code AS text FROM register_entries;

-- fragment: history_filters
-- The filters of `history`. A text that is not filtered by has its :any mark; otherwise one of the
-- values that register_texts found must match.
-- A page begins after the entry that opened at :before. :until is no later, and bounds the index; the
-- rest tells those of one millisecond apart. (All texts are one condition: of many, SQLite expects so
-- few rows that it would sort them.)
opened_at >= :since AND opened_at <= :until
  AND (opened_at < :before OR id < :before_id)
  AND (:alarm_id IS NULL OR alarm_id = :alarm_id)
  AND (:archived = 1 OR archived_at IS NULL)
  AND (:closed = 0 OR cleared_at IS NOT NULL)
  AND CASE
      WHEN (:any_account = 1 OR account_code IN (:account...))
       AND (:any_name = 1 OR trade_name IN (:name...))
       AND (:any_company = 1 OR company IN (:company...))
       AND (:any_client_group = 1 OR client_group IN (:client_group...))
       AND (:any_cuc = 1 OR cuc IN (:cuc...))
       AND (:any_code = 1 OR code IN (:code...))
       AND (:any_alarm = 1 OR alarm IN (:alarm...))
       AND (:any_priority = 1 OR priority IN (:priority...)) THEN 1
      ELSE 0
  END = 1

-- name: history
-- Entries, newest first.
SELECT * FROM alerts WHERE {history_filters}
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: history_of_account
-- The entries of one account, by its own index.
SELECT * FROM alerts WHERE account_code = :account_code AND {history_filters}
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: history_of_alarm
-- The entries of one alarm, by its own index.
SELECT * FROM alerts WHERE alarm_id = :alarm_id AND {history_filters}
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: history_open
-- The entries that are open, by their own index.
SELECT * FROM alerts WHERE cleared_at IS NULL AND {history_filters}
ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: history_count
-- The number of entries that `history` would list without a limit.
SELECT COUNT(*) AS entries FROM alerts WHERE {history_filters};

-- name: history_of_account_count
-- The number of entries of one account.
SELECT COUNT(*) AS entries FROM alerts WHERE account_code = :account_code AND {history_filters};

-- name: history_of_alarm_count
-- The number of entries of one alarm.
SELECT COUNT(*) AS entries FROM alerts WHERE alarm_id = :alarm_id AND {history_filters};

-- name: history_open_count
-- The number of entries that are open.
SELECT COUNT(*) AS entries FROM alerts WHERE cleared_at IS NULL AND {history_filters};

-- name: register_of_account
-- Any entry of an account, by its own index.
SELECT id FROM register_entries WHERE account_code = :account LIMIT 1;

-- name: register_opened
-- When entries of one account opened in a span, by the index of openings: its code may have been
-- another then. Archived ones too: they are no less a sign of what it is like.
SELECT opened_at FROM register_entries
WHERE account_id = :account_id AND opened_at >= :since AND opened_at <= :until
ORDER BY opened_at;

-- name: register_of_account_id
-- The entries of one account that opened in a span, oldest first, by the same index: archived ones
-- too, and those that name another code which it had then.
SELECT * FROM alerts
WHERE account_id = :account_id AND opened_at >= :since AND opened_at <= :until
ORDER BY opened_at, id;

-- name: register_readable
-- Nothing, read through the view as every pass reads: an error says that the view is not whole.
SELECT id FROM alerts WHERE id = '';
