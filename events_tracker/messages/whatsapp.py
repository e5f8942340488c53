"""WhatsApp texts. Markup is ours alone: in names it is replaced by what only looks like it."""

from events_tracker.messages.words import Language
from events_tracker.model.deliveries import DueDelivery, Listing, WhatsAppText

NAME_WIDTH = 14
"""Characters of a trade name, as in the message that operators are used to."""

_HARMLESS = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})


def neutral(text: str) -> str:
    """Replace WhatsApp's markup in a text by characters that only look like it."""
    return text.translate(_HARMLESS)


def message(number: str, item: DueDelivery, kinds: frozenset[str], voice: Language) -> WhatsAppText:
    """Write the message of one alert."""
    lines = [f"*{neutral(voice.headline(item.alert, kinds))}*", ""]
    for label, value in voice.fields(item.alert, kinds, NAME_WIDTH, item.stood):
        lines.append(f"*{label}:* {neutral(value)}" if label else neutral(value))
    lines += _linked(voice.link(item.alert))
    return WhatsAppText(number, "\n".join(lines))


def digest(number: str, listed: Listing, voice: Language) -> WhatsAppText:
    """Write one message on many alerts: how many, a line for some of them, and how many more."""
    lines = [f"*{neutral(listed.headline)}*", ""]
    for item, kinds in listed.lines:
        lines.append(f"• {neutral(voice.line(item.alert, kinds, item.stood))}")
    if listed.count > len(listed.lines):
        lines.append(voice.say("more", count=listed.count - len(listed.lines)))
    lines += _linked(voice.link())
    return WhatsAppText(number, "\n".join(lines))


def _linked(address: str | None) -> list[str]:
    return [] if address is None else ["", address]


def test(number: str, voice: Language) -> WhatsAppText:
    return WhatsAppText(number, voice.say("test"))
