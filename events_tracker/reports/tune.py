"""tune: what another rule would have done. Reads only, and asks nobody.

The rules are replayed over the kept counts, at the ends of the windows of the good scans, so that
an outage, or a scan every five minutes, counts as it did.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import UsageError
from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.alarms.names import find_spelled
from events_tracker.decisions.delivery.routing import destinations
from events_tracker.decisions.tuning.check import Known, check
from events_tracker.decisions.tuning.detected import entries, tracks_of
from events_tracker.decisions.tuning.figures import figures
from events_tracker.decisions.tuning.notes import notes
from events_tracker.decisions.tuning.replay import replay
from events_tracker.decisions.tuning.tracks import Tracks, tracks
from events_tracker.decisions.tuning.variants import Lists, as_tried, in_force, variants
from events_tracker.model.alarms import Alarm, Clearing, Source
from events_tracker.model.deliveries import WHATSAPP, Destination
from events_tracker.model.tuning import Check, Episode, Rule, Tried, Tuned
from events_tracker.reports.tune_reading import Material, Wanted, chain, read

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Request(Struct, frozen=True):
    """The order: which alarm, and which rules over how many days.

    ``alarm``: its name, or the alarm itself where it is only being typed.
    ``account``: the code of the only account that is looked at. ``source``: the service that kept
    counts came from; ``retention``: how long they are kept. ``clearing``: the settings'.
    ``never_counted``: the code that the tracker injects. ``digest_over``: as `notify` has it.
    """

    alarm: str | Alarm
    days: int
    lists: Lists
    account: str | None
    now: Instant
    source: str
    retention: Duration
    clearing: Clearing
    never_counted: str
    switched_on: Mapping[str, Destination]
    digest_over: int
    zone: tzinfo


def run(request: Request, store: "Store", progress: Callable[[int, int], None]) -> Tuned:
    """Replay them all; ``progress`` is told how many of how many are done.

    Raises StorageError, NotFound if there is no such alarm, and UsageError for what cannot be
    replayed.
    """
    wanted, rules = tried_of(request, store)
    alarm = wanted.chain[0]
    material = store.read(lambda rows: read(wanted, rows))
    counted = _counted(material, wanted.chain, request.clearing)
    own = in_force(alarm, request.clearing)
    channels = [one.channel for one in destinations(alarm, request.switched_on)]
    tried: list[Tried] = []
    of_own: Sequence[Episode] = ()
    for done, (rule, episodes) in enumerate(_replayed(alarm, rules, counted, material), start=1):
        progress(done, len(rules))
        of_own = episodes if rule == own else of_own
        count = figures(episodes, material.span, channels or [WHATSAPP], request.digest_over)
        tried.append(Tried(rule, rule == own, count))
    return Tuned(
        alarm=alarm.name,
        span=material.span,
        missing_minutes=material.missing_minutes,
        coarse_minutes=material.coarse_minutes,
        check=_check(of_own, material, request.zone),
        rules=tried,
        notes=notes(alarm, material.facts(request.days, channels), request.zone),
        openings=material.openings,
        by_facts=material.by_facts,
        left_out=len(material.scope.unknown),
        scans_from=material.scans_from,
    )


def tried_of(request: Request, store: "Store") -> tuple[Wanted, Sequence[Rule]]:
    """Find what is to be replayed, and the rules; raises as :func:`run`, but for what is kept."""
    alarms = {alarm.id: alarm for alarm in store.read(lambda rows: rows.alarms.all())}
    alarm = request.alarm
    if isinstance(alarm, str):
        alarm = find_spelled(alarms.values(), alarm)
    alarm_chain = chain(alarm, alarms)
    if request.account is not None and "account" not in alarm.definition.group_by:
        raise UsageError(
            f"the alarm {alarm.name!r} does not group by account: of one account alone its numbers "
            "would be others"
        )
    rules = variants(alarm, request.clearing, request.lists)
    wanted = Wanted(
        chain=alarm_chain,
        longest=max(rule.window for rule in rules),
        days=request.days,
        account=request.account,
        now=request.now,
        source=request.source,
        retention=request.retention,
        never_counted=request.never_counted,
    )
    return wanted, rules


def _counted(material: Material, alarm_chain: Sequence[Alarm], clearing: Clearing) -> Tracks:
    """Return what the alarm counts: events, or what the replay of its source opened."""
    *above, root = alarm_chain
    found = tracks(material.kept, root.definition, material.scope, material.never)
    counting = root
    for alarm in reversed(above):
        episodes = _replay(counting, found, material, clearing.of(counting))
        register = entries(counting, episodes, material.directory)
        found = tracks_of(alarm.definition, register, material.excepted[alarm.id].never)
        counting = alarm
    return found


def _replayed(
    alarm: Alarm, rules: Sequence[Rule], counted: Tracks, material: Material
) -> Iterator[tuple[Rule, list[Episode]]]:
    for rule in rules:
        episodes = _replay(as_tried(alarm, rule), counted, material, rule.clearing)
        if material.only is not None:
            episodes = [one for one in episodes if one.group.account_id in material.only]
        yield rule, episodes


def _replay(alarm: Alarm, counted: Tracks, material: Material, clearing: Clearing) -> list[Episode]:
    excepted, known_by = material.excepted[alarm.id], None
    if alarm.definition.source == Source.DETECTIONS:
        known_by = material.root.definition.window
    return replay(alarm, counted, material.looks, excepted, clearing, known_by)


def _check(episodes: Sequence[Episode], material: Material, zone: tzinfo) -> Check:
    excepted = material.excepted[material.alarm.id]
    known = Known(material.kept, frozenset(material.looks.moments), excepted, zone)
    rule = material.alarm.definition
    return check(rule, material.entries, material.others, episodes, known)
