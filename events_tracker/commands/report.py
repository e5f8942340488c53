"""`tracker report`."""

from datetime import tzinfo
from functools import partial

import click

from events_tracker.app.app import App, counts_source, source_of, zone
from events_tracker.base import limits
from events_tracker.base.problems import ENGLISH
from events_tracker.base.times import Instant, Span
from events_tracker.commands.options import (
    NUMBER_OF_ROWS,
    filter_option,
    list_format,
    wide,
)
from events_tracker.commands.output import print_items, print_json
from events_tracker.commands.pager import paged
from events_tracker.decisions.reporting.asked import NoSpan, asked_span
from events_tracker.model.filters import Filter
from events_tracker.model.reports import By
from events_tracker.reports import report as reporting
from events_tracker.reports.known import refuse_unknown


@click.command(
    "report",
    help="""Say what a shift hands over: what is open, opened and over, and what to look at.

    And who sent the most events and had the most alerts, beside the span before, of equal length.
    Without --since it is the last 12 hours. The report of a past span says what was open then.
    Changes nothing.

    \b
    tracker report
    tracker report --since 18:00 --until 06:00
    tracker report --since 7d --by group --top 20
    tracker report --month 2026-11 --by company --format csv > november.csv
    """,
)
@click.option(
    "--since",
    metavar="TIME",
    help="From then on: 18:00 (the last), 2026-11-21, or 12h before --until.",
)
@click.option(
    "--until",
    metavar="TIME",
    help="Up to then: 06:00 (the last), 2026-11-21 (to its end); now, if left out.",
)
@click.option("--month", metavar="MONTH", help="All of this month: 2026-11.")
@filter_option("--company", metavar="TEXT", help="Only this company's.")
@filter_option("--group", "client_group", metavar="TEXT", help="Only this client group's.")
@click.option(
    "--by",
    type=click.Choice([one.value for one in By]),
    default=By.ACCOUNT.value,
    help="Whose events and alerts are added up to find the worst.",
)
@click.option(
    "--top", type=NUMBER_OF_ROWS, metavar="N", default=10, help="So many of the worst; 10."
)
@wide
@list_format
@click.pass_obj
def command(
    app: App,
    since: str | None,
    until: str | None,
    month: str | None,
    company: str | None,
    client_group: str | None,
    by: str,
    top: int,
    format_: str,
) -> None:
    settings = app.settings()
    now, place = app.clock.now(), zone(settings)
    span = _span(since, until, month, now, place)
    wanted = Filter(company=company, client_group=client_group)
    store = app.store(settings, app.deadline(limits.REPORT_SECONDS))
    refuse_unknown(store, wanted)
    request = reporting.Request(
        span=span,
        stale_after=settings.tracker.stale_after,
        source=counts_source(settings),
        remembered=source_of(settings),
        never_counted=settings.injection.code,
        filter=wanted,
        by=By(by),
        top=top,
        length=None if format_ == "json" else limits.TABLE_ROWS,
    )
    found = reporting.run(request, store)
    if format_ == "table":
        from events_tracker.commands.as_of import print_as_of
        from events_tracker.commands.report_text import print_report

        with paged(app):
            print_report(found, By(by), now, place)
            if span.end == now:
                print_as_of(app, store, settings)
    elif format_ == "json":
        from events_tracker.formats.report import report_object
        from events_tracker.messages.attention import attention_text

        say = partial(attention_text, now=span.end, zone=place, language=ENGLISH)
        print_json(report_object(found, By(by), say))
    else:
        from events_tracker.formats.report import worst_fields, worst_objects

        print_items(format_, worst_fields(By(by)), worst_objects(found, By(by)))
    if found.hidden:
        app.say(f"note: {found.hidden} alerts of no company are left out by --company")


def _span(
    since: str | None, until: str | None, month: str | None, now: Instant, place: tzinfo
) -> Span:
    """Read the span; raises click's errors."""
    try:
        return asked_span(since, until, month, now, place)
    except NoSpan as error:
        raise click.BadParameter(str(error), param_hint=f"--{error.field}") from None
