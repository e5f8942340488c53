"""Settings: what their texts mean, what is refused, and what belongs together."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND
from events_tracker.settings import (
    EmailSettings,
    InjectionSettings,
    NotifySettings,
    SegwareSettings,
    Settings,
    TrackerSettings,
    WebhookSettings,
    WebSettings,
    WhatsAppSettings,
)
from events_tracker.settings.catalog import CATALOG, Setting
from events_tracker.settings.example import env_example
from tests.settings.tools import ALL_ON, NOWHERE, env_file, problems, read


def test_nothing_set_gives_the_documented_defaults() -> None:
    assert read({}) == Settings(
        database_url="sqlite:///events_tracker.db",
        folder=NOWHERE,
        segware=SegwareSettings(url="https://api.segware.com.br", token=None),
        tracker=TrackerSettings(
            window=2 * HOUR,
            threshold=50,
            thresholds={},
            codes=("E130", "E131", "E132", "E133", "1130", "1131", "1132", "1133"),
            cucs=(),
            ignored_closers=(),
            settle=2 * MINUTE,
            clear_after=10 * MINUTE,
            clear_below=100,
            stale_after=15 * MINUTE,
            retention=90 * DAY,
            register_retention=None,
            counts_retention=35 * DAY,
            timezone="America/Sao_Paulo",
            language="pt-BR",
        ),
        whatsapp=WhatsAppSettings(
            enabled=False,
            url="https://v5.chatpro.com.br",
            instance_id=None,
            token=None,
            recipient=None,
        ),
        injection=InjectionSettings(
            enabled=False,
            code="E702",
            event_id="167681000",
            partition="000",
            auxiliary="0",
            protocol="CONTACT_ID",
        ),
        email=EmailSettings(enabled=False, smtp_url=None, sender=None, to=(), cc=(), subject=None),
        webhook=WebhookSettings(enabled=False, url=None, secret=None),
        notify=NotifySettings(digest_over=10, max_attempts=8, max_age=24 * HOUR),
        web=WebSettings(
            secret=None,
            bind="127.0.0.1",
            port=8480,
            url=None,
            user_header=None,
            trusted_proxy=(),
            session=12 * HOUR,
            metrics=False,
        ),
        heartbeat_url=None,
    )


def test_every_channel_on() -> None:
    found = read(ALL_ON, needs_segware=True)
    assert found.database_url == ALL_ON["DATABASE_URL"]
    assert found.segware.token == "segware-token-1"
    assert found.whatsapp == WhatsAppSettings(
        True, "https://v5.chatpro.com.br", "chatpro-instance-2", "chatpro-token-3", "5511999990000"
    )
    assert found.injection.enabled
    assert found.email == EmailSettings(
        True,
        ALL_ON["SMTP_URL"],
        "tracker@example.com",
        ("ana@example.com", "rui@example.com"),
        ("eva@example.com",),
        "Excesso de eventos: central 1",
    )
    # The webhook's address is kept as given, the heartbeat's gets /fail appended.
    assert found.webhook == WebhookSettings(True, ALL_ON["WEBHOOK_URL"], "signing secret 6")
    assert found.heartbeat_url == "https://hc.example.com/ping-secret-7"


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("TRACKER_WINDOW", "10s", "window", 10 * SECOND),  # the shortest window
        ("TRACKER_WINDOW", " 31d ", "window", 31 * DAY),  # the longest, and spaces do not matter
        ("TRACKER_THRESHOLD", "1", "threshold", 1),  # the lowest
        ("TRACKER_THRESHOLDS", "E130=30, E131 = 100", "thresholds", {"E130": 30, "E131": 100}),
        ("TRACKER_CODES", "*", "codes", ()),  # the star means all
        ("TRACKER_CODES", "E130, E401,E130", "codes", ("E130", "E401")),  # each once, in order
        ("TRACKER_CODES", "e130,E401", "codes", ("E130", "E401")),  # as Segware writes them
        ("TRACKER_CUCS", "A" * 32, "cucs", ("A" * 32,)),  # the longest
        ("TRACKER_IGNORED_CLOSERS", "42, 17,42", "ignored_closers", (42, 17)),
        ("TRACKER_SETTLE", "0m", "settle", 0),  # nothing ever arrives late
        ("TRACKER_CLEAR_AFTER", "90m", "clear_after", 90 * MINUTE),
        ("TRACKER_CLEAR_AFTER", "0", "clear_after", 0),
        ("TRACKER_CLEAR_BELOW", "80%", "clear_below", 80),
        ("TRACKER_STALE_AFTER", "1h", "stale_after", HOUR),
        ("TRACKER_RETENTION", "1d", "retention", DAY),  # the shortest
        ("TRACKER_COUNTS_RETENTION", "0", "counts_retention", 0),  # none are kept
        ("TRACKER_COUNTS_RETENTION", "1d", "counts_retention", DAY),  # the shortest
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
CODES = (
    "write codes of 1 to 16 letters and digits with commas between (E130,E401), or * alone for all"
)
CUCS = "write CUCs of 1 to 32 letters and digits with commas between (ALR,BEM), or * alone for all"
THRESHOLDS = "write codes with their whole numbers from 1 (E130=30,E131=100), each code once"
PERCENTAGE = "write a whole percentage from 1% to 100% (80%)"
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
        ("TRACKER_CODES", "E130;E131", CODES),  # the other separator
        ("TRACKER_CODES", "E130,ß", CODES),  # which becomes SS in capitals
        ("TRACKER_CODES", "“E130”,E131", CODES),
        ("TRACKER_CUCS", "Não", CUCS),
        ("TRACKER_CUCS", "A" * 33, CUCS),  # longer than any code
        ("TRACKER_IGNORED_CLOSERS", "17,ana", IDS),  # a name is no id
        ("TRACKER_IGNORED_CLOSERS", "-1", IDS),
        ("TRACKER_CLEAR_AFTER", "32d", f"{DURATION}, from 0m to 31d"),  # nothing would ever end
        ("TRACKER_CLEAR_BELOW", "0%", PERCENTAGE),
        ("TRACKER_CLEAR_BELOW", "101%", PERCENTAGE),
        ("TRACKER_CLEAR_BELOW", "0.8", PERCENTAGE),
        ("TRACKER_CLEAR_BELOW", "40", PERCENTAGE),  # percent, or events?
        ("TRACKER_STALE_AFTER", "0m", f"{DURATION}, from 1s to 31d"),  # always stale
        ("TRACKER_RETENTION", "0d", f"{DURATION}, from 1s to 3650d"),  # nothing kept
        ("TRACKER_COUNTS_RETENTION", "23h", f"{DURATION}, from 1d to 3650d, or 0"),
        ("TRACKER_REGISTER_RETENTION", "0d", f"{DURATION}, from 1s to 3650d"),
        ("TRACKER_TIMEZONE", "Sao Paulo", ZONE),  # no such zone
        ("TRACKER_TIMEZONE", "America", ZONE),  # a folder of zones
        ("TRACKER_TIMEZONE", "../../etc/passwd", ZONE),  # a path
        ("TRACKER_LANGUAGE", "pt", "write one of pt-BR, en"),
        ("WHATSAPP_ENABLED", "maybe", "write true or false"),
        ("CHATPRO_RECIPIENT", "+55 11 99999-0000", WORD),  # spaces
        ("SEGWARE_ALARM_CODE", "E" * 17, "write a code of 1 to 16 letters and digits (E130)"),
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


def test_a_long_wrong_value_is_cut() -> None:
    (problem,) = problems({"TRACKER_LANGUAGE": "x" * 500})
    assert problem == f"TRACKER_LANGUAGE is '{'x' * 59}…': write one of pt-BR, en"


@pytest.mark.parametrize("name", ["monitor.example.com", "MONITOR", "[192.0.2.7]", "[IPv6:::1]"])
def test_the_mail_server_can_be_greeted_with_a_name(name: str) -> None:
    assert read({"SMTP_HELO_NAME": name}).email.helo_name == name


@pytest.mark.parametrize("name", ["a b", "a\r\nMAIL", "[x]", "central.são", "-a", "a@b"])
def test_a_name_that_no_host_can_have_greets_nobody(name: str) -> None:
    (problem,) = problems({"SMTP_HELO_NAME": name})
    assert "write the name of a host (monitor.example.com) or [its IP address]" in problem


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
    nowhere = f"{said} /nowhere/.env, or name the settings of the installation with --env-file"
    assert problems({}, needs_segware=True) == (nowhere,)
    path = env_file(tmp_path, "SEGWARE_TOKEN=\n")
    assert problems({}, path, needs_segware=True) == (f"{said} {path}",)
    # Once is enough, though the injection needs it too.
    assert problems({"SEGWARE_ALARM_ENABLED": "true"}, needs_segware=True) == (nowhere,)


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


def test_importing_the_settings_is_cheap() -> None:
    heavy = "{'requests', 'urllib3', 'zoneinfo', 'dotenv', 'difflib'}"
    code = f"import sys, events_tracker.settings; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("setting", CATALOG, ids=lambda setting: setting.name)
@pytest.mark.parametrize("quotes", ['""', "''", "“”"])
def test_quotes_that_nothing_took_away_are_refused(setting: Setting, quotes: str) -> None:
    """As `docker run --env-file` keeps them, around every value."""
    name = setting.name
    text = f"{quotes[0]}{setting.suggestion or setting.default or 'hidden'}{quotes[1]}"
    said = f"{name} has quotes around its value, which count as part of it: remove them"
    assert problems({name: text}) == (said,)
    assert problems({name: f" {text} "}) == (said,)
    assert problems({name: quotes}) == (said,)


def test_quotes_in_and_around_a_secrets_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text('"hidden"\n')
    (problem,) = problems({"SEGWARE_TOKEN_FILE": str(tmp_path / "token")})
    assert problem.startswith("the file that SEGWARE_TOKEN_FILE names has quotes around its value")
    (problem,) = problems({"SEGWARE_TOKEN_FILE": f"'{tmp_path / 'token'}'"})
    assert problem.startswith("SEGWARE_TOKEN_FILE has quotes around its value")


def test_quotes_inside_a_value_are_part_of_it() -> None:
    assert read({"EMAIL_SUBJECT": 'Excesso "central 1"'}).email.subject == 'Excesso "central 1"'


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"TRACKER_THRESHOLDS": "E401=100"},
            ["TRACKER_THRESHOLDS names E401, which TRACKER_CODES leaves out"],
        ),
        (
            {"TRACKER_CODES": "*", "TRACKER_THRESHOLDS": "E702=5"},
            ["TRACKER_THRESHOLDS names E702, which never counts: it is SEGWARE_ALARM_CODE"],
        ),
        (
            {"TRACKER_CODES": "E130,E702"},
            ["TRACKER_CODES names E702, which never counts: it is SEGWARE_ALARM_CODE"],
        ),
    ],
)
def test_what_can_never_match_is_noted(given: dict[str, str], said: list[str]) -> None:
    assert list(read(given).notes) == said


def test_the_examples_own_thresholds_are_right() -> None:
    (example,) = re.findall(r"# Other thresholds .*: (E\S+)", env_example())
    assert read({"TRACKER_THRESHOLDS": example}).tracker.thresholds == {"E130": 30, "E131": 100}
