"""Settings that are addresses: their forms, and that a wrong one is never shown."""

import pytest

from tests.settings.tools import problems, read


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///events_tracker.db",
        "sqlite:////var/lib/tracker/events tracker.db",
        "sqlite:////var/lib/tracker/2026%23%7E.db",
        "sqlite:////var/lib/tracker~/2026.db~",  # a sign of a name like any other
        "mysql://tracker@db/tracker",
        "mysql://tracker:p%2Fw@db.example.com:3306/tracker",
        "mysql://tracker:pw@[::1]:3306/tracker?ssl_disabled=true",
        "mysql://tracker:pw@localhost/tracker?unix_socket=/run/mysqld.sock&ssl_disabled=false",
        "mysql://tracker:pw@db/tracker?ssl_ca=/etc/ssl/ca.pem",
    ],
)
def test_database_addresses(url: str) -> None:
    assert read({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    "url",
    [
        "events.db",  # no scheme
        "sqlite:///",  # no file
        "sqlite://events.db",  # a slash short
        "sqlite:///folder/",  # a folder
        "sqlite:///:memory:",  # forgotten with each connection
        "sqlite:///events.db?mode=ro",  # no options
        "sqlite:///events.db#hidden",  # what follows would be cut
        "sqlite:///~/events.db",  # a folder called ~
        "sqlite:///~ana/events.db",
        "sqlite:///%7E/events.db",  # the same name
        "sqlite:///%7eana/events.db",
        "sqlite:////tmp/~/events.db",  # as in "/tmp/~", which no shell expands
        "sqlite:////tmp/%7E/events.db",
        "sqlite:////tmp%2F~%2Fevents.db",
        "sqlite:///folder/~",
        "sqlite:///$HOME/events.db",
        "sqlite:///${STATE}/events.db",
        "sqlite:///events.db ",  # a file whose name ends in a space
        "sqlite:///events%00.db",  # no file can be called so
        "sqlite:///folder%2F",
        "postgresql://u:hidden-pw@db/tracker",  # another server
        "mysql://db/tracker",  # no user
        "mysql://u:hidden-pw@/tracker",  # no host
        "mysql://u:hidden-pw@db",  # no database
        "mysql://u:hidden-pw@db/one/two",  # two
        "mysql://u:hidden-pw@db:port/tracker",  # no port
        "mysql://u:hidden-pw@db:99999/tracker",
        "mysql://u:hidden/pw@db/tracker",  # signs that are not percent-encoded
        "mysql://u:12#hidden-pw@db/tracker",
        "mysql://u:12?hidden-pw@db/tracker",
        "mysql://u:hidden pw@db/tracker",
        "mysql://u:hidden-pw@db\n/tracker",  # urlsplit would leave the line break out
        "mysql://u:hidden-pw@[::1/tracker",  # a bracket short
        "mysql://u:hidden-pw@db/tracker?charset=latin1",  # an option that is not ours
        "mysql://u:hidden-pw@db/tracker?ssl_ca=~/ca.pem",
        "mysql://u:hidden-pw@db/tracker?ssl_ca=%7E/ca.pem",
        "mysql://u:hidden-pw@db/tracker?unix_socket=/home/~/my.sock",
        "mysql://u:hidden-pw@db/tracker?ssl_ca=",  # an option without a value
        "mysql://u:hidden-pw@db/tracker?ssl_disabled=maybe",
        "mysql://u:hidden-pw@db/tracker?ssl_disabled=true&ssl_ca=/ca.pem",  # verify what?
        "mysql://u:hidden-pw@db/tracker?ssl_ca=/a&ssl_ca=/b",  # which of the two?
    ],
)
def test_a_wrong_database_address_names_the_right_forms_and_shows_nothing(url: str) -> None:
    (problem,) = problems({"DATABASE_URL": url})
    assert problem.startswith("DATABASE_URL is wrong: write ")
    assert "hidden" not in problem
    assert "postgresql" not in problem


@pytest.mark.parametrize(
    "url",
    ["smtp://mail", "smtp://mail:25", "smtp://u:p%40w@mail:587", "smtps://u:pw@[::1]:465/"],
)
def test_mail_server_addresses(url: str) -> None:
    assert read({"SMTP_URL": url}).email.smtp_url == url


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "https://u:hidden-pw@mail",  # not a mail server's scheme
        "smtp://u@mail",  # a user without a password
        "smtp://:hidden-pw@mail",  # a password without a user
        "smtp://u:hidden-pw@mail/path",
        "smtp://u:hidden-pw@mail?tls=no",
        "smtp://u:12#hidden-pw@mail",
        "smtp://u:hidden-pw@mail:0",
        "smtp://u:hidden-pw@",
    ],
)
def test_a_wrong_mail_server_address_shows_nothing(url: str) -> None:
    (problem,) = problems({"SMTP_URL": url})
    assert problem.startswith("SMTP_URL is wrong: write smtp://host:587, smtps://host:465 or with")
    assert "hidden" not in problem


