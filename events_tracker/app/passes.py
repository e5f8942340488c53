"""The passes, for whatever has an entry: settings and options in, a summary out.

What the settings decide of a pass is decided here, so that a command, a worker and a page run the
same one. Each opens what it needs within its own time limit; ``app.close`` closes it.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.app.app import (
    App,
    clearing_of,
    counts_source,
    environment_definition,
    language,
    source_of,
    zone,
)
from events_tracker.app.channels import sender, switched_on
from events_tracker.app.editing import signed
from events_tracker.app.heartbeat import beat
from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.model.filters import Filter
from events_tracker.model.ports import UNWATCHED, Progress

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from events_tracker.passes.clear import Summary as ClearSummary
    from events_tracker.passes.init import Summary as InitSummary
    from events_tracker.passes.notify.run import Summary as NotifySummary
    from events_tracker.passes.scan.look import Request as ScanRequest
    from events_tracker.passes.scan.run import Summary as ScanSummary
    from events_tracker.passes.unmute import Summary as UnmuteSummary
    from events_tracker.settings import Settings


def scan(
    app: App,
    settings: "Settings",
    *,
    full: bool = False,
    dry_run: bool = False,
    at: Instant | None = None,
    account: str | None = None,
    alarm: str | None = None,
    lists: bool = False,
    watching: AbstractContextManager[Progress] = UNWATCHED,
) -> "ScanSummary":
    """Run one scan, and tell the heartbeat how it went.

    ``at``, ``account`` and ``alarm`` go with ``dry_run`` alone, which tells no heartbeat.
    ``lists``: what was open before is to be listed, as a dry run always does, not only counted.
    ``watching`` is entered while events are read. Raises TrackerError if the scan cannot be begun
    or recorded.
    """
    from events_tracker.passes.scan import run as scanning

    deadline = app.deadline(limits.SCAN_SECONDS)
    try:
        store = app.store(settings, deadline)
        request = replace(
            scan_order(app, settings),
            full=full,
            dry_run=dry_run,
            at=at,
            account=account,
            alarm=alarm,
            lists=lists or dry_run,
        )
        segware = app.segware(settings, deadline)
        with watching as progress:
            summary = scanning.run(request, store, segware, app.clock.now, deadline, progress)
    except Exception:  # not of one that somebody stopped: it did not fail
        if not dry_run:
            beat(app, settings, good=False)
        raise
    # Of an overtaken scan there is nothing to say: the one that was applied says it.
    if not dry_run and not summary.overtaken:
        beat(app, settings, good=not summary.errors)
    return summary


def scan_order(app: App, settings: "Settings") -> "ScanRequest":
    """Return what the settings say of every scan."""
    from events_tracker.passes.scan.hours import Keeping
    from events_tracker.passes.scan.look import Request

    return Request(
        host=app.host,
        environment=environment_definition(settings),
        never_counted=settings.injection.code,
        switched_on=switched_on(settings),
        source=source_of(settings),
        settle=settings.tracker.settle,
        clearing=clearing_of(settings),
        keeping=Keeping(counts_source(settings), settings.tracker.counts_retention),
        ignored_closers=settings.tracker.ignored_closers,
    )


def clear(
    app: App,
    settings: "Settings",
    only: Filter,
    *,
    forced: str | None = None,
    ids: "Collection[str] | None" = None,
    by: str | None = None,
    dry_run: bool = False,
    lists: bool = False,
) -> "ClearSummary":
    """Close what is over among the alerts that ``only`` lets pass.

    ``forced``: close all of these by hand, for that reason and in the name of ``by`` (the login if
    None); where ``ids`` are given, exactly the alerts with these register ids. ``lists``: list the
    closed alerts, as a dry run always does, do not only count them. Raises StorageError if the
    database fails, and UsageError if ``only`` names what nobody knows.
    """
    from events_tracker.passes import clear as clearing
    from events_tracker.reports.known import refuse_unknown

    request = clearing.Request(
        now=app.clock.now(),
        host=app.host,
        clearing=clearing_of(settings),
        switched_on=switched_on(settings),
        only=only,
        dry_run=dry_run,
        forced=forced,
        ids=ids,
        who=signed(app, by),
        lists=lists,
        zone=zone(settings),
    )
    store = app.store(settings, app.deadline(limits.CLEAR_SECONDS))
    refuse_unknown(store, only)
    return clearing.run(request, store)


def unmute(
    app: App,
    settings: "Settings",
    only: Filter,
    *,
    ids: "Sequence[str]" = (),
    reason: str = "",
    by: str | None = None,
    dry_run: bool = False,
) -> "UnmuteSummary":
    """Let muted groups open again: those of ``ids``, or what ``only`` lets pass.

    Raises UsageError if ``only`` names what nobody knows or an account code of several clients,
    and StorageError if the database fails.
    """
    from events_tracker.passes import unmute as unmuting
    from events_tracker.reports.known import refuse_unknown

    request = unmuting.Request(
        app.clock.now(), app.host, only, ids, signed(app, by), reason, dry_run
    )
    store = app.store(settings, app.deadline(limits.CLEAR_SECONDS))
    refuse_unknown(store, only)
    return unmuting.run(request, store)


def notify(
    app: App,
    settings: "Settings",
    *,
    channels: "Collection[str]" = (),
    limit: int | None = None,
    retry_failed: bool = False,
    dry_run: bool = False,
) -> "NotifySummary":
    """Look whether scans are still good, let go of what holds kept back, and deliver what is due.

    ``channels`` narrows it to some, by name; empty: all that are on. One that is off gets a note.
    Raises StorageError if the database fails.
    """
    from events_tracker.passes import hold, self_watch
    from events_tracker.passes.notify import run as notifying

    deadline = app.deadline(limits.NOTIFY_SECONDS)
    store = app.store(settings, deadline)
    now, on = app.clock.now(), switched_on(settings)
    if not dry_run:
        watching = self_watch.Request(now, app.host, settings.tracker.stale_after, on)
        self_watch.look(watching, store)
        hold.release(store, now, app.host)
    request = notifying.Request(
        now=now,
        voice=language(settings),
        subject=settings.email.subject,
        injected_code=settings.injection.code,
        digest_over=settings.notify.digest_over,
        max_attempts=settings.notify.max_attempts,
        max_age=settings.notify.max_age,
        limit=limit,
        retry_failed=retry_failed,
        dry_run=dry_run,
    )
    senders = {name: sender(settings, name) for name in on if not channels or name in channels}
    try:
        summary = notifying.run(request, store, senders, app.clock, deadline)
    finally:
        for opened in senders.values():
            opened.close()
    off = [
        f"the channel {name} is off; its deliveries are left alone"
        for name in channels
        if name not in on
    ]
    return replace(summary, notes=[*off, *summary.notes])


def purge(app: App, settings: "Settings", *, dry_run: bool = False) -> "Mapping[str, int]":
    """Delete what is older than the settings keep; returns how many rows of each kind.

    Raises StorageError if the database fails.
    """
    from events_tracker.passes import purge as purging

    deadline = app.deadline(limits.PURGE_SECONDS)
    tracker = settings.tracker
    request = purging.Request(
        app.clock.now(),
        tracker.retention,
        tracker.register_retention,
        tracker.counts_retention,
        dry_run,
    )
    return purging.run(request, app.store(settings, deadline), deadline)


def init(
    app: App, settings: "Settings", *, restored: bool = False, by: str | None = None
) -> "InitSummary":
    """Create or upgrade the database, and adopt the alarm `default` of the settings.

    ``restored``: it was brought back from a backup. ``by``: who signs the rule, the login if left
    out. Raises StorageError if the database fails.
    """
    from events_tracker.passes import init as initialising

    request = initialising.Request(
        wanted=environment_definition(settings),
        now=app.clock.now(),
        host=app.host,
        who=signed(app, by),
        switched_on=switched_on(settings),
        restored=restored,
    )
    store = app.unchecked_store(settings, app.deadline(limits.INIT_SECONDS))
    return initialising.run(request, store)
