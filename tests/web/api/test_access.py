"""Who gets into the API, and what every answer of it is like."""

import pytest

from events_tracker.base.times import DAY
from tests.support.engines import on_sqlite, sql
from tests.support.world import Tracker
from tests.web.api.conftest import Api, refused, token
from tests.web.conftest import ANA, Site

pytestmark = on_sqlite

READS = ("/alarms", "/alarms/default", "/alarms/default/versions", "/notifications", "/status")


@pytest.mark.parametrize("path", READS)
def test_without_a_token_nothing_is_said(site: Site, path: str) -> None:
    answer = Api(site, None).get(path)
    problem = refused(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert problem["detail"] == (
        "send a valid token as `Authorization: Bearer`: `tracker token` makes one"
    )


def test_the_cookie_of_who_is_signed_in_opens_the_pages_only(ana: Site) -> None:
    refused(Api(ana, None).get("/alarms"), 401)


@pytest.mark.parametrize(
    "sent", ["Bearer", "Bearer x", "Basic eDp5", "Bearer \xe9.\xff.x", "Bearer " + "x." * 9]
)
def test_what_is_no_token_is_none(site: Site, sent: str) -> None:
    refused(Api(site, None).get("/alarms", Authorization=sent), 401)


def test_the_scheme_may_be_written_in_any_case(api: Api) -> None:
    program = Api(api.site, None)
    assert program.get("/alarms", Authorization=f"bearer {api.token}").status_code == 200


def test_a_token_opens_nothing_after_its_time(api: Api, web: Tracker) -> None:
    assert api.get("/alarms").status_code == 200
    web.clock.advance(90 * DAY)
    refused(api.get("/alarms"), 401)


def test_a_person_who_is_removed_takes_their_tokens_along(api: Api, web: Tracker) -> None:
    assert web("people", "remove", ANA).exit_code == 0
    refused(api.get("/alarms"), 401)


def test_a_token_for_reading_changes_nothing(reader: Api) -> None:
    before = reader.json("/alarms")
    for method, path in (
        ("POST", "/alarms"),
        ("PATCH", "/alarms/default"),
        ("DELETE", "/alarms/default"),
        ("POST", "/alarms/default/disable"),
    ):
        answer = reader.ask(method, path, {"name": "x"}, {"If-Match": "*"})
        assert refused(answer, 403)["detail"] == (
            "this token is for reading only: `tracker token` makes others"
        )
    assert reader.json("/alarms") == before


def test_sixty_changes_a_minute_are_enough(api: Api, web: Tracker) -> None:
    other = Api(api.site, token(web, "--service", name="robot"))
    for _ in range(60):
        refused(api.post("/alarms/nowhere/enable"), 404)
    answer = api.post("/alarms/default/enable")
    assert refused(answer, 429)["detail"] == (
        "too many changes in a minute: wait a moment, then try again"
    )
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert other.post("/alarms/default/enable").status_code == 200
    assert api.get("/alarms").status_code == 200


def test_an_address_that_is_none_is_told_as_programs_read_it(api: Api) -> None:
    for path in ("/nowhere", "/", "/alarms/default/versions/1"):
        refused(api.get(path), 404)
    assert refused(api.get("/nowhere"), 404)["detail"] == "there is nothing at this address"


def test_a_method_that_an_address_is_not_for_is_told_with_those_that_it_is_for(api: Api) -> None:
    answer = api.ask("PUT", "/alarms/default", {})
    assert refused(answer, 405)["detail"] == "this address is not for this method"
    allowed = {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}
    assert set(answer.headers["Allow"].split(", ")) == allowed
    refused(api.get("/alarms/default/enable"), 405)
    refused(api.ask("DELETE", "/status"), 405)


@pytest.mark.parametrize("path", READS)
def test_head_says_the_same_without_a_body(api: Api, path: str) -> None:
    head = api.ask("HEAD", path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Type"] == "application/json"


def test_nothing_is_kept_by_caches_or_run_by_browsers(api: Api) -> None:
    for answer in (api.get("/alarms"), api.get("/nowhere")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_database_that_is_away_is_told_and_is_back_by_itself(api: Api, web: Tracker) -> None:
    url = web.environ["DATABASE_URL"]
    sql(url, "ALTER TABLE alarms RENAME TO away")
    answer = api.get("/alarms")
    refused(answer, 503)
    assert answer.headers["Retry-After"] == "5"
    sql(url, "ALTER TABLE away RENAME TO alarms")
    assert api.get("/alarms").status_code == 200
