"""The texts that operators read."""

import json
import unicodedata
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import MINUTE
from events_tracker.decisions.detection.clearing import BY_HAND_IN_DATABASE
from events_tracker.decisions.detection.self_watch import stale_alert
from events_tracker.formats.alert import alert_object
from events_tracker.messages import email, injection, webhook, whatsapp
from events_tracker.messages.words import Language, shown
from events_tracker.model.alarms import Operator
from events_tracker.model.alerts import Alert, Record
from events_tracker.model.deliveries import CLEARED, EMAIL, OPENED, Destination, Listing, Stood
from tests.support.values import ALERT, OVER, alert, cleared, opened
from tests.support.world import NOON

ZONE = ZoneInfo("America/Sao_Paulo")
PORTUGUESE, ENGLISH = Language("pt-BR", ZONE), Language("en", ZONE)
BEGINNING, END = frozenset({OPENED}), frozenset({CLEARED})
BOTH = BEGINNING | END
LETTERS = Destination(EMAIL, {"to": ("ana@example.com",), "cc": ("rui@example.com",)})


def test_the_message_that_operators_are_used_to() -> None:
    sent = whatsapp.message("55", opened(), BEGINNING, PORTUGUESE)
    assert sent.number == "55"
    assert sent.text.splitlines() == [
        "*EXCESSO DE EVENTOS*",
        "",
        "*Conta:* 1950",
        "*Nome:* Padaria São Jo",
        "*Empresa:* Sentinela Monitoramento",
        "*Grupo:* Rede Boa Mesa",
        "*CUC:* ALR",
        "*Evento:* E130 arrombamento",
        "*Quantidade:* 60",
        "*Período Inicial:* 21/11/2026 07:00:00",
        "*Período Final:* 21/11/2026 09:00:00",
    ]


def test_the_end_says_the_highest_when_and_why() -> None:
    lines = whatsapp.message("55", cleared(), END, ENGLISH).text.splitlines()
    assert lines[0] == "*OVER: TOO MANY EVENTS*"
    assert lines[-3:] == [
        "*Highest:* 75",
        "*Over since:* 2026-11-21 09:30:00",
        "*Reason:* below the threshold",
    ]


@pytest.mark.parametrize("language", [PORTUGUESE, ENGLISH])
@pytest.mark.parametrize("kinds", [BEGINNING, END, BOTH])
@pytest.mark.parametrize("about", [ALERT, OVER, stale_alert("r1", NOON, NOON, 15 * MINUTE)])
def test_every_message_can_be_said_in_both_languages(
    about: Alert, kinds: frozenset[str], language: Language
) -> None:
    assert language.headline(about, kinds)
    assert language.fields(about, kinds, 40)
    assert language.line(about, kinds)


@pytest.mark.parametrize(
    ("alarm_id", "kinds", "headline"),
    [
        ("default", BEGINNING, "TOO MANY EVENTS"),
        ("default", END, "OVER: TOO MANY EVENTS"),
        ("default", BOTH, "OPENED AND OVER ALREADY"),
        ("a1", BEGINNING, "ALARM doors"),
        ("a1", END, "OVER: ALARM doors"),
        ("a1", BOTH, "OPENED AND OVER ALREADY"),
        ("tracker", BEGINNING, "EVENTS TRACKER READS NOTHING"),
        ("tracker", END, "EVENTS TRACKER READS AGAIN"),
    ],
)
def test_headlines(alarm_id: str, kinds: frozenset[str], headline: str) -> None:
    about = alert(alarm_id=alarm_id, alarm="doors")
    assert ENGLISH.headline(about, kinds) == headline


def test_a_headline_does_not_read_an_alarms_name_as_a_pattern() -> None:
    about = alert(alarm_id="a1", alarm="{quantity} {0} \x1b[31m")
    assert ENGLISH.headline(about, BEGINNING) == "ALARM {quantity} {0} \\x1b[31m"


def test_only_what_the_alarm_groups_by_is_told() -> None:
    about = alert(
        account_id=None,
        account_code=None,
        trade_name=None,
        company_id=None,
        company=None,
        client_group=None,
        cuc=None,
    )
    labels = [label for label, _ in ENGLISH.fields(about, BEGINNING, 40)]
    assert labels == ["Event", "Quantity", "Period start", "Period end"]
    by_company = replace(about, company_id=3, code=None)
    assert ENGLISH.fields(by_company, BEGINNING, 40)[0] == ("Company", "id 3")


def test_facts_that_are_not_known_are_empty_and_ids_stand_for_names() -> None:
    about = alert(account_code=None, trade_name=None, company=None, client_group=None)
    told = dict(ENGLISH.fields(about, BEGINNING, 40))
    assert told["Account"] == "id 7"
    assert (told["Name"], told["Company"], told["Group"]) == ("Empty", "id 3", "Empty")


