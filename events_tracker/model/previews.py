"""Previews: what a rule that nobody has stored yet would open now, and would have opened lately."""

from array import array
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from events_tracker.base.times import Instant, Span
from events_tracker.model.alerts import Alert
from events_tracker.model.readings import Pair, Tally
from events_tracker.model.unseen import Unseen


class Counts(Struct, frozen=True):
    """The counts of one CUC and code, in columns: each account, and how many events it has.

    ``occurrences`` is as long as the other two, or empty where accounts alone are counted.
    """

    accounts: "array[int]"
    numbers: "array[int]"
    occurrences: Sequence[str] = ()


class Step(Struct, frozen=True):
    """The counts of a short stretch of time, packed: a preview keeps thousands of them.

    ``whole``: all of it was read. ``records``: how many of Segware's records it held.
    """

    span: Span
    whole: bool
    read_at: Instant
    records: int
    events: Mapping[Pair, Counts]
    occurrences: Mapping[Pair, Counts]

    def tally(self, takes: Callable[[Pair], bool]) -> Tally:
        """Unpack the counts of the CUCs and codes that ``takes`` lets pass."""
        return Tally(
            {
                pair: dict(zip(counts.accounts, counts.numbers, strict=True))
                for pair, counts in self.events.items()
                if takes(pair)
            },
            {
                pair: dict(
                    zip(
                        zip(counts.accounts, counts.occurrences, strict=True),
                        counts.numbers,
                        strict=True,
                    )
                )
                for pair, counts in self.occurrences.items()
                if takes(pair)
            },
        )


def packed(tally: Tally) -> tuple[Mapping[Pair, Counts], Mapping[Pair, Counts]]:
    """Pack a tally's events, and its occurrences."""
    return (
        {pair: _columns(of_pair) for pair, of_pair in tally.events.items()},
        {
            pair: Counts(
                array("q", [account_id for account_id, _ in of_pair]),
                array("I", of_pair.values()),
                [occurrence for _, occurrence in of_pair],
            )
            for pair, of_pair in tally.occurrences.items()
        },
    )


def _columns(of_pair: Mapping[int, int]) -> Counts:
    return Counts(array("q", of_pair), array("I", of_pair.values()))


class Point(Struct, frozen=True):
    """One look at a moment: the highest number of any group that was compared.

    Of ``<`` and ``<=`` the lowest, as everywhere. None: the window was not read whole.
    """

    at: Instant
    highest: int | None


class PreviewGroup(Struct, frozen=True):
    """A group in a preview: its highest number, and how often it would have opened.

    What it is not grouped by, and what is not known, is None.
    """

    account_code: str | None
    company: str | None
    cuc: str | None
    code: str | None
    highest: int
    openings: int


class Note(Struct, frozen=True):
    """Something that whoever sees a preview must know; ``key`` says which words say it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class Preview(Struct, frozen=True):
    """What a rule opens at ``end``, and would have opened from ``start`` until then.

    ``now``: as a dry run lists it. ``requests``: those for events that this preview made itself.
    ``unread`` may begin before ``start``: the first windows do. ``errors``: what a scan would tell,
    in its words. ``unseen``: what the rule names that nobody has ever seen.
    """

    now: Sequence[Alert]
    openings: int
    start: Instant
    end: Instant
    points: Sequence[Point]
    groups: Sequence[PreviewGroup]
    requests: int
    unread: Sequence[Span]
    notes: Sequence[Note] = ()
    errors: Sequence[str] = ()
    unseen: Sequence[Unseen] = ()
