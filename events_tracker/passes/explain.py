"""explain: why something is open, not open, not over or not told, as a dry run sees it.

It leaves no trace, and decides nothing that a scan does not decide.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.deadline import Deadline
from events_tracker.base.times import DAY, Duration, Instant, Span, format_duration
from events_tracker.decisions.alarms.names import filtered
from events_tracker.decisions.explaining.counted import Slices, heard_at
from events_tracker.decisions.explaining.last_hours import last_hours
from events_tracker.decisions.silence import Signal
from events_tracker.fetch import silence
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.past import Past
from events_tracker.fetch.restores import senders_of_restores
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Trigger
from events_tracker.model.causes import LastHours
from events_tracker.model.explanations import ExplainedAlarm, Explanation
from events_tracker.model.filters import Filter
from events_tracker.model.holds import Listed
from events_tracker.model.ports import Progress
from events_tracker.model.silence import Silence
from events_tracker.passes.alarm_view import View
from events_tracker.passes.scan import look as looking
from events_tracker.passes.scan.plan import Planned, Scan, plan
from events_tracker.passes.subject import Subject, subject

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store

_LATELY: Duration = 30 * DAY


class Request(Struct, frozen=True):
    """The question: ``texts`` say of which account, company, alarm, CUC and code.

    ``scan`` is the order for the dry run that it is. The company tells clients apart that share a
    code; without an account all its accounts are meant.
    """

    scan: looking.Request
    texts: Filter


def run(
    request: Request,
    store: "Store",
    segware: "Segware",
    clock: Callable[[], Instant],
    deadline: Deadline,
    progress: Progress,
) -> Explanation:
    """Explain one account; or of a company's, or of all, those that matter most to each alarm.

    Raises UsageError for names that nobody knows and for a code that several clients use,
    SegwareError if it cannot be told who is meant, StorageError.
    """
    living = store.read(lambda rows: rows.alarms.all())
    name = request.texts.alarm
    wanted = living if name is None else filtered(living, name)
    found: list[Subject] = []

    def whose(look_up: LookUp) -> frozenset[int] | None:
        found.append(subject(request.texts, store, look_up))
        return found[0].narrowed

    order = replace(request.scan, account=request.texts.account, dry_run=True, explains=True)
    looked = looking.look(order, store, segware, clock, deadline, progress, whose)
    (about,) = found
    scan = looked.scan
    planned = store.read(
        lambda rows: plan(scan, rows, scan.seen.evaluations, looked.triggers, scan.seen.later)
    )
    slices = scan.seen.slices
    if about.companies is not None:
        _learn(scan, slices, looked.triggers, planned)
        slices = about.events(slices, scan.look_up.directory())
    state = store.read(lambda rows: rows.runs.scans())
    holds = store.read(lambda rows: rows.holds.listed(rows.holds.at(scan.now)))
    last_good = state.good_until
    if request.scan.at is not None:
        last_good = store.read(lambda rows: rows.reports.good_before(scan.now + 1))
    view = View(request.scan, store, looked, planned, about, slices, last_good, holds)
    alarms = [view.explained(alarm) for alarm in wanted if about.can_have(alarm)]
    notes = [*_of(wanted, living, scan.seen.notes), *_left_out(name, wanted, about)]
    return Explanation(
        account_id=about.account_id,
        account=about.account,
        companies=about.names(scan.look_up.directory()),
        at=scan.now,
        as_of=state.good_until,
        fetched=max((alarm.fetched for alarm in alarms), default=0),
        alarms=alarms,
        heard_at=_heard_at(slices, scan, alarms),
        silence=_silence(request, store, about, slices, scan.now),
        last_hours=_last_hours(request, store, about, slices, looked),
        opened=_opened(store, about, scan.now),
        holds=_holds_of(about, holds, alarms),
        names={alarm.id: alarm.name for alarm in living},
        notes=[*notes, *_kept(looked.past, about), *view.notes],
        errors=[*_of(wanted, living, [*scan.seen.errors, *planned.errors]), *scan.look_up.errors],
    )


def _left_out(name: str | None, wanted: Sequence[Alarm], about: Subject) -> list[str]:
    """Say that no alarm is called so, or which ones do not tell apart whose groups are meant."""
    if not wanted:
        return [f"no alarm has a name like {name}"]
    names = [alarm.name for alarm in wanted if not about.can_have(alarm)]
    by = "account" if about.companies is None else "account or company"
    return [f"left out, because they do not group by {by}: {', '.join(names)}"] if names else []


def _of(wanted: Sequence[Alarm], living: Sequence[Alarm], said: Sequence[str]) -> list[str]:
    """Leave out what is said of alarms that nobody asked for."""
    others = tuple(f"alarm {alarm.name}: " for alarm in living if alarm not in wanted)
    ours = tuple(f"alarm {alarm.name}: " for alarm in wanted)
    return [text for text in said if text.startswith(ours) or not text.startswith(others)]


def _heard_at(slices: Slices, scan: Scan, alarms: Sequence[ExplainedAlarm]) -> Instant | None:
    """Tell when somebody was last heard; in no window any more: as scans noted it with an alert."""
    noted = [g.alert.heard_at for alarm in alarms for g in alarm.groups if g.alert is not None]
    found = [at for at in [heard_at(slices, scan.seen.never), *noted] if at is not None]
    return max((at for at in found if at <= scan.now), default=None)


def _silence(
    request: Request, store: "Store", about: Subject, slices: Slices, now: Instant
) -> Silence | None:
    """Judge the one account, by what is kept and by what was read just now."""
    account_id = about.account_id
    if account_id is None:
        return None
    question = silence.Question(
        request.scan.keeping.source, request.scan.source, now, request.scan.never_counted
    )
    seen = silence.Known(
        list(slices),
        [
            Signal(account_id, code, span)
            for span, tally in slices.items()
            for (_, code), counts in tally.events.items()
            if account_id in counts
        ],
    )
    return store.read(lambda rows: silence.of_account(question, rows, account_id, seen))


def _last_hours(
    request: Request, store: "Store", about: Subject, slices: Slices, looked: looking.Look
) -> LastHours | None:
    """Look at the one account, and at what it used to send only where that decides."""
    account_id, seen = about.account_id, looked.scan.seen
    if account_id is None:
        return None
    openings = {} if looked.past is None else looked.past.openings
    never, until = seen.never, seen.window.end
    found = last_hours(slices, until, never, openings)
    if_it_does = last_hours(slices, until, never, openings, sends_restores=True)
    if found == if_it_does:
        return found
    source = request.scan.keeping.source
    known = store.read(lambda rows: senders_of_restores(rows, source, {account_id}, until))
    return if_it_does if account_id in known else found


def _opened(store: "Store", about: Subject, now: Instant) -> Sequence[Instant]:
    """Read when alerts of the one account opened in the last 30 days."""
    account_id = about.account_id
    if account_id is None:
        return []
    lately = Span(now - _LATELY, now)
    return store.read(lambda rows: rows.register.opened(account_id, lately))


def _kept(past: Past | None, about: Subject) -> list[str]:
    """Say in what the counts that are kept of a past moment tell less than Segware would."""
    found = []
    if past is not None and past.openings:
        number = "" if about.account_id is None else f"{sum(past.openings.values())} "
        found.append(
            f"{number}openings and closings in the hours of this window are kept without their "
            "minute and code: they are in no number here, and not in when it was heard last; no "
            "alarm that is on counts them"
        )
    if past is not None and past.coarse:
        length = format_duration(sum(span.length for span in past.coarse))
        found.append(f"of {length} of this window only sums of several minutes are kept")
    return found


def _holds_of(
    about: Subject, holds: Sequence[Listed], alarms: Sequence[ExplainedAlarm]
) -> list[Listed]:
    """Choose those of the one account, or of the groups that are told of."""
    if about.account_id is not None:
        return [one for one in holds if one.hold.account_id == about.account_id]
    told = [group.hold for alarm in alarms for group in alarm.groups]
    return [one for one in holds if one in told]


def _learn(scan: Scan, slices: Slices, triggers: Sequence[Trigger], planned: Planned) -> None:
    """Look up of which companies all accounts are that are seen, open or counted."""
    sent = {id_ for tally in slices.values() for counts in tally.events.values() for id_ in counts}
    counted = {
        group.account_id
        for evaluation in planned.evaluations.values()
        for group, _ in evaluation.numbers.items()
    }
    ids = sent | counted | {trigger.group.account_id for trigger in triggers}
    scan.look_up.know({id_ for id_ in ids if id_ is not None})
