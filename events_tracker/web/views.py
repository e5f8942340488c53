"""What templates have at hand: words and times in the person's language, and who they are."""

from typing import Any

from flask import Flask, g

from events_tracker import __version__
from events_tracker.base.text import visible
from events_tracker.base.times import iso, utc
from events_tracker.messages import causes
from events_tracker.messages.codes import meaning
from events_tracker.messages.names import account, client
from events_tracker.model.notes import MUTE_ENDED
from events_tracker.web.alarm_words import CHOICES
from events_tracker.web.context import here
from events_tracker.web.languages import LANGUAGES, Locale

_SIGNS = {">=": "≥", "<=": "≤"}


def prepare(site: Flask) -> None:
    """Teach the site's templates our words and filters. Names from Segware are text, escaped."""
    site.jinja_env.add_extension("jinja2.ext.i18n")
    site.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _locale().gettext(text),
        lambda one, many, count: _locale().ngettext(one, many, count),
        newstyle=True,
    )
    site.jinja_env.trim_blocks = site.jinja_env.lstrip_blocks = True
    site.jinja_env.filters.update(
        plain=lambda text: visible(str(text)),
        time=lambda at: _locale().time(at),
        short=lambda at: _locale().short(at, here().now),
        ago=lambda at: _locale().ago(at, here().now),
        age=lambda duration: _locale().age(duration),
        window=lambda duration: _locale().window(duration),
        iso=iso,
        clock=lambda at: f"{utc(at).astimezone(_locale().zone):%H:%M:%S}",
        sign=lambda operator: _SIGNS.get(operator, operator),
        plain_lines=lambda text: "\n".join(map(visible, text.splitlines())),
        noted=_noted,
        reason=lambda alert: _locale().messages.reason(alert),
        decimal=lambda number: _locale().decimal(number),
        account=account,
        client=client,
    )
    site.jinja_env.globals.update(
        cause=lambda key: causes.name(key, _locale().language),
        usually=lambda key: causes.usually(key, _locale().language),
        meaning=lambda code: meaning(code, _locale().language) or "",
        priority=lambda name: _priorities().get(name, name),
        channel=lambda name: _locale().gettext(CHOICES["channels"].get(name, name)),
        delivery_status=lambda name: _delivery_statuses().get(name, name),
    )
    site.context_processor(_shared)


def _shared() -> dict[str, Any]:
    return {
        "locale": _locale(),
        "languages": LANGUAGES,
        "person": g.get("person"),
        "version": __version__,
        "now": here().now,
    }


def _locale() -> Locale:
    locale: Locale = g.locale
    return locale


def _noted(text: str) -> str:
    """Say in the person's language what the program itself has noted."""
    if text.startswith(MUTE_ENDED):
        return _locale().gettext("silence ended") + text.removeprefix(MUTE_ENDED)
    return text


def _priorities() -> dict[str, str]:
    say = _locale().gettext
    return {"low": say("low"), "medium": say("medium"), "high": say("high")}


def _delivery_statuses() -> dict[str, str]:
    say = _locale().gettext
    return {
        "pending": say("waiting"),
        "held": say("held"),
        "sending": say("being sent"),
        "sent": say("sent"),
        "failed": say("failed"),
        "uncertain": say("uncertain"),
        "expired": say("expired"),
        "superseded": say("not needed any more"),
    }
