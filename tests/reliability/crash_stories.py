"""Situations in which each command has as much to do as it can have, to be disturbed in the middle.

Every alert is opened by a number of events of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events_tracker.base import limits
from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import WEBHOOK
from tests.support.deliveries import date_ends_before_beginnings
from tests.support.engines import sql
from tests.support.world import NOON, Tracker, furnish

UNKNOWN = 199
"""The id of an account that sends events and that Segware does not know."""


@dataclass(frozen=True)
class Story:
    """``prepare`` makes the situation, ``command`` is disturbed in it, ``trouble`` is for it alone.

    ``settings`` hold from the command on. ``purges``: old rows go.
    """

    name: str
    command: Sequence[str]
    prepare: Callable[[Tracker, Simulator, str], None]
    settings: Sequence[tuple[str, str]] = ()
    trouble: Callable[[Simulator], None] = lambda _: None
    purges: bool = False


def _alarms(tracker: Tracker) -> None:
    for name, *options in (
        ("company", "--group-by", "company", "--codes", "E401", "--value", "10"),
        ("again", "--source", "detections", "--of", "default", "--group-by", "account",
         "--value", "1", "--window", "7d", "--no-notify"),
        ("night", "--codes", "E140", "--value", "5", "--window", "1h", "--catch-up"),
    ):  # fmt: skip
        done(tracker, "alarms", "create", name, *options)


def done(tracker: Tracker, *args: str) -> None:
    """A command that must succeed."""
    result = tracker(*args)
    assert result.exit_code == 0, result.stderr


def before_a_scan(tracker: Tracker, segware: Simulator, database: str) -> None:
    """One alert goes on, one is below, three begin, two were missed in the night."""
    furnish(segware)
    for number in range(1, 10):
        segware.add_account(100 + number, str(5000 + number), f"Cliente {number}", 11, 501)
    done(tracker, "init")
    _alarms(tracker)
    tracker.clock.at = NOON - 4 * HOUR - 40 * MINUTE
    segware.add_events(tracker.clock.at, 101, "E130", count=61)
    segware.add_events(tracker.clock.at, 102, "E130", count=62)
    done(tracker, "scan")
    for at, account, code, count in (
        (NOON - 30 * MINUTE, 101, "E130", 60),
        (NOON - 20 * MINUTE, 103, "E130", 63),
        (NOON - 15 * MINUTE, 104, "E131", 64),
        (NOON - 15 * MINUTE, UNKNOWN, "E130", 65),
        (NOON - 10 * MINUTE, 101, "E401", 6),
        (NOON - 10 * MINUTE, 103, "E401", 7),
        (NOON - 210 * MINUTE, 105, "E140", 8),
        (NOON - 150 * MINUTE, 106, "E140", 9),
    ):
        segware.add_events(at, account, code, count=count)
    tracker.clock.at = NOON


def before_a_scan_that_ends_exceptions(tracker: Tracker, segware: Simulator, database: str) -> None:
    """One alert goes on and breaches the alarm's own value, too; the time of its own is over."""
    before_a_scan(tracker, segware, database)
    for account in ("5003", "5004"):
        except_ = ("alarms", "except", "default", "--account", account, "--reason", "escola")
        done(tracker, *except_, "--value", "55", "--until", "2026-11-21T09:04")
    done(tracker, "scan")
    tracker.clock.at = NOON + 5 * MINUTE


def before_a_clear(tracker: Tracker, segware: Simulator, database: str) -> None:
    """Some are below, one of them muted; one's alarm is disabled, one's is deleted, one goes on."""
    before_a_scan(tracker, segware, database)
    done(tracker, "scan")
    done(tracker, "notify")
    done(tracker, "clear", "--force", "--account", "5004", "--reason", "por telefone")
    done(tracker, "alarms", "disable", "company")
    done(tracker, "alarms", "delete", "again")
    tracker.clock.advance(2 * HOUR)
    segware.add_events(tracker.clock.now(), 103, "E130", count=66)
    done(tracker, "scan")


def before_a_closing_by_hand(tracker: Tracker, segware: Simulator, database: str) -> None:
    before_a_scan(tracker, segware, database)
    done(tracker, "scan")


def before_a_notify(tracker: Tracker, segware: Simulator, database: str) -> None:
    """Alerts to tell of, some over already or at once, one injection refused, one left half-way,
    and for a while no scan."""
    before_a_scan(tracker, segware, database)
    done(tracker, "scan")
    done(tracker, "notify")
    tracker.clock.advance(2 * HOUR)
    for account, count in ((101, 70), (107, 71), (108, 72), (109, 73)):
        segware.add_events(tracker.clock.now(), account, "E132", count=count)
    done(tracker, "scan")
    done(tracker, "clear")
    for channel, limit in (("email", "6"), ("webhook", "5"), ("whatsapp", "4")):
        done(tracker, "notify", "--channel", channel, "--limit", limit)
    # Moved to another company since: its injection is refused, and those that travel with it.
    segware.add_account(108, "5008", "Cliente 8", 14)
    sql(
        database,
        "UPDATE deliveries SET status = 'sending', claim = 'x', lease_until = 1, attempts = 1, "
        "injected_code = 'E702', injected_at = 1 WHERE channel = 'segware' AND register_id IN "
        "(SELECT id FROM register_entries WHERE account_code = '5009')",
    )
    tracker.clock.advance(16 * MINUTE)


