"""Who gets in, from where, and what every answer carries."""

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE
from tests.support.engines import on_sqlite, sql
from tests.support.world import Tracker
from tests.web.conftest import ANA, PASSWORD, Site, serve, text_of

pytestmark = on_sqlite

WRONG = "Nome ou senha incorretos."


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:9", "[::1]:8480", "tracker.example", "tracker.example:444"]
)
def test_who_calls_the_server_by_its_name_is_answered(web: Tracker, host: str) -> None:
    web.environ["WEB_URL"] = "https://tracker.example"
    for site in serve(web):
        assert site.get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "10.0.0.1"])
def test_who_calls_it_otherwise_is_not(site: Site, host: str) -> None:
    for path in ("/sign-in", "/health", "/static/style.css", "/api/v1/status"):
        assert site.get(path, headers={"Host": host}).status_code == 400


def test_nobody_is_sent_to_the_form_and_comes_back(site: Site) -> None:
    away = site.get("/language?a=1&b=%2F")
    assert away.status_code == 405
    assert site.get("/sign-in?next=/alerts%3Faccount%3D1950").status_code == 200
    form = {"name": ANA, "password": PASSWORD, "next": "/alerts?account=1950"}
    there = site.post("/sign-in", form)
    assert (there.status_code, there.headers["Location"]) == (303, "/alerts?account=1950")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\r\nb", "", "/\x00"],
)
def test_after_signing_in_nobody_is_sent_elsewhere(site: Site, elsewhere: str) -> None:
    form = {"name": ANA, "password": PASSWORD, "next": elsewhere}
    assert site.post("/sign-in", form).headers["Location"] == "/alerts"


def test_an_unknown_name_and_a_wrong_password_are_told_alike(site: Site) -> None:
    unknown, wrong = site.sign_in("Rui", "x" * 10), site.sign_in(ANA, "x" * 10)
    assert (unknown.status_code, wrong.status_code) == (401, 401)
    assert WRONG in text_of(unknown)
    assert unknown.text.replace("Rui", ANA) == wrong.text
    assert "Set-Cookie" not in wrong.headers


@pytest.mark.parametrize("name", [f" {ANA} ", ANA.replace(" ", "  ")])
def test_blanks_that_a_keyboard_adds_to_a_name_do_not_matter(site: Site, name: str) -> None:
    assert site.sign_in(name).status_code == 303
    assert site.another().sign_in(name.lower()).status_code == 401


def test_ten_failures_a_minute_close_the_door_to_the_right_password_too(
    site: Site, web: Tracker
) -> None:
    for _ in range(10):
        assert site.sign_in(ANA, "x" * 10).status_code == 401
    closed = site.sign_in()
    assert closed.status_code == 429
    assert 0 < int(closed.headers["Retry-After"]) <= 60


