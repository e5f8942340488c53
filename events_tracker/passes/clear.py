"""clear: close what is over, from what scans observed. Needs no API."""

from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.problems import ENGLISH, Problem, words
from events_tracker.base.text import REASON_WIDTH, shortened, visible
from events_tracker.base.times import Instant
from events_tracker.decisions.detection.clearing import (
    BY_HAND_IN_DATABASE,
    ambiguous,
    in_words,
    reason,
)
from events_tracker.model.alarms import Clearing
from events_tracker.model.alerts import FORCED, Alert, OpenAlert, Standing
from events_tracker.model.filters import Filter
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes.ending import close_lost, close_marked, tell_over
from events_tracker.passes.staying import Staying, why_they_stay

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

NO_ENTRY, OVER_ALREADY, ENDS_BY_ITSELF = "no_entry", "over_already", "ends_by_itself"
"""Why an alert that was chosen by its id was not closed."""


class Request(Struct, frozen=True):
    """The order for one clear. ``now`` only dates what it writes; ``clearing`` is the settings'.

    ``forced`` is the reason for closing by hand, with ``who``; None for what scans observed.
    ``ids``, by hand: exactly these register ids instead of what ``only`` lets pass.
    ``switched_on`` are the channels that are on. ``lists``: the summary is to have the alerts that
    were closed, not only their number; that of a dry run always has them. ``zone``: of the times in
    the reasons that it writes.
    """

    now: Instant
    host: str
    zone: tzinfo
    clearing: Clearing
    switched_on: Collection[str]
    only: Filter
    dry_run: bool = False
    forced: str | None = None
    ids: Collection[str] | None = None
    who: str = ""
    lists: bool = False


class Summary(Struct, frozen=True):
    """The numbers of alerts closed and still open; ``cleared``: the former, where listed.

    ``kept_of_filter``: of those that stay open, what the filter lets pass; all of them by hand.
    ``staying``: the same with why, of a dry run that does not close by hand. ``not_closed``: of the
    chosen ids those that were not, each with why. ``fruitless``: what was to be closed by hand, in
    words, where nothing that is open matches it.
    """

    dry_run: bool
    closed: int
    kept: int
    cleared: Sequence[Alert] = ()
    not_closed: Sequence[Problem] = ()
    fruitless: str = ""
    kept_of_filter: int = 0
    staying: Sequence[Staying] = ()

    @property
    def errors(self) -> list[str]:
        """A sentence for each that was not closed, or for all that were meant."""
        found = [f"nothing open matches {self.fruitless}"] if self.fruitless else []
        return found + [
            f"{shortened(one.given or '')}: {words(one, ENGLISH, str)}" for one in self.not_closed
        ]


def run(request: Request, store: "Store") -> Summary:
    """Run one clear, or one closing by hand.

    Raises UsageError if closing by hand would close more than one client's by one account code,
    and StorageError if the database fails.
    """
    if request.dry_run:
        return store.read(lambda rows: _foresee(request, rows))
    if not store.read(lambda rows: _has_work(request, rows)):
        return store.read(lambda rows: _nothing_closed(request, rows))
    run = Run(new_id(request.now), "clear", request.host, request.now)
    return store.write(run, lambda rows: _write(request, rows, run.id))


def _has_work(request: Request, rows: "Rows") -> bool:
    """Tell whether there is anything to write: most of the time there is not."""
    if request.forced is not None:
        return bool(_chosen(request, rows))
    if rows.register.lost():
        return True
    if request.only.everything:
        return rows.triggers.perhaps_over(request.clearing.after)
    return bool(_chosen(request, rows))


def _nothing_closed(request: Request, rows: "Rows") -> Summary:
    kept = rows.triggers.count()
    return Summary(
        False,
        0,
        kept,
        not_closed=_not_closed(request, rows, closed=()),
        fruitless=_fruitless(request),
        kept_of_filter=_kept_of_filter(request, rows, kept),
    )


def _foresee(request: Request, rows: "Rows") -> Summary:
    """Return what :func:`_write` would, with all that it would close; nothing is written."""
    found = _matching(request, rows)
    alerts = {one.alert.register_id: one.alert for one in found}
    cleared = [
        alerts[standing.register_id].closed(request.now, _in_words(request, why, standing))
        for why, some in _by_reason(request, [one.standing for one in found]).items()
        for standing in some
        if not standing.muted
    ]
    kept = kept_of_filter = rows.triggers.count() - len(cleared)
    staying: list[Staying] = []
    if request.forced is None:
        over = {alert.register_id for alert in cleared}
        stays = [one for one in found if one.alert.register_id not in over]
        staying = why_they_stay(
            rows, [one for one in stays if not one.standing.muted], request.clearing, request.now
        )
        kept_of_filter = kept if request.only.everything else len(staying)
        lost = rows.register.lost()
        cleared += [alert.closed(request.now, BY_HAND_IN_DATABASE) for alert in lost]
    ids = [alert.register_id for alert in cleared]
    return Summary(
        True,
        len(cleared),
        kept,
        cleared,
        _not_closed(request, rows, ids),
        "" if cleared else _fruitless(request),
        kept_of_filter,
        staying,
    )