@pytest.mark.parametrize("name", ["SEGWARE_URL", "CHATPRO_URL", "WEBHOOK_URL", "HEARTBEAT_URL"])
@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("ftp://hidden.example.com", "write https://host, perhaps with a path"),
        ("hidden.example.com", "write https://host, perhaps with a path"),
        ("https://", "write https://host, perhaps with a path"),
        ("https://hidden example.com", "write https://host, perhaps with a path"),
        ("https://hidden.example.com:x", "write https://host, perhaps with a path"),
        ("https://hidden.exa\nmple.com", "write https://host, perhaps with a path"),
        ("https://hidden.example.cöm", "write https://host, perhaps with a path"),
        (
            "https://u:hidden@example.com",
            "write https://host, perhaps with a path, without a user or password",
        ),
    ],
)
def test_a_wrong_http_address_shows_nothing(name: str, url: str, right: str) -> None:
    assert problems({name: url}) == (f"{name} is wrong: {right}",)


def test_base_addresses_lose_their_last_slash_and_take_no_query() -> None:
    assert read({"SEGWARE_URL": "https://proxy.example.com/segware/"}).segware.url == (
        "https://proxy.example.com/segware"
    )
    assert problems({"CHATPRO_URL": "https://chat.example.com?token=hidden"}) == (
        "CHATPRO_URL is wrong: write it without ? and # (https://host/path)",
    )
    assert problems({"WEBHOOK_URL": "https://hooks.example.com/a#hidden"}) == (
        "WEBHOOK_URL is wrong: write it without #",
    )


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("localhost:8080", False),
        ("127.0.0.1", False),
        ("127.8.9.10:80", False),  # all of 127.0.0.0/8 is this machine
        ("[::1]:8080", False),
        ("192.168.0.10", True),  # the office's network is not this machine
        ("127.0.0.1.example.com", True),  # only looks like it
        ("localhost.example.com", True),
        ("example.com", True),
    ],
)
def test_http_with_a_credential_only_on_loopback(host: str, refused: bool) -> None:
    url = f"http://{host}"
    secret = "write https://: it is secret, and http:// shows it to everyone between"
    cases = [
        (
            {"SEGWARE_URL": url, "SEGWARE_TOKEN": "t"},
            "SEGWARE_URL is http://, which shows SEGWARE_TOKEN to everyone between: write https://",
        ),
        (
            {"CHATPRO_URL": url, "CHATPRO_INSTANCE_ID": "i"},
            "CHATPRO_URL is http://, which shows CHATPRO_INSTANCE_ID to everyone between:"
            " write https://",
        ),
        ({"WEBHOOK_URL": url}, f"WEBHOOK_URL is wrong: {secret}"),
        ({"HEARTBEAT_URL": url}, f"HEARTBEAT_URL is wrong: {secret}"),
    ]
    for given, problem in cases:
        if refused:
            assert problems(given) == (problem,)
        else:
            assert read(given)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://hc.example.com/x/", "https://hc.example.com/x"),
        ("https://up.example.com/api/push/x?status=up&msg=/", None),
        ("https://up.example.com/x/?id=7", None),
    ],
)
def test_the_heartbeat_may_have_a_query_which_is_kept(url: str, kept: str | None) -> None:
    assert read({"HEARTBEAT_URL": url}).heartbeat_url == (kept or url)


def test_http_without_a_credential_shows_nothing_to_anyone() -> None:
    assert read({"SEGWARE_URL": "http://example.com"}).segware.url == "http://example.com"
