"""Bounds of every call, pass and retry, in one place."""

from events_tracker.base.times import DAY, HOUR, MINUTE, Duration

# One HTTP exchange.
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
ANSWER_BYTES = 64 * 1024 * 1024
"""The longest answer taken in, decoded; a longer one of events is split like an over-limit one."""
CTRL_C_SECONDS = 1.0
"""The longest that a Ctrl-C goes unnoticed while requests or SQLite are waited for."""
REQUESTS_IN_FLIGHT = 6
READ_ATTEMPTS = 4
BACKOFF_SECONDS = 0.5
"""The pause after the first failed attempt of a read; it doubles, and varies by half."""

# Whole passes, in seconds of monotonic time.
SCAN_SECONDS = 240.0
CLEAR_SECONDS = 60.0
NOTIFY_SECONDS = 120.0
PURGE_SECONDS = 120.0
INIT_SECONDS = 240.0
"""Long enough for the migrations of a large database, and for another host's turn at them."""
HISTORY_SECONDS = 60.0
"""To reach the database and be answered: an export goes on for as long as rows come."""
NOTIFICATIONS_SECONDS = 60.0
REPORT_SECONDS = 60.0
LONGEST_REPORT: Duration = 92 * DAY
"""The longest span of a report, a quarter: all that opened in it is counted in memory."""
TUNE_SECONDS = 300.0
RULES_TRIED = 200
"""The most rules of one call of `tune`."""
GRADED_SPAN: Duration = 30 * DAY
"""The span from which on rules are graded: a month has its quiet and its bad days."""
SHIFT: Duration = 12 * HOUR
"""The span of a report that nobody asked for another."""
ALARMS_SECONDS = 60.0
NOTE_SECONDS = 60.0
HOLDS_SECONDS = 60.0
PEOPLE_SECONDS = 60.0
STATUS_SECONDS = 60.0
STATUS_ANSWER_SECONDS = 10.0
"""The longest that `status` waits for the database, and then for Segware: whoever asks is waiting
too. Below READ_SECONDS, so that a service which hangs is asked once."""
FAILURES_SECONDS = 5.0
"""The longest that a pass which failed waits to know what of it was said already."""
COMPLETION_SECONDS = 3.0
"""The longest that the shell's Tab key waits for names."""
APPLY_SECONDS = 60.0
"""The part of its time that a scan keeps for writing down what it found."""

# The resident worker.
SHORTEST_ROUND: Duration = 1_000
LONGEST_ROUND: Duration = HOUR
OVERRUN_SECONDS = 90.0
"""The time beyond its limit after which a pass is taken to hang: a database may be silent longer
than its last statement's pass has left."""

# The database.
DATABASE_CONNECT_SECONDS = 10
DATABASE_ANSWER_SECONDS = 60
LOCK_WAIT_SECONDS = 20
LOST_DATABASE_SECONDS = 30.0
"""The time for which a lost connection is tried again before the pass gives up."""
WAIT_NOTICED_SECONDS = 2.0
"""After so long whoever sits at a terminal is told that the database is waited for."""
SEGWARE_WAIT_NOTICED_SECONDS = 5.0
"""After so long without an answer whoever sits at a terminal is told that Segware is waited for."""
LONGEST_PAUSE_SECONDS = 1.0
"""The longest that a transaction waits before it is tried again: it waits longer each time."""
DUPLICATES_BELIEVED = 5
"""Attempts after which a duplicate key is taken for an error, no longer for a row of another
attempt that was committed unnoticed."""
SCHEMA_TURN_SECONDS = 30.0
"""The time without progress after which a host that changes the schema is taken for dead."""
TURN_PAUSE_SECONDS = 0.2
"""The pause between two looks whether another host is through with the schema."""
ROWS_PER_STATEMENT = 1_000
BYTES_PER_STATEMENT = 8 * 1024 * 1024
"""The longest statement of many rows, where the server takes so much."""
VALUES_OF_A_FILTER = 20_000
"""The most different texts that a filter with a wildcard may mean."""
VALUES_PER_STATEMENT = 900
"""The longest list in a statement: SQLite before 3.32 binds 999 values."""

# Settings.
SETTINGS_FILE_BYTES = 1024 * 1024
"""The largest `.env`, or file that a setting names: devices have no end."""

