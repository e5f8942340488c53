"""How many messages a span had, in each ten minutes of it.

Ten in ten minutes is what EEMUA 191 and ISA-18.2 call the most that one operator can handle.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from events_tracker.base.times import MINUTE, Duration, Instant, Span
from events_tracker.model.deliveries import SHARED
from events_tracker.model.reports import Load, Sent

TEN_MINUTES: Duration = 10 * MINUTE


def load(sent: Sequence[Sent], span: Span) -> Load:
    """Count messages as they went out: a digest is one, an injection and a call are each their own.

    The first ten minutes begin where the span does; the last may be shorter.
    """
    shared = {_message(one) for one in sent if one.channel in SHARED}
    moments = [at for _, _, at in shared]
    moments += [one.sent_at for one in sent if one.channel not in SHARED]
    return spread(Counter(moments), span)


def spread(messages: Mapping[Instant, int], span: Span) -> Load:
    """Count messages by the ten minutes in which they went out."""
    counts = [0] * max(1, -((span.start - span.end) // TEN_MINUTES))
    for at, number in messages.items():
        counts[min((at - span.start) // TEN_MINUTES, len(counts) - 1)] += number
    return Load(counts)


def _message(one: Sent) -> tuple[str, str, int]:
    return one.channel, one.destination_key, one.sent_at