def test_a_partial_count_is_at_least_so_much() -> None:
    assert ENGLISH.quantity(alert(partial=True)) == "at least 60"
    assert PORTUGUESE.quantity(alert(partial=True)) == "pelo menos 60"


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (None, "below the threshold"),
        (
            "below; nothing heard since 20/11 23:58",
            "below the threshold; nothing heard since 20/11 23:58",
        ),
        ("redefined", "alarm redefined"),
        ("forced", "closed by hand"),
        ("forced: technician: Ana", "closed by hand: technician: Ana"),
        ("forced: technician (by Ana)", "closed by Ana: technician"),
        ("forced: x (on site) (by Ana (night))", "closed by Ana (night): x (on site)"),
        ("forced: by Ana)", "closed by hand: by Ana)"),
        ("forced:", "closed by hand"),
        ("something else: why", "something else: why"),
    ],
)
def test_why_it_is_over(stored: str | None, told: str) -> None:
    assert ENGLISH.reason(alert(clear_reason=stored)) == told


def test_what_ended_silent_says_since_when() -> None:
    about = replace(OVER, clear_reason="below; nothing heard since 09:01")
    told = "abaixo do limite; sem sinal desde 09:01"
    assert PORTUGUESE.fields(about, END, 40)[-1] == ("Motivo", told)


@pytest.mark.parametrize(
    ("language", "operator", "stood", "told"),
    [
        (PORTUGUESE, ">=", Stood(78, below=False), "; ainda acima do limite (78)"),
        (PORTUGUESE, ">=", Stood(45, below=False), "; ainda não normalizou (45)"),
        (PORTUGUESE, ">=", Stood(12, below=True), "; já abaixo do limite (12)"),
        (PORTUGUESE, "<", Stood(78, below=True), "; já normalizou (78)"),
        (PORTUGUESE, ">=", None, ""),
        (ENGLISH, ">=", Stood(50, below=False), "; still over the threshold (50)"),
        (ENGLISH, ">=", Stood(45, below=False), "; not back to normal yet (45)"),
        (ENGLISH, ">", Stood(0, below=True), "; already below the threshold (0)"),
        (ENGLISH, "=", Stood(78, below=True), "; already back to normal (78)"),
    ],
)  # fmt: skip
def test_what_was_closed_by_hand_says_by_whom_and_whether_it_goes_on(
    language: Language, operator: str, stood: Stood | None, told: str
) -> None:
    about = replace(OVER, clear_reason="forced: no local (by Ana)", operator=Operator(operator))
    by = "encerrado por Ana" if language is PORTUGUESE else "closed by Ana"
    assert language.fields(about, END, 40, stood)[-1][1] == f"{by}: no local{told}"
    assert language.line(about, END, stood).endswith(f" · 60 · {by}{told}")
    both = language.line(about, BEGINNING | END, stood)
    assert both.endswith(f" · 60 · {language.say('line_opened')}, {by}{told}")


def test_what_was_deleted_in_the_database_is_said_in_the_language_of_the_message() -> None:
    about = replace(OVER, clear_reason=BY_HAND_IN_DATABASE)
    assert PORTUGUESE.reason(about) == (
        "encerrado manualmente: o gatilho foi excluído do banco de dados"
    )


def test_the_trackers_own_alarm_is_one_sentence() -> None:
    about = stale_alert("r1", NOON, NOON + 20 * MINUTE, 15 * MINUTE)
    (told,) = ENGLISH.fields(about, BEGINNING, 40)
    assert told == ("", "No complete reading of the events for 20 minutes.")
    over = replace(about, cleared_at=NOON + 45 * MINUTE)
    (told,) = ENGLISH.fields(over, END, 40)
    assert told == ("", "Complete readings again, after 45 minutes without one.")


@pytest.mark.parametrize(
    ("language", "told"), [(PORTUGUESE, "há 1 minuto."), (ENGLISH, "for 1 minute.")]
)
def test_one_minute_is_in_the_singular(language: Language, told: str) -> None:
    ((_, text),) = language.fields(stale_alert("r1", NOON, NOON + MINUTE, MINUTE), BEGINNING, 40)
    assert text.endswith(told)


def test_a_digest_has_a_line_an_alert_and_says_how_many_more() -> None:
    listed = [(opened(), BEGINNING), (cleared(), END), (opened(OVER), BOTH)]
    lines = whatsapp.digest("55", Listing("5 EVENT ALERTS", 5, listed), ENGLISH).text.splitlines()
    line = "• 1950 · Padaria São José · Sentinela Monitoramento · ALR E130 burglary · 60"
    assert lines == [
        "*5 EVENT ALERTS*",
        "",
        f"{line} · opened",
        f"{line} · over",
        f"{line} · opened and over",
        "… and 2 more",
    ]
    assert "more" not in whatsapp.digest("55", Listing("3", 3, listed), ENGLISH).text


