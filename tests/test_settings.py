"""Settings: what is read from where, what is refused, and what is never shown."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from events_tracker.errors import SettingsError
from events_tracker.model.times import DAY, HOUR, MINUTE, SECOND
from events_tracker.settings import (
    Email,
    Injection,
    Notify,
    Segware,
    Settings,
    Tracker,
    Webhook,
    WhatsApp,
    find_env_file,
    load,
    secrets,
)

NOWHERE = Path("/nowhere")

ALL_ON = {
    "DATABASE_URL": "mysql://tracker:p%40ssw0rd@db:3306/tracker",
    "SEGWARE_TOKEN": "segware-token-1",
    "WHATSAPP_ENABLED": "true",
    "CHATPRO_INSTANCE_ID": "chatpro-instance-2",
    "CHATPRO_TOKEN": "chatpro-token-3",
    "CHATPRO_RECIPIENT": "5511999990000",
    "SEGWARE_ALARM_ENABLED": "yes",
    "EMAIL_ENABLED": "on",
    "SMTP_URL": "smtps://mailer:mail-secret-4@mail.example.com:465",
    "EMAIL_FROM": "tracker@example.com",
    "EMAIL_TO": "ana@example.com, rui@example.com,ana@example.com",
    "EMAIL_CC": "eva@example.com",
    "EMAIL_SUBJECT": "Excesso de eventos: central 1",
    "WEBHOOK_ENABLED": "1",
    "WEBHOOK_URL": "https://hooks.example.com/in/?key=hook-secret-5",
    "WEBHOOK_SECRET": "signing secret 6",
    "HEARTBEAT_URL": "https://hc.example.com/ping-secret-7/",
}
SECRET_PARTS = (
    "p%40ssw0rd",
    "segware-token-1",
    "chatpro-instance-2",
    "chatpro-token-3",
    "mail-secret-4",
    "hook-secret-5",
    "signing secret 6",
    "ping-secret-7",
)


def read(given: Mapping[str, str], *, needs_segware: bool = False) -> Settings:
    return load(given, None, cwd=NOWHERE, needs_segware=needs_segware)


def problems(
    given: Mapping[str, str],
    env_file: Path | None = None,
    *,
    cwd: Path = NOWHERE,
    needs_segware: bool = False,
) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(given, env_file, cwd=cwd, needs_segware=needs_segware)
    assert caught.value.exit_code == 2
    return caught.value.problems


def env_file(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_set_gives_the_documented_defaults() -> None:
    assert read({}) == Settings(
        database_url="sqlite:///events_tracker.db",
        folder=NOWHERE,
        segware=Segware(url="https://api.segware.com.br", token=None),
        tracker=Tracker(
            window=2 * HOUR,
            threshold=50,
            thresholds={},
            codes=("E130", "E131", "E132", "E133", "1130", "1131", "1132", "1133"),
            cucs=(),
            ignored_closers=(),
            settle=10 * MINUTE,
            clear_after=0,
            stale_after=15 * MINUTE,
            retention=90 * DAY,
            register_retention=None,
            timezone="America/Sao_Paulo",
            language="pt-BR",
        ),
        whatsapp=WhatsApp(
            enabled=False,
            url="https://v5.chatpro.com.br",
            instance_id=None,
            token=None,
            recipient=None,
        ),
        injection=Injection(
            enabled=False,
            code="E702",
            event_id="167681000",
            partition="000",
            auxiliary="0",
            protocol="CONTACT_ID",
        ),
        email=Email(enabled=False, smtp_url=None, sender=None, to=(), cc=(), subject=None),
        webhook=Webhook(enabled=False, url=None, secret=None),
        notify=Notify(digest_over=10, max_attempts=8, max_age=24 * HOUR),
        heartbeat_url=None,
    )


def test_every_channel_on() -> None:
    found = read(ALL_ON, needs_segware=True)
    assert found.database_url == ALL_ON["DATABASE_URL"]
    assert found.segware.token == "segware-token-1"
    assert found.whatsapp == WhatsApp(
        True, "https://v5.chatpro.com.br", "chatpro-instance-2", "chatpro-token-3", "5511999990000"
    )
    assert found.injection.enabled
    assert found.email == Email(
        True,
        ALL_ON["SMTP_URL"],
        "tracker@example.com",
        ("ana@example.com", "rui@example.com"),
        ("eva@example.com",),
        "Excesso de eventos: central 1",
    )
    # The webhook's address is kept as given, the heartbeat's gets /fail appended.
    assert found.webhook == Webhook(True, ALL_ON["WEBHOOK_URL"], "signing secret 6")
    assert found.heartbeat_url == "https://hc.example.com/ping-secret-7"


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("TRACKER_WINDOW", "10s", "window", 10 * SECOND),  # the shortest window
        ("TRACKER_WINDOW", " 31d ", "window", 31 * DAY),  # the longest, and spaces do not matter
        ("TRACKER_THRESHOLD", "1", "threshold", 1),  # the lowest
        ("TRACKER_THRESHOLDS", "E130=30, E401 = 100", "thresholds", {"E130": 30, "E401": 100}),
        ("TRACKER_CODES", "*", "codes", ()),  # the star means all
        ("TRACKER_CODES", "E130, E401,E130", "codes", ("E130", "E401")),  # each once, in order
        ("TRACKER_CUCS", "ALR,Não", "cucs", ("ALR", "Não")),  # codes are texts, not ASCII
        ("TRACKER_IGNORED_CLOSERS", "42, 17,42", "ignored_closers", (42, 17)),
        ("TRACKER_SETTLE", "0m", "settle", 0),  # nothing ever arrives late
        ("TRACKER_CLEAR_AFTER", "90m", "clear_after", 90 * MINUTE),
        ("TRACKER_STALE_AFTER", "1h", "stale_after", HOUR),
        ("TRACKER_RETENTION", "1d", "retention", DAY),  # the shortest
        ("TRACKER_REGISTER_RETENTION", "1825d", "register_retention", 1825 * DAY),
        ("TRACKER_REGISTER_RETENTION", "", "register_retention", None),  # empty: for ever
        ("TRACKER_TIMEZONE", "Europe/Lisbon", "timezone", "Europe/Lisbon"),
        ("TRACKER_LANGUAGE", "en", "language", "en"),
    ],
)
def test_settings_of_the_alarm_and_the_passes(
    name: str, text: str, field: str, value: object
) -> None:
    assert getattr(read({name: text}).tracker, field) == value


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        ("true", True),
        ("1", True),
        ("YES", True),
        ("On", True),
        ("False", False),
        ("0", False),
        ("no", False),
        ("off", False),
        ("", False),
    ],
)
def test_switches(text: str, enabled: bool) -> None:
    given = {"SEGWARE_TOKEN": "t", "SEGWARE_ALARM_ENABLED": text}
    assert read(given).injection.enabled is enabled


DURATION = "write a whole number and s, m, h or d (2h)"
CODES = "write codes of 1 to 16 characters with commas between (E130,E401), or * alone for all"
THRESHOLDS = "write codes with their whole numbers from 1 (E130=30,E401=100), each code once"
IDS = "write ids, whole numbers with commas between (17,42)"
ADDRESS = "write a plain address (alarms@example.com)"
ADDRESSES = "write plain addresses with commas between (ana@example.com,rui@example.com)"
WORD = "write letters, digits and ASCII signs without spaces or line breaks"
ZONE = "write the name of a time zone (America/Sao_Paulo)"


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("TRACKER_WINDOW", "9s", f"{DURATION}, from 10s to 31d"),  # just too short
        ("TRACKER_WINDOW", "32d", f"{DURATION}, from 10s to 31d"),  # just too long
        ("TRACKER_WINDOW", "2", f"{DURATION}, from 10s to 31d"),  # two what?
        ("TRACKER_THRESHOLD", "0", "write a whole number from 1 to 999999999"),  # always
        ("TRACKER_THRESHOLD", "1_0", "write a whole number from 1 to 999999999"),  # Python's form
        ("TRACKER_THRESHOLD", "٥", "write a whole number from 1 to 999999999"),  # a digit to int()
        ("TRACKER_THRESHOLD", "50.0", "write a whole number from 1 to 999999999"),
        ("TRACKER_THRESHOLDS", "E130", THRESHOLDS),  # no number
        ("TRACKER_THRESHOLDS", "E130=0", THRESHOLDS),  # always
        ("TRACKER_THRESHOLDS", "E130=30,E130=40", THRESHOLDS),  # which of the two?
        ("TRACKER_THRESHOLDS", "E 130=30", THRESHOLDS),  # a code has no spaces
        ("TRACKER_CODES", "*,E130", CODES),  # all, or some?
        ("TRACKER_CODES", "E13*", CODES),  # no wildcards here: it would match nothing
        ("TRACKER_CODES", ",", CODES),  # nothing is not all
        ("TRACKER_CUCS", "A" * 17, CODES),  # longer than any code
        ("TRACKER_IGNORED_CLOSERS", "17,ana", IDS),  # a name is no id
        ("TRACKER_IGNORED_CLOSERS", "-1", IDS),
        ("TRACKER_STALE_AFTER", "0m", f"{DURATION}, from 1s to 31d"),  # always stale
        ("TRACKER_RETENTION", "0d", f"{DURATION}, from 1s to 3650d"),  # nothing kept
        ("TRACKER_REGISTER_RETENTION", "0d", f"{DURATION}, from 1s to 3650d"),
        ("TRACKER_TIMEZONE", "Sao Paulo", ZONE),  # no such zone
        ("TRACKER_TIMEZONE", "America", ZONE),  # a folder of zones
        ("TRACKER_TIMEZONE", "../../etc/passwd", ZONE),  # a path
        ("TRACKER_LANGUAGE", "pt", "write pt-BR or en"),
        ("WHATSAPP_ENABLED", "maybe", "write true or false"),
        ("CHATPRO_RECIPIENT", "+55 11 99999-0000", WORD),  # spaces
        ("SEGWARE_ALARM_CODE", "E" * 17, "write a code of 1 to 16 characters (E130)"),
        ("SEGWARE_ALARM_PARTITION", "0 0", WORD),
        ("EMAIL_FROM", "Tracker <tracker@example.com>", ADDRESS),  # with a name
        ("EMAIL_FROM", "tracker@a@b", ADDRESS),
        ("EMAIL_FROM", "tracker@[", ADDRESS),  # Python's own parser fails at it
        ("EMAIL_TO", ".@example.com", ADDRESSES),
        ("EMAIL_TO", "ana@example.com;rui@example.com", ADDRESSES),  # the other separator
        ("EMAIL_CC", "ana@example.com,", ADDRESSES),  # something is missing
        ("EMAIL_SUBJECT", "a\nBcc: b@c", "write one line without control characters"),  # a header
        ("NOTIFY_DIGEST_OVER", "-1", "write a whole number from 0 to 999999999"),
        ("NOTIFY_MAX_ATTEMPTS", "101", "write a whole number from 1 to 100"),
        ("NOTIFY_MAX_AGE", "never", f"{DURATION}, from 1s to 31d"),
    ],
)
def test_a_wrong_value_is_named_shown_and_put_right(name: str, text: str, right: str) -> None:
    assert problems({name: text}) == (f"{name} is {text!r}: {right}",)


def test_a_secret_in_another_encoding_is_refused_unseen() -> None:
    assert problems({"WEBHOOK_SECRET": "a\udcffb"}) == (
        "WEBHOOK_SECRET is wrong: write it in UTF-8",
    )


def test_a_long_wrong_value_is_cut() -> None:
    (problem,) = problems({"TRACKER_LANGUAGE": "x" * 500})
    assert problem == f"TRACKER_LANGUAGE is '{'x' * 59}…': write pt-BR or en"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///events_tracker.db",
        "sqlite:////var/lib/tracker/events tracker.db",
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


@pytest.mark.parametrize("name", ["monitor.example.com", "MONITOR", "[192.0.2.7]", "[IPv6:::1]"])
def test_the_mail_server_can_be_greeted_with_a_name(name: str) -> None:
    assert read({"SMTP_HELO_NAME": name}).email.helo_name == name


@pytest.mark.parametrize("name", ["a b", "a\r\nMAIL", "[x]", "central.são", "-a", "a@b"])
def test_a_name_that_no_host_can_have_greets_nobody(name: str) -> None:
    (problem,) = problems({"SMTP_HELO_NAME": name})
    assert "write the name of a host (monitor.example.com) or [its IP address]" in problem


def test_http_without_a_credential_shows_nothing_to_anyone() -> None:
    assert read({"SEGWARE_URL": "http://example.com"}).segware.url == "http://example.com"


@pytest.mark.parametrize("name", ["SEGWARE_TOKEN", "CHATPRO_TOKEN"])
@pytest.mark.parametrize("text", ["Bearer hidden", "hidden\n", "hid\r\nden: x", "hiddén"])
def test_a_token_that_no_header_can_carry(name: str, text: str) -> None:
    assert problems({name: text}) == (f"{name} is wrong: {WORD}",)


def test_an_instance_that_would_change_the_path() -> None:
    (problem,) = problems({"CHATPRO_INSTANCE_ID": "../hidden"})
    assert problem == (
        "CHATPRO_INSTANCE_ID is wrong: write letters, digits, dots, dashes and underscores only"
    )


@pytest.mark.parametrize(
    ("switch", "missing"),
    [
        ("WHATSAPP_ENABLED", ["CHATPRO_INSTANCE_ID", "CHATPRO_TOKEN", "CHATPRO_RECIPIENT"]),
        ("SEGWARE_ALARM_ENABLED", ["SEGWARE_TOKEN"]),
        ("EMAIL_ENABLED", ["SMTP_URL", "EMAIL_FROM", "EMAIL_TO"]),
        ("WEBHOOK_ENABLED", ["WEBHOOK_URL", "WEBHOOK_SECRET"]),
    ],
)
def test_a_channel_that_is_on_needs_its_settings(switch: str, missing: list[str]) -> None:
    assert problems({switch: "true"}) == tuple(
        f"{name} is missing: {switch} is on and needs it;"
        " set it in the environment or in /nowhere/.env"
        for name in missing
    )


def test_a_channel_that_is_off_is_checked_for_form_only() -> None:
    assert not read({"CHATPRO_TOKEN": "ready"}).whatsapp.enabled
    assert problems({"EMAIL_FROM": "nobody"}) == (f"EMAIL_FROM is 'nobody': {ADDRESS}",)


def test_a_command_that_needs_segware_says_where_to_put_the_token(tmp_path: Path) -> None:
    said = "SEGWARE_TOKEN is missing: set it in the environment or in"
    assert problems({}, needs_segware=True) == (f"{said} /nowhere/.env",)
    path = env_file(tmp_path, "SEGWARE_TOKEN=\n")
    assert problems({}, path, needs_segware=True) == (f"{said} {path}",)
    # Once is enough, though the injection needs it too.
    assert problems({"SEGWARE_ALARM_ENABLED": "true"}, needs_segware=True) == (
        f"{said} /nowhere/.env",
    )


def test_all_problems_at_once_and_none_of_them_twice() -> None:
    given = {
        "TRACKER_TRESHOLD": "30",
        "DATABASE_URL": "oracle://u:hidden@db/x",
        "TRACKER_WINDOW": "2 hours",
        "WHATSAPP_ENABLED": "true",
        "CHATPRO_TOKEN": "hidden token",  # wrong, therefore not missing as well
        "CHATPRO_RECIPIENT": "5511999990000",
        "SEGWARE_URL": "http://example.com",
        "SEGWARE_TOKEN": "hidden-token",
    }
    found = problems(given)
    assert [problem.split(" is ")[0] for problem in found] == [
        "TRACKER_TRESHOLD",
        "DATABASE_URL",
        "TRACKER_WINDOW",
        "CHATPRO_TOKEN",
        "CHATPRO_INSTANCE_ID",
        "SEGWARE_URL",
    ]
    assert "hidden" not in str(found)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("TRACKER_TRESHOLD", "TRACKER_THRESHOLD"),  # a letter is missing
        ("TRACKER_CODE", "TRACKER_CODES"),
        ("tracker_window", "TRACKER_WINDOW"),  # names are upper case
        ("SEGWARE_TOKEN_FIEL", "SEGWARE_TOKEN_FILE"),
        ("TRACKER_WINDOW_FILE", "TRACKER_WINDOW"),  # only what is secret comes from a file
        ("DATABASE_URI", "DATABASE_URL"),
        ("HEARTBEAT_UR", "HEARTBEAT_URL"),
        ("SMTP_URLS", "SMTP_URL"),
        ("NOTIFY_MAXAGE", "NOTIFY_MAX_AGE"),
        ("WEBHOOK_SECRETS", "WEBHOOK_SECRET"),
        ("CHATPRO_TOKENS", "CHATPRO_TOKEN"),
        ("WHATSAPP_ENABLE", "WHATSAPP_ENABLED"),
        ("EMAIL_FORM", "EMAIL_FROM"),
    ],
)
def test_an_unknown_name_that_begins_like_ours(name: str, nearest: str, tmp_path: Path) -> None:
    said = (f"{name} is not a setting: the nearest is {nearest}",)
    assert problems({name: "x"}) == said
    assert problems({}, env_file(tmp_path, f"{name}=x\n")) == said


def test_a_colon_for_an_equals_sign_does_not_show_the_secret(tmp_path: Path) -> None:
    path = env_file(tmp_path, "SEGWARE_TOKEN:aGlkZGVu==\n")
    assert problems({}, path) == ("SEGWARE_TOKEN… is not a setting: the nearest is SEGWARE_TOKEN",)


def test_names_of_others_are_left_alone(tmp_path: Path) -> None:
    environ = {
        "PATH": "/bin",
        "TRACKER": "x",
        "TRACKER_TEST_MYSQL_URL": "mysql://…",  # the test-suite's
        "_TRACKER_COMPLETE": "bash_source",  # the shell completion's
        "NOTIFY_SOCKET": "/run/systemd/notify",  # systemd's
    }
    assert load(environ, env_file(tmp_path, "PATH=/bin\nMY_OWN=1\n"), cwd=NOWHERE)
    assert problems({}, env_file(tmp_path, "TRACKER_TEST_MYSQL_URL=x\n"))


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = env_file(tmp_path, "TRACKER_THRESHOLD=30\nTRACKER_WINDOW=1h\n")
    found = load({"TRACKER_THRESHOLD": "40"}, path, cwd=NOWHERE).tracker
    assert (found.threshold, found.window) == (40, HOUR)


def test_an_empty_value_is_not_set(tmp_path: Path) -> None:
    path = env_file(tmp_path, "TRACKER_THRESHOLD=30\nTRACKER_CODES=\nCHATPRO_TOKEN=' '\n")
    found = load({"TRACKER_THRESHOLD": "", "TRACKER_WINDOW": " "}, path, cwd=NOWHERE)
    assert found.tracker.threshold == 30  # the file's, since the environment sets nothing
    assert found.tracker.window == 2 * HOUR
    assert len(found.tracker.codes) == 8
    assert found.whatsapp.token is None


def test_the_env_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    path = env_file(
        tmp_path,
        "\ufeff# written on Windows\r\n"
        "export TRACKER_THRESHOLD=30 # per window\r\n"
        "\r\n"
        "WEBHOOK_SECRET='a # $HOME ${PATH}'\r\n"
        'EMAIL_SUBJECT="Excesso: São Paulo"\r\n',
    )
    found = load({}, path, cwd=NOWHERE)
    assert found.tracker.threshold == 30
    assert found.webhook.secret == "a # $HOME ${PATH}"
    assert found.email.subject == "Excesso: São Paulo"


def test_lines_that_say_nothing_are_problems(tmp_path: Path) -> None:
    path = env_file(tmp_path, "TRACKER_THRESHOLD 30\nTRACKER_WINDOW\nCHATPRO_TOKEN='hidden\n")
    assert problems({}, path) == tuple(
        f"{path}: line {number} is not NAME=value or # comment" for number in (1, 2, 3)
    )


def test_an_env_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.env"
    assert problems({}, missing) == (f"{missing} cannot be read: No such file or directory",)
    assert problems({}, tmp_path) == (f"{tmp_path} cannot be read: Is a directory",)
    latin = tmp_path / "latin.env"
    latin.write_bytes("EMAIL_SUBJECT=São".encode("latin-1"))
    assert problems({}, latin) == (f"{latin} cannot be read: it is not UTF-8 text",)


def test_the_folder_is_that_of_the_env_file(tmp_path: Path) -> None:
    env_file(tmp_path, "")
    assert load({}, Path(".env"), cwd=tmp_path).folder == tmp_path
    assert load({}, tmp_path / ".env", cwd=NOWHERE).folder == tmp_path
    assert load({}, None, cwd=NOWHERE).folder == NOWHERE


def test_which_env_file(tmp_path: Path) -> None:
    given = tmp_path / "other.env"
    assert find_env_file(None, tmp_path) is None
    assert find_env_file(given, tmp_path) == given  # that it is missing, load says
    usual = env_file(tmp_path, "")
    assert find_env_file(None, tmp_path) == usual
    assert find_env_file(given, tmp_path) == given


SECRET_NAMES = [
    ("DATABASE_URL", "mysql://u:pw@db/x"),
    ("SEGWARE_TOKEN", "token"),
    ("CHATPRO_INSTANCE_ID", "instance"),
    ("CHATPRO_TOKEN", "token"),
    ("SMTP_URL", "smtp://u:pw@mail"),
    ("WEBHOOK_URL", "https://hooks.example.com/x"),
    ("WEBHOOK_SECRET", "two words "),
    ("HEARTBEAT_URL", "https://hc.example.com/x"),
]


@pytest.mark.parametrize(("name", "text"), SECRET_NAMES)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_every_secret_may_come_from_a_file(name: str, text: str, end: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes((text + end).encode())
    assert load({name + "_FILE": str(tmp_path / "secret")}, None, cwd=NOWHERE) == read({name: text})
    # A relative name is relative to the folder of the file that sets it.
    path = env_file(tmp_path, f"{name}_FILE=secret\n")
    assert load({}, path, cwd=NOWHERE) == load({name: text}, path, cwd=NOWHERE)


def test_a_secrets_file_that_gives_none_is_a_problem_and_its_name_is_not_shown(
    tmp_path: Path,
) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes(b"\xe3")
    cases = {
        str(tmp_path / "missing"): "cannot be read: No such file or directory",
        str(tmp_path): "cannot be read: Is a directory",
        str(tmp_path / "empty"): "is empty: write the secret into it",
        str(tmp_path / "latin"): "is not UTF-8 text",
        "x" * 5000: "cannot be read: File name too long",  # the secret itself, by mistake
    }
    for name, said in cases.items():
        assert problems({"SEGWARE_TOKEN_FILE": name}, needs_segware=True) == (
            f"SEGWARE_TOKEN_FILE names a file that {said}",
        )


def test_a_value_and_a_file_for_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\n")
    both = f"SEGWARE_TOKEN=plain\nSEGWARE_TOKEN_FILE={tmp_path / 'secret'}\n"
    said = ("SEGWARE_TOKEN and SEGWARE_TOKEN_FILE are both set: remove one of them",)
    assert problems({}, env_file(tmp_path, both)) == said
    # The environment beats the file, whichever form each of them uses.
    named = env_file(tmp_path, "SEGWARE_TOKEN_FILE=missing\n")
    assert load({"SEGWARE_TOKEN": "mine"}, named, cwd=NOWHERE).segware.token == "mine"
    plain = env_file(tmp_path, "SEGWARE_TOKEN=plain\n")
    environ = {"SEGWARE_TOKEN_FILE": str(tmp_path / "secret")}
    assert load(environ, plain, cwd=NOWHERE).segware.token == "from-file"


def test_no_secret_in_any_representation() -> None:
    shown = repr(read(ALL_ON))
    assert [part for part in SECRET_PARTS if part in shown] == []
    assert "recipient='5511999990000'" in shown  # what is not secret is


def test_secrets_names_everything_that_no_output_may_hold() -> None:
    found = secrets(read(ALL_ON))
    assert [part for part in SECRET_PARTS if not any(part in text for text in found)] == []
    # Passwords by themselves, and paths as HTTP libraries name them in their errors.
    assert {"p@ssw0rd", "p%40ssw0rd", "mail-secret-4", "/in/?key=hook-secret-5"} <= set(found)
    assert list(found) == sorted(found, key=len, reverse=True)
    assert secrets(read({"WEBHOOK_URL": "https://hooks.example.com/"})) == (
        "sqlite:///events_tracker.db",
        "https://hooks.example.com/",
    )


def test_importing_the_settings_is_cheap() -> None:
    heavy = "{'requests', 'urllib3', 'zoneinfo', 'dotenv', 'difflib'}"
    code = f"import sys, events_tracker.settings; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
