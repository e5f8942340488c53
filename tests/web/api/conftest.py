"""The API of the real server, asked over loopback by a program with a token."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.support.world import Tracker
from tests.web.conftest import ANA, Site

PREFIX = "/api/v1"


@dataclass
class Api:
    """A program that asks; ``token`` None: it has none."""

    site: Site
    token: str | None

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        """Ask for a path below ``/api/v1``; a body that is no text or bytes is sent as JSON."""
        headers = dict(headers or {})
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        sent = {"data": body} if isinstance(body, str | bytes) else {"json": body}
        return self.site.ask(method, PREFIX + path, headers=headers, **sent)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.ask("POST", path, body, headers)

    def patch(self, path: str, body: Any = None, match: str = "*") -> requests.Response:
        """Change what has this ETag."""
        return self.ask("PATCH", path, body, {"If-Match": match})

    def json(self, path: str) -> Any:
        """The JSON of an answer that must be good."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()

    def create(self, name: str, **fields: Any) -> Any:
        """Make an alarm that must be taken."""
        answer = self.post("/alarms", {"name": name, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()


def token(tracker: Tracker, *options: str, name: str = ANA) -> str:
    """What `tracker token` prints."""
    result = tracker("token", "--for", name, *options)
    assert result.exit_code == 0, result.stderr
    return result.stdout.strip()


def alarm_path(name: str) -> str:
    return f"/alarms/{quote(name, safe='')}"


def refused(answer: requests.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer that must be refused so."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == "about:blank"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


def errors(answer: requests.Response, status: int = 422) -> dict[str, str]:
    """What is wrong by field, as an answer says that must be refused so."""
    return {error["field"]: error["text"] for error in refused(answer, status)["errors"]}


@pytest.fixture
def api(site: Site, web: Tracker) -> Api:
    """A program that may read and write as Ana."""
    return Api(site, token(web))


@pytest.fixture
def reader(site: Site, web: Tracker) -> Api:
    """A program that may only read."""
    return Api(site, token(web, "--read-only"))