# Passwords, in characters.
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1_000

# Clocks.
SKEW: Duration = 10 * MINUTE
"""The difference that hosts' clocks may have without anything being sent twice."""
CLOCK_TOLERANCE: Duration = MINUTE
"""The difference from Segware's clock that scans do not heed yet."""

# Windows.
SHORTEST_WINDOW: Duration = 10_000
LONGEST_WINDOW: Duration = 31 * DAY
LONGEST_CLEAR_AFTER: Duration = 31 * DAY
"""The longest that what is open may have to be below its clear line."""

# The directory.
DIRECTORY_MAX_AGE: Duration = DAY
LIST_ACCOUNTS_OVER = 20
"""The most unknown accounts that are asked for one by one; for more, the list is asked first."""
LOOK_UPS_PER_PASS = 200
UNKNOWN_ACCOUNT_RETRY: Duration = HOUR
"""The time after which an account that Segware does not know is asked for again."""
PAGES_OF_A_LIST = 1_000

OCCURRENCE_LEAD: Duration = DAY
"""The longest that an occurrence begins before the window that holds events of it."""

SILENCE_AFTER_EVENTS = 1_000
"""Events of one scan after which silence is suspect: the next one's is not believed at once."""

RECORDS_PER_ENTRY = 100
TABLE_ROWS = 50
"""Rows that `history` prints as a table unless told otherwise."""
RECENT_DETECTIONS = 10
"""Entries that the story of an alarm ends with."""

# Delivering.
RECEIPT_SECONDS = 2.0
"""How long a webhook's answer is waited for once it has said that it took the message."""
DELIVERY_SECONDS = 35.0
"""The longest that one message may take: to connect, and to be answered."""
HOLD_SECONDS = 2 * DELIVERY_SECONDS
"""The time that a pass has for what it claimed: two messages'."""
LEASE: Duration = round(HOLD_SECONDS * 1000) + SKEW
"""The time for which nobody else takes what was claimed; after a crash it waits as long."""
LONGEST_RETRY: Duration = 30 * MINUTE
"""The longest wait before what failed is tried again."""
RETRY_AFTER = (1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, LONGEST_RETRY)
"""The wait after the first failed attempt, after the second, and so on; the last from then on."""
BRIEF_ATTEMPTS = 3
"""The most attempts of a message that repeating hardly helps."""
DIGEST_LINES = 30
"""Alerts that a digest lists by name."""
INJECTIONS_PER_CALL = 20
CLAIMED_AT_ONCE = 10_000
"""The most deliveries that are claimed at once where they share a message."""
CLAIMED_SINGLY = 20
"""The most deliveries that are claimed at once where each is a message of its own."""
OVERDUE: Duration = 15 * MINUTE
"""The time after which a delivery that is due counts as stuck."""
TOKEN_WARNING: Duration = 7 * DAY
"""The time before a token's end from which `status` warns."""
LOOK_BACK: Duration = 7 * DAY
"""The time back to which `status` looks for deliveries that were given up, and for gaps."""
CODES_LOOK_BACK: Duration = 2 * DAY
"""The time of what scans remember in which a code is looked for: a periodic test comes daily."""
ROWS_PER_PURGE = 1_000

# Holding back what would be told.
HOLD: Duration = DAY
"""The longest that a hold may be, unless it is said that it is to be a long one."""
LONGEST_HOLD: Duration = 7 * DAY

# Catching up on what missed scans left out.
CAUGHT_UP_STRETCH: Duration = DAY
CAUGHT_UP_WINDOWS = 4

# Explanations.
EXPLAINED_GROUPS = 8
"""The most groups of one alarm that are explained where many accounts are asked about.

So many of what is open, muted or about to open, and so many of what is nearest to that.
"""

# Previews of an alarm that is being typed.
PREVIEW_SECONDS = 25.0
"""A page's request ends at 30 s; what was not read by then, the next preview goes on with."""
PREVIEW_EVALUATION_SECONDS = 5.0
"""The part of that time that is left for what follows the reading."""
PREVIEW_STRETCH: Duration = 3 * DAY
"""The furthest back that a preview reads."""
PREVIEW_STEPS = 1_500
"""The most steps of one reading: each takes a request."""
PREVIEW_REQUESTS = 1_500
"""The requests of one preview after which it asks for nothing more."""
PREVIEW_KEPT: Duration = 5 * MINUTE
"""The time for which one reading serves all previews."""
PREVIEW_READINGS = 3
"""The most readings, of steps of different lengths, that are kept at once."""
PREVIEW_GROUPS = 100
REPLAY_WAIT_SECONDS = 10.0
"""The longest that a page waits until the rules that somebody else types were replayed."""
STEPS_AT_ONCE = 24
"""Steps that are read before they are packed: their counts take the most memory while they come."""

