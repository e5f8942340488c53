-- The schema, as numbered migrations: one statement each, read from top to bottom.
--
-- `tracker init` runs those that schema_migrations does not list yet. MySQL commits at every DDL
-- statement, so each one is written to do no harm when it is run again (`IF NOT EXISTS`, or an error
-- that only says "it is there already"). Never edit a migration that was released: append one.
--
-- One text serves MySQL, MariaDB and SQLite: what stands in /*! … */ is run by the first two and is a
-- comment to SQLite. Binary collation, because keys and codes must not match "almost"; dynamic rows,
-- because the long texts of an alarm do not fit into the compact ones that a server may prefer.
--
-- Every time is a whole number of milliseconds since 1970-01-01T00:00Z; every *_ms is a length in
-- milliseconds; every flag is 0 or 1. Ids are 32 hexadecimal digits made by the program, the first
-- twelve of them the time, so that rows lie in the order in which they were made.
-- Lists and objects are JSON texts.

-- migration 1: the fence, one row of counters that gives passes their order
-- Every writing transaction changes this row before it reads anything.
CREATE TABLE IF NOT EXISTS fence (
    id      SMALLINT NOT NULL PRIMARY KEY,
    -- the last number given to a scan
    issued  BIGINT   NOT NULL,
    -- the number of the last scan that was applied: an older one changes nothing any more
    applied BIGINT   NOT NULL,
    -- counts the other writing transactions, so that each of them changes the row
    writes  BIGINT   NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 2: the fence's only row
INSERT INTO fence (id, issued, applied, writes) VALUES (1, 0, 0, 0);

-- migration 3: what scans remember of the scans before them, one row
CREATE TABLE IF NOT EXISTS scan_state (
    id            SMALLINT NOT NULL PRIMARY KEY,
    -- the end of the window of the last good scan (every slice read, applied); null before the first
    good_until    BIGINT   NULL,
    -- how many events that scan found
    good_events   BIGINT   NOT NULL,
    -- 1 when the scan after it found none at all: a second one in a row is believed
    silence_met   SMALLINT NOT NULL,
    -- what answers taught: the most records that one carried, the fewest that were refused, and how
    -- many come in an hour
    slice_carried BIGINT   NULL,
    slice_refused BIGINT   NULL,
    hourly_events BIGINT   NULL,
    -- when the list of all accounts was last read for the sake of a code that nobody knew
    accounts_listed_at BIGINT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 4: its only row
INSERT INTO scan_state (
    id, good_until, good_events, silence_met, slice_carried, slice_refused, hourly_events,
    accounts_listed_at
) VALUES (1, NULL, 0, 0, NULL, NULL, NULL, NULL);

-- migration 5: the alarms: `default` (defined by the environment) and those that people define
CREATE TABLE IF NOT EXISTS alarms (
    id                VARCHAR(32)   NOT NULL PRIMARY KEY,
    name              VARCHAR(80)   NOT NULL,
    -- '' while the alarm lives, its id once it is deleted: a deleted alarm's name is free again
    deleted_mark      VARCHAR(32)   NOT NULL,
    -- 'environment' or 'database'
    defined_in        VARCHAR(12)   NOT NULL,
    description       VARCHAR(1000) NOT NULL,
    -- 'low', 'medium' or 'high'
    priority          VARCHAR(8)    NOT NULL,
    -- 'events', or 'detections' of the alarm source_alarm_id
    source            VARCHAR(12)   NOT NULL,
    source_alarm_id   VARCHAR(32)   NULL,
    -- the filters; an empty list counts everything
    codes             MEDIUMTEXT    NOT NULL,
    cucs              MEDIUMTEXT    NOT NULL,
    accounts          MEDIUMTEXT    NOT NULL,
    companies         MEDIUMTEXT    NOT NULL,
    group_by          VARCHAR(100)  NOT NULL,
    -- 'count', or 'unique' values of condition_field
    condition_kind    VARCHAR(8)    NOT NULL,
    condition_field   VARCHAR(12)   NULL,
    -- < <= = > >=
    operator          VARCHAR(2)    NOT NULL,
    threshold         BIGINT        NOT NULL,
    -- thresholds of single codes, {"E130": 30}
    thresholds        MEDIUMTEXT    NOT NULL,
    window_ms         BIGINT        NOT NULL,
    enabled           SMALLINT      NOT NULL,
    notify            SMALLINT      NOT NULL,
    channels          VARCHAR(200)  NOT NULL,
    email_subject     VARCHAR(300)  NULL,
    email_to          MEDIUMTEXT    NOT NULL,
    email_cc          MEDIUMTEXT    NOT NULL,
    include_table     SMALLINT      NOT NULL,
    catch_up          SMALLINT      NOT NULL,
    -- the end of the last window that was evaluated whole, at its time or afterwards
    evaluated_until   BIGINT        NULL,
    -- people's own follow-up: 'open' or 'closed'
    status            VARCHAR(8)    NOT NULL,
    changed_by        VARCHAR(100)  NULL,
    changed_at        BIGINT        NULL,
    comment           VARCHAR(1000) NULL,
    -- kept by scan
    last_run_at       BIGINT        NULL,
    last_run_status   VARCHAR(8)    NULL,
    last_error        VARCHAR(500)  NULL,
    runs              BIGINT        NOT NULL,
    detections        BIGINT        NOT NULL,
    last_detection_at BIGINT        NULL,
    -- +1 when anything changes that decides what is detected
    revision          INTEGER       NOT NULL,
    -- +1 at every edit: an edit of a row that changed meanwhile is refused
    version           INTEGER       NOT NULL,
    created_by        VARCHAR(100)  NULL,
    created_at        BIGINT        NOT NULL,
    CONSTRAINT alarms_name UNIQUE (name, deleted_mark)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 6: the triggers: "this alarm is open for this group"; the row is the alert
-- Whether something was already told is decided here and nowhere else.
CREATE TABLE IF NOT EXISTS triggers (
    alarm_id     VARCHAR(32) NOT NULL,
    -- SHA-256 of the group's fields and values: never null, and free of collation
    group_key    CHAR(64)    NOT NULL,
    register_id  CHAR(32)    NOT NULL,
    revision     INTEGER     NOT NULL,
    -- the group itself, readable; null for what the alarm does not group by
    account_id   BIGINT      NULL,
    company_id   BIGINT      NULL,
    cuc          VARCHAR(32) NULL,
    code         VARCHAR(16) NULL,
    -- the last count, and its extreme while the condition held
    quantity     BIGINT      NOT NULL,
    highest      BIGINT      NOT NULL,
    -- the scan that observed it last, and the end of that scan's window
    observed_seq BIGINT      NOT NULL,
    observed_at  BIGINT      NOT NULL,
    -- the end of the first window in which the condition did not hold any more
    below_since  BIGINT      NULL,
    -- 1: closed by hand; the row keeps the group silent until the condition no longer holds
    muted        SMALLINT    NOT NULL,
    -- the pass that is closing this row, inside its transaction only
    closing      CHAR(32)    NULL,
    CONSTRAINT triggers_group PRIMARY KEY (alarm_id, group_key),
    CONSTRAINT triggers_register UNIQUE (register_id)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 7: what one scan saw of the open triggers, for one set-based update; empty between scans
CREATE TABLE IF NOT EXISTS observations (
    pass_id     CHAR(32) NOT NULL,
    register_id CHAR(32) NOT NULL,
    -- 1: the condition holds
    holds       SMALLINT NOT NULL,
    quantity    BIGINT   NOT NULL,
    -- the extreme so far, this observation included
    highest     BIGINT   NOT NULL,
    CONSTRAINT observations_row PRIMARY KEY (pass_id, register_id)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 8: the register: one entry for each time an alarm opened; audits read it
-- Afterwards an entry is only enriched, completed (when it clears) or archived.
CREATE TABLE IF NOT EXISTS register_entries (
    id                CHAR(32)     NOT NULL PRIMARY KEY,
    alarm_id          VARCHAR(32)  NOT NULL,
    -- the alarm as it was called, and the rule that applied, when the entry was written
    alarm_name        VARCHAR(80)  NOT NULL,
    revision          INTEGER      NOT NULL,
    priority          VARCHAR(8)   NOT NULL,
    operator          VARCHAR(2)   NOT NULL,
    threshold         BIGINT       NOT NULL,
    group_key         CHAR(64)     NOT NULL,
    account_id        BIGINT       NULL,
    account_code      VARCHAR(32)  NULL,
    trade_name        VARCHAR(200) NULL,
    company_id        BIGINT       NULL,
    company           VARCHAR(200) NULL,
    client_group_id   BIGINT       NULL,
    client_group      VARCHAR(200) NULL,
    cuc               VARCHAR(32)  NULL,
    code              VARCHAR(16)  NULL,
    -- the count at opening; the extreme is written when the alert clears
    quantity          BIGINT       NOT NULL,
    highest           BIGINT       NOT NULL,
    -- 1: "at least": the window was not read whole
    partial           SMALLINT     NOT NULL,
    period_started_at BIGINT       NOT NULL,
    period_ended_at   BIGINT       NOT NULL,
    opened_at         BIGINT       NOT NULL,
    -- the scan that opened it
    opened_seq        BIGINT       NOT NULL,
    cleared_at        BIGINT       NULL,
    clear_reason      VARCHAR(400) NULL,
    archived_at       BIGINT       NULL,
    -- what was counted at opening: [{"code", "cuc", "account_code", "count"}], at most 100
    records           MEDIUMTEXT   NOT NULL,
    -- null once account, company and client group are known; else when to ask for them again
    facts_due_at      BIGINT       NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 9: history, newest first
CREATE INDEX register_by_time ON register_entries (opened_at, id);

-- migration 10: history of one account
CREATE INDEX register_by_account ON register_entries (account_code, opened_at, id);

-- migration 11: what is open (cleared_at is null)
CREATE INDEX register_by_cleared ON register_entries (cleared_at, opened_at, id);

-- migration 12: the entries of one alarm, and of one of its groups
CREATE INDEX register_by_alarm ON register_entries (alarm_id, opened_at, id);

-- migration 13: entries whose account, company or client group is still to be asked for
CREATE INDEX register_by_facts_due ON register_entries (facts_due_at);

-- migration 14: what somebody should be told: one `opened` and one `cleared` at most an entry
CREATE TABLE IF NOT EXISTS notifications (
    id          CHAR(32)    NOT NULL PRIMARY KEY,
    register_id CHAR(32)    NOT NULL,
    -- 'opened' or 'cleared'
    kind        VARCHAR(8)  NOT NULL,
    created_at  BIGINT      NOT NULL,
    CONSTRAINT notifications_once UNIQUE (register_id, kind)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 15: notifications, newest first
CREATE INDEX notifications_by_time ON notifications (created_at, id);

-- migration 16: the outbox: a notification on one channel to one destination
CREATE TABLE IF NOT EXISTS deliveries (
    id              CHAR(32)     NOT NULL PRIMARY KEY,
    notification_id CHAR(32)     NOT NULL,
    register_id     CHAR(32)     NOT NULL,
    kind            VARCHAR(8)   NOT NULL,
    -- 'whatsapp', 'segware', 'email' or 'webhook'
    channel         VARCHAR(12)  NOT NULL,
    -- where to, without any secret; its SHA-256 is the key
    destination     MEDIUMTEXT   NOT NULL,
    destination_key CHAR(64)     NOT NULL,
    -- 'pending', 'sending' (an injection just before its call), 'sent', 'failed', 'uncertain',
    -- 'expired' or 'superseded'
    status          VARCHAR(12)  NOT NULL,
    attempts        INTEGER      NOT NULL,
    due_at          BIGINT       NOT NULL,
    -- the notify pass that holds this row, and until when
    claim           CHAR(32)     NULL,
    lease_until     BIGINT       NULL,
    error           VARCHAR(500) NULL,
    created_at      BIGINT       NOT NULL,
    sent_at         BIGINT       NULL,
    -- what was detected afterwards travels as one digest: the windows' common mark
    bundle          CHAR(32)     NULL,
    -- 1: given up before, and tried once more by hand; age and attempts do not end it
    last_chance     SMALLINT     NOT NULL,
    -- an injection: the code that went out and when, so that scans never count it
    injected_code   VARCHAR(16)  NULL,
    injected_at     BIGINT       NULL,
    CONSTRAINT deliveries_once UNIQUE (notification_id, channel, destination_key)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 17: what is due
CREATE INDEX deliveries_due ON deliveries (status, channel, due_at);

-- migration 18: the deliveries of one alert
CREATE INDEX deliveries_by_register ON deliveries (register_id);

-- migration 19: the deliveries one pass holds
CREATE INDEX deliveries_by_claim ON deliveries (claim);

-- migration 20: what was injected lately
CREATE INDEX deliveries_by_injection ON deliveries (injected_at);

-- migration 21: the directory: accounts, as Segware described them and when
CREATE TABLE IF NOT EXISTS accounts (
    account_id      BIGINT       NOT NULL PRIMARY KEY,
    account_code    VARCHAR(32)  NULL,
    trade_name      VARCHAR(200) NULL,
    company_id      BIGINT       NULL,
    client_group_id BIGINT       NULL,
    -- 0: Segware does not know this account (404)
    known           SMALLINT     NOT NULL,
    -- 0: told by a list that leaves out the company, which is still to be asked for
    complete        SMALLINT     NOT NULL,
    read_at         BIGINT       NOT NULL,
    -- the route that gave the answer
    read_from       VARCHAR(40)  NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 22: accounts by the code that people know
CREATE INDEX accounts_by_code ON accounts (account_code);

-- migration 23: the directory: companies
CREATE TABLE IF NOT EXISTS companies (
    company_id BIGINT       NOT NULL PRIMARY KEY,
    trade_name VARCHAR(200) NULL,
    known      SMALLINT     NOT NULL,
    read_at    BIGINT       NOT NULL,
    read_from  VARCHAR(40)  NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 24: the directory: client groups
CREATE TABLE IF NOT EXISTS client_groups (
    client_group_id BIGINT       NOT NULL PRIMARY KEY,
    name            VARCHAR(200) NULL,
    known           SMALLINT     NOT NULL,
    read_at         BIGINT       NOT NULL,
    read_from       VARCHAR(40)  NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 25: the passes that changed something, and how they went
-- A transaction whose commit was not acknowledged finds here whether it happened.
CREATE TABLE IF NOT EXISTS runs (
    id         CHAR(32)     NOT NULL PRIMARY KEY,
    pass       VARCHAR(16)  NOT NULL,
    host       VARCHAR(100) NOT NULL,
    started_at BIGINT       NOT NULL,
    -- 'ok', 'partial' or 'error'
    status     VARCHAR(8)   NOT NULL,
    -- what it did, in numbers; a JSON object
    summary    MEDIUMTEXT   NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 26: runs, newest first
CREATE INDEX runs_by_time ON runs (started_at);

-- migration 27: stretches of time that no alarm was evaluated over, and never will be
CREATE TABLE IF NOT EXISTS gaps (
    id         CHAR(32)    NOT NULL PRIMARY KEY,
    alarm_id   VARCHAR(32) NOT NULL,
    started_at BIGINT      NOT NULL,
    ended_at   BIGINT      NOT NULL,
    found_at   BIGINT      NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 28: slices of events that were read whole and have settled: only speed depends on them
-- All events of whole minutes, unfiltered, as counts. The table may be emptied at any time.
CREATE TABLE IF NOT EXISTS slices (
    -- SHA-256 of the service's address, the token, and the version of the reading
    source     CHAR(64)   NOT NULL,
    started_at BIGINT     NOT NULL,
    ended_at   BIGINT     NOT NULL,
    -- when it was read, and when it is to be read again because of late events
    read_at    BIGINT     NOT NULL,
    again_at   BIGINT     NOT NULL,
    -- its records, malformed ones included, and the malformed ones alone
    fetched    BIGINT     NOT NULL,
    malformed  BIGINT     NOT NULL,
    -- by CUC and code, the accounts of its events (and occurrences, where the reading tells them apart)
    counts     MEDIUMBLOB NOT NULL,
    CONSTRAINT slices_row PRIMARY KEY (source, started_at, ended_at)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 29: the register as people read it: alarms by the names they have now
-- Joined to nothing that is many: history reads it in the order of an index.
CREATE VIEW alerts AS
SELECT r.id, r.alarm_id, COALESCE(a.name, r.alarm_name) AS alarm, r.revision, r.priority,
       r.operator, r.threshold, r.group_key, r.account_id, r.account_code, r.trade_name,
       r.company_id, r.company, r.client_group_id, r.client_group, r.cuc, r.code,
       r.quantity, r.highest, r.partial, r.period_started_at, r.period_ended_at,
       r.opened_at, r.opened_seq, r.cleared_at, r.clear_reason, r.archived_at,
       r.records, r.facts_due_at
FROM register_entries r
LEFT JOIN alarms a ON a.id = r.alarm_id;

-- migration 30: of an e-mail that some of its recipients have, who is left
-- {"left": addresses to be tried again, "lost": what is kept of those that refused it for good};
-- null while nobody has it, and on every other channel.
ALTER TABLE deliveries ADD COLUMN rest MEDIUMTEXT NULL;

-- migration 31: the view of migration 29, read with the rights of who asks
-- A server's view otherwise belongs to the user who made it, and is of no use once they are gone.
-- SQLite has no users, and nothing to do here.
/*! CREATE OR REPLACE SQL SECURITY INVOKER VIEW alerts AS
SELECT r.id, r.alarm_id, COALESCE(a.name, r.alarm_name) AS alarm, r.revision, r.priority,
       r.operator, r.threshold, r.group_key, r.account_id, r.account_code, r.trade_name,
       r.company_id, r.company, r.client_group_id, r.client_group, r.cuc, r.code,
       r.quantity, r.highest, r.partial, r.period_started_at, r.period_ended_at,
       r.opened_at, r.opened_seq, r.cleared_at, r.clear_reason, r.archived_at,
       r.records, r.facts_due_at
FROM register_entries r
LEFT JOIN alarms a ON a.id = r.alarm_id */;

-- migration 32: when Segware first answered not to know an account that it knew before
-- It is believed when it says so once more; until then what was known of it stays.
ALTER TABLE accounts ADD COLUMN missing_since BIGINT NULL;

-- migration 33: the same of a company
ALTER TABLE companies ADD COLUMN missing_since BIGINT NULL;

-- migration 34: and of a client group
ALTER TABLE client_groups ADD COLUMN missing_since BIGINT NULL;

-- migration 35: when so many records as slice_refused says were last refused
ALTER TABLE scan_state ADD COLUMN slice_refused_at BIGINT NULL;

-- migration 36: gaps by the time at which they were found
CREATE INDEX gaps_by_time ON gaps (found_at);

-- migration 37: when an alarm, as it is defined now, first counted an event
ALTER TABLE alarms ADD COLUMN counted_at BIGINT NULL;

-- migration 38: how late events really come, for `status`: what scans found when they read again
-- Nothing decides by it, and it may be emptied at any time.
CREATE TABLE IF NOT EXISTS late_events (
    -- as in slices
    source     CHAR(64) NOT NULL,
    -- the scan that found them
    read_at    BIGINT   NOT NULL,
    -- by so many milliseconds they were late at least: the age at which their slice was last read
    later_than BIGINT   NOT NULL,
    events     BIGINT   NOT NULL,
    CONSTRAINT late_events_row PRIMARY KEY (source, read_at, later_than)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 39: late events by the time at which they were found
CREATE INDEX late_events_by_time ON late_events (read_at);

-- migration 40: the versions of alarms: what each was after every change, for ever
-- The alarm's own row has the latest; `alarms.version` is its number.
CREATE TABLE IF NOT EXISTS alarm_versions (
    alarm_id   VARCHAR(32)   NOT NULL,
    version    INTEGER       NOT NULL,
    changed_at BIGINT        NOT NULL,
    changed_by VARCHAR(100)  NULL,
    -- of this change; null if nothing was said
    comment    VARCHAR(1000) NULL,
    -- everything that people set, as JSON: what a restore takes back
    alarm      MEDIUMTEXT    NOT NULL,
    CONSTRAINT alarm_versions_row PRIMARY KEY (alarm_id, version)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 41: exceptions: one account's own value for an alarm, or none at all
CREATE TABLE IF NOT EXISTS exceptions (
    id           CHAR(32)     NOT NULL PRIMARY KEY,
    alarm_id     VARCHAR(32)  NOT NULL,
    account_code VARCHAR(32)  NOT NULL,
    -- '' while it holds, its id once it is over: an account has one at a time
    ended_mark   VARCHAR(32)  NOT NULL,
    -- compared with instead of the alarm's; null: the account is not counted at all
    threshold    BIGINT       NULL,
    -- the first moment at which it holds no more; null: until it is ended
    ends_at      BIGINT       NULL,
    reason       VARCHAR(400) NOT NULL,
    made_at      BIGINT       NOT NULL,
    made_by      VARCHAR(100) NOT NULL,
    ended_at     BIGINT       NULL,
    ended_by     VARCHAR(100) NULL,
    CONSTRAINT exceptions_account UNIQUE (alarm_id, account_code, ended_mark)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 42: notes: what people wrote on one alert
CREATE TABLE IF NOT EXISTS notes (
    id          CHAR(32)      NOT NULL PRIMARY KEY,
    register_id CHAR(32)      NOT NULL,
    written_at  BIGINT        NOT NULL,
    written_by  VARCHAR(100)  NOT NULL,
    text        VARCHAR(2000) NOT NULL,
    -- 1: from here on the alert is theirs
    acknowledge SMALLINT      NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 43: the notes of one alert, in their order
CREATE INDEX notes_by_register ON notes (register_id, written_at, id);

-- migration 44: the people who may sign in to the pages
CREATE TABLE IF NOT EXISTS people (
    name        VARCHAR(80)  NOT NULL PRIMARY KEY,
    -- a salted scrypt hash, never the password
    password    VARCHAR(255) NOT NULL,
    -- another one with every password: sessions that name an earlier one are over
    session_key CHAR(32)     NOT NULL,
    added_at    BIGINT       NOT NULL,
    password_at BIGINT       NOT NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 45: the tokens that were issued for the HTTP API; the token itself is kept nowhere
CREATE TABLE IF NOT EXISTS tokens (
    -- its claim `jti`
    id         CHAR(32)    NOT NULL PRIMARY KEY,
    -- whose it is: what it changes is signed so
    name       VARCHAR(80) NOT NULL,
    -- 1: a program's, which needs no person of this name
    service    SMALLINT    NOT NULL,
    -- 'read' or 'read write'
    scope      VARCHAR(16) NOT NULL,
    issued_at  BIGINT      NOT NULL,
    expires_at BIGINT      NOT NULL,
    revoked_at BIGINT      NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 46: the tokens of one person
CREATE INDEX tokens_by_name ON tokens (name, issued_at, id);

-- migration 47: failures: what is known of a pass that goes on failing, so that it is said once
CREATE TABLE IF NOT EXISTS failures (
    -- the command, with the channels that it was narrowed to
    pass    VARCHAR(64)  NOT NULL,
    -- whose cron it is: each host says its own
    host    VARCHAR(100) NOT NULL,
    -- when a run last looked at it
    seen_at BIGINT       NOT NULL,
    -- the errors as JSON: each with its text, since when, when it was last said, how often it came
    known   MEDIUMTEXT   NOT NULL,
    CONSTRAINT failures_row PRIMARY KEY (pass, host)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 48: when the database was restored from a backup, or else the end of the first good scan since
ALTER TABLE scan_state ADD COLUMN restored_at BIGINT NULL;

-- migration 49: down to how many percent of its value an alarm's open alerts hold; NULL: as in the settings
ALTER TABLE alarms ADD COLUMN clear_below SMALLINT NULL;

-- migration 50: how long (ms) they must be below that before they are over; NULL: as in the settings
ALTER TABLE alarms ADD COLUMN clear_after BIGINT NULL;

-- migration 51: of what was below already when it was closed, the last count; NULL: it still held
ALTER TABLE register_entries ADD COLUMN below_count BIGINT NULL;

-- migration 52: the id that a delivery's message has at its provider; NULL: it gave none
ALTER TABLE deliveries ADD COLUMN provider_id VARCHAR(200) NULL;

-- migration 53: what was sent in a span of time
CREATE INDEX deliveries_by_sent ON deliveries (sent_at);

-- migration 54: the holds: for a while nobody is told of an account, and then once what there was
CREATE TABLE IF NOT EXISTS holds (
    id           CHAR(32)     NOT NULL PRIMARY KEY,
    -- whose: one account, with what was known of it when the hold was made
    account_id   BIGINT       NOT NULL,
    account_code VARCHAR(32)  NOT NULL,
    trade_name   VARCHAR(200) NULL,
    -- of it only this CUC, this code, this alarm; null: all
    cuc          VARCHAR(32)  NULL,
    code         VARCHAR(16)  NULL,
    alarm_id     CHAR(32)     NULL,
    starts_at    BIGINT       NOT NULL,
    -- the first moment at which it holds no more
    ends_at      BIGINT       NOT NULL,
    reason       VARCHAR(400) NOT NULL,
    made_by      VARCHAR(100) NOT NULL,
    -- when and by whom it was ended by hand, if it was
    ended_at     BIGINT       NULL,
    ended_by     VARCHAR(100) NULL,
    -- when `notify` let go of what it held; from then on nothing is held by it
    released_at  BIGINT       NULL
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 55: the holds that are still to be released, which every opening asks for
CREATE INDEX holds_by_release ON holds (released_at, ends_at);

-- migration 56: why events of an entry came, as far as that can be seen; null: nobody said yet
ALTER TABLE register_entries ADD COLUMN cause VARCHAR(32) NULL;

-- migration 57: when the account of an entry was last heard before it cleared; null: nobody said yet
ALTER TABLE register_entries ADD COLUMN heard_at BIGINT NULL;

-- migration 58: the hold that keeps, or kept, the news of an entry back
ALTER TABLE register_entries ADD COLUMN hold_id CHAR(32) NULL;

-- migration 59: the entries of a hold
CREATE INDEX register_by_hold ON register_entries (hold_id);

-- migration 60: the view of migration 29 lacks these columns; SQLite replaces none in one step
DROP VIEW IF EXISTS alerts;

-- migration 61: the register as people read it, with them
CREATE /*! OR REPLACE SQL SECURITY INVOKER */ VIEW alerts AS
SELECT r.id, r.alarm_id, COALESCE(a.name, r.alarm_name) AS alarm, r.revision, r.priority,
       r.operator, r.threshold, r.group_key, r.account_id, r.account_code, r.trade_name,
       r.company_id, r.company, r.client_group_id, r.client_group, r.cuc, r.code,
       r.quantity, r.highest, r.partial, r.period_started_at, r.period_ended_at,
       r.opened_at, r.opened_seq, r.cleared_at, r.clear_reason, r.archived_at,
       r.records, r.facts_due_at, r.cause, r.heard_at, r.hold_id
FROM register_entries r
LEFT JOIN alarms a ON a.id = r.alarm_id;

-- migration 62: kept hours: the counts of the past, for reports; nothing is decided by them
CREATE TABLE IF NOT EXISTS hours (
    -- of the SHA-256 of the service's address: tokens are renewed, what was counted stays
    source     CHAR(16)   NOT NULL,
    started_at BIGINT     NOT NULL,
    -- of how many minutes the events are known, and how many of these lie in longer slices, of which
    -- only the sum is
    minutes    SMALLINT   NOT NULL,
    coarse     SMALLINT   NOT NULL,
    -- the scan that kept it
    read_at    BIGINT     NOT NULL,
    -- by minute, account, CUC and code; openings and closings by account alone; packed
    counts     MEDIUMBLOB NOT NULL,
    CONSTRAINT hours_row PRIMARY KEY (source, started_at)
) /*! ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;

-- migration 63: the report asks which accounts had an alert that was over in thirty days
CREATE INDEX register_by_over ON register_entries (cleared_at, account_id);

-- migration 64: when the account of an open alert was last heard: the end of the newest slice with an
-- event of its that the tracker did not inject; null: not of one account, or not known yet
ALTER TABLE triggers ADD COLUMN heard_at BIGINT NULL;

-- migration 65: the same, as one scan heard it
ALTER TABLE observations ADD COLUMN heard_at BIGINT NULL;
