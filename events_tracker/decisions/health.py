"""Whether the tracker is well: what `status` says of each thing it looked at."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence

from events_tracker.base import limits
from events_tracker.base.times import (
    DAY,
    SECOND,
    Duration,
    Instant,
    Span,
    format_duration,
    rough,
    utc,
)
from events_tracker.decisions.alarms.default import differing_settings
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Definition, Source
from events_tracker.model.health import Check, Health, MutedGroup
from events_tracker.model.holds import Hold
from events_tracker.model.runs import RunStatus


def settings(notes: Sequence[str], source: str) -> Check:
    """Judge settings that could be read; ``notes`` say what in them is probably not meant."""
    if notes:
        return Check("settings", Health.WARNING, "; ".join(notes))
    return Check("settings", Health.OK, f"read from {source}")


def token(text: str | None, now: Instant) -> Check:
    """Judge the token: is it there, and how long does it last."""
    if text is None:
        return Check("token", Health.PROBLEM, "SEGWARE_TOKEN is missing: set it")
    expires = expiry(text)
    if expires is None:
        return Check("token", Health.OK, "set; it does not say when it expires")
    day = f"{utc(expires):%Y-%m-%d %H:%M} UTC"
    if expires <= now:
        return Check("token", Health.PROBLEM, f"expired on {day}: ask Segware for a new one")
    if expires - now <= limits.TOKEN_WARNING:
        return Check("token", Health.WARNING, f"expires on {day}: ask Segware for a new one")
    return Check("token", Health.OK, f"valid until {day}")


def expiry(text: str) -> Instant | None:
    """Read when a token expires (RFC 7519, claim `exp`); None if it does not say."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        expires = claims.get("exp") if isinstance(claims, dict) else None
        if isinstance(expires, bool) or not isinstance(expires, int | float):
            return None
        utc(int(expires) * SECOND)
    except (ValueError, OverflowError, RecursionError):
        return None
    return int(expires) * SECOND


def clocks(theirs: Instant | None, ours: Instant) -> Check:
    """Judge how far the API's clock (whole seconds) and ours are apart."""
    if theirs is None:
        return Check("clocks", Health.WARNING, "Segware does not tell its time")
    apart = max(0, abs(ours - theirs) - SECOND)
    if apart > limits.CLOCK_TOLERANCE:
        return Check(
            "clocks",
            Health.PROBLEM,
            f"ours and Segware's are {apart // SECOND} s apart: set this host's clock (NTP)",
        )
    return Check("clocks", Health.OK, f"ours and Segware's agree to {apart // SECOND + 1} s")


def lateness(events: Mapping[Duration, int]) -> Check:
    """Tell how late events came lately: how many, by how late they were at least."""
    days = limits.LOOK_BACK // DAY
    if not events:
        return Check("lateness", Health.OK, f"no event of the last {days} days came late")
    told = ", ".join(
        f"{sum(n for later, n in events.items() if later >= least)} by more than "
        f"{format_duration(least)}"
        for least in sorted(events)
    )
    return Check(
        "lateness",
        Health.OK,
        f"events of the last {days} days that came late: {told}; each counted once its slice was "
        "read again (TRACKER_SETTLE)",
    )


def deliveries(stuck: Mapping[str, int], retried: int) -> Check:
    """Judge what was to be told and is stuck: waiting for too long, or given up lately.

    ``retried`` were tried in vain and have attempts left: the queue grows while a provider is away.
    """
    found = ", ".join(f"{count} {status}" for status, count in stuck.items() if count)
    if not found and retried:
        told = f"{retried} tried in vain, and to be tried again: see `tracker notifications`"
        return Check("deliveries", Health.WARNING, told)
    if not found:
        return Check("deliveries", Health.OK, "none is stuck")
    waiting, given_up = (
        stuck.get("waiting"),
        any(n for name, n in stuck.items() if name != "waiting"),
    )
    todo = ["see `tracker notifications`"]
    todo += ["`tracker notify --dry-run` lists what is due"] if waiting else []
    todo += (
        ["`tracker notify --retry-failed` tries once more what was given up"] if given_up else []
    )
    return Check("deliveries", Health.PROBLEM, f"{found}: {'; '.join(todo)}")


def gaps(found: Sequence[tuple[str, Span]]) -> Check:
    """Judge what alarms that catch up missed beyond what they may catch up with."""
    if not found:
        return Check("gaps", Health.OK, "none lately")
    told = "; ".join(
        f"{alarm} from {utc(gap.start):%Y-%m-%d %H:%M} to {utc(gap.end):%Y-%m-%d %H:%M} UTC"
        for alarm, gap in found[:3]
    )
    return Check("gaps", Health.WARNING, f"{len(found)} never evaluated: {told}")


