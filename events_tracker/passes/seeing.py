"""The first half of a scan: read the longest window once, and evaluate every alarm over its own."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events_tracker import limits
from events_tracker.decisions.measuring import (
    Evaluation,
    NeverCounted,
    countable,
    counted_kinds,
    measure,
)
from events_tracker.decisions.opening import met_silence
from events_tracker.errors import SegwareError
from events_tracker.model.alarms import Alarm
from events_tracker.model.deadline import Deadline
from events_tracker.model.readings import Reading, Slice, Tally
from events_tracker.model.runs import ScanState
from events_tracker.model.times import Instant
from events_tracker.passes.reading import Progress, read_closed_by, read_events

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


@dataclass(frozen=True, slots=True)
class Seen:
    """What a scan knows before it writes.

    ``alarms`` are those it was to evaluate, ``evaluations`` has what it saw of them, ``failed``
    those that could not be evaluated. ``counted``: events that at least one alarm counted.
    ``silence``: nothing came where there was much, and it is not believed yet.
    """

    window: Slice
    alarms: Sequence[Alarm]
    reading: Reading
    evaluations: Sequence[Evaluation]
    failed: Sequence[Alarm]
    counted: int
    silence: bool
    errors: Sequence[str]

    @property
    def good(self) -> bool:
        """Whether everything was read, and may be believed."""
        return self.reading.whole and not self.failed and not self.silence


def see(
    alarms: Sequence[Alarm],
    window: Slice,
    segware: "Segware",
    deadline: Deadline,
    progress: Progress,
    *,
    never_counted: str,
    ignored_closers: Sequence[int],
    accounts: Collection[int] | None,
    state: ScanState,
    injected: Callable[[Instant], frozenset[tuple[int, str]]],
) -> Seen:
    """Download, count, compare nothing yet. ``accounts`` narrows what counts to these ids."""
    end = window.end
    reading = read_events(
        segware,
        [end - alarm.definition.window for alarm in alarms],
        end,
        deadline,
        progress,
        with_occurrences=bool(ignored_closers),
    )
    errors = list(reading.failures)
    lead = Slice(window.start - limits.OCCURRENCE_LEAD, end)
    occurrences, failures = read_closed_by(segware, ignored_closers, lead, deadline)
    errors += failures
    # Asked for after the events were read: whatever came back with them is known by now.
    ours = injected(window.start)
    never = NeverCounted(frozenset({never_counted}), ours, occurrences)
    silence = bool(alarms) and reading.whole and _is_silence(reading, state, errors)
    evaluations, failed = _evaluate(
        [] if silence else alarms, reading, never, accounts, end, nothing_hidden=not failures
    )
    return Seen(
        window,
        alarms,
        reading,
        evaluations,
        failed,
        _counted(evaluations, reading, never, accounts),
        silence,
        errors,
    )


def _is_silence(reading: Reading, state: ScanState, errors: list[str]) -> bool:
    met = met_silence(
        reading.fetched, state.good_events, state.silence_met, limits.SILENCE_AFTER_EVENTS
    )
    if met:
        errors.append(
            f"Segware answered no event at all where the last good scan found {state.good_events}: "
            "nothing was changed; a second scan in a row that finds none is believed"
        )
    return met


def _evaluate(
    alarms: Sequence[Alarm],
    reading: Reading,
    never: NeverCounted,
    accounts: Collection[int] | None,
    end: Instant,
    *,
    nothing_hidden: bool,
) -> tuple[list[Evaluation], list[Alarm]]:
    """Left out: an alarm of whose window nothing was read, or what lowers counts is missing."""
    evaluations: list[Evaluation] = []
    failed: list[Alarm] = []
    windows: dict[Instant, tuple[Tally, bool]] = {}
    for alarm in alarms:
        start = end - alarm.definition.window
        if start not in windows:
            events, whole = reading.window(start)
            windows[start] = _only(accounts, countable(events, never)), whole
        events, whole = windows[start]
        if not nothing_hidden or not (whole or events):
            failed.append(alarm)
            continue
        groups = measure(alarm.definition, events)
        evaluations.append(Evaluation(alarm, Slice(start, end), whole, groups))
    return evaluations, failed


def _only(accounts: Collection[int] | None, events: Tally) -> Tally:
    if accounts is None:
        return events
    return Counter({kind: count for kind, count in events.items() if kind.account_id in accounts})


def _counted(
    evaluations: Sequence[Evaluation],
    reading: Reading,
    never: NeverCounted,
    accounts: Collection[int] | None,
) -> int:
    """How many events at least one alarm counted."""
    earliest = counted_kinds(evaluations)
    return sum(
        count
        for segment in reading.segments
        for kind, count in _only(accounts, countable(segment.events, never)).items()
        if kind in earliest and segment.start >= earliest[kind]
    )


def account_ids(code: str, store: "Store", segware: "Segware", now: Instant) -> set[int]:
    """The ids of the accounts with this code, from the directory or else from Segware.

    Raises SegwareError if there is none, or if Segware cannot tell.
    """
    known = store.read(lambda: store.directory.ids_of_code(code))
    if not known:
        known = {account.id for account in segware.accounts(now) if account.code == code}
    if not known:
        raise SegwareError(f"Segware lists no account with the code {code!r}")
    return known