def before_a_backlog(tracker: Tracker, segware: Simulator, database: str) -> None:
    """Alerts that nobody was told of, over by now; their ends are dated before their beginnings."""
    before_a_scan(tracker, segware, database)
    done(tracker, "scan")
    tracker.clock.advance(2 * HOUR)
    segware.add_events(tracker.clock.now(), 107, "E132", count=71)
    done(tracker, "scan")
    done(tracker, "clear")
    date_ends_before_beginnings(database)


def _held(tracker: Tracker, account: str, length: str) -> None:
    done(tracker, "hold", account, "--for", length, "--reason", "technician there", "--by", "Ana")


def before_a_scan_under_holds(tracker: Tracker, segware: Simulator, database: str) -> None:
    """Of what begins one account is held, and one that was missed in the night."""
    before_a_scan(tracker, segware, database)
    for account in ("5003", "5005"):
        _held(tracker, account, "4h")


def before_a_clear_under_holds(tracker: Tracker, segware: Simulator, database: str) -> None:
    """Over are alerts that were told before their hold, that opened in it, or that none holds."""
    before_a_scan(tracker, segware, database)
    _held(tracker, "5003", "4h")
    done(tracker, "scan")
    done(tracker, "notify")
    _held(tracker, "5004", "4h")
    tracker.clock.advance(2 * HOUR)
    segware.add_events(tracker.clock.now(), 103, "E132", count=66)
    done(tracker, "scan")


def before_the_end_of_holds(tracker: Tracker, segware: Simulator, database: str) -> None:
    """Two holds were over a minute ago; another one lasts, of the account of the second."""
    before_a_clear_under_holds(tracker, segware, database)
    done(tracker, "clear")
    tracker.clock.advance(HOUR + 55 * MINUTE)
    _held(tracker, "5004", "8m")
    segware.add_events(tracker.clock.now(), 103, "E132", count=67)
    done(tracker, "scan")
    tracker.clock.advance(6 * MINUTE)


def before_a_purge(tracker: Tracker, segware: Simulator, database: str) -> None:
    """What was told long ago, and one alert that is still open."""
    before_a_clear(tracker, segware, database)
    done(tracker, "clear")
    done(tracker, "notify")
    tracker.clock.advance(100 * DAY)
    segware.add_events(tracker.clock.now(), 105, "E130", count=74)
    done(tracker, "scan")


def webhook_in_trouble(segware: Simulator) -> None:
    segware.fail(WEBHOOK, Reply(500))


_edited = ("alarms", "edit", "company", "--value", "11", "--comment", "too early")
_excepted = ("alarms", "except", "default", "--account", "5003", "--value", "60", "--reason", "x")
STORIES = [
    Story("scan", ("scan", "--format", "json"), before_a_scan),
    Story(
        "scan that ends exceptions",
        ("scan", "--format", "json"),
        before_a_scan_that_ends_exceptions,
    ),
    Story("clear", ("clear", "--format", "json"), before_a_clear),
    Story(
        "clear by hand",
        ("clear", "--force", "--code", "E130", "--reason", "por telefone", "--format", "json"),
        before_a_closing_by_hand,
    ),
    Story(
        "notify",
        ("notify", "--format", "json"),
        before_a_notify,
        settings=(("NOTIFY_DIGEST_OVER", "99"),),
        trouble=webhook_in_trouble,
    ),
    Story(
        "notify in digests",
        ("notify", "--channel", "email", "--channel", "whatsapp", "--format", "json"),
        before_a_notify,
        settings=(("NOTIFY_DIGEST_OVER", "1"),),
    ),
    Story("notify a backlog", ("notify", "--format", "json"), before_a_backlog),
    Story("scan under holds", ("scan", "--format", "json"), before_a_scan_under_holds),
    Story("clear under holds", ("clear", "--format", "json"), before_a_clear_under_holds),
    Story(
        "notify at the end of holds",
        ("notify", "--format", "json"),
        before_the_end_of_holds,
        settings=(("NOTIFY_DIGEST_OVER", "99"),),
    ),
    Story("alarms edit", _edited, before_a_closing_by_hand),
    Story("alarms except", _excepted, before_a_closing_by_hand),
    Story("alarms delete", ("alarms", "delete", "again"), before_a_closing_by_hand),
    Story("alarms enable", ("alarms", "enable", "company"), before_a_clear),
    Story(
        "alarms create",
        ("alarms", "create", "new", "--codes", "E130", "--value", "60"),
        before_a_closing_by_hand,
    ),
    Story("init", ("init",), before_a_closing_by_hand, settings=(("TRACKER_THRESHOLD", "60"),)),
    Story(
        "purge",
        ("purge", "--format", "json"),
        before_a_purge,
        settings=(("TRACKER_REGISTER_RETENTION", "95d"),),
        purges=True,
    ),
]


def complete(tracker: Tracker, again: Sequence[str]) -> None:
    """What cron does next: the command once more, then every pass until nothing is left to do.

    A lease of the process that died has lapsed by then.
    """
    tracker.clock.advance(limits.LEASE + SECOND)
    for args in (again, ("notify",), ("scan",), ("clear",)):
        tracker(*args)
    # What had to be tried again is due by then.
    tracker.clock.advance(5 * MINUTE)
    tracker("notify")
