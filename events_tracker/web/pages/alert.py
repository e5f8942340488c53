"""One alert, for ever: what was counted, who was told, what people wrote, how it ended."""

import shlex
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file
from werkzeug.wrappers import Response

from events_tracker.app import editing, evidence, passes
from events_tracker.app.app import clearing_of, counts_source, source_of
from events_tracker.app.evidence import Asked, NothingAnswered
from events_tracker.app.redaction import redacted
from events_tracker.base import limits
from events_tracker.base.errors import SegwareError, UsageError
from events_tracker.base.text import NOTE_WIDTH
from events_tracker.base.times import Instant, Span, iso, utc
from events_tracker.formats.masked import masked_destination, masked_error
from events_tracker.model.alarms import Operator
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import Filter
from events_tracker.reports.alert import Told, told
from events_tracker.reports.course import Course, Question, course_of
from events_tracker.reports.holds import keepers
from events_tracker.settings import secrets
from events_tracker.web.charts import Chart, chart, marked
from events_tracker.web.context import here
from events_tracker.web.pages.people_only import pages

blueprint = pages("alert", __name__)


@blueprint.get("/alerts/<register_id:id_>")
def show(id_: str) -> str:
    """Show one alert."""
    return _page(_found(id_))


@blueprint.post("/alerts/<register_id:id_>/notes")
def write_note(id_: str) -> Response | tuple[str, int]:
    """Write a note; with ``acknowledge`` the alert is theirs from now on."""
    found = _found(id_)
    text = request.form.get("text", "").strip()
    acknowledge = bool(request.form.get("acknowledge"))
    say = g.locale.gettext
    problem = None
    if not text and acknowledge:
        text = say("Taken over.")
    if not text:
        problem = say("Write something first.")
    elif len(text) > NOTE_WIDTH:
        problem = say("That is too long: at most %(most)d characters.") % {"most": NOTE_WIDTH}
    if problem:
        return _page(found, typed=text, problem=problem), 422
    context = here()
    editing.note(context.app, context.settings, id_, text, acknowledge=acknowledge, by=g.person)
    flash(say("The note is written down."))
    return redirect(f"/alerts/{id_}", 303)


@blueprint.post("/alerts/<register_id:id_>/unmute")
def unmute(id_: str) -> Response | tuple[str, int]:
    """Let the alert's group open again, in the person's name."""
    found, context, say = _found(id_), here(), g.locale.gettext
    reason = request.form.get("reason", "").strip()
    summary = passes.unmute(
        context.app, context.settings, Filter(), ids=[id_], reason=reason, by=g.person
    )
    if not summary.unmuted:
        return _page(found, not_muted=say("It is not silent any more.")), 422
    flash(say("It is silent no more: if it still holds, the next scan opens it."))
    return redirect(f"/alerts/{id_}", 303)


@blueprint.get("/alerts/<register_id:id_>/evidence.zip")
def prove(id_: str) -> Response | tuple[str, int]:
    """Download the proof of one alert, from its window to its end: it is counted again for that."""
    found, context = _found(id_), here()
    alert = found.alert
    if alert.account_code is None or alert.account_id is None:
        abort(404)
    span = _shown(alert, context.now)
    asked = Asked(
        alert.account_code,
        alert.company,
        span,
        most_requests=limits.EVIDENCE_PAGE_REQUESTS,
    )
    with ExitStack() as unless_sent:
        file = unless_sent.enter_context(TemporaryFile())
        try:
            with context.previews.turn(context.app.deadline(limits.PREVIEW_SECONDS)):
                evidence.write(context.app, context.settings, asked, file, limits.PREVIEW_SECONDS)
        except NothingAnswered:
            why = g.locale.gettext("Segware answered nothing for that time.")
            return _page(found, unproven=why), 503
        except (SegwareError, UsageError) as error:
            why = redacted(str(error), secrets(context.settings))
            return _page(found, unproven=why, instead=_command(alert, span)), 503
        unless_sent.pop_all()
    file.seek(0)
    day = utc(alert.opened_at).astimezone(g.locale.zone).date()
    name = f"{''.join(filter(str.isalnum, alert.account_code))}-{day}.zip"
    return send_file(file, "application/zip", as_attachment=True, download_name=name)


def _shown(alert: Alert, now: Instant) -> Span:
    """Return the time that an alert was open: its window, from before, is in the proof anyway."""
    until = now if alert.cleared_at is None else alert.cleared_at
    latest = alert.opened_at + limits.LONGEST_EVIDENCE
    return Span(alert.opened_at, max(alert.opened_at, min(until, latest)))


def _command(alert: Alert, span: Span) -> str:
    """Write the command that makes the same file, in its own time."""
    words = ["tracker", "history", "--account", alert.account_code or ""]
    words += [] if alert.company is None else ["--company", alert.company]
    words += ["--since", iso(span.start), "--until", iso(span.end), "--evidence", "proof.zip"]
    return shlex.join(words)


def _found(id_: str) -> Told:
    found = told(here().store(), id_)
    if found is None:
        abort(404)
    return found


def _page(found: Told, **more: Any) -> str:
    context = here()
    return render_template(
        "alert.html",
        alert=found.alert,
        hold=keepers(context.store(), [found.alert], context.now).get(found.alert.register_id),
        stands=found.situation,
        deliveries=found.deliveries,
        notes=found.notes,
        masked_destination=masked_destination,
        masked_error=masked_error,
        most=NOTE_WIDTH,
        course=_course(found.alert),
        **more,
    )


def _course(alert: Alert) -> tuple[Chart, Course] | None:
    """Draw how its number went, where that is known."""
    context = here()
    question = Question(
        source=counts_source(context.settings),
        remembered=source_of(context.settings),
        clearing=clearing_of(context.settings),
        never_counted=context.settings.injection.code,
        ignores_closers=bool(context.settings.tracker.ignored_closers),
        now=context.now,
    )
    found = course_of(context.store(), question, alert)
    if found is None or found.unknown:
        return None
    drawn = chart(found.points, Operator(alert.operator), alert.threshold, found.clear_below)
    if drawn is None:
        return None
    ends = [alert.opened_at, *([] if alert.cleared_at is None else [alert.cleared_at])]
    return marked(drawn, ends), found
