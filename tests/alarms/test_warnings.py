"""What `alarms create` and `edit` say at once: what was never seen, and what the rule finds now."""

import shlex
from pathlib import Path

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker


def said(tracker: Tracker, line: str) -> list[str]:
    """What a successful `tracker alarms` says beside its result."""
    result = tracker("alarms", *shlex.split(line))
    assert result.exit_code == 0, result.stderr
    return result.stderr.splitlines()


@pytest.fixture
def _scanned(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "E130", count=60)
    segware.add_events(NOON - 20 * MINUTE, CONDOMINIO, "E130", count=40)
    segware.add_events(NOON - 20 * MINUTE, CONDOMINIO, "E602", count=1)
    tracker.scan()
    segware.requests.clear()


@pytest.mark.usefixtures("_scanned")
def test_what_nobody_has_seen_is_said_with_the_nearest_that_somebody_has(
    tracker: Tracker,
) -> None:
    assert said(tracker, "create a --codes E13O,QQ77 --disabled") == [
        "warning: nobody has ever sent E13O; did you mean E130?",
        "warning: nobody has ever sent QQ77",
    ]
    assert said(tracker, "create b --codes E130,1602,E110,E120 --disabled") == [
        "warning: nobody has ever sent E110, E120, as far as is remembered"
    ]
    assert said(tracker, "create c --cucs ALR,ALX --accounts 1950,1905 --disabled") == [
        "warning: nobody has ever sent the CUC ALX; did you mean ALR?",
        "warning: no account is known by the code 1905 yet; did you mean 1950?",
    ]
    assert said(tracker, "create d --companies 'Sentinela Monitoramneto' --disabled") == [
        "warning: no company is known by the name 'Sentinela Monitoramneto' yet; did you mean "
        "Sentinela Monitoramento?"
    ]
    path = Path(tracker.folder, "two.toml")
    path.write_text(
        '[[alarm]]\nname = "x"\ncodes = ["E13O"]\nenabled = false\n'
        '[[alarm]]\nname = "y"\ncucs = ["ALX"]\nenabled = false\n'
    )
    assert said(tracker, f"import {path}") == [
        "warning: x: nobody has ever sent E13O; did you mean E130?",
        "warning: y: nobody has ever sent the CUC ALX; did you mean ALR?",
    ]
    assert said(tracker, "copy x z") == ["warning: nobody has ever sent E13O; did you mean E130?"]
    assert said(tracker, "edit a --codes e130,E702") == [
        "note: E702 never counts: it is SEGWARE_ALARM_CODE"
    ]


@on_sqlite
@pytest.mark.usefixtures("_scanned")
def test_of_codes_in_the_settings_init_says_the_same(tracker: Tracker) -> None:
    tracker.environ["TRACKER_CODES"] = "E130,E13O"
    warning = "warning: nobody has ever sent E13O; did you mean E130?"
    assert warning in tracker("init").stderr.splitlines()
    assert warning not in tracker("init").stderr.splitlines(), "nothing is new"


@on_sqlite
@pytest.mark.usefixtures("_scanned")
def test_what_a_rule_finds_now_is_said_from_what_is_remembered(
    tracker: Tracker, segware: Simulator
) -> None:
    assert said(tracker, "create a --codes E130 --value 30") == [
        "In the last 2h, up to 08:58, it finds 2: 1950 ALR E130 (60), id 8 ALR E130 (40)."
    ]
    assert said(tracker, "edit a --value 50 --group-by account") == [
        "In the last 2h, up to 08:58, it finds 1: 1950 (60)."
    ]
    assert said(tracker, "edit a --value 500") == ["In the last 2h, up to 08:58, it finds nothing."]
    assert said(tracker, "create week --codes E130 --window 7d --value 60") == [
        "In the part that is remembered of the last 7d, up to 08:58, it finds 1: "
        "1950 ALR E130 (60)."
    ]
    # Of a part nobody knows what is missing, nor of companies what is not looked up yet.
    assert said(tracker, "create street --codes E130 --group-by company") == []
    assert said(tracker, "create m --template missing-test --accounts 1950") == []
    assert said(tracker, "create r --template repeat-offender") == []
    assert segware.requests == []


@on_sqlite
def test_where_nothing_is_remembered_nothing_is_said(tracker: Tracker) -> None:
    assert said(tracker, "create a --codes E13O --accounts 1 --companies x --cucs Q") == []
    assert alarms(tracker, "edit a --value 9").startswith("The alarm 'a' is changed")