# Proof for a client.
EVIDENCE_SECONDS = 3_600.0
LONGEST_EVIDENCE: Duration = 31 * DAY
STRETCHES_AT_ONCE = 24
"""Stretches that are asked for side by side; of each, up to a day of one account is in memory."""
EVIDENCE_REQUESTS_TOLD = 60
"""The number of requests from which one is told before they are made that it will take a while."""
EVIDENCE_PAGE_REQUESTS = 300
"""The most requests that are tried within a page's time, PREVIEW_SECONDS."""

# What earlier scans remember.
READ_AGAIN_AT: tuple[Duration, ...] = (5 * MINUTE, 10 * MINUTE, 30 * MINUTE)
"""The ages at which a slice is read again because of late events."""
READ_AGAIN: Duration = HOUR
"""The time for which a slice older than all of these is believed before it is read again."""
LONG_PAST: Duration = 6 * HOUR
"""The age from which slices are cached by the hour."""
MINUTE_BY_MINUTE: Duration = 6 * MINUTE
"""A settled stretch up to this length is asked for by the minute."""
LOOK_AT: Duration = 2 * HOUR
"""So much of what an account sent is looked at for what it comes from."""
LOOKS_PER_SCAN = 500
"""So many accounts that open or fall below are looked at by one scan."""
HEARD_LATELY: Duration = 10 * MINUTE
"""So far back a scan notes when any account was last heard; of open alerts, all the way back."""
SLICES_AT_ONCE = 8
"""Slices that are recalled, or wait to be kept, at a time: each takes up to 2 MB."""
ABANDONED_SLICES: Duration = DAY
"""The time after which a cached slice that no scan has read again is deleted, whoever kept it."""

HOUR_SETTLED: Duration = 75 * MINUTE
"""The time after an hour at which its counts are kept: by then every minute was read again."""
COUNTS_SETTLED: Duration = READ_AGAIN_AT[1]
"""The age from which on a slice must have been read for its counts to be kept."""
COURSE: Duration = 24 * HOUR
"""The longest time after its opening of which an alert's page draws how it went."""
COURSE_AFTER: Duration = HOUR
"""The longest time after its end that is drawn."""
SLICES_KEPT: Duration = 3 * HOUR + 15 * MINUTE
"""The age up to which slices are kept that no window reaches: kept counts are made of them."""
FAILED_IN_A_ROW = 5
"""Minutes of the past that fail one after the other, after which the rest is not asked for."""
HOUR_SECONDS = 60.0
"""The longest that the database may take for one hour that somebody fetches."""

# What commands say.
FAILURE_TOLD_AGAIN: Duration = HOUR
"""The time after which a pass that still fails the same way says so again."""
ABANDONED_FAILURES: Duration = 31 * DAY
"""The time after which what a host's failing passes said is deleted, if none ran there since."""

# Pages and API.
PAGE_SECONDS = 10.0
"""The longest that a page waits for the database: whoever asks is looking at an empty one."""
REQUEST_SECONDS = 30.0
"""The longest that anything may take which a page or a program asked for."""
PAGE_THREADS = 8
PAGE_BODY_BYTES = 64 * 1024
PAGE_FORM_PARTS = 200
PAGE_ROWS = 50
SUGGESTIONS = 200
"""The most accounts, or companies, that a form offers to complete what is typed."""
PAGE_IDLE_SECONDS = 60
"""The time after which a connection is closed over which nothing comes."""
PAGE_ENDING_SECONDS = 1.0
"""The time that requests under way are given when the server is told to end."""
SIGN_IN_FAILURES = 10
"""Wrong passwords from one address in ``RATE_SECONDS``; after that even the right one waits."""
WRITES = 60
"""Changes by one person in ``RATE_SECONDS``."""
RATE_SECONDS = 60.0