@given(name=st.text(max_size=60))
def test_names_bring_no_markup_and_no_line_of_their_own(name: str) -> None:
    plain = whatsapp.message("55", opened(alert(trade_name="x")), BEGINNING, ENGLISH).text
    text = whatsapp.message("55", opened(alert(trade_name=name)), BEGINNING, ENGLISH).text
    assert [text.count(sign) for sign in "*_~`\n"] == [plain.count(sign) for sign in "*_~`\n"]


@given(text=st.text(), width=st.integers(0, 20))
def test_what_is_shown_has_no_control_character_and_at_most_its_width(
    text: str, width: int
) -> None:
    told = shown(text, width)
    assert not any(unicodedata.category(character) == "Cc" for character in told)
    assert shown(text, 10_000).startswith(told)


def test_characters_are_cut_as_they_are_seen() -> None:
    family, flag, accent = "👨\u200d👩\u200d👧", "🇧🇷", "e\u0301"
    assert shown(family + "ab", 2) == family + "a"
    assert shown(flag + flag, 1) == flag
    assert shown(accent + "x", 1) == accent
    assert shown("👍🏽x", 1) == "👍🏽"


def test_a_letter_says_the_same_in_text_and_in_html() -> None:
    about = alert(trade_name="<b>Padaria & Filhos</b>")
    letter = email.message(LETTERS, opened(about), BEGINNING, ENGLISH, None, NOON)
    assert (letter.to, letter.cc) == (("ana@example.com",), ("rui@example.com",))
    assert letter.subject == "TOO MANY EVENTS: 1950 <b>Padaria & Filhos</b>"
    assert "Name: <b>Padaria & Filhos</b>\n" in letter.text
    assert "<td>&lt;b&gt;Padaria &amp; Filhos&lt;/b&gt;</td>" in letter.html
    assert "<b>" not in letter.html


def test_an_alarms_subject_replaces_the_headline() -> None:
    assert email.message(LETTERS, opened(), BEGINNING, ENGLISH, "Doors", NOON).subject == "Doors"


def test_a_subject_is_one_line() -> None:
    letter = email.message(LETTERS, opened(), BEGINNING, ENGLISH, "a\r\nBcc: x", NOON)
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


def test_a_letter_lists_what_was_counted_if_its_alarm_asks_for_it() -> None:
    records = (Record("E130", "ALR", "1950", 55, 7), Record("E131", None, None, 5, 8))
    about = alert(records=records)
    asked = email.message(LETTERS, opened(about, with_table=True), BEGINNING, ENGLISH, None, NOON)
    assert asked.text.splitlines()[-4:] == [
        "What was counted:",
        "Account  CUC  Event           Quantity",
        "1950     ALR  E130 burglary   55",
        "id 8          E131 perimeter  5",
    ]
    assert "<td>E131 perimeter</td>" in asked.html
    not_asked = email.message(LETTERS, opened(about), BEGINNING, ENGLISH, None, NOON)
    assert "What was counted" not in not_asked.text + not_asked.html


def test_a_letter_that_is_sent_again_is_recognised() -> None:
    def id_(*names: str, at: int = NOON) -> str:
        items = [opened(alert(name)) for name in names]
        listed = [(item, BEGINNING) for item in items]
        about = Listing("many", len(items), listed)
        letter = email.digest(LETTERS, items, about, ENGLISH, "many", at)
        return letter.message_id

    assert id_("a", "b") == id_("a", "b", at=NOON + MINUTE)
    assert len({id_("a"), id_("b"), id_("a", "b")}) == 3
    trials = {email.test(LETTERS, ENGLISH, at).message_id for at in (NOON, NOON + 1)}
    assert len(trials) == 2, "trial letters are all different"


def test_an_injection_has_a_complement_an_alert() -> None:
    call = injection.injections([opened(), opened(alert("r2", account_code="2207"))], PORTUGUESE)
    assert (call.company_id, call.codes) == (3, ("1950", "2207"))
    assert call.texts[0] == (
        "EXCESSO DE EVENTOS | ALR E130 | Quantidade: 60 | 21/11/2026 07:00:00 - 21/11/2026 09:00:00"
    )


def test_an_injections_complement_has_250_characters_at_most() -> None:
    long = opened(alert(alarm_id="a1", alarm="\x01" * 80, cuc="\x02" * 40, code="\x03" * 40))
    (text,) = injection.injections([long], ENGLISH).texts
    assert len(text) == 250


def test_a_webhook_gets_the_alert_with_its_kind_first() -> None:
    item = cleared()
    call = webhook.call(item, NOON)
    assert (call.delivery_id, call.at) == (item.id, NOON)
    body = json.loads(call.body)
    assert next(iter(body)) == "kind"
    assert body == {"kind": "cleared", **alert_object(OVER)}
    assert json.loads(webhook.test_call("d1", NOON).body) == {"kind": "test"}
