"""The one error family. Each kind says who must act; its exit code goes with it.

No message of this family ever holds a secret: addresses are reduced to scheme, host and port where
the message is made.
"""

from collections.abc import Sequence
from enum import Enum

from events_tracker.base.problems import ENGLISH, Problem, words
from events_tracker.base.times import Instant

THEN_STATUS = ", then try `tracker status`"
"""The end of what to do, where that command tells whether it helped; it leaves it out itself."""


class TrackerError(Exception):
    """Anything that we can explain in one line; the command prints it and exits."""

    exit_code = 1


class SettingsError(TrackerError):
    """Whoever installs must act: settings are missing, wrong or unknown.

    ``problems`` has one sentence a problem, each beginning with the setting's name.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class UsageError(TrackerError):
    """Whoever typed the command must act: what it asks for cannot be."""

    exit_code = 2


class NotFound(UsageError):
    """Whoever names something must act: there is nothing of this name."""


class Refused(UsageError):
    """Whoever defines something must act: its fields cannot be so.

    Where fields have other names, whoever shows it makes words of ``problems`` again.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(words(problem, ENGLISH, str) for problem in problems))
        self.problems = tuple(problems)


class RefusedTogether(UsageError):
    """Whoever defines several alarms at once must act: none of them was, for fields of some.

    ``problems`` has each with the name of its alarm.
    """

    def __init__(self, problems: Sequence[tuple[str, Problem]]) -> None:
        told = (f"{name}: {words(problem, ENGLISH, str)}" for name, problem in problems)
        super().__init__("\n".join(told))
        self.problems = tuple(problems)


class Changed(UsageError):
    """Whoever changes an alarm must look again: it is not any more what they had read.

    ``by`` changed it, ``at`` that time; both None if it is gone, or nobody knows.
    """

    def __init__(self, name: str, by: str | None, at: Instant | None) -> None:
        who = f" by {by}" if by else ""
        super().__init__(f"the alarm {name!r} changed meanwhile{who}: look, and try again")
        self.by = by
        self.at = at


class SetupError(TrackerError):
    """Whoever installs must act: there is no database yet, or its schema is another version."""

    exit_code = 2


class StorageError(TrackerError):
    """The database did not do what it was asked: away, locked, without rights, full."""


class TooLarge(StorageError):
    """A row is larger than the database takes: only a smaller one, or a larger limit, helps."""


class Damaged(StorageError):
    """A row is not any more what was written: nothing of it is to be believed."""


class OutputError(TrackerError):
    """Standard output, or a file, did not take the result: no room or right, or it is closed."""


class ServingError(TrackerError):
    """The pages cannot be served: their address or port is taken, or is none of this machine's."""


class SegwareError(TrackerError):
    """Segware did not answer, or not with what was asked for."""


class SegwareRefused(SegwareError):
    """Segware will not serve us as we are (token, right, address): asking on is useless."""


class Busy(SegwareError):
    """Segware wants fewer requests for now: later, or slower, it may serve them."""


class OverLimit(SegwareError):
    """The range holds more than one answer may carry: ask for a narrower one."""


class NotKnown(SegwareError):
    """Segware knows no such object (404): a fact about the object, not a fault."""


class DeliveryError(TrackerError):
    """A channel's provider did not take a message.

    ``again`` says what the failure allows; ``unreachable`` that nothing else will get through to
    this provider in this pass either.
    """

    def __init__(self, text: str, again: "Retry", *, unreachable: bool = False) -> None:
        super().__init__(text)
        self.again = again
        self.unreachable = unreachable


class PartlySent(DeliveryError):
    """Some recipients of a message took it, others did not.

    ``left``: those for whom trying again may help. ``lost``: what is to be kept of the others who
    do not have it, as a sentence; None if there are none. ``provider_id``: the message's id at the
    provider.
    """

    def __init__(self, text: str, left: Sequence[str], lost: str | None, provider_id: str) -> None:
        super().__init__(text, Retry.LATER if left else Retry.NEVER)
        self.left = tuple(left)
        self.lost = lost
        self.provider_id = provider_id


class Retry(Enum):
    """The chances of a failed delivery to be tried again."""

    LATER = "it was not taken; trying again may help"
    BRIEFLY = "it was not taken, and will hardly ever be: a few attempts are enough"
    NEVER = "it was refused for good"
    UNKNOWN = "it may have been taken: only what is harmless twice may be tried again"
    SINGLY = "one of several was refused: try each by itself"
