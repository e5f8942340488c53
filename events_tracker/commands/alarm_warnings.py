"""What is said at once of an alarm that was just defined: what it finds, and what it never will."""

from typing import TYPE_CHECKING

from events_tracker.app.app import App, zone
from events_tracker.base.errors import StorageError
from events_tracker.base.problems import ENGLISH
from events_tracker.base.text import visible
from events_tracker.base.times import format_duration, utc
from events_tracker.messages.names import named
from events_tracker.model.alarms import Alarm

if TYPE_CHECKING:
    from events_tracker.passes.glance import Glance, Holding
    from events_tracker.settings import Settings
    from events_tracker.storage import Store

_SHOWN = 3


def warn(
    app: App, settings: "Settings", store: "Store", alarm: Alarm, *, by_name: bool = False
) -> None:
    """Say on stderr what of an alarm is never counted or was never seen, and what it finds now.

    ``by_name``: it is one of several, and named in each line. The alarm is stored by now: that this
    cannot be told is no error.
    """
    try:
        _warn(app, settings, store, alarm, f"{visible(alarm.name)}: " if by_name else "")
    except StorageError as error:
        app.say(f"warning: what it finds now cannot be told: {error}")


def _warn(app: App, settings: "Settings", store: "Store", alarm: Alarm, of: str) -> None:
    from events_tracker.app import looking
    from events_tracker.messages.unseen import unseen_texts
    from events_tracker.reports.unseen import unseen

    rule, own = alarm.definition, settings.injection.code
    if own in (*rule.codes, *rule.values):
        app.say(f"note: {of}{own} never counts: it is SEGWARE_ALARM_CODE")
    found = unseen(store, rule, own, app.clock.now())
    for line in unseen_texts(found, ENGLISH):
        app.say(f"warning: {of}{line}")
    if alarm.enabled and (glance := looking.glance(app, settings, alarm)) is not None:
        until = utc(glance.window.end + 1).astimezone(zone(settings)).strftime("%H:%M")
        length = format_duration(alarm.definition.window)
        part = "" if glance.whole else "the part that is remembered of "
        found_now = _holding(glance)
        app.say(f"{of}In {part}the last {length}, up to {until}, it finds {found_now}.")


def _holding(glance: "Glance") -> str:
    if not glance.holding:
        return "nothing"
    shown = ", ".join(map(_one, glance.holding[:_SHOWN]))
    more = len(glance.holding) - _SHOWN
    return f"{len(glance.holding)}: {shown}" + (f" and {more} more" if more > 0 else "")


def _one(holding: "Holding") -> str:
    facts = holding.facts
    whose = named(facts.account_code, holding.account_id) or facts.company
    texts = [visible(text) for text in (whose, holding.cuc, holding.code) if text]
    return " ".join([*texts, f"({holding.quantity})"])
