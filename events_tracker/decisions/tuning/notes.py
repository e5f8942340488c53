"""What people must know to read the numbers of a replay aright, in sentences."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from msgspec import Struct

from events_tracker.base.text import many
from events_tracker.base.times import DAY, MINUTE, Instant, Span, utc
from events_tracker.decisions.tuning.figures import graded
from events_tracker.model.alarms import Alarm


class Facts(Struct, frozen=True):
    """What was replayed. ``openings``: events that were kept by the hour only.

    ``channels``: those that the alarm is told on; ``by_facts``: what is known of accounts decides;
    ``unknown``: accounts that were left out; ``scans_from``: the first good scan, where
    the replay begins before it; after the span if there was none.
    """

    span: Span
    days: int
    channels: Sequence[str]
    openings: int
    by_facts: bool
    unknown: int
    scans_from: Instant | None = None


def notes(alarm: Alarm, facts: Facts, zone: tzinfo) -> list[str]:
    """List them, the one that weighs most first."""
    return list(_notes(alarm, facts, zone))


def _notes(alarm: Alarm, facts: Facts, zone: tzinfo) -> Iterator[str]:
    days = facts.span.length / DAY
    if facts.span.length < facts.days * DAY - MINUTE:
        yield f"{days:.1f} days kept so far, of the {facts.days} asked for"
    if not graded(facts.span):
        yield "grades are given from 30 days on"
    if facts.scans_from is not None:
        yield _supposed(facts.scans_from, facts.span, zone)
    if facts.openings:
        yield (
            f"openings and closings kept by the hour only: {facts.openings}, from before an alarm "
            "counted them; they are not in these numbers"
        )
    if facts.by_facts:
        yield "accounts and their companies are taken as they are today"
    if facts.unknown:
        yield f"{many(facts.unknown, 'account')} left out: too little is known of them yet"
    if not alarm.notify:
        yield "the alarm tells nobody: its messages are counted as for one WhatsApp number"
    elif not facts.channels:
        yield "no channel is on for it: its messages are counted as for one WhatsApp number"


def _supposed(scans_from: Instant, span: Span, zone: tzinfo) -> str:
    if scans_from > span.end:
        return "no good scan is known: rules are replayed each minute, as cron would have scanned"
    first = f"{utc(scans_from).astimezone(zone):%d/%m %H:%M}"
    return (
        f"no good scan is known from before {first}: until then rules are replayed each minute, as "
        "cron would have scanned, and what they open is not checked"
    )
