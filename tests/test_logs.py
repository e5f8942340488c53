"""Logs: with -v, and in `run` and `web`, each line on stderr has its time, level and pass."""

import json
import logging
import re
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from events_tracker.app.logs import Logs
from events_tracker.settings import load
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.engines import on_sqlite
from tests.support.world import PADARIA, Result, Tracker

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) (\w+): (.*)")
KEYS = ["time", "level", "pass", "message", "host", "pid"]
TOKEN = "um-segredo-bem-guardado"


def text_lines(result: Result) -> list[tuple[str, ...]]:
    """Level, pass and message of each line; all of stderr is lines of the log."""
    found = [LINE.fullmatch(line) for line in result.stderr.splitlines()]
    assert all(found), result.stderr
    return [match.groups() for match in found if match]


def json_lines(result: Result) -> list[dict[str, Any]]:
    objects = [json.loads(line) for line in result.stderr.splitlines()]
    assert {tuple(each) for each in objects} == {tuple(KEYS)}
    return objects


@on_sqlite
@pytest.mark.usefixtures("initialised")
def test_what_a_scan_says_is_a_log_with_v_and_words_without(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    scanned = text_lines(tracker("-v", "scan"))
    assert ("DEBUG", "scan") in {line[:2] for line in scanned}
    assert re.fullmatch(r"60 events, opened 1, in \d+\.\d s", scanned[-1][2])
    segware.fail_always("/v1/events", json_reply(500, {}))
    failed = text_lines(tracker("-v", "scan"))
    assert failed[-1][:2] == ("ERROR", "scan")
    assert failed[-1][2].startswith(f"{segware.url}/v1/events answered 500 (")
    # In a log there is no silence: what is not repeated is there all the same.
    again = json_lines(tracker("-v", "scan", LOG_FORMAT="json"))
    assert (again[-1]["level"], again[-1]["pass"]) == ("info", "scan")
    assert again[-1]["message"].startswith(f"again: {segware.url}/v1/events answered 500")
    assert tracker("scan", "--repeat-errors").stderr.startswith("error: http://127.0.0.1")


@on_sqlite
def test_the_format_is_read_from_the_settings_and_until_then_from_the_environment(
    tracker: Tracker,
) -> None:
    (tracker.folder / ".env").write_text("LOG_FORMAT=json\n")
    (tracker.folder / ".env").chmod(0o600)
    assert "init" in json_lines(tracker("-v", "scan"))[-1]["message"]
    (tracker.folder / ".env").unlink()
    wrong = tracker("-v", "scan", LOG_FORMAT="json", TRACKER_WINDOW="soon")
    assert [each["level"] for each in json_lines(wrong)] == ["error"]
    refused = tracker("-v", "scan", LOG_FORMAT="xml")
    assert refused.exit_code == 2
    assert [line[2] for line in text_lines(refused)] == [
        "LOG_FORMAT is 'xml': write one of text, json"
    ]


@pytest.fixture(params=["text", "json"])
def logs(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Logs]:
    """A log that knows the settings."""
    opened = Logs("web", logging.INFO, as_json=False)
    environ = {"SEGWARE_TOKEN": TOKEN, "LOG_FORMAT": request.param}
    opened.follow(load(environ, None, cwd=tmp_path), [TOKEN])
    yield opened
    opened.close()


def test_nothing_in_a_line_is_secret_or_acts_on_a_terminal(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("events_tracker.x")
    log.debug("not at this level")
    log.info("a\x1b[2Jb\u202ec %s", TOKEN, extra={"pass": "scan"})
    try:
        raise RuntimeError(f"Bearer {TOKEN}")
    except RuntimeError:
        # As waitress does where a request breaks, and urllib3 with its addresses.
        logging.getLogger("waitress").exception("Exception while serving %s", f"/{TOKEN}")
    logging.getLogger("urllib3.connectionpool").warning("Retrying: /%s/send", TOKEN)
    logging.getLogger("urllib3.connectionpool").debug("GET /%s", "anything")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)  # pytest has its own ear for warnings
        warnings.warn(f"old {TOKEN}", stacklevel=1)
    said = capsys.readouterr().err
    assert TOKEN not in said
    assert "***" in said
    assert "Traceback" not in said
    assert not {"\x1b", "\u202e"} & set(said)
    assert "GET" not in said
    if said.startswith("{"):
        objects = [json.loads(line) for line in said.splitlines()]
        assert [(each["level"], each["pass"]) for each in objects] == [
            ("info", "scan"),
            ("error", "web"),
            ("warning", "web"),
            ("warning", "web"),
        ]
        assert objects[0]["message"] == "a\x1b[2Jb\u202ec ***"
        assert "\nerror: unexpected RuntimeError: Bearer ***\n  at /" in objects[1]["message"]
    else:
        assert all(map(LINE.fullmatch, said.splitlines()))
        assert " INFO scan: a\\x1b[2Jb\\u202ec ***\n" in said
        assert " ERROR web: error: unexpected RuntimeError: Bearer ***\n" in said


def test_before_the_settings_are_known_an_error_is_not_quoted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened = Logs("web", logging.INFO, as_json=False)
    try:
        raise RuntimeError(TOKEN)
    except RuntimeError:
        logging.getLogger("waitress").exception("broken")
    finally:
        opened.close()
    assert TOKEN not in capsys.readouterr().err


def test_what_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch, logs: Logs) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    logging.getLogger("events_tracker.x").info("nobody hears it")
