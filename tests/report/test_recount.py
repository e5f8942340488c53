"""Every figure of a report equals an independent recount of random rows, on every engine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from msgspec import Struct

from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.model.alerts import Alert, Notification
from events_tracker.model.deliveries import (
    EMAIL,
    OPENED,
    SEGWARE,
    WEBHOOK,
    WHATSAPP,
    Delivery,
    Destination,
)
from events_tracker.model.filters import Filter
from events_tracker.model.hours import Hour
from events_tracker.model.reports import By, Kind, Part, Report, Whose
from events_tracker.model.runs import RunStatus
from events_tracker.reports import report
from events_tracker.storage import Rows as AllRows
from events_tracker.storage import Store
from tests.support.engines import connected
from tests.support.values import alert
from tests.support.world import NOON

ENTRIES = 240
SOURCE = "a" * 16
SPANS = (
    Span(NOON - 12 * HOUR, NOON),
    Span(NOON - 24 * HOUR, NOON - 12 * HOUR),
    Span(NOON - 3 * DAY, NOON),
    Span(NOON - 30 * DAY, NOON - 20 * DAY),
    Span(NOON - 7 * MINUTE, NOON - 2 * MINUTE),
)


class Message(Struct, frozen=True):
    """One delivery of an entry, as it ended."""

    about: Alert
    channel: str
    status: str
    created_at: int
    sent_at: int | None


class Rows(Struct, frozen=True):
    """A random world: entries, what was told of them, and the scans, each minute or so."""

    entries: Sequence[Alert]
    messages: Sequence[Message]
    scans: Sequence[tuple[int, RunStatus]]


def _world(random: Random) -> Rows:
    entries = [_entry(random, number) for number in range(ENTRIES)]
    messages = [
        message for entry in entries if random.random() < 0.7 for message in _told(random, entry)
    ]
    scans = [
        (NOON - number * MINUTE, random.choice((RunStatus.OK,) * 3 + (RunStatus.PARTIAL,)))
        for number in range(0, 40 * 60, 7)
        if not 300 < number < 420
    ]
    return Rows(entries, messages, scans)


def _entry(random: Random, number: int) -> Alert:
    # Whole minutes, so that many fall on the very edges of the spans.
    length = random.choice((HOUR, 12 * HOUR, 4 * DAY))
    opened_at = NOON - random.randrange(0, length // MINUTE) * MINUTE
    account = random.randrange(12)
    over = random.random() < 0.8
    cleared_at = opened_at + random.randrange(0, DAY // MINUTE) * MINUTE
    edges = [at for span in SPANS for at in (span.start, span.end) if at >= opened_at]
    if edges and random.random() < 0.3:
        cleared_at = random.choice(edges)
    return alert(
        f"{number:032x}",
        group_key=f"{account:064x}",
        account_id=account,
        account_code=f"{1000 + account}",
        company=random.choice(("Vigia", "Sentinela", None)) if account else None,
        client_group="Rede" if account % 3 else None,
        opened_at=opened_at,
        cleared_at=cleared_at if over else None,
        clear_reason="below" if over else None,
    )


def _told(random: Random, about: Alert) -> list[Message]:
    told = []
    for channel in random.sample((WHATSAPP, EMAIL, WEBHOOK, SEGWARE), 2):
        status = random.choice(("sent", "sent", "sent", "failed", "uncertain", "expired"))
        # Many at once: those of one channel and moment were a digest.
        at = about.opened_at + random.choice((0, 5, 10)) * MINUTE
        sent_at = at if status == "sent" else None
        told.append(Message(about, channel, status, about.opened_at, sent_at))
    return told


def _keep(rows: Rows, store: Store, database: str) -> None:
    told = [
        Notification(one.register_id, one.register_id, OPENED, one.opened_at)
        for one in rows.entries
    ]
    numbered = list(enumerate(rows.messages))
    store.update(lambda kept: kept.register.add(rows.entries))
    store.update(lambda kept: kept.notifications.add(told))
    store.update(lambda kept: kept.deliveries.add([_delivery(*one) for one in numbered]))
    mark = "?" if database.startswith("sqlite") else "%s"
    with connected(database) as connection:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        cursor.executemany(
            f"UPDATE deliveries SET status = {mark}, sent_at = {mark} WHERE id = {mark}",
            [(one.status, one.sent_at, f"{number:032x}") for number, one in numbered],
        )
        cursor.executemany(
            f"INSERT INTO runs VALUES ({', '.join([mark] * 6)})",
            [
                (f"{number:032x}", "scan", "here", at, status.value, "{}")
                for number, (at, status) in enumerate(rows.scans)
            ],
        )
        cursor.execute("COMMIT")


def _delivery(number: int, one: Message) -> Delivery:
    about = one.about.register_id
    to = Destination(one.channel)
    return Delivery(f"{number:032x}", about, about, OPENED, to, one.created_at)


def _request(span: Span, **more: Any) -> report.Request:
    return report.Request(span, 15 * MINUTE, SOURCE, SOURCE, "E702", **more)


def test_every_figure_is_that_of_a_recount(store: Store, database: str) -> None:
    rows = _world(Random(20261121))
    _keep(rows, store, database)
    for span in SPANS:
        for wanted in (Filter(), Filter(company="vigia"), Filter(client_group="*")):
            found = report.run(_request(span, filter=wanted, top=4), store)
            _compare(found, rows, span, wanted)
        for by in By:
            _compare_ranking(store, rows, span, by)


def _meant(wanted: Filter, one: Alert) -> bool:
    company = wanted.company is None or one.company == "Vigia"
    return company and (wanted.client_group is None or one.client_group is not None)


def _compare(found: Report, rows: Rows, span: Span, wanted: Filter) -> None:
    entries = [one for one in rows.entries if _meant(wanted, one)]
    seen = [
        one
        for one in entries
        if one.opened_at <= span.end and (one.cleared_at is None or one.cleared_at >= span.start)
    ]
    is_open = [one for one in seen if one.cleared_at is None or one.cleared_at > span.end]
    over = [one for one in seen if one not in is_open]
    opened = [one for one in seen if one.opened_at >= span.start]
    assert [one.register_id for one in found.open] == [
        one.register_id for one in sorted(is_open, key=lambda one: (one.opened_at, one.id))
    ]
    assert {one.register_id for one in found.over} == {one.register_id for one in over}
    assert all(one.cleared_at is None and one.clear_reason is None for one in found.open)
    assert sum(found.parts.values()) == len(seen)
    assert (found.is_open, found.is_over, found.opened) == (len(is_open), len(over), len(opened))
    assert found.parts[Part.OPENED_AND_OPEN] == sum(one in is_open for one in opened)
    assert found.parts[Part.OPENED_AND_OVER] == sum(one in over for one in opened)
    if wanted.company is not None:
        # Hidden are those of no company that anybody could have been looking for.
        assert found.hidden == sum(
            one.company is None and one.opened_at <= span.end
            and (one.cleared_at is None or one.cleared_at >= span.start)
            for one in rows.entries
        )  # fmt: skip
    messages = [one for one in rows.messages if _meant(wanted, one.about)]
    _compare_load(found, messages, span)
    _compare_attention(found, opened, is_open, messages, span)
    scans = [status for at, status in rows.scans if span.start <= at <= span.end]
    assert (found.scans, found.good_scans) == (len(scans), scans.count(RunStatus.OK))


def _compare_load(found: Report, messages: Sequence[Message], span: Span) -> None:
    sent = [one for one in messages if one.sent_at and span.start <= one.sent_at <= span.end]
    single = [one.sent_at for one in sent if one.channel in (WEBHOOK, SEGWARE)]
    shared = {(one.channel, one.sent_at) for one in sent if one.channel in (WHATSAPP, EMAIL)}
    moments = [at for at in [*single, *(at for _, at in shared)] if at is not None]
    spans = Counter((at - span.start) // (10 * MINUTE) for at in moments if at < span.end)
    # What lies on the very end of the span belongs to its last ten minutes.
    last = -((span.start - span.end) // (10 * MINUTE)) - 1
    spans[last] += sum(at == span.end for at in moments)
    load = found.load
    assert load.messages == len(moments)
    assert load.most == max(spans.values(), default=0)
    assert load.spans_over_10 == sum(count > 10 for count in spans.values())
    assert load.per_10_minutes == pytest.approx(len(moments) / (last + 1), abs=0.006)


def _compare_attention(
    found: Report,
    opened: Sequence[Alert],
    is_open: Sequence[Alert],
    messages: Sequence[Message],
    span: Span,
) -> None:
    kinds = Counter(one.kind for one in found.attention)
    groups = Counter(one.group_key for one in opened)
    assert kinds[Kind.FLAPPING] == sum(count >= 3 for count in groups.values())
    assert kinds[Kind.STALE] == sum(span.end - one.opened_at > DAY for one in is_open)
    given_up = Counter(
        (one.channel, one.status)
        for one in messages
        if one.status != "sent" and span.start <= one.created_at <= span.end
    )
    told = {
        (one.facts["channel"], one.words): one.facts["count"]
        for one in found.attention
        if one.kind in (Kind.FAILED, Kind.UNCERTAIN)
    }
    assert told == given_up


def _compare_ranking(store: Store, rows: Rows, span: Span, by: By) -> None:
    found = report.run(_request(span, by=by, top=4), store).most_alerts
    field = {By.ACCOUNT: "account_id", By.COMPANY: "company", By.GROUP: "client_group"}[by]
    length = span.end - span.start + 1
    now, before = (
        Counter(
            getattr(one, field)
            for one in rows.entries
            if span.start - back <= one.opened_at <= span.end - back
        )
        for back in (0, length)
    )
    assert [one.number for one in found.worst] == sorted(now.values(), reverse=True)[:4]
    for one in found.worst:
        assert (one.number, one.alerts, one.before) == (
            now[one.whose], now[one.whose], before[one.whose],
        )  # fmt: skip
        assert one.change == now[one.whose] - before[one.whose]
    everybody = [*found.worst, *([found.others] if found.others else [])]
    assert sum(one.number for one in everybody) == now.total()
    assert sum(one.before or 0 for one in everybody) == before.total()
    if now:
        assert sum(one.share for one in everybody) == pytest.approx(1)


def test_a_past_span_is_the_same_whatever_came_later(store: Store, database: str) -> None:
    rows = _world(Random(7))
    past = SPANS[1]
    until = [one for one in rows.entries if one.opened_at <= past.end]
    unfinished = [
        alert(
            one.register_id, group_key=one.group_key, account_id=one.account_id,
            account_code=one.account_code, company=one.company, client_group=one.client_group,
            opened_at=one.opened_at,
            **({} if one.cleared_at is None or one.cleared_at > past.end else
               {"cleared_at": one.cleared_at, "clear_reason": one.clear_reason}),
        )
        for one in until
    ]  # fmt: skip
    store.update(lambda kept: kept.register.add(unfinished))
    then = report.run(_request(past), store)
    with connected(database) as connection:
        connection.cursor().execute("DELETE FROM register_entries")
    store.update(lambda kept: kept.register.add(rows.entries))
    store.update(lambda kept: kept.register.archive("default", NOON))
    assert report.run(_request(past), store) == then
    assert then.open
    assert then.over


def test_no_more_entries_are_read_whole_than_are_shown(store: Store, database: str) -> None:
    rows = _world(Random(1))
    _keep(rows, store, database)
    whole = report.run(_request(SPANS[2]), store)
    cut = report.run(_request(SPANS[2], length=5), store)
    assert (cut.open, cut.over) == (whole.open[:5], whole.over[:5])
    assert (cut.parts, cut.stale, cut.most_alerts) == (
        whole.parts, whole.stale, whole.most_alerts,
    )  # fmt: skip
    stale = [one for one in whole.attention if one.kind is Kind.STALE]
    assert len(stale) == whole.stale > 0
    assert cut.attention == [one for one in whole.attention if one not in stale]


HOURS = range(NOON - 30 * HOUR, NOON - HOUR, HOUR)
"""The hours that are kept: those of yesterday and today, but the last."""


def _hours(random: Random) -> list[Hour]:
    """Kept hours, of which some lack minutes, or know a longer stretch by its sum alone."""
    return [_an_hour(random, start) for start in HOURS if start != HOURS[5]]


def _an_hour(random: Random, start: int) -> Hour:
    edges = sorted({0, 60, *(random.randrange(60) for _ in range(20))})
    spans = [
        Span(start + a * MINUTE, start + b * MINUTE - 1)
        for a, b in pairwise(edges)
        if random.random() < 0.9
    ]
    lines = sorted(
        {
            (random.randrange(12), random.randrange(2), random.randrange(len(spans)))
            for _ in range(40)
        }
    )
    return Hour(
        start,
        spans,
        [("ALR", "E130"), ("BEM", "R130")],
        [account for account, _, _ in lines],
        [pair for _, pair, _ in lines],
        [stretch for _, _, stretch in lines],
        [random.randrange(1, 30) for _ in lines],
        openings={random.randrange(12): 3},
    )


def _sent(hours: Sequence[Hour], span: Span) -> Counter[Whose]:
    """The events of a span by account, added up one by one."""
    events: Counter[Whose] = Counter()
    for hour in hours:
        for place, account in enumerate(hour.accounts):
            stretch = hour.stretches[hour.stretch_of[place]]
            if span.start <= stretch.start and stretch.end <= span.end:
                events[account] += hour.numbers[place]
        if span.start <= hour.start and hour.start + HOUR - 1 <= span.end:
            for account, number in hour.openings.items():
                events[account] += number
    return events


def _keep_hours(rows: AllRows, hours: Sequence[Hour]) -> None:
    for hour in hours:
        rows.hours.keep(SOURCE, hour, NOON)


def test_events_are_those_of_a_recount_of_what_is_kept(store: Store) -> None:
    hours = _hours(Random(3))
    store.update(lambda rows: _keep_hours(rows, hours))
    for span in (
        Span(NOON - 12 * HOUR, NOON),
        Span(NOON - 13 * HOUR, NOON - 2 * HOUR - 1),
        Span(NOON - 9 * HOUR - 7 * MINUTE - 1, NOON - 3 * HOUR - 90_001),
    ):
        found = report.run(_request(span, top=3), store).most_events
        assert found is not None
        counted = Span(span.start, found.until)
        earlier = Span(span.start - counted.length, span.start - 1)
        now, before = _sent(hours, counted), _sent(hours, earlier)
        ranking = found.ranking
        assert [one.number for one in ranking.worst] == sorted(now.values(), reverse=True)[:3]
        assert all(one.before == before[one.whose] for one in ranking.worst)
        assert ranking.others is not None
        assert ranking.total == now.total()
        assert sum(one.number for one in ranking.worst) + ranking.others.number == now.total()
        shares = sum(one.share for one in (*ranking.worst, ranking.others))
        assert shares == pytest.approx(1)
        minutes = {
            at
            for hour in hours
            for stretch in hour.stretches
            for at in range(stretch.start, stretch.end, MINUTE)
            if counted.start <= stretch.start and stretch.end <= counted.end
        }
        last = max(at for at in minutes) + MINUTE - 1
        assert found.until == last
        whole = range(-(-counted.start // MINUTE) * MINUTE, counted.end, MINUTE)
        assert found.missing == sum(at not in minutes for at in whole)
    nothing = report.run(_request(Span(NOON - HOUR, NOON)), store)
    assert (nothing.most_events, nothing.kept_from) == (None, HOURS[0])
    first = report.run(_request(Span(HOURS[0], HOURS[4])), store).most_events
    assert first is not None
    assert first.missing_before is None
    assert {one.before for one in first.ranking.worst} == {None}


LOST = Span(NOON - 4 * DAY, NOON - 4 * DAY + 5 * HOUR - 1)
"""Hours of which nothing is kept."""


def _month(random: Random) -> list[Hour]:
    """Sixteen days of hours in which thirty accounts are heard, each as often as it pleases."""
    often = {account: random.choice((2, 5, 30)) for account in range(30)}
    silent = {account: random.choice((0, 1, 4, 7, 30, 80)) for account in often}
    return [
        _hour_of(
            random, start, {one: often[one] for one in often if NOON - start > silent[one] * HOUR}
        )
        for start in range(NOON - 16 * DAY - 5 * HOUR, NOON, HOUR)
        if not LOST.start <= start <= LOST.end
    ]


def _hour_of(random: Random, start: int, often: Mapping[int, int]) -> Hour:
    spans = [Span(start + n * MINUTE, start + (n + 1) * MINUTE - 1) for n in range(45)]
    spans.append(Span(start + 45 * MINUTE, start + HOUR - 1))
    heard = [account for account, every in often.items() if random.randrange(every) == 0]
    places = [random.randrange(len(spans)) for _ in heard]
    kinds = [int(random.random() < 0.2 and account % 2 == 0) for account in heard]
    opened = {account: 1 for account in often if account % 5 == 0 and random.random() < 0.1}
    # The tracker's own events are no sign of life.
    ours = [(account, 2, 0) for account in range(30)]
    lines = sorted([*zip(heard, kinds, places, strict=True), *ours])
    accounts, pair_of, stretch_of = map(list, zip(*lines, strict=True))
    pairs = [("ALR", "E130"), ("TST", "1602"), (None, "E702")]
    return Hour(start, spans, pairs, accounts, pair_of, stretch_of, [1] * len(lines), {}, opened)


def _to_call(hours: Sequence[Hour], account: int, over_at: int) -> bool:
    """Count again whether an account is silent for too long, from its events alone."""
    heard = [
        hour.stretches[at]
        for hour in hours
        for one, kind, at in zip(hour.accounts, hour.pair_of, hour.stretch_of, strict=True)
        if one == account and kind != 2
    ] + [hour.span for hour in hours if account in hour.openings]
    tests = any(
        hour.pairs[kind][1] == "1602"
        for hour in hours
        for one, kind in zip(hour.accounts, hour.pair_of, strict=True)
        if one == account
    )
    last = max(one.end for one in heard)
    quiet = NOON - 1 - max(last, LOST.end)
    begins = [hours[0].start, *(one.start for one in heard)]
    longest = max(
        min(later) - begin
        for number, begin in enumerate(begins)
        if (later := [one.end for one in heard if one.start > begin or number == 0])
    )
    if any(one.start > over_at for one in heard) or quiet < 3 * HOUR:
        return False
    return quiet > longest + HOUR or (not tests and quiet >= 25 * HOUR)


def test_silent_accounts_are_those_of_a_recount(store: Store) -> None:
    random = Random(11)
    hours = _month(random)
    ends = {account: NOON - random.randrange(1, 90) * HOUR for account in range(30)}
    entries = [
        alert(
            f"{number:032x}", group_key=f"{number:064x}", account_id=account,
            account_code=f"{1000 + account}", company="Vigia", opened_at=at - DAY,
            cleared_at=at, clear_reason="below",
        )
        for number, (account, at) in enumerate(
            [*ends.items(), *((account, at - DAY) for account, at in ends.items())]
        )
    ]  # fmt: skip
    store.update(lambda rows: rows.register.add(entries))
    store.update(lambda rows: _keep_hours(rows, hours))
    found = report.run(_request(Span(NOON - 12 * HOUR, NOON)), store).attention
    silent = {one.account_id for one in found if one.kind is Kind.SILENT}
    assert silent == {account for account, at in ends.items() if _to_call(hours, account, at)}
    assert 3 < len(silent) < 25
    none = report.run(_request(Span(NOON - 12 * HOUR, NOON), filter=Filter(company="x")), store)
    assert not any(one.kind is Kind.SILENT for one in none.attention)
