"""Quiet or dead: the verdict is that of a recount, and what is not known makes nobody overdue."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.spans import without
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.decisions.silence import (
    Signal,
    is_alive,
    joined,
    may_be_to_look_at,
    sent,
    to_look_at,
)
from events_tracker.decisions.silence import judge as judge_joined
from events_tracker.messages.silence import silence_text
from events_tracker.model.silence import Sent, Silence, Verdict
from tests.support.world import NOON

MINUTES = 30 * 24 * 60
START = NOON - 30 * DAY
ZONE = ZoneInfo("America/Sao_Paulo")


def minute(number: int) -> Span:
    return Span(START + number * MINUTE, START + (number + 1) * MINUTE - 1)


def stretch(first: int, last: int) -> Span:
    return Span(minute(first).start, minute(last).end)


WHOLE = stretch(0, MINUTES - 1)
A_DAY = 24 * 60


def judge(sent: Sent, over_at: int, read: Iterable[Span]) -> Silence:
    return judge_joined(sent, over_at, joined(read, NOON))


def sent_in(stretches: Iterable[Span], *, tests: bool = True) -> Sent:
    code = "E602" if tests else "E130"
    signals = [Signal(7, code, one) for one in stretches]
    return sent(signals, NOON, lambda _, code: code == "E702").get(7, Sent())


def daily(until: int, *, tests: bool = True) -> Sent:
    """A signal a day, the last ``until`` minutes before the end."""
    return sent_in(map(minute, range(MINUTES - until - 1, 0, -A_DAY)), tests=tests)


@pytest.mark.parametrize(
    ("quiet", "verdict"),
    [(25 * 60, Verdict.SILENT), (25 * 60 + 1, Verdict.OVERDUE)],
)
def test_it_is_overdue_an_hour_after_its_longest_silence(quiet: int, verdict: Verdict) -> None:
    found = judge(daily(quiet), NOON - 20 * HOUR, [WHOLE])
    # Two events a day apart are so at their minutes: a minute more is possible.
    assert (found.verdict, found.longest) == (verdict, DAY + MINUTE - 1)
    assert (found.since, found.quiet) == (NOON - quiet * MINUTE - 1, quiet * MINUTE)
    assert to_look_at(found) == (verdict is Verdict.OVERDUE)


def test_who_never_pauses_is_not_overdue_before_three_hours() -> None:
    def after(quiet: int) -> Silence:
        chatty = sent_in(map(minute, range(0, MINUTES - quiet, 10)))
        return judge(chatty, NOON - 2 * HOUR, [WHOLE])

    assert after(170).verdict is Verdict.SILENT
    assert after(190).verdict is Verdict.OVERDUE


def test_an_event_after_it_was_over_is_a_sign_of_life() -> None:
    account = sent_in([minute(5), minute(100)])
    assert judge(account, minute(99).end, [WHOLE]).verdict is Verdict.ALIVE
    assert not is_alive(account, minute(100).start)
    # Of an hour of openings nobody knows whether they came before or after.
    openings = sent([Signal(7, None, stretch(60, 119))], NOON, lambda *_: False)[7]
    assert not is_alive(openings, minute(80).start)
    assert judge(openings, minute(80).start, [WHOLE]).since == minute(119).end


def test_what_the_tracker_raised_itself_is_no_sign_of_life() -> None:
    signals = [Signal(7, "E130", minute(5)), Signal(7, "E702", minute(50))]
    found = sent(signals, NOON, lambda _, code: code == "E702")
    assert found == {7: Sent([minute(5)], tests=False)}


def test_of_less_than_fourteen_days_nothing_is_said() -> None:
    known = stretch(16 * A_DAY + 1, MINUTES - 1)
    account = sent_in([minute(17 * A_DAY)])
    found = judge(account, minute(17 * A_DAY).end, [known])
    assert (found.verdict, found.longest, to_look_at(found)) == (Verdict.SILENT, None, False)
    fourteen = stretch(16 * A_DAY, MINUTES - 1)
    assert judge(account, minute(17 * A_DAY).end, [fourteen]).verdict is Verdict.OVERDUE


def test_an_outage_may_hide_a_sign_of_life() -> None:
    two_days, account = 2 * A_DAY, daily(2 * A_DAY)
    hole = [stretch(0, MINUTES - 601), stretch(MINUTES - 599, MINUTES - 1)]
    whole, holed = (judge(account, NOON - DAY, known) for known in ([WHOLE], hole))
    assert (whole.verdict, whole.quiet) == (Verdict.OVERDUE, two_days * MINUTE)
    assert (holed.verdict, holed.quiet) == (Verdict.SILENT, 599 * MINUTE)
    assert holed.since == whole.since


def test_without_a_periodic_test_its_silence_is_a_finding() -> None:
    quiet = judge(daily(25 * 60, tests=False), NOON - HOUR, [WHOLE])
    assert (quiet.verdict, quiet.sends_no_test, to_look_at(quiet)) == (Verdict.SILENT, True, True)
    assert not to_look_at(judge(daily(25 * 60 - 1, tests=False), NOON - HOUR, [WHOLE]))
    assert not to_look_at(judge(daily(25 * 60), NOON - HOUR, [WHOLE]))


SINCE = NOON - 7 * HOUR


@pytest.mark.parametrize(
    ("found", "english", "portuguese"),
    [
        (
            Silence(Verdict.ALIVE, SINCE, HOUR, 9 * HOUR, False),
            "heard since its last alert was over",
            "deu sinal depois que o último alerta acabou",
        ),
        (
            Silence(Verdict.OVERDUE, SINCE, 10 * HOUR, 9 * HOUR, True),
            "silent since 02:00, after its alert; longest silence in 30 days 9 h: dead? call",
            "sem sinal desde 02:00, depois do alerta; maior silêncio em 30 dias: 9 h; morto? ligue",
        ),
        (
            Silence(Verdict.SILENT, SINCE, 10 * HOUR, 3 * DAY, False),
            "silent since 02:00, after its alert; no longer than usual: longest silence in 30 days "
            "3 d, sends no periodic test",
            "sem sinal desde 02:00, depois do alerta; não mais que o normal: maior silêncio em 30 "
            "dias 3 d, não envia teste periódico",
        ),
        (
            Silence(Verdict.SILENT, SINCE, 10 * HOUR, None, False),
            "silent since 02:00, after its alert; too little known to say whether that is usual",
            "sem sinal desde 02:00, depois do alerta; ainda não se sabe se isso é normal",
        ),
    ],
)  # fmt: skip
def test_it_is_said_in_words(found: Silence, english: str, portuguese: str) -> None:
    assert silence_text(found, NOON, ZONE, ENGLISH) == english
    assert silence_text(found, NOON, ZONE, PORTUGUESE) == portuguese


moments = st.integers(0, MINUTES - 1)
events = st.lists(moments, min_size=1, max_size=30, unique=True) | st.builds(
    lambda last, pause: list(range(last, -1, -pause)), moments, st.integers(300, 3000)
)
stretches = st.lists(
    st.tuples(st.integers(0, MINUTES - 1), st.integers(1, 3000)).map(
        lambda one: (one[0], min(MINUTES - 1, one[0] + one[1]))
    ),
    max_size=5,
)


@given(events, st.integers(0, MINUTES - 1))
def test_the_verdict_is_that_of_a_recount(heard: list[int], over: int) -> None:
    quiet = bytearray(b"." * MINUTES)
    for at in heard:
        quiet[at] = ord("x")
    lead, *between, tail = map(len, bytes(quiet).split(b"x"))
    longest = max([lead + 1, *(length + 2 for length in between)])
    expected = Verdict.SILENT
    if max(heard) > over:
        expected = Verdict.ALIVE
    elif tail >= longest + 60 and tail >= 180:
        expected = Verdict.OVERDUE
    found = judge(sent_in(map(minute, heard)), minute(over).end, [WHOLE])
    assert (found.verdict, found.quiet) == (expected, tail * MINUTE)
    assert found.longest == longest * MINUTE - 1


@given(events, stretches, stretches, st.data())
def test_what_is_not_known_makes_nobody_overdue(
    heard: list[int],
    missing: Sequence[tuple[int, int]],
    coarse: Sequence[tuple[int, int]],
    data: st.DataObject,
) -> None:
    times = [START + at * MINUTE + data.draw(st.integers(0, MINUTE - 1)) for at in sorted(heard)]
    lost = [stretch(max(1, first), max(1, last)) for first, last in missing]
    kept = [at for at in heard if not any(one.covers(minute(at)) for one in lost)]
    seen = [
        next((stretch(*one) for one in coarse if one[0] <= at <= one[1]), minute(at)) for at in kept
    ]
    read, over_at = without(WHOLE, lost), minute(min(heard)).start
    found = judge(sent_in(seen), over_at, read)
    silences = [after - before for before, after in zip([START, *times], times, strict=False)]
    if found.verdict is Verdict.OVERDUE:
        assert NOON - times[-1] > max(silences) + HOUR
    if to_look_at(found):
        # Nobody is dropped for what the last days show.
        days = [one for one in joined(read, NOON) if one.end > NOON - 3 * DAY]
        lately = sent_in(one for one in seen if one.start >= days[0].start)
        assert may_be_to_look_at(lately, over_at, days)
