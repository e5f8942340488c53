"""What of a run's errors is said, and when: with the errors that this program really has."""

from zoneinfo import ZoneInfo

import pytest

from events_tracker.base.times import HOUR, MINUTE, SECOND, Instant
from events_tracker.decisions.failures import Told, alike, tell
from events_tracker.model.failures import Failure
from tests.support.world import NOON

ZONE = ZoneInfo("America/Sao_Paulo")
AWAY = "https://api.segware.com.br/v1/events answered 503 (asked 3 times)"
UNKNOWN = "alarm doors: Segware knows no account with the code '1950'"
WHATSAPP = "whatsapp: ChatPro answered 503 (will be tried again)"


def runs(*each: tuple[Instant, list[str]], untried: tuple[str, ...] = ()) -> list[Told]:
    told: list[Told] = []
    known: list[Failure] = []
    for after, errors in each:
        told.append(tell(known, errors, NOON + after, ZONE, untried))
        known = list(told[-1].known)
    return told


def test_said_once_then_silence_then_that_it_is_over_then_nothing() -> None:
    first, second, third, good, later = runs(
        (0, [AWAY]), (MINUTE, [AWAY]), (2 * MINUTE, [AWAY]), (3 * MINUTE, []), (4 * MINUTE, [])
    )
    assert (first.errors, first.again, first.recovered) == ([AWAY], [], None)
    assert (second.errors, second.again) == ([], [AWAY]) == (third.errors, third.again)
    assert (good.errors, good.recovered) == ([], f"recovered after 3 min: {AWAY}")
    assert good.known == []
    assert later.recovered is None


def test_said_again_every_hour_with_since_when_and_how_often() -> None:
    told = runs(*((minute * MINUTE, [AWAY]) for minute in range(125)))
    said = [(minute, one.errors) for minute, one in enumerate(told) if one.errors]
    assert said == [
        (0, [AWAY]),
        (60, [f"{AWAY} (since 09:00, 61 times)"]),
        (120, [f"{AWAY} (since 09:00, 121 times)"]),
    ]


def test_of_several_lines_the_first_says_since_when() -> None:
    _, told = runs(
        (0, ["unexpected KeyError\n  at x"]), (2 * HOUR, ["unexpected KeyError\n  at x"])
    )
    assert told.errors == ["unexpected KeyError (since 09:00, 2 times)\n  at x"]
    over = tell(told.known, [], NOON + 3 * HOUR, ZONE)
    assert over.recovered == "recovered after 3 h: unexpected KeyError"


def test_a_failure_of_yesterday_has_its_date() -> None:
    _, told = runs((0, [AWAY]), (24 * HOUR, [AWAY]))
    assert told.errors == [f"{AWAY} (since 21/11 09:00, 2 times)"]


def test_another_failure_that_joins_is_said_and_one_that_comes_back_is_not() -> None:
    _, joined, alone, back, good = runs(
        (0, [AWAY]),
        (MINUTE, [AWAY, UNKNOWN]),
        (2 * MINUTE, [UNKNOWN]),
        (3 * MINUTE, [AWAY, UNKNOWN]),
        (2 * HOUR, []),
    )
    assert (joined.errors, joined.again) == ([UNKNOWN], [AWAY])
    assert (alone.errors, alone.recovered) == ([], None)
    assert back.errors == []
    assert good.recovered == f"recovered after 2 h: {AWAY} (and 1 more)"


def test_what_did_not_happen_for_an_hour_beside_another_failure_is_new_again() -> None:
    *_, back = runs(
        (0, [AWAY, UNKNOWN]), (MINUTE, [UNKNOWN]), (HOUR, [UNKNOWN]), (HOUR + MINUTE, [AWAY])
    )
    assert back.errors == [AWAY]


def test_what_a_run_did_not_try_is_neither_over_nor_for_ever() -> None:
    nothing_due = (MINUTE, list[str]())
    _, waiting, again = runs(
        (0, [WHATSAPP]), nothing_due, (3 * MINUTE, [WHATSAPP]), untried=("whatsapp: ", "email: ")
    )
    assert waiting.recovered is None
    assert (again.errors, again.again) == ([], [WHATSAPP])
    sent = tell(again.known, [], NOON + 30 * MINUTE, ZONE, ("email: ",))
    assert sent.recovered == f"recovered after 30 min: {WHATSAPP}"
    forgotten = tell(again.known, [], NOON + 2 * HOUR, ZONE, ("whatsapp: ",))
    assert (forgotten.recovered, forgotten.known) == (None, [])


def test_a_clock_that_was_set_back_does_not_make_it_silent() -> None:
    _, back = runs((0, [AWAY]), (-3 * HOUR, [AWAY]))
    assert back.errors == [f"{AWAY} (since 09:00, 2 times)"]
    assert tell(back.known, [], NOON - 4 * HOUR, ZONE).recovered == f"recovered after 0 s: {AWAY}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (AWAY, "https://api.segware.com.br/v1/events answered 503"),
        (WHATSAPP, f"{WHATSAPP}, 12 deliveries"),
        (
            "this host's clock is 61 s ahead of Segware's: nothing was seen as over",
            "this host's clock is 119 s ahead of Segware's: nothing was seen as over",
        ),
        (
            "https://a/v1/events holds more than one answer may carry, in the one millisecond "
            "2026-11-21T12:00:00.000Z",
            "https://a/v1/events holds more than one answer may carry, in the one millisecond "
            "2026-11-21T12:01:00.100Z (2 times)",
        ),
        (
            "Segware answered no event at all where the last good scan found 1200: nothing",
            "Segware answered no event at all where the last good scan found 998: nothing",
        ),
        (
            "700 of 1000 events are not what Segware's events look like",
            "1 of 1 events are not what Segware's events look like",
        ),
        (
            "https://a asks us to wait 37 s, longer than this pass may last",
            "https://a asks us to wait 9 s, longer than this pass may last",
        ),
    ],
)
def test_one_failure_whatever_its_numbers(one: str, other: str) -> None:
    assert alike(one) == alike(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (AWAY, AWAY.replace("503", "500")),
        (UNKNOWN, UNKNOWN.replace("1950", "1951")),
        (UNKNOWN.replace("doors", "Zona 1"), UNKNOWN.replace("doors", "Zona 2")),
        (WHATSAPP, WHATSAPP.replace("will be tried again", "failed")),
        (WHATSAPP, WHATSAPP.replace("whatsapp", "webhook")),
        ("email: x refused a1@b.c (450); the others", "email: x refused a2@b.c (450); the others"),
    ],
)
def test_another_failure(one: str, other: str) -> None:
    assert alike(one) != alike(other)


@pytest.mark.parametrize(
    ("length", "written"),
    [(90 * SECOND, "90 s"), (119 * MINUTE, "119 min"), (3 * HOUR + MINUTE, "3 h")],
)
def test_about_how_long(length: int, written: str) -> None:
    told = tell([Failure("x", NOON, NOON, NOON, 1)], [], NOON + length, ZONE)
    assert told.recovered == f"recovered after {written}: x"
