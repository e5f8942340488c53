"""The languages of the pages: which one a request is answered in, and its words and times."""

import gettext
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Request

from events_tracker.base.problems import ENGLISH, PORTUGUESE, Problem, words
from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND, Duration, Instant, utc
from events_tracker.messages.words import Language
from events_tracker.web.labels import LABELS

LANGUAGES = {PORTUGUESE: "Português", ENGLISH: "English"}
"""Each with its own name for itself."""
COOKIE = "language"
_FOLDER = Path(__file__).parent / "translations"
_AGES = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


class Locale:
    """One language, and the zone of the times that are written in it."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language
        self.zone = zone
        self.messages = Language(language, zone)
        """The words of the messages to operators: pages and messages call things the same."""
        self._translations = _translations(language)

    def gettext(self, text: str) -> str:
        return self._translations.gettext(text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self._translations.ngettext(one, many, count)

    def problem(self, problem: Problem) -> str:
        """Say what is wrong with what was typed; fields are called as the form calls them."""
        return words(problem, self.language, self._label)

    def _label(self, field: str) -> str:
        return self.gettext(LABELS[field])

    def decimal(self, number: float) -> str:
        """Write a number with one digit behind the point, or the comma; two below one."""
        text = f"{number:.1f}" if number >= 1 or not number else f"{number:.2f}"
        return text.replace(".", ",") if self.language == PORTUGUESE else text

    def time(self, at: Instant) -> str:
        """Write a moment whole, to the second."""
        return self.messages.time(at)

    def short(self, at: Instant, now: Instant) -> str:
        """Write a moment as lists do: the time of day, with its date unless that is today."""
        local, today = utc(at).astimezone(self.zone), utc(now).astimezone(self.zone)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local:%d/%m %H:%M}" if self.language == PORTUGUESE else f"{local:%Y-%m-%d %H:%M}"

    def ago(self, at: Instant, now: Instant) -> str:
        """Write how long ago a moment was."""
        return self.gettext("%(age)s ago") % {"age": self.age(max(0, now - at))}

    def age(self, duration: Duration) -> str:
        """Write about how long: days with hours, hours with minutes, else one whole unit."""
        parts = _parts(duration)
        if parts[0].endswith((" d", " h")):
            return " ".join(part for part in parts[:2] if not part.startswith("0 "))
        return parts[0]

    def window(self, duration: Duration) -> str:
        """Write exactly how long, to the second: ``2 h``, ``1 min 30 s``."""
        return " ".join(part for part in _parts(duration) if not part.startswith("0 ")) or "0 s"


def _parts(duration: Duration) -> list[str]:
    """Take a duration apart, from its largest unit to seconds: ``["2 h", "0 min", "5 s"]``."""
    parts: list[str] = []
    for unit, name in _AGES:
        count, duration = divmod(duration, unit)
        if count or parts or unit == SECOND:
            parts.append(f"{count} {name}")
    return parts


@cache
def locale(language: str, zone: str) -> Locale:
    """Return the locale of a language and a zone: made once, for all threads."""
    return Locale(language, ZoneInfo(zone))


@cache
def _translations(language: str) -> gettext.NullTranslations:
    """Load a language's words: the texts in the program are the English ones."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation("pages", _FOLDER, languages=[language.replace("-", "_")])


def wanted_language(request: Request, default: str) -> str:
    """Choose the language: as the person chose, else as the browser prefers, else the settings'."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for preferred, _ in request.accept_languages:
        main = preferred.lower().split("-")[0]
        for language in LANGUAGES:
            if language.lower().split("-")[0] == main:
                return language
    return default
