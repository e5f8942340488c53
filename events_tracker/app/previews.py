"""Previews of alarms that are being typed: what a server keeps between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.app.app import App, clearing_of, source_of
from events_tracker.base import limits
from events_tracker.base.deadline import Clock, Deadline
from events_tracker.base.errors import SegwareError
from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.detection.steps import grid, step_of
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.reader import EventReader
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.fetch.steps import Asked, StepReader, StepReading
from events_tracker.model.alarms import Definition
from events_tracker.model.directory import Directory
from events_tracker.model.ports import Progress, nobody_watches
from events_tracker.model.previews import Preview
from events_tracker.model.readings import LimitEstimate

if TYPE_CHECKING:
    from events_tracker.passes.alarms import Texts
    from events_tracker.segware import Segware
    from events_tracker.settings import Settings
    from events_tracker.storage import Store

_Key = tuple[str, Duration, bool]
"""Of which service, in steps of which length, and whether with occurrences."""


class Previews:
    """Makes previews, for any number of threads, and keeps what they share.

    One reading is made at a time; whoever comes meanwhile waits for it, and takes of it what fits.
    So are the facts of accounts that a preview had to ask for.
    """

    def __init__(self) -> None:
        self.reading = Lock()
        """Held by whoever reads."""
        self._kept: dict[_Key, StepReading] = {}
        self._known = Directory()
        self._listed_at: Instant = 0

    def preview(
        self,
        app: App,
        settings: "Settings",
        given: "Texts",
        name: str | None = None,
        progress: Progress = nobody_watches,
    ) -> Preview:
        """Tell what a rule as typed would open: a new one, or the alarm called ``name`` as changed.

        Writes nothing. Raises Refused for what cannot be, UsageError for an alarm that there is
        not, StorageError, and SegwareError if somebody else's reading takes all of the time; what
        Segware fails otherwise is in the preview.
        """
        from events_tracker.passes import preview as previewing
        from events_tracker.reports.unseen import unseen

        deadline = app.deadline(limits.PREVIEW_SECONDS)
        store, now = app.store(settings, deadline), app.clock.now()
        alarm = previewing.typed(store, given, name, now)
        state = store.read(lambda rows: rows.runs.scans())
        use = _Use(
            settings=settings,
            store=store,
            segware=app.segware(settings, deadline),
            clock=app.clock,
            deadline=deadline.earlier_by(limits.PREVIEW_EVALUATION_SECONDS),
            learned=state.learned,
            expects_events=state.good_events >= limits.SILENCE_AFTER_EVENTS,
            progress=progress,
        )
        asked = self._read(use, alarm.definition)
        look_up = LookUp(store, use.segware, now, use.deadline, self._known)
        listed_at = max(state.accounts_listed_at or 0, self._listed_at)
        request = previewing.Request(
            alarm=alarm,
            never_counted=settings.injection.code,
            clearing=clearing_of(settings),
            host=app.host,
            state=replace(state, accounts_listed_at=listed_at),
        )
        found = previewing.run(request, asked, store, look_up)
        self._learn(look_up)
        named = unseen(store, alarm.definition, settings.injection.code, now)
        return replace(found, unseen=named)

    def _read(self, use: "_Use", rule: Definition) -> Asked:
        """Complete the reading that this rule can share, or begin another one."""
        closers = use.settings.tracker.ignored_closers
        by_occurrence = rule.field == "occurrence" or bool(closers)
        key = (use.source, step_of(rule.window), by_occurrence)
        with self.turn(use.deadline):
            # Not before: whoever waited takes what was read meanwhile.
            now = use.clock.now()
            reading = self._begun(key, now, keeps=not closers)
            wanted = grid(rule.window, reading.end)
            steps = StepReader(use.reader(now), by_occurrence, use.expects_events, use.progress)
            memory = None if closers else use.memory(now, by_occurrence)
            reading = steps.complete(reading, wanted, memory)
            self._keep(key, reading)
        return Asked(reading, wanted, steps.requests, steps.failures, steps.hidden)

    @contextmanager
    def turn(self, deadline: Deadline) -> Iterator[None]:
        """Wait for one's turn to read."""
        if not self.reading.acquire(timeout=deadline.remaining()):
            raise SegwareError("another preview is being read: try again in a minute")
        try:
            yield
        finally:
            self.reading.release()

    def _begun(self, key: _Key, now: Instant, *, keeps: bool) -> StepReading:
        """Return the reading that is kept, if it is young enough; else begin one that ends now."""
        kept = self._kept.get(key)
        if kept is not None and 0 <= now - kept.end < limits.PREVIEW_KEPT:
            return kept
        return kept.later(now) if kept is not None and keeps else StepReading(key[1], now)

    def _keep(self, key: _Key, reading: StepReading) -> None:
        """Keep a reading; the ones that were used least lately go."""
        self._kept.pop(key, None)
        self._kept[key] = reading
        for oldest in list(self._kept)[: -limits.PREVIEW_READINGS]:
            del self._kept[oldest]

    def _learn(self, look_up: LookUp) -> None:
        """Keep the facts that were asked for."""
        fresh, known = look_up.fresh, self._known
        self._known = Directory(
            {**known.accounts, **fresh.accounts},
            {**known.companies, **fresh.companies},
            {**known.client_groups, **fresh.client_groups},
        )
        if look_up.listed_at is not None:
            self._listed_at = look_up.listed_at


class _Use(Struct, frozen=True):
    """What one preview reads with."""

    settings: "Settings"
    store: "Store"
    segware: "Segware"
    clock: Clock
    deadline: Deadline
    learned: LimitEstimate
    expects_events: bool
    progress: Progress

    @property
    def source(self) -> str:
        """One service and token, as scans call it where they remember slices."""
        return source_of(self.settings)

    def reader(self, now: Instant) -> EventReader:
        return EventReader(
            store=self.store,
            segware=self.segware,
            deadline=self.deadline,
            progress=self.progress,
            now=now,
            never_counted=self.settings.injection.code,
            ignored_closers=self.settings.tracker.ignored_closers,
            learned=self.learned,
        )

    def memory(self, now: Instant, by_occurrence: bool) -> SliceCache:
        """Return what scans remember; it is only looked at."""
        return SliceCache(
            self.store,
            self.source,
            now,
            self.settings.tracker.settle,
            by_occurrence=by_occurrence,
            expects_events=self.expects_events,
        )
