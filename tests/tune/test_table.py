"""What `tracker tune` prints of a month: grades, and the entries that the replay does not have."""

from zoneinfo import ZoneInfo

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.commands.tune_text import print_tuned
from events_tracker.formats.tuning import tuning_object
from events_tracker.model.alarms import Clearing
from events_tracker.model.tuning import Check, Figures, Grade, NotFound, Rule, Tried, Tuned

START = 1_795_219_200_000


def test_a_month_has_grades_and_says_what_the_replay_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = Figures(1281, 42.7, 928, 0.17, 0.59, 0.0003, 7, 0.1, 0.31, Grade.GREEN)
    missed = NotFound("r1", "1950", 7, "ALR", "E130", START + DAY, "60 minutes missing on 21/11")
    found = Tuned(
        alarm="default",
        span=Span(START, START + 30 * DAY - 1),
        missing_minutes=180,
        coarse_minutes=0,
        check=Check(792, 780, 90_000, [missed] * 12, 5),
        rules=[
            Tried(Rule(2 * HOUR, 30, Clearing(10 * MINUTE)), True, figures),
            Tried(Rule(26 * HOUR, 1500, Clearing(0, 80)), False, figures),
        ],
        notes=["accounts and their companies are taken as they are today"],
        openings=0,
        by_facts=True,
        left_out=0,
        scans_from=None,
    )
    print_tuned(found, ZoneInfo("America/Sao_Paulo"))
    row = "21/11 21:00  1950     ALR E130  60 minutes missing on 21/11"
    assert capsys.readouterr().out.splitlines() == [
        "alarm default, 20/11–20/12, 30.0 days, 3 h missing, 0 coarse",
        "Window  Value  Clear  Per day  Accounts  Again  Msg/10  >10   Most  >24h  Grade",
        "2h      ← 30   10m    42.7     928       17%    0.59    0.0%  7     0.10  green",
        "26h     1500   80%    42.7     928       17%    0.59    0.0%  7     0.10  green",
        "check: the rule in force, replayed: 780 of 792 register entries found, opening within "
        "2 min; 12 not; 5 under earlier revisions are not compared",
        "Opened       Account  Event     Why it may not be found",
        *[row] * 10,
        "2 more; --format json has all.",
        "note: accounts and their companies are taken as they are today",
    ]
    check = tuning_object(found)["check"]
    assert (check["register"], check["found"], check["within_minutes"]) == (792, 780, 2)
    assert check["not_found"][0] == {
        "register_id": "r1",
        "account_code": "1950",
        "account_id": 7,
        "cuc": "ALR",
        "code": "E130",
        "opened_at": "2026-11-22T00:00:00.000Z",
        "why": "60 minutes missing on 21/11",
    }
