"""`tracker token` issues and revokes what opens the HTTP API, and keeps no token."""

import jwt
import pytest

from events_tracker.base.times import DAY
from tests.people.conftest import SECRET
from tests.support.engines import dump, on_sqlite
from tests.support.people import PASSWORD, add, everybody, people
from tests.support.world import Result, Tracker

JTI = r"[0-9a-f]{32}"


@pytest.fixture(autouse=True)
def signing(tracker: Tracker) -> None:
    """There is something to sign with, and somebody to sign for."""
    tracker.environ["WEB_SECRET"] = SECRET
    add(tracker, "Ana")


def token(tracker: Tracker, *args: str, exit_code: int = 0) -> Result:
    result = tracker("token", *args)
    assert result.exit_code == exit_code, result.stderr
    return result


def listed(tracker: Tracker) -> list[dict[str, object]]:
    found: list[dict[str, object]] = token(tracker, "--list", "--format", "json").json
    return found


def claims(text: str) -> dict[str, object]:
    """What a token says of itself, whatever the time is."""
    found: dict[str, object] = jwt.decode(
        text, SECRET, ["HS256"], {"verify_exp": False, "verify_iat": False}, audience="api"
    )
    return found


def test_a_token_is_printed_alone_and_says_whose_it_is(tracker: Tracker) -> None:
    result = token(tracker, "--for", "Ana")
    text = result.stdout.removesuffix("\n")
    issued = tracker.clock.now() // 1000
    (kept,) = listed(tracker)
    assert claims(text) == {
        "sub": "Ana",
        "jti": kept["jti"],
        "iat": issued,
        "exp": issued + 90 * 86_400,
        "aud": "api",
        "scope": "read write",
    }
    assert jwt.get_unverified_header(text) == {"alg": "HS256", "typ": "JWT"}
    assert kept == {
        "jti": kept["jti"],
        "name": "Ana",
        "service": False,
        "scope": "read write",
        "status": "valid",
        "issued_at": "2026-11-21T12:00:00.000Z",
        "expires_at": "2027-02-19T12:00:00.000Z",
        "revoked_at": None,
    }
    assert result.stderr == (f"Token {kept['jti']} for 'Ana', until 2027-02-19 09:00:00-03:00.\n")
    assert everybody(tracker)[0]["tokens"] == 1


def test_a_service_needs_no_person_but_a_name_of_its_own(tracker: Tracker) -> None:
    text = token(tracker, "--for", "grafana", "--service", "--read-only", "--days", "3650").stdout
    found = claims(text.strip())
    assert (found["sub"], found["scope"]) == ("grafana", "read")
    assert found["exp"] == tracker.clock.now() // 1000 + 3650 * 86_400
    (kept,) = listed(tracker)
    assert (kept["name"], kept["service"], kept["scope"]) == ("grafana", True, "read")
    assert token(tracker, "--for", "Ana", "--service", exit_code=2).stderr == (
        "error: 'Ana' is a person: a service needs a name of its own\n"
    )
    assert "visible characters" in token(tracker, "--for", "", "--service", exit_code=2).stderr


def test_nobody_gets_a_token_who_may_not_sign_in(tracker: Tracker) -> None:
    said = token(tracker, "--for", "Anna", exit_code=2).stderr
    assert said == "error: there is nobody called 'Anna'; did you mean 'Ana'?\n"
    assert listed(tracker) == []


def test_a_token_is_revoked_once_and_for_all(tracker: Tracker) -> None:
    token(tracker, "--for", "Ana")
    token(tracker, "--for", "Ana")
    newest, first = listed(tracker)
    tracker.clock.advance(1000)
    said = token(tracker, "--revoke", str(first["jti"])).stdout
    assert said == f"The token {first['jti']} of 'Ana' is revoked.\n"
    tracker.clock.advance(1000)
    said = token(tracker, "--revoke", str(first["jti"])).stdout
    assert said == f"The token {first['jti']} of 'Ana' was revoked already.\n"
    assert listed(tracker) == [
        newest,
        {**first, "status": "revoked", "revoked_at": "2026-11-21T12:00:01.000Z"},
    ]
    assert everybody(tracker)[0]["tokens"] == 1


@pytest.mark.parametrize("jti", ["", "0" * 32])
def test_an_unknown_id_is_refused(tracker: Tracker, jti: str) -> None:
    said = token(tracker, "--revoke", jti, exit_code=2).stderr
    assert said.endswith(": `tracker token --list` lists them\n")


