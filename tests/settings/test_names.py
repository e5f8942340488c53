"""Names that are no settings: refused where they are meant for us, else left alone."""

from pathlib import Path

import pytest

from events_tracker.settings import (
    load,
)
from tests.settings.tools import NOWHERE, env_file, problems


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
        ("SMTP_EHLO_NAME", "SMTP_HELO_NAME"),  # though hosts have other names that end like it
        ("SMTP_HELLO_NAME", "SMTP_HELO_NAME"),
        ("WEB_SECRETS", "WEB_SECRET"),
        ("WEB_TRUSTED_PROXIES", "WEB_TRUSTED_PROXY"),
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
    assert load(environ, env_file(tmp_path, ""), cwd=NOWHERE)


@pytest.mark.parametrize(
    "name",
    [
        # Kubernetes, for services that are called webhook, tracker-web and segware.
        *("WEBHOOK_PORT", "WEBHOOK_SERVICE_HOST", "WEBHOOK_SERVICE_PORT", "SEGWARE_PORT"),
        *("TRACKER_WEB_SERVICE_PORT_HTTP", "TRACKER_WEB_PORT_80_TCP", "SMTP_PORT_25_TCP_ADDR"),
        *("SEGWARE_PORT_443_UDP_PROTO", "HEARTBEAT_PORT_8000_TCP_PORT"),
        # Docker, for links.
        *("DATABASE_NAME", "DATABASE_ENV_MYSQL_DATABASE", "TRACKER_ENV_PATH"),
        # GNOME's indexer.
        *("TRACKER_VERBOSITY", "TRACKER_DEBUG", "TRACKER_USE_LOG_FILES"),
        # What hosts and other programs have for mail, databases and hooks.
        *(
            "SMTP_HOST",
            "SMTP_PORT",
            "SMTP_USER",
            "SMTP_PASSWORD",
            "SMTP_HOSTNAME",
            "SMTP_SERVER",
            "EMAIL_HOST",
        ),
        *("EMAIL_HOST_USER", "DATABASE_HOST", "DATABASE_USER", "DATABASE_PASSWORD_FILE"),
        *("WEBHOOK_TIMEOUT", "NOTIFY_SOCKET", "NOTIFY_FD", "WEB_CONCURRENCY", "WEB_HOST"),
    ],
)
def test_names_of_others_that_begin_like_ours_are_left_alone(name: str) -> None:
    assert load({name: "tcp://10.0.0.7:80"}, None, cwd=NOWHERE)


@pytest.mark.parametrize(
    ("name", "shown", "nearest"),
    [
        (
            "\ufeffTRACKER_THRESHOLD",
            "\\ufeffTRACKER_THRESHOLD",
            "TRACKER_THRESHOLD",
        ),  # two files in one
        ("TRAKER_THRESHOLD", "TRAKER_THRESHOLD", "TRACKER_THRESHOLD"),
        ("THRESHOLD", "THRESHOLD", "TRACKER_THRESHOLD"),
        ("SMTPS_URL", "SMTPS_URL", "SMTP_URL"),
        ("SMTP_HOST", "SMTP_HOST", "SMTP_HELO_NAME"),  # nobody else reads the file
        ("WEBHOOK_PORT", "WEBHOOK_PORT", "WEB_PORT"),
    ],
)
def test_every_name_in_the_file_is_meant_for_us(
    name: str, shown: str, nearest: str, tmp_path: Path
) -> None:
    path = env_file(tmp_path, f"TRACKER_LANGUAGE=en\n{name}=80\n")
    assert problems({}, path) == (f"{shown} is not a setting: the nearest is {nearest}",)


def test_a_secret_by_itself_on_a_line_is_not_shown(tmp_path: Path) -> None:
    (problem,) = problems({}, env_file(tmp_path, "c2VjcmV0c2VjcmV0==\n"))
    assert problem.startswith("c2V… is not a setting")


def test_which_file_is_read_is_not_said_in_that_file(tmp_path: Path) -> None:
    assert problems({}, env_file(tmp_path, "TRACKER_ENV_FILE=/other/.env\n")) == (
        "TRACKER_ENV_FILE is for the environment: it says which file is read",
    )
