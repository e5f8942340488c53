"""`/metrics`: the numbers of `status --metrics` without sign-in, where WEB_METRICS is on."""

from collections.abc import Iterator

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite, sql
from tests.support.world import Tracker, open_alert
from tests.web.conftest import Site, serve

pytestmark = on_sqlite


@pytest.fixture
def scraped(web: Tracker) -> Iterator[Site]:
    """The server with its metrics on, asked by somebody who is not signed in."""
    web.environ["WEB_METRICS"] = "true"
    yield from serve(web)


def test_it_is_off_unless_it_is_switched_on(site: Site) -> None:
    assert site.get("/metrics").status_code == 404


def test_it_says_what_the_file_says_and_asks_segware_nothing(
    scraped: Site, web: Tracker, segware: Simulator
) -> None:
    open_alert(web, segware)
    assert web("status", "--metrics", "tracker.prom").exit_code == 0
    segware.requests.clear()
    answer = scraped.get("/metrics")
    assert answer.status_code == 200
    assert answer.text == (web.folder / "tracker.prom").read_text(encoding="utf-8")
    assert 'tracker_open_alerts{alarm="default",priority="medium"} 1\n' in answer.text
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not segware.requests
    assert scraped.get("/metrics", headers={"Host": "evil.example"}).status_code == 400
    assert scraped.post("/metrics").status_code == 405


def test_without_a_database_it_tells_nothing_but_that(scraped: Site, web: Tracker) -> None:
    sql(web.environ["DATABASE_URL"], "DROP TABLE schema_migrations")
    away = scraped.get("/metrics")
    assert (away.status_code, away.text) == (503, "unavailable\n")
