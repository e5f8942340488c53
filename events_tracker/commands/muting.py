"""Muted groups: closed by hand, and silent until a scan has seen them quiet. Seen, and ended."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from events_tracker.app.app import App, zone
from events_tracker.base.errors import UsageError
from events_tracker.base.text import many, shortened, visible
from events_tracker.base.times import Instant, short
from events_tracker.commands.folding import tell
from events_tracker.commands.output import print_json
from events_tracker.formats.summaries import unmute_object
from events_tracker.messages.names import named
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import Filter
from events_tracker.reports import history

if TYPE_CHECKING:
    from events_tracker.settings import Settings
    from events_tracker.storage import Store

_MOST_NAMED = 10


def muted_line(alerts: Sequence[Alert], now: Instant, place: tzinfo) -> str:
    """Say which groups these entries keep silent, since when, by whom and why."""
    groups = [_group(alert, now, place) for alert in alerts[:_MOST_NAMED]]
    more = len(alerts) - len(groups)
    if more:
        groups.append(f"and {more} more")
    return visible(f"muted: {many(len(alerts), 'group')} ({'; '.join(groups)})")


def print_muted(app: App, store: "Store", only: Filter, settings: "Settings") -> None:
    """Say after what is open what is silent: by the list alone it would look quiet."""
    if muted := history.muted(store, only):
        tell(muted_line(muted, app.clock.now(), zone(settings)))


def _group(alert: Alert, now: Instant, place: tzinfo) -> str:
    whose = named(alert.account_code, alert.account_id)
    parts = (whose, alert.cuc or "", alert.code or "", alert.alarm)
    since = "" if alert.cleared_at is None else f" since {short(alert.cleared_at, now, place)}"
    hand = alert.by_hand
    by = f" by {hand.who}: {shortened(hand.text)}" if hand and hand.who else ""
    return " ".join(filter(None, parts)) + since + by


def unmute(
    app: App,
    settings: "Settings",
    only: Filter,
    ids: Sequence[str],
    reason: str,
    by: str | None,
    *,
    dry_run: bool,
    format_: str,
) -> None:
    """Run `tracker clear --unmute`. Raises UsageError where nothing that is meant is muted."""
    from events_tracker.app import passes

    summary = passes.unmute(app, settings, only, ids=ids, reason=reason, by=by, dry_run=dry_run)
    now, place = app.clock.now(), zone(settings)
    if not summary.unmuted:
        meant = only.in_words or ", ".join(f"id {shortened(id_)}" for id_ in ids)
        others = muted_line(summary.muted, now, place) if summary.muted else "nothing is muted"
        raise UsageError(f"nothing muted matches {meant}; {others}")
    if format_ == "json":
        print_json(unmute_object(summary))
    elif not app.quiet:
        done = "Would no longer be" if dry_run else "No longer"
        tell(f"{done} {muted_line(summary.unmuted, now, place)}")