def test_the_cookie_is_signed_and_out_of_reach_of_scripts(site: Site) -> None:
    cookie = site.sign_in().headers["Set-Cookie"]
    assert cookie.startswith("tracker=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_for_this_host_alone(web: Tracker) -> None:
    web.environ["WEB_URL"] = "https://tracker.example"
    for site in serve(web):
        cookie = site.sign_in().headers["Set-Cookie"]
        assert cookie.startswith("__Host-tracker=")
        assert "Secure" in cookie


def is_in(site: Site) -> bool:
    """Whether somebody is signed in: the form sends them on."""
    return site.get("/sign-in").status_code == 303


def test_signing_out_ends_it_in_this_browser(ana: Site) -> None:
    other = ana.another()
    assert other.sign_in().status_code == 303
    assert ana.post("/sign-out").status_code == 303
    assert (is_in(ana), is_in(other)) == (False, True)


def test_a_changed_signature_signs_nobody_in(ana: Site) -> None:
    cookie = ana.browser.cookies["tracker"]
    changed = ("b" if cookie[-1] == "a" else "a") + cookie[1:]
    other = ana.another()
    other.browser.cookies.set("tracker", cookie)
    assert is_in(other)
    other.browser.cookies.clear()
    other.browser.cookies.set("tracker", changed)
    assert not is_in(other)


@pytest.mark.parametrize(
    "what",
    ["DELETE FROM people", f"UPDATE people SET session_key = '{'1' * 32}'"],
    ids=["removed", "another password"],
)
def test_who_is_removed_or_has_another_password_is_signed_out(
    ana: Site, web: Tracker, what: str
) -> None:
    assert is_in(ana)
    sql(web.environ["DATABASE_URL"], what)
    assert not is_in(ana)


def test_a_session_ends_a_shift_after_its_last_use_and_a_week_after_its_beginning(
    ana: Site, web: Tracker
) -> None:
    for _ in range(13):
        web.clock.advance(11 * HOUR)
        assert is_in(ana)
    web.clock.advance(12 * HOUR + MINUTE)
    assert not is_in(ana)
    assert ana.sign_in().status_code == 303
    for _ in range(14):
        web.clock.advance(12 * HOUR - 1)
        assert is_in(ana)
    web.clock.advance(DAY // 2)
    assert not is_in(ana)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "https://evil.example"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/sign-out", "/language"])
def test_what_another_site_sends_is_refused(
    ana: Site, path: str, headers: dict[str, str], status: int
) -> None:
    data = {"language": "en"}
    assert ana.ask("POST", path, data=data, headers=headers).status_code == status
    assert is_in(ana) is not (path == "/sign-out" and status == 303)


def test_what_comes_from_our_own_address_is_taken(web: Tracker) -> None:
    web.environ["WEB_URL"] = "https://tracker.example"
    for site in serve(web):
        for origin in ("https://tracker.example", site.url):
            answer = site.post("/language", {"language": "en"}, headers={"Origin": origin})
            assert answer.status_code == 303


def test_every_answer_says_what_browsers_must_not_do(site: Site) -> None:
    for path in ("/sign-in", "/nowhere", "/health", "/static/style.css"):
        answer = site.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        is_page = answer.headers["Content-Type"].startswith("text/html")
        assert ("Content-Security-Policy" in answer.headers) is is_page
    assert "default-src 'none'" in site.get("/sign-in").headers["Content-Security-Policy"]
    assert "Server" not in site.get("/sign-in").headers


def test_too_much_at_once_is_refused(site: Site) -> None:
    assert site.post("/sign-in", {"name": "x" * 70_000}).status_code == 413
    many = {f"field{number}": (None, "x") for number in range(201)}
    assert site.post("/sign-in", None, files=many).status_code == 413


def test_the_language_is_the_persons_choice_else_the_browsers_else_the_settings(
    site: Site,
) -> None:
    def heading(**headers: str) -> bool:
        return "Entrar" in site.get("/sign-in", headers=headers).text

    assert heading()
    assert not heading(**{"Accept-Language": "en-GB,en;q=0.9,pt;q=0.1"})
    assert heading(**{"Accept-Language": "fr, pt-PT;q=0.5, en;q=0.2"})
    back = site.post(
        "/language", {"language": "en"}, headers={"Referer": f"{site.url}/sign-in?x=1"}
    )
    assert (back.status_code, back.headers["Location"]) == (303, "/sign-in?x=1")
    assert not heading(**{"Accept-Language": "pt-BR"})
    posted = {"Referer": f"{site.url}/alerts/close"}
    back = site.post("/language", {"language": "en"}, headers=posted)
    assert back.headers["Location"] == "/alerts", "what takes only what is posted is no page"
    assert site.post("/language", {"language": "fr"}).status_code == 400


def test_health_tells_without_signing_in_whether_the_pages_are_true(
    site: Site, web: Tracker
) -> None:
    assert (site.get("/health").status_code, site.get("/health").json()) == (
        503,
        {"status": "stale"},
    )
    web.scan()
    assert (site.get("/health").status_code, site.get("/health").json()) == (200, {"status": "ok"})
    web.clock.advance(16 * MINUTE)
    assert site.get("/health").json() == {"status": "stale"}
