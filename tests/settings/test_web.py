"""Settings of the pages: where they are served, and whom a proxy may sign in."""

from ipaddress import ip_network

import pytest

from events_tracker.base.times import DAY, MINUTE
from tests.settings.tools import problems, read

SECRET = "0123456789abcdef0123456789abcdef"


def test_all_of_them_set() -> None:
    web = read(
        {
            "WEB_SECRET": SECRET,
            "WEB_BIND": "::",
            "WEB_PORT": "65535",
            "WEB_URL": "https://tracker.example.com:8443/",
            "WEB_USER_HEADER": "X-Remote-User",
            "WEB_TRUSTED_PROXY": "10.0.0.7, 192.168.4.0/24,fd00::/8",
            "WEB_SESSION": "7d",
            "WEB_METRICS": "yes",
        }
    ).web
    assert (web.secret, web.bind, web.port) == (SECRET, "::", 65535)
    assert web.url == "https://tracker.example.com:8443"  # ready for a path
    assert web.user_header == "X-Remote-User"
    networks = ("10.0.0.7/32", "192.168.4.0/24", "fd00::/8")
    assert web.trusted_proxy == tuple(map(ip_network, networks))
    assert web.session == 7 * DAY
    assert web.metrics


@pytest.mark.parametrize("text", ["localhost", "0.0.0.0", "tracker.internal", "::1"])
def test_where_to_listen(text: str) -> None:
    assert read({"WEB_BIND": text}).web.bind == text


def test_the_shortest_session() -> None:
    assert read({"WEB_SESSION": "1m"}).web.session == MINUTE


@pytest.mark.parametrize("text", [SECRET[1:], "é" * 15, "x"])
def test_a_secret_that_could_be_guessed_is_refused_unseen(text: str) -> None:
    said = "WEB_SECRET is wrong: write at least 32 random signs (openssl rand -base64 48)"
    assert problems({"WEB_SECRET": text}) == (said,)


def test_the_secret_is_counted_in_bytes() -> None:
    assert read({"WEB_SECRET": "é" * 16}).web.secret == "é" * 16


PORT = "write a whole number from 1 to 65535"
BIND = "write an IP address without port (127.0.0.1, 0.0.0.0, ::) or a name"
HEADER = "write the name of a header: letters, digits and dashes (X-Remote-User)"
NETWORKS = "write IP addresses or networks with commas between (10.0.0.7,192.168.4.0/24)"
SESSION = "write a whole number and s, m, h or d (2h), from 1m to 7d"


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("WEB_PORT", "0", PORT),  # any that is free: only --port may
        ("WEB_PORT", "65536", PORT),
        ("WEB_BIND", "127.0.0.1:8480", BIND),
        ("WEB_BIND", "http://127.0.0.1", BIND),
        ("WEB_SESSION", "59s", SESSION),
        ("WEB_SESSION", "8d", SESSION),
        ("WEB_USER_HEADER", "X_Remote_User", HEADER),  # which a client could send as X-Remote-User
        ("WEB_USER_HEADER", "X-User:", HEADER),
        ("WEB_TRUSTED_PROXY", "proxy.example.com", NETWORKS),
        ("WEB_TRUSTED_PROXY", "10.0.0.7,", NETWORKS),
        ("WEB_TRUSTED_PROXY", "10.0.0.7/8", NETWORKS),  # one machine, or a network?
        ("WEB_TRUSTED_PROXY", "0.0.0.0/0", f"{NETWORKS}, not everybody's"),
        ("WEB_TRUSTED_PROXY", "10.0.0.7,::/0", f"{NETWORKS}, not everybody's"),
        ("WEB_METRICS", "maybe", "write true or false"),
    ],
)
def test_a_wrong_value_is_named_shown_and_put_right(name: str, text: str, right: str) -> None:
    assert problems({name: text}) == (f"{name} is {text!r}: {right}",)


@pytest.mark.parametrize(
    "text",
    [
        "tracker.example.com",
        "https://ana:hidden@tracker.example.com",
        "https://tracker.example.com/?a=hidden",
        "https://tracker.example.com/tracker",
        "https://tracker.example.com:99999",
    ],
)
def test_an_address_that_pages_cannot_have(text: str) -> None:
    said = "WEB_URL is wrong: write https://host or https://host:port, and nothing after it"
    assert problems({"WEB_URL": text}) == (said,)


def test_what_kubernetes_sets_for_a_service_called_web_is_told_as_that() -> None:
    (problem,) = problems({"WEB_PORT": "tcp://10.0.0.7:80"})
    assert "for a service called web" in problem


@pytest.mark.parametrize(
    ("name", "text", "missing"),
    [
        ("WEB_USER_HEADER", "X-Remote-User", "WEB_TRUSTED_PROXY"),
        ("WEB_TRUSTED_PROXY", "10.0.0.7", "WEB_USER_HEADER"),
    ],
)
def test_a_header_and_who_may_send_it_belong_together(name: str, text: str, missing: str) -> None:
    where = "set it in the environment or in /nowhere/.env"
    said = f"{missing} is missing: {name} is set and needs it; {where}"
    assert problems({name: text}) == (said,)
