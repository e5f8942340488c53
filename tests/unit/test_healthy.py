"""The health check of containers ends by itself, whatever it waits for."""

import runpy
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
asked = runpy.run_path(str(ROOT / "deploy/container/healthy.py"))["asked"]


@pytest.mark.parametrize("answer", [None, "no scan was good for TRACKER_STALE_AFTER"])
def test_an_answer_is_passed_on(answer: str | None) -> None:
    assert asked(lambda: answer) == answer


def test_what_never_answers_is_said_and_not_waited_for() -> None:
    never = threading.Event()
    try:
        assert asked(never.wait, longest=0.05) == (
            "no answer within 0.05 s: is the name of the database's host found here?"
        )
    finally:
        never.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_check_that_fails_is_no_good_health() -> None:
    assert asked(lambda: 1 // 0) == "the check itself failed, as said above"