def default_alarm(found: Sequence[Alarm], environment: Definition) -> Check:
    """Judge whether `default` is evaluated, and as the settings of this host define it."""
    default = next((alarm for alarm in found if alarm.id == DEFAULT_ALARM), None)
    if default is None:
        return Check("default", Health.PROBLEM, "it is not stored yet: run `tracker init`")
    if not any(alarm.enabled for alarm in found):
        return Check(
            "default",
            Health.PROBLEM,
            "no alarm is enabled, so nothing is evaluated: `tracker alarms enable default`",
        )
    if not default.enabled:
        return Check(
            "default",
            Health.WARNING,
            "disabled: other alarms alone are evaluated; `tracker alarms enable default`",
        )
    if differing := differing_settings(default.definition, environment):
        return Check(
            "default",
            Health.PROBLEM,
            f"the environment differs from what is stored in {', '.join(differing)}: "
            "`tracker init` adopts it, or take the change back",
        )
    return Check("default", Health.OK, "enabled, and as the settings define it")


def muted(found: Sequence[MutedGroup]) -> Check:
    """Name groups that open nothing because somebody closed them by hand more than a day ago."""
    if not found:
        return Check("muted", Health.OK, "none for more than a day")
    return Check(
        "muted",
        Health.WARNING,
        f"{len(found)} closed by hand more than a day ago still reach their value, and open "
        f"nothing: {_some([_group_in_words(group) for group in found], '; ')}",
    )


def holds(standing: Iterable[Hold], now: Instant) -> Check:
    """Name accounts of which nobody was told for more than a day by now."""
    active = [hold for hold in standing if hold.is_active(now)]
    long = [hold for hold in active if now - hold.starts_at > DAY]
    if not long:
        return Check("holds", Health.OK, f"{len(active)} active, none for more than a day")
    named = [f"account {hold.account_code} (by {hold.made_by})" for hold in long]
    return Check(
        "holds",
        Health.WARNING,
        f"{len(long)} of {len(active)} active for more than a day: nobody is told of "
        f"{_some(named)}; `tracker hold` lists them",
    )


def _group_in_words(group: MutedGroup) -> str:
    account = None if group.account_code is None else f"account {group.account_code}"
    parts = [part for part in (account, group.cuc, group.code) if part is not None]
    return f"{' '.join([*parts, ''])}({group.alarm})"


def _some(names: Sequence[str], separator: str = ", ") -> str:
    """Write the first three, and how many more there are."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return separator.join(names[:3]) + more


def alarms(found: Iterable[Alarm], events: int) -> Check:
    """Name alarms that the last scan could not evaluate, and those that never counted an event.

    The latter only where scans read events: a filter that matches nothing looks like peace.
    """
    found = list(found)
    failing = [
        f"{alarm.name}: {alarm.last_error}"
        for alarm in found
        if alarm.enabled and alarm.last_run_status == RunStatus.ERROR
    ]
    if failing:
        return Check("alarms", Health.PROBLEM, f"not evaluated: {_some(failing, '; ')}")
    idle = [
        alarm.name
        for alarm in found
        if events
        and alarm.enabled
        and alarm.runs
        and alarm.counted_at is None
        and alarm.definition.source == Source.EVENTS
    ]
    if not idle:
        return Check("alarms", Health.OK, "none is idle")
    return Check(
        "alarms",
        Health.WARNING,
        f"counted no event yet, though there were some: {_some(idle)}; "
        "do codes, CUCs, accounts and companies match?",
    )


def scans(
    until: Instant | None, now: Instant, stale_after: Duration, last: RunStatus | None
) -> Check:
    """Judge the age of the last scan that read everything, and how the last one of all went."""
    failed = last is not None and last != RunStatus.OK
    if until is None and failed:
        told = "no good scan yet, and the last one failed: `tracker scan` says why"
        return Check("scans", Health.PROBLEM, told)
    if until is None:
        return Check("scans", Health.WARNING, "no good scan yet: run `tracker scan`")
    age = f"the last good scan was {rough(now - until)} ago"
    if failed:
        how = "did not read everything" if last == RunStatus.PARTIAL else "failed"
        told = f"the last scan {how}: `tracker scan` says why; {age}"
        return Check("scans", Health.PROBLEM, told)
    if now - until > stale_after:
        return Check("scans", Health.PROBLEM, f"{age}: is cron running `tracker scan`?")
    return Check("scans", Health.OK, age)
