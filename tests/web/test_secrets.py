"""No page, no answer of the API and no line of the log shows what must not be seen."""

import logging
import re
from collections.abc import Iterator

import pytest

from events_tracker.simulator.simulator import Reply, Simulator
from tests.reliability import hell_secrets
from tests.reliability.hell_secrets import SECRETS
from tests.support.engines import on_sqlite
from tests.support.mailbox import Mailbox
from tests.support.world import Tracker, open_alert
from tests.web.conftest import PASSWORD, Site, add_ana, serve

pytestmark = on_sqlite
PAGES = (
    *("/alerts", "/alerts?state=all", "/alerts.csv", "/alerts?since=soon", "/alerts?account=x"),
    *("/alarms", "/alarms/default", "/alarms/new", "/alarms/none", "/nowhere", "/health"),
    *("/sign-in", "/static/script.js"),
)
ROUTES = (
    *("alerts", "alerts?limit=0", "alarms", "alarms/default", "alarms/default/versions"),
    *("alarms/none", "notifications", "status", "openapi.json", "nowhere"),
)


@pytest.fixture
def served(tracker: Tracker, segware: Simulator) -> Iterator[Site]:
    """Everything is switched on, and every setting that is secret has a marked one."""
    with Mailbox() as mailbox:
        tracker.environ |= hell_secrets.environ(segware, mailbox.address)
        assert tracker("init").exit_code == 0
        add_ana(tracker.environ["DATABASE_URL"])
        yield from serve(tracker)


def test_nothing_secret_is_shown_or_logged(
    served: Site, tracker: Tracker, segware: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    id_ = open_alert(tracker, segware)
    segware.fail("/webhook", Reply(500))
    tracker("notify")
    token = tracker("token", "--for", "central", "--service").stdout.strip()
    said = [served.post("/sign-in", {"name": "Ana Lima", "password": "errada-9281"})]
    said.append(served.sign_in())
    said += [served.get(path) for path in (*PAGES, f"/alerts/{id_}")]
    said.append(served.post("/alarms/preview", {"value": "5", "window": "1h"}))
    said.append(served.post(f"/alerts/{id_}/notes", {"text": "liguei"}))
    bearer = {"Authorization": f"Bearer {token}"}
    said += [served.get(f"/api/v1/{route}", headers=bearer) for route in ROUTES]
    said.append(served.get("/api/v1/alerts", headers={"Authorization": f"Bearer {token}x"}))
    assert {answer.status_code for answer in said} >= {200, 303, 400, 401, 404}
    ours = [record for record in caplog.records if record.name.startswith("events_tracker")]
    log = "\n".join(record.getMessage() for record in ours)
    assert "GET /alerts: 200" in log
    shown = [f"{answer.headers}\n{answer.text}" for answer in said]
    for name, secret in SECRETS.items():
        for text in (*shown, log):
            assert secret not in text, name
    for secret in (token, PASSWORD, "errada-9281", served.browser.cookies["tracker"]):
        assert secret not in log
    assert not re.search(r"eyJ[\w-]{20}", log)
    assert [page for page in shown if token in page] == []