def _kept_of_filter(request: Request, rows: "Rows", kept: int) -> int:
    if request.forced is not None or request.only.everything:
        return kept
    return sum(not one.standing.muted for one in _matching(request, rows))


def _write(request: Request, rows: "Rows", pass_id: str) -> tuple[Summary, Numbers]:
    now, on = request.now, request.switched_on
    closed: list[str] = []
    cleared: list[Alert] = []
    for why, some in _chosen(request, rows).items():
        rows.triggers.mark([standing.register_id for standing in some], pass_id)
        texts = {one.register_id: _in_words(request, why, one) for one in some}
        if request.lists:
            marked = rows.triggers.closing_alerts(pass_id)
            cleared += [alert.closed(now, texts[alert.register_id]) for alert in marked]
        if request.forced is None:
            closed += close_marked(rows, pass_id, now, why, on)
            rows.register.say_why(texts, instead_of=why)
        else:
            closed += tell_over(rows, pass_id, now, why, on)
            # While the group still breaches, its row stays and keeps it silent.
            rows.triggers.mute(pass_id)
            rows.triggers.close(pass_id)
    if request.forced is None:
        if request.lists:
            lost = rows.register.lost()
            cleared += [alert.closed(now, BY_HAND_IN_DATABASE) for alert in lost]
        closed += close_lost(rows, pass_id, now, on)
    kept = rows.triggers.count()
    not_closed = _not_closed(request, rows, closed)
    fruitless = "" if closed else _fruitless(request)
    of_filter = _kept_of_filter(request, rows, kept)
    summary = Summary(False, len(closed), kept, cleared, not_closed, fruitless, of_filter)
    return summary, {"cleared": len(closed), "kept": kept}


def _chosen(request: Request, rows: "Rows") -> dict[str, list[Standing]]:
    """Choose what is to be closed, by reason. Alerts are read only where their texts matter."""
    if request.forced is None and request.only.everything:
        return _by_reason(request, rows.triggers.standings())
    return _by_reason(request, [one.standing for one in _matching(request, rows)])


def _by_reason(request: Request, standings: Sequence[Standing]) -> dict[str, list[Standing]]:
    chosen: dict[str, list[Standing]] = {}
    for standing in standings:
        if request.forced is not None:
            why = None if standing.muted else _by_hand(request.forced, request.who)
        else:
            why = reason(standing, request.clearing.after)
        if why is not None:
            chosen.setdefault(why, []).append(standing)
    return chosen


def _in_words(request: Request, why: str, standing: Standing) -> str:
    return in_words(why, standing, request.now, request.zone)


def _matching(request: Request, rows: "Rows") -> list[OpenAlert]:
    """Read the open alerts that are meant. Raises UsageError where that is ambiguous by hand."""
    if request.ids is not None:
        return rows.triggers.open_alerts_of(request.ids)
    found = [one for one in rows.triggers.open_alerts() if request.only.matches(one.alert)]
    if request.forced is not None:
        refuse_ambiguous(request.only, [one.alert for one in found if not one.standing.muted])
    return found


def _fruitless(request: Request) -> str:
    """Say what was to be closed by hand where nothing was: by hand, whatever is meant is closed."""
    return request.only.in_words if request.forced is not None and request.ids is None else ""


def _not_closed(request: Request, rows: "Rows", closed: Collection[str]) -> list[Problem]:
    """Say of each chosen id that is not among the closed ones why."""
    left = [id_ for id_ in dict.fromkeys(request.ids or ()) if id_ not in closed]
    ends = rows.register.ends(left)
    return [Problem("ids", _why_not(id_, ends), given=id_) for id_ in left]


def _why_not(register_id: str, ends: Mapping[str, Instant | None]) -> str:
    if register_id not in ends:
        return NO_ENTRY
    # What is open all the same is the tracker's own alert, or lost its trigger.
    return ENDS_BY_ITSELF if ends[register_id] is None else OVER_ALREADY


def refuse_ambiguous(only: Filter, alerts: Sequence[Alert]) -> None:
    """Raise UsageError if these alerts are of several clients that share the code that is meant."""
    for code, clients in ambiguous(only, alerts).items():
        raise UsageError(
            f"the account code {visible(code)} belongs to several clients: "
            f"{visible('; '.join(clients))}: say which with --company, or --company '*' for all"
        )


def _by_hand(text: str, who: str) -> str:
    end = f" (by {who})"
    return f"{FORCED}: {text}"[: REASON_WIDTH - len(end)] + end
