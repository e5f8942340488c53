"""Forms as browsers send them."""

from html.parser import HTMLParser
from typing import Any

from tests.support.world import Tracker
from tests.web.conftest import Site


class _Fields(HTMLParser):
    """What a browser would send of a form with an editor."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self.inside = False
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = found.get("id") == "editor"
        if not self.inside:
            return
        name, value = found.get("name"), found.get("value", "")
        if tag == "input" and name and found.get("type") == "checkbox":
            if "checked" in found:
                self.sent.setdefault(name, []).append(value)
        elif tag == "input" and name:
            self.sent[name] = value
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.sent[self._select] = found.get("value", "")
        elif tag == "option" and self._select:
            self.sent.setdefault(self._select, value)
        elif tag == "textarea" and name:
            self._area = name
            self.sent[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None
        if tag == "form":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] += data


def form_of(page: str) -> dict[str, Any]:
    """The fields of the editor on a page, as a browser sends them."""
    parser = _Fields()
    parser.feed(page)
    return parser.sent


def new_form(ana: Site, query: str = "", **changed: Any) -> dict[str, Any]:
    """The form of a new alarm, with some fields typed."""
    return {**form_of(ana.get(f"/alarms/new{query}").text), **changed}


def shown(web: Tracker, name: str) -> dict[str, Any]:
    """The alarm as the command line shows it."""
    result = web("alarms", "show", name, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = result.json
    return found
