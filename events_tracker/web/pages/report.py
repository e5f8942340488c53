"""The report of a span: what a shift hands over, and whom to repair first. Made to be printed."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, render_template, request

from events_tracker.app.app import counts_source, source_of
from events_tracker.base.times import Span
from events_tracker.decisions.reporting.asked import NoSpan, asked_span
from events_tracker.decisions.reporting.load import TEN_MINUTES
from events_tracker.messages.attention import attention_text
from events_tracker.model.alarms import Operator
from events_tracker.model.filters import Filter
from events_tracker.model.reports import By, Kind, Load
from events_tracker.reports import report
from events_tracker.reports.freshness import freshness
from events_tracker.reports.known import unknown
from events_tracker.web.charts import Chart, chart
from events_tracker.web.context import here
from events_tracker.web.pages.people_only import pages

blueprint = pages("report", __name__)

MOST_FOR_ONE = 10
"""Messages in ten minutes that one operator can handle."""
_ROWS = 50
_TOP = 20
_ASKED = ("since", "until", "month", "company", "group", "by")


@blueprint.get("/report")
def show() -> tuple[str, int]:
    """Show the report of the span that is asked for; of the last shift, if none is."""
    typed = {name: text for name in _ASKED if (text := request.args.get(name, "").strip())}
    try:
        span = asked_span(
            typed.get("since"), typed.get("until"), typed.get("month"), here().now, g.locale.zone
        )
    except NoSpan as wrong:
        told = _told(wrong)
        return render_template("report.html", typed=typed, wrong=wrong, told=told), 400
    return render_template("report.html", typed=typed, **_page(typed, span)), 200


def _page(typed: Mapping[str, str], span: Span) -> dict[str, Any]:
    context = here()
    store, stale_after = context.store(), context.settings.tracker.stale_after
    wanted = Filter(company=typed.get("company"), client_group=typed.get("group"))
    by = By(typed["by"]) if typed.get("by") in list(By) else By.ACCOUNT
    asked = report.Request(
        span=span,
        stale_after=stale_after,
        source=counts_source(context.settings),
        remembered=source_of(context.settings),
        never_counted=context.settings.injection.code,
        filter=wanted,
        by=by,
        top=_TOP,
        length=_ROWS,
    )
    found = report.run(asked, store)
    return {
        "found": found,
        "by": by.value,
        "until_now": span.end == context.now,
        "attention": [
            (one, attention_text(one, span.end, g.locale.zone, g.locale.language))
            for one in found.attention
            if one.kind is not Kind.STALE
        ],
        "chart": _chart(found.load, span),
        "most_for_one": MOST_FOR_ONE,
        "unknown": unknown(store, wanted),
        "fresh": freshness(store, context.now, stale_after),
    }


def _chart(load: Load, span: Span) -> Chart | None:
    """Draw the messages of each ten minutes; none where there was no message."""
    if not load.messages:
        return None
    ends = (min(span.start + n * TEN_MINUTES, span.end) for n in range(1, len(load.spans) + 1))
    return chart(list(zip(ends, load.spans, strict=True)), Operator.MORE, MOST_FOR_ONE)


def _told(wrong: NoSpan) -> str:
    """Say in the page's language what is wrong."""
    say: Callable[[str], str] = g.locale.gettext
    return {
        "future": say("That is in the future: there is nothing to report yet."),
        "between": say("“Until” is not after “Since”: nothing can lie between."),
        "long": say("A report covers 92 days at most."),
        "both": say("A month goes without “Since” and “Until”."),
        "month": say("This is not a month: write 2026-11."),
        "time": say(
            "This is not a time: write 2026-11-21T09:00, 2026-11-21, 2026-11, 22:00, yesterday, "
            "or an age such as 7d."
        ),
    }[wrong.key]
