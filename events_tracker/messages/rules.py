"""The rule of an alarm as a sentence, in two languages."""

from collections.abc import Mapping, Sequence

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.text import shortened
from events_tracker.base.times import format_duration
from events_tracker.model.alarms import Clearing, Condition, Definition, Operator, Source

_LISTED = 4
"""The most items of a list that a sentence names."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    ENGLISH: {
        ">=": "{value} or more {things}",
        ">": "more than {value} {things}",
        "=": "exactly {value} {things}",
        "<=": "{value} or fewer {things}",
        "<": "fewer than {value} {things}",
        "none": "no {thing} at all",
        "events": "events",
        "event": "event",
        "detections": "detections of {of}",
        "detection": "detection of {of}",
        "gone": "an alarm that was deleted",
        "account": "different accounts",
        "code": "different codes",
        "cuc": "different CUCs",
        "occurrence": "different occurrences",
        "of code": " of one code",
        "of cuc": " of one CUC",
        "of code and cuc": " of one code and CUC",
        "in": " in {window}",
        "by account": ", by account",
        "by company": ", by company",
        "by account and company": ", by account and company",
        "by nothing": ", of all accounts together",
        "codes": "only codes {items}",
        "cucs": "only CUCs {items}",
        "accounts": "only accounts {items}",
        "companies": "only companies {items}",
        "values": "with values of their own: {items}",
        "more": "{items} and {count} more",
        "over": "over once that did not hold for {after}",
        "over at once": "over at the first scan that sees that not hold",
        "over below": "over once below {below}% of that for {after}",
        "over below at once": "over at the first scan below {below}% of that",
    },
    PORTUGUESE: {
        ">=": "{value} ou mais {things}",
        ">": "mais de {value} {things}",
        "=": "exatamente {value} {things}",
        "<=": "{value} ou menos {things}",
        "<": "menos de {value} {things}",
        "none": "{no} {thing}",
        "events": "eventos",
        "event": "evento",
        "detections": "detecções de {of}",
        "detection": "detecção de {of}",
        "gone": "um alarme excluído",
        "account": "contas diferentes",
        "code": "códigos diferentes",
        "cuc": "CUCs diferentes",
        "occurrence": "ocorrências diferentes",
        "of code": " de um código",
        "of cuc": " de um CUC",
        "of code and cuc": " de um código e CUC",
        "in": " em {window}",
        "by account": ", por conta",
        "by company": ", por empresa",
        "by account and company": ", por conta e empresa",
        "by nothing": ", em todas as contas juntas",
        "codes": "só os códigos {items}",
        "cucs": "só os CUCs {items}",
        "accounts": "só as contas {items}",
        "companies": "só as empresas {items}",
        "values": "com valores próprios: {items}",
        "more": "{items} e mais {count}",
        "over": "encerra quando isso deixa de valer por {after}",
        "over at once": "encerra na primeira leitura em que isso não vale",
        "over below": "encerra quando fica abaixo de {below}% disso por {after}",
        "over below at once": "encerra na primeira leitura abaixo de {below}% disso",
    },
}


def rule_text(rule: Definition, names: Mapping[str, str], language: str) -> str:
    """Say when an alarm opens: ``50 or more events of one code in 2h, by account``.

    ``names`` are those of alarms by id.
    """
    say = _WORDS[language]
    return "".join(
        (
            _compared(rule, names, say),
            _of_one(rule, say),
            say["in"].format(window=format_duration(rule.window)),
            _grouped(rule, say),
        )
    )


def scope_text(rule: Definition, language: str) -> str:
    """Say what alone counts, and the values of single codes; empty where everything counts."""
    say = _WORDS[language]
    values = [f"{code}: {value}" for code, value in rule.values.items()]
    parts = (
        ("codes", rule.codes),
        ("cucs", rule.cucs),
        ("accounts", rule.accounts),
        ("companies", rule.companies),
        ("values", values),
    )
    return "; ".join(say[key].format(items=_items(items, say)) for key, items in parts if items)


def over_text(rule: Definition, clearing: Clearing, language: str) -> str:
    """Say when what an alarm opened is over; ``clearing`` is what holds for it."""
    key = "over below" if rule.operator.rises and clearing.below < 100 else "over"
    if not clearing.after:
        key += " at once"
    after = format_duration(clearing.after)
    return _WORDS[language][key].format(below=clearing.below, after=after)


def _compared(rule: Definition, names: Mapping[str, str], say: Mapping[str, str]) -> str:
    many, one = _things(rule, names, say)
    if rule.condition == Condition.COUNT and _is_none(rule.operator, rule.value):
        # The Portuguese words for "no" agree with what there is none of.
        no = "nenhuma" if rule.source == Source.DETECTIONS else "nenhum"
        return say["none"].format(thing=one, no=no)
    single = rule.value == 1 and rule.condition == Condition.COUNT
    return say[rule.operator].format(value=rule.value, things=one if single else many)


def _is_none(operator: Operator, value: int) -> bool:
    return (operator, value) in ((Operator.LESS, 1), (Operator.AT_MOST, 0), (Operator.EQUAL, 0))


def _things(rule: Definition, names: Mapping[str, str], say: Mapping[str, str]) -> tuple[str, str]:
    """Return what is counted, of several and of one."""
    if rule.condition == Condition.UNIQUE:
        many = say.get(rule.field or "", rule.field or "")
        return many, many
    if rule.source == Source.DETECTIONS:
        of = shortened(names.get(rule.source_alarm_id or "", say["gone"]))
        return say["detections"].format(of=of), say["detection"].format(of=of)
    return say["events"], say["event"]


def _of_one(rule: Definition, say: Mapping[str, str]) -> str:
    kinds = [kind for kind in ("code", "cuc") if kind in rule.group_by]
    return say["of " + " and ".join(kinds)] if kinds else ""


def _grouped(rule: Definition, say: Mapping[str, str]) -> str:
    whose = [kind for kind in ("account", "company") if kind in rule.group_by]
    return say["by " + (" and ".join(whose) or "nothing")]


def _items(items: Sequence[str], say: Mapping[str, str]) -> str:
    listed = ", ".join(map(shortened, items[:_LISTED]))
    more = len(items) - _LISTED
    return listed if more <= 0 else say["more"].format(items=listed, count=more)
