"""The rule of an alarm in words, and an alarm as the texts that would define it."""

from typing import Any

import pytest
from msgspec.structs import replace

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.decisions.alarms.changes import changed
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.decisions.alarms.texts import as_texts
from events_tracker.messages.rules import rule_text, scope_text
from events_tracker.model.alarms import Alarm, Definition, EmailOptions, Operator

NAMES = {"default": "default", "d": "portas"}


@pytest.mark.parametrize(
    ("rule", "portuguese", "english"),
    [
        (
            {"group_by": ("account", "code")},
            "50 ou mais eventos de um código em 2h, por conta",
            "50 or more events of one code in 2h, by account",
        ),
        (
            {"operator": Operator.MORE, "value": 1, "window": 90 * MINUTE, "group_by": ()},
            "mais de 1 evento em 90m, em todas as contas juntas",
            "more than 1 event in 90m, of all accounts together",
        ),
        (
            {"condition": "unique", "field": "account", "value": 10, "group_by": ("company",)},
            "10 ou mais contas diferentes em 2h, por empresa",
            "10 or more different accounts in 2h, by company",
        ),
        (
            {"operator": Operator.LESS, "value": 1, "window": 25 * HOUR, "group_by": ("account",)},
            "nenhum evento em 25h, por conta",
            "no event at all in 25h, by account",
        ),
        (
            {
                "source": "detections",
                "source_alarm_id": "d",
                "value": 3,
                "window": 7 * DAY,
                "group_by": ("company", "account", "cuc"),
            },
            "3 ou mais detecções de portas de um CUC em 7d, por conta e empresa",
            "3 or more detections of portas of one CUC in 7d, by account and company",
        ),
        (
            {"source": "detections", "source_alarm_id": "gone", "operator": Operator.EQUAL},
            "exatamente 50 detecções de um alarme excluído de um código e CUC em 2h, por conta",
            "exactly 50 detections of an alarm that was deleted of one code and CUC in 2h,"
            " by account",
        ),
    ],
)
def test_a_rule_is_a_sentence_in_two_languages(
    rule: dict[str, Any], portuguese: str, english: str
) -> None:
    definition = Definition(**rule)
    assert rule_text(definition, NAMES, PORTUGUESE) == portuguese
    assert rule_text(definition, NAMES, ENGLISH) == english


def test_what_alone_counts_is_told_and_cut_where_it_is_long() -> None:
    rule = Definition(
        codes=("E1", "E2", "E3", "E4", "E5", "E6"),
        companies=("Sentinela",),
        values={"E1": 30},
    )
    assert scope_text(rule, PORTUGUESE) == (
        "só os códigos E1, E2, E3, E4 e mais 2; só as empresas Sentinela;"
        " com valores próprios: E1: 30"
    )
    assert scope_text(Definition(), PORTUGUESE) == ""


def texts_as_given(alarm: Alarm) -> dict[str, Any]:
    """An alarm's texts as options would bring them."""
    texts: dict[str, Any] = as_texts(alarm, NAMES)
    return {**texts, "values": (texts["values"],)} | {"of": texts["of"] or None}


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_the_texts_of_an_alarm_read_back_as_itself(template: str) -> None:
    others = {"default": Alarm("default", "default", "environment", Definition(), 0)}
    alarm = TEMPLATES[template].begun(Alarm("1", "nome", "database", Definition(), 0))
    assert changed(alarm, texts_as_given(alarm), others) == alarm


def test_texts_hold_what_is_hard_to_write() -> None:
    alarm = Alarm("1", 'a, "b"', "database", Definition(), 0)
    alarm = replace(
        alarm,
        definition=replace(
            alarm.definition,
            companies=('Silva, Souza "Zé"', "B"),
            accounts=("1950", "00,7"),
            values={"E130": 30, "E401": 100},
            codes=("E130", "E401"),
        ),
        email=EmailOptions('Alerta "já"', ("ana@example.com",), (), include_table=True),
        channels=("email", "whatsapp"),
        enabled=False,
    )
    blank = Alarm("1", "", "database", Definition(), 0)
    assert changed(blank, texts_as_given(alarm), {}) == alarm