@pytest.mark.parametrize("command", [["password", "Ana", "--password-stdin"], ["remove", "Ana"]])
def test_another_password_and_being_removed_revoke_what_a_name_has(
    tracker: Tracker, command: list[str]
) -> None:
    add(tracker, "Rui")
    for name in ("Ana", "Ana", "Rui"):
        token(tracker, "--for", name)
    assert people(tracker, *command).stdout.endswith(" Tokens revoked: 2.\n")
    assert {(one["name"], one["status"]) for one in listed(tracker)} == {
        ("Ana", "revoked"),
        ("Rui", "valid"),
    }


def test_a_token_expires(tracker: Tracker) -> None:
    token(tracker, "--for", "Ana", "--days", "1")
    tracker.clock.advance(DAY - 1)
    assert (listed(tracker)[0]["status"], everybody(tracker)[0]["tokens"]) == ("valid", 1)
    tracker.clock.advance(1)
    assert (listed(tracker)[0]["status"], everybody(tracker)[0]["tokens"]) == ("expired", 0)


def test_expired_tokens_stay_on_record_as_long_as_what_was_told(tracker: Tracker) -> None:
    tracker.environ["TRACKER_STALE_AFTER"] = "31d"
    token(tracker, "--for", "Ana", "--days", "1")
    tracker.clock.advance(1)
    token(tracker, "--for", "Ana", "--days", "365")
    token(tracker, "--revoke", str(listed(tracker)[0]["jti"]))
    tracker.clock.advance(91 * DAY - 1)
    assert tracker("purge", "--format", "json").json["deleted"]["tokens"] == 0
    tracker.clock.advance(1)
    foreseen = tracker("purge", "--dry-run", "--format", "json").json["deleted"]
    assert foreseen["tokens"] == 1
    assert tracker("purge", "--format", "json").json["deleted"]["tokens"] == 1
    assert [one["status"] for one in listed(tracker)] == ["revoked"]


def test_no_token_and_no_secret_is_kept_or_listed(tracker: Tracker, database: str) -> None:
    issued = token(tracker, "--for", "Ana").stdout.strip()
    told = token(tracker, "--list").stdout + token(tracker, "--list", "--format", "csv").stdout
    kept = told + repr(dump(database))
    assert [part for part in (*issued.split("."), SECRET, PASSWORD) if part in kept] == []


@on_sqlite
def test_people_read_a_table(tracker: Tracker) -> None:
    assert token(tracker, "--list").stdout == (
        "No token was issued yet: `tracker token --for NAME`.\n"
    )
    token(tracker, "--for", "grafana", "--service", "--read-only")
    heading, row = token(tracker, "--list").stdout.splitlines()
    assert heading.split() == ["Id", "Name", "Scope", "Status", "Issued", "Expires"]
    assert "grafana (service)  read   valid   2026-11-21 09:00:00-03:00" in row
    csv = token(tracker, "--list", "--format", "csv").stdout.splitlines()
    assert csv[0] == "jti,name,service,scope,status,issued_at,expires_at,revoked_at"
    assert ",grafana,true,read,valid,2026-11-21T12:00:00.000Z," in csv[1]


ONE = "write one of --for NAME, --list and --revoke JTI"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("", ONE),
        ("--for Ana --list", ONE),
        ("--list --revoke x", ONE),
        ("--list --days 3", "--days, --read-only and --service go with --for"),
        ("--revoke x --read-only", "--days, --read-only and --service go with --for"),
        ("--list --service", "--days, --read-only and --service go with --for"),
        ("--for Ana --format json", "--format goes with --list"),
        ("--revoke x --format csv", "--format goes with --list"),
        ("--for Ana --days 0", "0 is not in the range 1<=x<=3650"),
        ("--for Ana --days 3651", "3651 is not in the range 1<=x<=3650"),
    ],
)
@on_sqlite
def test_options_that_do_not_go_together(tracker: Tracker, options: str, said: str) -> None:
    assert said in token(tracker, *options.split(), exit_code=2).stderr
    assert listed(tracker) == []


@on_sqlite
def test_without_a_secret_nothing_is_issued(tracker: Tracker) -> None:
    del tracker.environ["WEB_SECRET"]
    (tracker.folder / ".env").write_text("")
    said = token(tracker, "--for", "Ana", exit_code=2)
    assert said.stderr.startswith("error: WEB_SECRET is not set")
    assert said.stdout == ""
    assert listed(tracker) == []
