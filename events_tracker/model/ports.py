"""Ports: what a pass calls, and an adapter or a command implements."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

from events_tracker.base.deadline import Deadline
from events_tracker.model.deliveries import Message

M = TypeVar("M", bound=Message, contravariant=True)


class Channel(Protocol[M]):
    """Sends one kind of message, to the provider that it was made for.

    It is used from one thread at a time, for any number of messages, and closed once.
    """

    def send(self, message: M, deadline: Deadline) -> str | None:
        """Return once the provider has taken the message, and no later than the deadline.

        Returns the id that the message has at its provider, None if it gives none.

        Makes one attempt; whether there is another one is for the caller to decide. Raises
        DeliveryError, whose ``again`` says what the failure allows, and PartlySent if some of the
        recipients have the message. No text of an error holds a secret.
        """

    def close(self) -> None:
        """Give up the connections that were kept between messages."""


class Progress(Protocol):
    """Is told how far the reading of a window has come, after each slice that came in."""

    def __call__(self, slices: int, of_slices: int, events: int, /) -> None:
        """Show it; called from the thread of the pass, which waits for it to return.

        ``slices`` have been read of the ``of_slices`` that are known by now: a slice that turns out
        to be too large becomes several. ``events``: how many records they held.
        """


def nobody_watches(*_: int) -> None:
    """Show nothing: a :class:`Progress`, or whatever is told of numbers, where nobody looks."""


UNWATCHED: AbstractContextManager[Progress] = nullcontext(nobody_watches)
"""What is entered while events are read where nobody looks."""
