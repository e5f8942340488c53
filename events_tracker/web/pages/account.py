"""One account: why it is open, not open, not over or not told, and what would change it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, render_template, request
from msgspec import Struct

from events_tracker.app import looking
from events_tracker.app.redaction import redacted
from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.formats.masked import masked_destination, masked_error
from events_tracker.messages.causes import last_hours_texts
from events_tracker.messages.reasons import reason_text
from events_tracker.messages.silence import silence_text
from events_tracker.model.alarms import Condition
from events_tracker.model.explanations import (
    ExplainedAlarm,
    ExplainedGroup,
    Explanation,
    GroupState,
)
from events_tracker.model.filters import Filter
from events_tracker.passes.client import SharedCode
from events_tracker.settings import secrets
from events_tracker.web.charts import Chart, window_chart
from events_tracker.web.context import here
from events_tracker.web.editor import Rule, said
from events_tracker.web.pages.people_only import pages

blueprint: Blueprint = pages("account", __name__)


class Shown(Struct, frozen=True):
    """One group as the page has it."""

    group: ExplainedGroup
    chart: Chart | None
    reasons: Sequence[str]


class View(Struct, frozen=True):
    """One alarm's view of the account."""

    one: ExplainedAlarm
    rule: Rule
    groups: Sequence[Shown]
    others: Sequence[tuple[str | None, str, int, str]]


@blueprint.get("/accounts/<name:code>")
def show(code: str) -> str | tuple[str, int]:
    """Explain an account as it is now; ``company`` says whose code it is where several have it."""
    context = here()
    company = request.args.get("company", "").strip() or None
    try:
        with context.previews.turn(context.app.deadline(limits.PREVIEW_SECONDS)):
            found = looking.explain(
                context.app, context.settings, Filter(account=code, company=company)
            )
    except UsageError as unknown:
        clients = unknown.clients if isinstance(unknown, SharedCode) else []
        page = render_template(
            "account.html", code=code, company=company or "", found=None, clients=clients
        )
        return page, 404
    return render_template("account.html", **_page(code, company, found))


def _page(code: str, company: str | None, found: Explanation) -> dict[str, Any]:
    known = secrets(here().settings)
    return {
        "holds": [one.hold for one in reversed(found.holds)],
        "code": code,
        "company": company or "",
        "found": found,
        "views": [_view(one, found) for one in found.alarms],
        "silence": _silence(found),
        "seen": _seen(found),
        "errors": [redacted(error, known) for error in found.errors],
        "masked_destination": masked_destination,
        "masked_error": masked_error,
    }


def _seen(found: Explanation) -> str:
    """Say in the page's language what the account looks like."""
    texts = last_hours_texts(found.last_hours, found.opened, g.locale.zone, g.locale.language)
    return " ".join(f"{text[0].upper()}{text[1:]}." for text in texts)


def _silence(found: Explanation) -> str | None:
    """Say in the page's language whether the account is silent since its alert was over."""
    if found.silence is None:
        return None
    text = silence_text(found.silence, found.at, g.locale.zone, g.locale.language)
    return f"{text[0].upper()}{text[1:]}."


def _view(one: ExplainedAlarm, found: Explanation) -> View:
    def say(reason: Any) -> str:
        return reason_text(reason, found.at, g.locale.zone, g.locale.language)

    return View(
        one,
        said(one.alarm, found.names, revision=one.alarm.revision),
        [
            Shown(
                group,
                _chart(one, group),
                [say(reason) for reason in group.reasons],
            )
            for group in one.groups
        ],
        [(of.cuc, of.code, of.count, say(of.reason)) for of in one.not_counted],
    )


def _chart(one: ExplainedAlarm, group: ExplainedGroup) -> Chart | None:
    """Draw a number of events; the parts of which different values come add up to no number."""
    rule = one.alarm.definition
    if rule.condition == Condition.UNIQUE:
        return None
    below = one.clears.below if group.state == GroupState.OPEN else 100
    return window_chart(group.buckets, one.window, rule.operator, group.value, below)
