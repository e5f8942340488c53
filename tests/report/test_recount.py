"""Every figure of a report equals an independent recount of random rows, on every engine."""

from collections import Counter
from collections.abc import Sequence
from random import Random

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
from events_tracker.model.reports import By, Kind, Part, Report
from events_tracker.model.runs import RunStatus
from events_tracker.reports import report
from events_tracker.storage import Store
from tests.support.engines import connected
from tests.support.values import alert
from tests.support.world import NOON

ENTRIES = 240
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
    return alert(
        f"{number:032x}",
        group_key=f"{account:064x}",
        account_id=account,
        account_code=f"{1000 + account}",
        company=random.choice(("Vigia", "Sentinela", None)) if account else None,
        client_group="Rede" if account % 3 else None,
        opened_at=opened_at,
        cleared_at=opened_at + random.randrange(0, DAY // MINUTE) * MINUTE if over else None,
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


def test_every_figure_is_that_of_a_recount(store: Store, database: str) -> None:
    rows = _world(Random(20261121))
    _keep(rows, store, database)
    for span in SPANS:
        for wanted in (Filter(), Filter(company="vigia"), Filter(client_group="*")):
            found = report.run(report.Request(span, 15 * MINUTE, wanted, top=4), store)
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
    found = report.run(report.Request(span, 15 * MINUTE, by=by, top=4), store).ranking
    field = {By.ACCOUNT: "account_code", By.COMPANY: "company", By.GROUP: "client_group"}[by]
    length = span.end - span.start + 1
    now, before = (
        Counter(
            getattr(one, field)
            for one in rows.entries
            if span.start - back <= one.opened_at <= span.end - back
        )
        for back in (0, length)
    )
    assert [one.alerts for one in found.worst] == sorted(now.values(), reverse=True)[:4]
    for one in found.worst:
        assert (one.alerts, one.before) == (now[one.key], before[one.key])
        assert one.change == one.alerts - one.before
    everybody = [*found.worst, *([found.others] if found.others else [])]
    assert sum(one.alerts for one in everybody) == now.total()
    assert sum(one.before for one in everybody) == before.total()
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
    then = report.run(report.Request(past, 15 * MINUTE), store)
    with connected(database) as connection:
        connection.cursor().execute("DELETE FROM register_entries")
    store.update(lambda kept: kept.register.add(rows.entries))
    store.update(lambda kept: kept.register.archive("default", NOON))
    assert report.run(report.Request(past, 15 * MINUTE), store) == then
    assert then.open
    assert then.over


def test_no_more_entries_are_read_whole_than_are_shown(store: Store, database: str) -> None:
    rows = _world(Random(1))
    _keep(rows, store, database)
    whole = report.run(report.Request(SPANS[2], 15 * MINUTE), store)
    cut = report.run(report.Request(SPANS[2], 15 * MINUTE, length=5), store)
    assert (cut.open, cut.over) == (whole.open[:5], whole.over[:5])
    assert (cut.parts, cut.attention, cut.ranking) == (whole.parts, whole.attention, whole.ranking)
