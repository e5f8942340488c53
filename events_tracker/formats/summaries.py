"""What passes and reports come to, as programs read it: the contract's objects."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from events_tracker.base.times import iso
from events_tracker.formats.alarm import alarm_object, version_object
from events_tracker.formats.alert import alert_object
from events_tracker.formats.exception import exception_object
from events_tracker.model.deliveries import OUTCOMES

if TYPE_CHECKING:
    from events_tracker.passes.clear import Summary as ClearSummary
    from events_tracker.passes.notify.run import Summary as NotifySummary
    from events_tracker.passes.scan.run import Summary as ScanSummary
    from events_tracker.passes.unmute import Summary as UnmuteSummary
    from events_tracker.reports.alarms import Story, Versions

_OUTCOME_FIELDS = (
    "id",
    "channel",
    "kind",
    "status",
    "attempts",
    "error",
    "account_code",
    "code",
)


def scan_object(summary: "ScanSummary") -> dict[str, Any]:
    """Write what a scan saw and did, or would do."""
    return {
        "pass": "scan",
        "dry_run": summary.dry_run,
        "overtaken": summary.overtaken,
        "window": {"start": iso(summary.window.start), "end": iso(summary.window.end)},
        "events": _events(summary),
        "requests": summary.requests,
        "opened": [alert_object(alert) for alert in summary.opened],
        "ongoing": [alert_object(alert) for alert in summary.ongoing],
        "below": [alert_object(alert) for alert in summary.below],
        "errors": list(summary.errors),
    }


def _events(summary: "ScanSummary") -> dict[str, int]:
    """Write the numbers of events."""
    return {
        "fetched": summary.fetched,
        "remembered": summary.remembered,
        "counted": summary.counted,
        "malformed": summary.malformed,
    }


def clear_object(summary: "ClearSummary") -> dict[str, Any]:
    """Write what a clear closed, and how many alerts stay open."""
    return {
        "pass": "clear",
        "dry_run": summary.dry_run,
        "cleared": [alert_object(alert) for alert in summary.cleared],
        "kept": summary.kept,
        "errors": summary.errors,
    }


def unmute_object(summary: "UnmuteSummary") -> dict[str, Any]:
    """Write whose groups are muted no more, by the entries they were closed with."""
    return {
        "pass": "unmute",
        "dry_run": summary.dry_run,
        "unmuted": [alert_object(alert) for alert in summary.unmuted],
        "kept": len(summary.muted),
        "errors": [],
    }


def notify_object(summary: "NotifySummary") -> dict[str, Any]:
    """Write what became of the deliveries of one notify; counts are by their status after it."""
    counts = {status.value: summary.count(status) for status in OUTCOMES}
    return {
        "pass": "notify",
        "dry_run": summary.dry_run,
        **counts,
        "deliveries": [
            {field: getattr(outcome, field) for field in _OUTCOME_FIELDS}
            for outcome in summary.deliveries
        ],
        "errors": list(summary.errors),
    }


def purge_object(deleted: Mapping[str, int], *, dry_run: bool) -> dict[str, Any]:
    """Write how many rows of each kind a purge deleted, or would delete."""
    return {"pass": "purge", "dry_run": dry_run, "deleted": dict(deleted), "errors": []}


def story_object(story: "Story") -> dict[str, Any]:
    """Write an alarm with its exceptions, what is open, what it found lately, and what it was."""
    return {
        **alarm_object(story.alarm, story.names),
        "exceptions": [exception_object(one) for one in story.exceptions],
        "open_alerts": [alert_object(alert) for alert in story.is_open],
        "recent_detections": [alert_object(alert) for alert in story.recent],
        **versions_object(story.versions),
    }


def versions_object(versions: "Versions") -> dict[str, Any]:
    """Write what an alarm was after each change, newest first."""
    names = versions.names
    return {
        "versions": [version_object(step.version, step.changed, names) for step in versions.steps]
    }
