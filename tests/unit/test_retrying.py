"""What becomes of a delivery whose attempt failed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.errors import DeliveryError, PartlySent, Retry
from events_tracker.base.times import MINUTE
from events_tracker.decisions.delivery.retrying import (
    Verdict,
    is_awaited,
    known_so_far,
    orphans,
    reached,
    verdict,
)
from events_tracker.model.deliveries import (
    CHANNELS,
    SEGWARE,
    WEBHOOK,
    WHATSAPP,
    DeliveryStatus,
    Destination,
    DueDelivery,
    Parcel,
    Rest,
    WhatsAppText,
)
from tests.support.values import ALERT, OVER, alert, cleared, opened
from tests.support.world import NOON

PENDING, FAILED = DeliveryStatus.PENDING, DeliveryStatus.FAILED
SENT, UNCERTAIN = DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN
LEFT = Rest(("ana@example.com",), "rui@example.com does not exist")


def judged(
    again: Retry = Retry.LATER,
    *,
    attempts: int = 1,
    together: int | None = None,
    channel: str = WHATSAPP,
    most: int = 6,
    awaited: bool = False,
    last_chance: bool = False,
    rest: Rest | None = None,
) -> Verdict:
    """The verdict on a delivery after so many attempts, the last of which failed at noon."""
    item = opened(to=Destination(channel), attempts=attempts, last_chance=last_chance, rest=rest)
    return verdict(item, again, together or attempts, NOON, most, awaited=awaited)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 5), (4, 10), (5, 30)])
def test_the_wait_grows_with_the_attempts(attempts: int, minutes: int) -> None:
    assert judged(attempts=attempts) == Verdict(PENDING, NOON + minutes * MINUTE)


def test_the_longest_wait_is_that_of_all_further_attempts() -> None:
    assert judged(attempts=50, most=100) == Verdict(PENDING, NOON + 30 * MINUTE)


def test_what_travelled_together_waits_together() -> None:
    assert judged(attempts=1, together=4).due_at == judged(attempts=4).due_at


def test_it_is_given_up_after_the_last_attempt() -> None:
    assert judged(attempts=5, most=6).status == PENDING
    assert judged(attempts=6, most=6) == Verdict(FAILED, NOON)


def test_what_is_hardly_worth_an_attempt_has_three_at_most() -> None:
    assert judged(Retry.BRIEFLY, attempts=2).status == PENDING
    assert judged(Retry.BRIEFLY, attempts=3).status == FAILED
    assert judged(Retry.BRIEFLY, attempts=2, most=2).status == FAILED


def test_what_is_refused_or_has_its_last_chance_is_given_up_at_once() -> None:
    assert judged(Retry.NEVER).status == FAILED
    assert judged(last_chance=True).status == FAILED


def test_only_an_injection_that_may_have_been_taken_is_not_repeated() -> None:
    after_unknown = {channel: judged(Retry.UNKNOWN, channel=channel).status for channel in CHANNELS}
    assert after_unknown == {**dict.fromkeys(CHANNELS, PENDING), SEGWARE: UNCERTAIN}
    assert judged(Retry.UNKNOWN, channel=SEGWARE, attempts=99).status == UNCERTAIN
    assert judged(Retry.LATER, channel=SEGWARE).status == PENDING


def test_what_some_recipients_have_counts_as_sent_once_the_others_are_given_up() -> None:
    assert judged(rest=LEFT).status == PENDING
    assert judged(Retry.NEVER, rest=LEFT).status == SENT
    assert judged(attempts=6, rest=LEFT).status == SENT
    assert judged(awaited=True, rest=LEFT).status == SENT


@given(
    again=st.sampled_from(Retry),
    attempts=st.integers(1, 20),
    most=st.integers(1, 20),
    channel=st.sampled_from(CHANNELS),
)
def test_what_is_pending_is_due_later_and_has_attempts_left(
    again: Retry, attempts: int, most: int, channel: str
) -> None:
    found = judged(again, attempts=attempts, most=most, channel=channel)
    if found.status == PENDING:
        assert found.due_at > NOON
        assert attempts < most
        assert again is not Retry.NEVER


def parcel(*items: DueDelivery) -> Parcel:
    """What shares one message."""
    return Parcel(items, WhatsAppText("5511999990000", "text"))


def test_a_failure_of_everybody_leaves_the_parcel_as_it_is() -> None:
    sent = parcel(opened(rest=LEFT))
    assert reached(sent, DeliveryError("away", Retry.LATER)) == sent


def test_after_some_recipients_took_it_the_others_are_left() -> None:
    partly = PartlySent("no", ["eva@example.com"], None, "<1@x>")
    after = reached(parcel(opened(), cleared()), partly)
    assert {item.rest for item in after.items} == {Rest(("eva@example.com",), None, "<1@x>")}


def test_who_was_lost_at_each_attempt_is_kept() -> None:
    error = PartlySent("no", [], "eva@example.com is full", "<1@x>")
    (item,) = reached(parcel(opened(rest=LEFT)), error).items
    assert item.rest == Rest((), "rui@example.com does not exist; eva@example.com is full", "<1@x>")


def test_the_error_says_what_earlier_attempts_lost() -> None:
    away = DeliveryError("the server is away", Retry.LATER)
    assert known_so_far(None, away) == "the server is away"
    waiting = "ana@example.com cannot be told, the others have the message"
    told = f"the server is away; {waiting}"
    assert known_so_far(LEFT, away) == f"rui@example.com does not exist; {told}"
    assert known_so_far(replace(LEFT, lost=None), away) == told
    partly = PartlySent("ana@example.com was refused", ["ana@example.com"], None, "<1@x>")
    assert known_so_far(LEFT, partly) == f"{LEFT.lost}; ana@example.com was refused"


def test_the_end_of_an_alert_waits_for_the_rest_of_its_opening() -> None:
    item = opened(OVER, rest=LEFT)
    assert is_awaited(item, parcel(item))
    assert is_awaited(item, parcel(item, cleared(alert("r2")))), "another alert's end"
    assert not is_awaited(item, parcel(item, cleared(OVER))), "both travel together"


@pytest.mark.parametrize(
    "item",
    [opened(OVER), opened(ALERT, rest=LEFT), opened(OVER, rest=LEFT, bundle="late")],
    ids=["nobody has it", "it is not over", "it was over when it was detected"],
)
def test_otherwise_nobody_waits_for_it(item: DueDelivery) -> None:
    assert not is_awaited(item, parcel(item))


def test_an_end_is_an_orphan_once_its_opening_is_given_up() -> None:
    beginning, end = opened(OVER), cleared(OVER)
    other = cleared(alert("r2"))
    together = parcel(beginning, end, other)
    assert orphans(together, [beginning]) == {end.id}
    assert orphans(together, [end, other]) == set()
    assert orphans(together, []) == set()
    webhook = cleared(OVER, Destination(WEBHOOK))
    assert orphans(parcel(end), [beginning]) == {end.id}
    assert webhook.id not in orphans(parcel(end), [beginning]), "only what is in the parcel"
