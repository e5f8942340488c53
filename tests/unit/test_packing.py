"""In how many messages due deliveries travel, and in which order."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.decisions.delivery.packing import Packing, singles
from events_tracker.messages.words import Language
from events_tracker.model.alarms import Priority
from events_tracker.model.deliveries import (
    EMAIL,
    SEGWARE,
    WEBHOOK,
    Destination,
    DueDelivery,
    EmailText,
    Injections,
    Parcel,
    Rest,
    WebhookCall,
    WhatsAppText,
)
from tests.support.values import OVER, PHONE, alert, cleared, opened
from tests.support.world import NOON

LETTERS = Destination(EMAIL, {"to": ("ana@example.com", "rui@example.com")})
SEGWARE_ITSELF, HOOK = Destination(SEGWARE), Destination(WEBHOOK)
PACKING = Packing(
    voice=Language("en", ZoneInfo("America/Sao_Paulo")), digest_over=3, subject=None, now=NOON
)


def parcels(*items: DueDelivery) -> list[Parcel]:
    """What these deliveries travel in, if more than three alerts make a digest."""
    return PACKING.parcels(items)


def ids(packed: Sequence[Parcel]) -> list[list[str]]:
    """Which alerts each parcel tells of."""
    return [[item.alert.register_id for item in parcel.items] for parcel in packed]


def several(count: int, to: Destination = PHONE) -> list[DueDelivery]:
    """That so many alerts opened, a minute after another."""
    return [opened(alert(f"r{n:03}", opened_at=NOON + n * MINUTE), to) for n in range(count)]


def test_nothing_due_makes_no_message() -> None:
    assert parcels() == []


@pytest.mark.parametrize(
    ("to", "kind"), [(PHONE, WhatsAppText), (LETTERS, EmailText)], ids=["whatsapp", "email"]
)
def test_few_alerts_have_a_message_each_and_more_one_digest(
    to: Destination, kind: type[object]
) -> None:
    few, many = parcels(*several(3, to)), parcels(*several(4, to))
    assert ids(few) == [["r000"], ["r001"], ["r002"]]
    assert ids(many) == [["r000", "r001", "r002", "r003"]]
    assert all(isinstance(parcel.message, kind) for parcel in [*few, *many])


def test_the_beginning_and_the_end_of_one_alert_share_a_message() -> None:
    beginning, end = opened(OVER, end_follows=True), cleared(OVER)
    (parcel,) = parcels(end, beginning)
    assert parcel.items == (beginning, end)
    assert isinstance(parcel.message, WhatsAppText)
    assert parcel.message.text.startswith("*OPENED AND OVER ALREADY*")


def test_both_messages_of_one_alert_count_once_toward_a_digest() -> None:
    assert len(parcels(*several(2), opened(OVER, end_follows=True), cleared(OVER))) == 3


@pytest.mark.parametrize(("end_follows", "both"), [(False, True), (True, False)])
def test_what_is_over_with_nothing_queued_to_say_so_is_told_as_both(
    end_follows: bool, both: bool
) -> None:
    (parcel,) = parcels(opened(OVER, end_follows=end_follows))
    assert isinstance(parcel.message, WhatsAppText)
    assert ("OVER ALREADY" in parcel.message.text) is both


def test_what_was_detected_afterwards_is_one_digest_apart_from_the_rest() -> None:
    late = [opened(alert("late"), bundle="b1"), opened(alert("later"), bundle="b1")]
    now, afterwards = parcels(*late, opened(alert("a", opened_at=NOON - HOUR)))
    assert ids([now, afterwards]) == [["a"], ["late", "later"]]
    assert isinstance(afterwards.message, WhatsAppText)
    assert afterwards.message.text.startswith("*2 EVENT ALERTS*")


@pytest.mark.parametrize("to", [PHONE, LETTERS], ids=["whatsapp", "email"])
@pytest.mark.parametrize("digest_over", [0, 1, 10])
@pytest.mark.parametrize("bundle", [None, "b1"])
def test_one_alert_is_never_a_digest(to: Destination, digest_over: int, bundle: str | None) -> None:
    packing = replace(PACKING, digest_over=digest_over)
    (parcel,) = packing.parcels(
        [opened(OVER, to, bundle=bundle, end_follows=True), cleared(OVER, to, bundle=bundle)]
    )
    assert isinstance(parcel.message, WhatsAppText | EmailText)
    assert "OPENED AND OVER ALREADY" in parcel.message.text
    assert "Period start" in parcel.message.text


def test_those_who_do_not_have_a_letter_yet_get_it_alone() -> None:
    rest = Rest(("rui@example.com",))
    fresh, left = parcels(opened(alert("a"), LETTERS), opened(alert("b"), LETTERS, rest=rest))
    assert isinstance(fresh.message, EmailText)
    assert isinstance(left.message, EmailText)
    assert (fresh.message.only, left.message.only) == ((), ("rui@example.com",))
    assert left.message.to == fresh.message.to, "all recipients are named all the same"


def test_a_webhook_is_called_once_for_each_delivery() -> None:
    packed = parcels(*several(9, HOOK), opened(OVER, HOOK), cleared(OVER, HOOK))
    assert [len(parcel.items) for parcel in packed] == [1] * 11
    calls = [parcel.message for parcel in packed if isinstance(parcel.message, WebhookCall)]
    assert [call.delivery_id for call in calls] == [parcel.items[0].id for parcel in packed]


def test_injections_share_a_call_of_twenty_within_one_company() -> None:
    ours = several(25, SEGWARE_ITSELF)
    theirs = opened(alert("other", company_id=99), SEGWARE_ITSELF)
    packed = parcels(*ours, theirs)
    assert sorted(len(parcel.items) for parcel in packed) == [1, 5, 20]
    for parcel in packed:
        assert isinstance(parcel.message, Injections)
        assert {item.alert.company_id for item in parcel.items} == {parcel.message.company_id}
        assert len(parcel.message.codes) == len(parcel.message.texts) == len(parcel.items)


def test_the_injections_of_a_refused_call_go_one_by_one() -> None:
    (together,) = parcels(*several(3, SEGWARE_ITSELF))
    apart = singles(together, PACKING.voice)
    assert [parcel.items for parcel in apart] == [(item,) for item in together.items]
    messages = [parcel.message for parcel in apart if isinstance(parcel.message, Injections)]
    assert isinstance(together.message, Injections)
    assert tuple(text for message in messages for text in message.texts) == together.message.texts


def test_the_most_urgent_first_then_the_oldest_and_the_beginning_before_the_end() -> None:
    low = opened(alert("low", priority=Priority.LOW, opened_at=NOON - HOUR), HOOK)
    high = opened(alert("high", priority=Priority.HIGH, opened_at=NOON + HOUR), HOOK)
    older = opened(alert("older", opened_at=NOON - MINUTE), HOOK)
    end, beginning = cleared(OVER, HOOK), opened(OVER, HOOK)
    found = [parcel.items[0] for parcel in parcels(low, end, older, beginning, high)]
    assert found == [high, older, beginning, end, low]


def test_an_alarms_own_subject_comes_before_that_of_the_settings() -> None:
    packing = replace(PACKING, subject="Tracker")
    general, own = packing.parcels(
        [opened(alert("a"), LETTERS), opened(alert("b"), LETTERS, subject="Doors")]
    )
    assert isinstance(general.message, EmailText)
    assert isinstance(own.message, EmailText)
    assert (general.message.subject, own.message.subject) == ("Tracker", "Doors")
    (digest,) = packing.parcels(several(4, LETTERS))
    assert isinstance(digest.message, EmailText)
    assert digest.message.subject == "Tracker (4)"


@st.composite
def due(draw: st.DrawFn) -> list[DueDelivery]:
    """What is due on one channel: beginnings and ends, some of them late or partly sent."""
    to = draw(st.sampled_from([PHONE, LETTERS, SEGWARE_ITSELF, HOOK]))
    items = []
    for number in range(draw(st.integers(0, 12))):
        about = alert(
            f"r{number:02}",
            company_id=draw(st.sampled_from([3, 4, None])),
            priority=draw(st.sampled_from(Priority)),
            opened_at=NOON + draw(st.integers(-5, 5)),
            cleared_at=draw(st.none() | st.just(NOON + HOUR)),
        )
        bundle = draw(st.sampled_from([None, None, "b1", "b2"]))
        rest = draw(st.sampled_from([None, None, Rest(("rui@example.com",))]))
        kinds = draw(st.sampled_from([(opened,), (cleared,), (opened, cleared)]))
        items += [kind(about, to, bundle=bundle, rest=rest) for kind in kinds]
    return draw(st.permutations(items))


@given(items=due())
def test_whatever_is_due_travels_once_and_in_the_same_way_whatever_the_order(
    items: list[DueDelivery],
) -> None:
    packed = PACKING.parcels(items)
    travelling = [item for parcel in packed for item in parcel.items]
    assert sorted(item.id for item in travelling) == sorted(item.id for item in items)
    assert all(parcel.items for parcel in packed)
    for parcel in packed:
        if isinstance(parcel.message, WhatsAppText | EmailText):
            assert len({(item.bundle, item.rest) for item in parcel.items}) == 1
    again = PACKING.parcels(sorted(items, key=lambda item: item.id))
    assert {frozenset(i.id for i in parcel.items) for parcel in packed} == {
        frozenset(i.id for i in parcel.items) for parcel in again
    }
