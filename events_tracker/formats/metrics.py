r"""Metrics as Prometheus reads them: its text format, version 0.0.4.

Source: "Exposition formats", prometheus.io/docs/instrumenting/exposition_formats: a `# HELP` and a
`# TYPE` line before each metric's samples, `name{label="value"} number`; in the value of a label
``\``, ``"`` and the end of a line are escaped. Samples have no time of their own: node_exporter's
textfile collector (github.com/prometheus/node_exporter, "Textfile Collector") refuses them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from events_tracker.base.times import SECOND
from events_tracker.model.metrics import Metrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Samples = Iterable[tuple[tuple[str, ...], float | None]]
"""Numbers by the values of the labels; None where there is none."""


class Family(NamedTuple):
    """One metric: ``name`` without the prefix, and the names of its labels."""

    name: str
    help: str
    samples: Samples
    labels: tuple[str, ...] = ()
    kind: str = "gauge"


def metrics_text(metrics: Metrics) -> str:
    """Write all metrics; one without a number is left out."""
    return "".join(line + "\n" for family in _families(metrics) for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    samples = [(values, number) for values, number in family.samples if number is not None]
    if not samples:
        return
    name = f"tracker_{family.name}"
    yield f"# HELP {name} {family.help}"
    yield f"# TYPE {name} {family.kind}"
    for values, number in samples:
        labels = ",".join(
            f'{label}="{_escaped(value)}"'
            for label, value in zip(family.labels, values, strict=True)
        )
        yield f"{name}{{{labels}}} {number}" if labels else f"{name} {number}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _one(number: float | None) -> Samples:
    return [((), number)]


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / SECOND


def _families(metrics: Metrics) -> Iterator[Family]:
    yield Family(
        "build_info",
        "1; the version of the program, and the last step of its schema.",
        [((metrics.version, str(metrics.schema)), 1)],
        ("version", "schema"),
    )
    yield from _of_scans(metrics)
    yield from _of_alerts(metrics)
    yield from _of_deliveries(metrics)
    yield Family(
        "gap_seconds",
        "How much time no scan evaluated, and none will any more; as found in the last 7 days.",
        _one(_seconds(metrics.gap)),
    )


def _of_scans(metrics: Metrics) -> Iterator[Family]:
    yield Family(
        "last_good_scan_timestamp_seconds",
        "Until when the last good scan read everything; 0 before the first.",
        _one(_seconds(metrics.good_until or 0)),
    )
    scan = metrics.last_scan
    if scan is not None:
        up = None if scan.answered is None else int(scan.answered)
        yield Family("segware_up", "Whether Segware answered the last scan of the hour.", _one(up))
        yield Family(
            "clock_skew_seconds",
            "How far this clock was ahead of Segware's at the last scan of the hour.",
            _one(_seconds(scan.clock_ahead)),
        )
        yield Family(
            "window_events",
            "Events in the longest window, at the last scan of the hour.",
            _one(scan.fetched + scan.remembered),
        )
        yield Family(
            "scan_requests",
            "Requests for events that the last scan of the hour made.",
            _one(scan.requests),
        )
    yield Family(
        "token_expiry_timestamp_seconds",
        "When the token for Segware expires, if it says so.",
        _one(_seconds(metrics.token_expires)),
    )
    yield Family(
        "passes",
        "Runs on record of the last hour: every scan, and what else changed something.",
        metrics.passes.items(),
        ("pass", "status"),
    )


def _of_alerts(metrics: Metrics) -> Iterator[Family]:
    yield Family(
        "open_alerts",
        "Alerts that are open, muted ones left out.",
        [((found.alarm, found.priority), found.alerts) for found in metrics.open_alerts],
        ("alarm", "priority"),
    )
    yield Family(
        "open_alerts_stale",
        "Alerts that have been open for more than 24 hours.",
        _one(sum(found.stale for found in metrics.open_alerts)),
    )
    yield Family(
        "alerts_opened_total",
        "Alerts that the alarm opened; begins at 0 again when its rule is changed.",
        [((alarm,), number) for alarm, number in metrics.opened.items()],
        ("alarm",),
        "counter",
    )
    yield Family(
        "muted_groups",
        "Groups that were closed by hand and still reach the value of their alarm.",
        _one(metrics.muted),
    )
    yield Family("holds", "Holds that are in force.", _one(metrics.holds))


def _of_deliveries(metrics: Metrics) -> Iterator[Family]:
    yield Family(
        "deliveries",
        "Deliveries of the last day, by what became of them so far.",
        metrics.deliveries.items(),
        ("channel", "status"),
    )
    yield Family(
        "oldest_due_delivery_seconds",
        "How long the oldest delivery that is due has been waiting; 0 if none is.",
        [((channel,), _seconds(due)) for channel, due in metrics.oldest_due.items()],
        ("channel",),
    )
