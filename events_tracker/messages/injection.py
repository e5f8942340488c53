"""The text of an alarm event that is raised in Sigma Cloud."""

from collections.abc import Sequence

from events_tracker.messages.words import Language, shown
from events_tracker.model.deliveries import OPENED, DueDelivery, Injections

_COMPLEMENT_WIDTH = 250


def injections(items: Sequence[DueDelivery], voice: Language) -> Injections:
    """Write one alarm event for each of these alerts: of one company, and with all facts."""
    return Injections(
        company_id=items[0].alert.company_id or 0,
        codes=tuple(item.alert.account_code or "" for item in items),
        texts=tuple(_complement(item, voice) for item in items),
    )


def _complement(item: DueDelivery, voice: Language) -> str:
    alert = item.alert
    headline = voice.headline(alert, frozenset({OPENED}))
    what = " ".join(shown(text, 32) for text in (alert.cuc, alert.code) if text)
    period = f"{voice.time(alert.period_started_at)} - {voice.time(alert.period_ended_at)}"
    parts = [headline, what, f"{voice.say('quantity')}: {voice.quantity(alert)}", period]
    return " | ".join(part for part in parts if part)[:_COMPLEMENT_WIDTH]
