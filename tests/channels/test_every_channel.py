"""What all channels have in common: how they fail, and that no failure tells a secret."""

import traceback
from collections.abc import Iterator

import pytest

from events_tracker.base import limits
from events_tracker.base.errors import DeliveryError, Retry
from tests.channels.rigs import RIGS, Rig, deadline

LATER, NEVER, UNKNOWN = Retry.LATER, Retry.NEVER, Retry.UNKNOWN
FAILURES = {
    "refuses for good": dict.fromkeys(RIGS, NEVER),
    # Segware may have taken the event before it failed.
    "is in trouble": dict.fromkeys(RIGS, LATER) | {"segware": UNKNOWN},
    "refuses connections": dict.fromkeys(RIGS, LATER),
    # A mail server takes no letter before it says so; to be told twice by others is harmless.
    "never answers": dict.fromkeys(RIGS, UNKNOWN) | {"email": LATER},
    "breaks the connection": dict.fromkeys(RIGS, UNKNOWN) | {"email": LATER},
}


@pytest.fixture(params=RIGS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rig(name: str) -> Iterator[Rig]:
    with RIGS[name](deadline()) as rig:
        yield rig


def test_a_provider_that_takes_the_message_is_a_success(rig: Rig) -> None:
    rig.send()
    assert rig.taken() == 1
    rig.send()
    assert rig.taken() == 2


@pytest.mark.parametrize("how", FAILURES)
def test_a_provider_that(how: str, name: str, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "never answers":
        monkeypatch.setattr(limits, "READ_SECONDS", 0.3)
    rig.break_(how)
    with pytest.raises(DeliveryError) as failure:
        rig.send()
    assert failure.value.again is FAILURES[how][name]
    told = "".join(traceback.format_exception(failure.value))
    assert [secret for secret in rig.secrets if secret in told] == []


@pytest.mark.parametrize("how", ["never answers", "refuses connections"])
def test_a_provider_that_is_not_there_is_not_asked_for_the_next_message(
    how: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "never answers":
        monkeypatch.setattr(limits, "READ_SECONDS", 0.3)
    rig.break_(how)
    with pytest.raises(DeliveryError) as failure:
        rig.send()
    assert failure.value.unreachable


@pytest.mark.parametrize("how", ["refuses for good", "breaks the connection"])
def test_a_provider_that_fails_at_one_message_is_asked_for_the_next(how: str, rig: Rig) -> None:
    rig.break_(how)
    with pytest.raises(DeliveryError) as failure:
        rig.send()
    assert not failure.value.unreachable
