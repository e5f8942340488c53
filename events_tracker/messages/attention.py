"""What a report says is to be looked at, as sentences in two languages."""

from collections.abc import Mapping
from datetime import tzinfo

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.text import shortened, visible
from events_tracker.base.times import Instant, rough, short
from events_tracker.messages.codes import explained
from events_tracker.messages.silence import silence_text
from events_tracker.model.reports import Attention, Kind
from events_tracker.model.silence import Silence

_TIMES = ("last", "until")

_WORDS: Mapping[str, Mapping[str, str]] = {
    ENGLISH: {
        "flapping": "opened {times} times, last at {last} (flapping)",
        "muted": "closed by hand {age} ago by {who}: {why}; not below its value since, and silent",
        "hold_ending": "hold ends {until} ({why}, {who}), {held}",
        "failed": "{channel}: {count} failed{accounts}",
        "expired": "{channel}: {count} given up, too old to be sent{accounts}",
        "uncertain": "{channel}: {count} uncertain, may or may not have gone out{accounts}",
        "no_scan": "no good scan from {since} to {until}",
        "no_scans": "no good scan for too long {count} times, the longest from {since} to {until}",
        "never_evaluated": "alarm {alarm} was never evaluated from {since} to {until}",
        "alarm_error": "alarm {alarm} could not be evaluated: {error}",
        "stale": "open for {age}",
        "held": "{count} alerts held",
        "held_one": "1 alert held",
        "accounts": " (accounts {codes})",
        "account": " (account {codes})",
        "more": " and {more} more",
    },
    PORTUGUESE: {
        "flapping": "abriu {times} vezes, a última às {last} (oscilando)",
        "muted": "encerrado à mão há {age} por {who}: {why}; não normalizou desde então, "
        "e está em silêncio",
        "hold_ending": "a espera acaba {until} ({why}, {who}), {held}",
        "failed": "{channel}: {count} não saíram{accounts}",
        "expired": "{channel}: {count} abandonados, velhos demais para enviar{accounts}",
        "uncertain": "{channel}: {count} sem resposta, talvez tenham saído{accounts}",
        "failed_one": "{channel}: 1 não saiu{accounts}",
        "expired_one": "{channel}: 1 abandonado, velho demais para enviar{accounts}",
        "uncertain_one": "{channel}: 1 sem resposta, talvez tenha saído{accounts}",
        "no_scan": "nenhuma leitura completa de {since} a {until}",
        "no_scans": "{count} períodos sem leitura completa, o mais longo de {since} a {until}",
        "never_evaluated": "o alarme {alarm} nunca foi avaliado de {since} a {until}",
        "alarm_error": "o alarme {alarm} não pôde ser avaliado: {error}",
        "stale": "aberto há {age}",
        "held": "{count} alertas guardados",
        "held_one": "1 alerta guardado",
        "accounts": " (contas {codes})",
        "account": " (conta {codes})",
        "more": " e mais {more}",
    },
}


def attention_text(one: Attention, now: Instant, zone: tzinfo, language: str) -> str:
    """Say it in a sentence, as of ``now``; times are those of ``zone``, some with their date."""
    found = one.facts.get("silence")
    if isinstance(found, Silence):
        return silence_text(found, now, zone, language)
    words = _WORDS[language]
    facts = {name: _shown(name, value, now, zone) for name, value in one.facts.items()}
    facts["since"], facts["age"] = short(one.since, now, zone), rough(now - one.since)
    if "accounts" in one.facts:
        facts["accounts"] = _accounts(one, words)
    if one.kind is Kind.HOLD_ENDING:
        held = "held_one" if one.facts["count"] == 1 else "held"
        facts["held"] = words[held].format(count=one.facts["count"])
    singular = f"{one.words}_one"
    is_one = one.facts.get("count") == 1 and singular in words
    said = words[singular if is_one else one.words].format_map(facts)
    subject = _subject(one, language)
    return f"{subject}: {said}" if subject else said


def _subject(one: Attention, language: str) -> str:
    """Name what opened: whose, code, CUC and alarm, whichever it has; nothing of what did not."""
    if "whose" not in one.facts:
        return ""
    whose, code, cuc, alarm = (one.facts[name] for name in ("whose", "code", "cuc", "alarm"))
    named = [whose, None if code is None else explained(str(code), language), cuc, alarm]
    return " · ".join(visible(str(part)) for part in named if part is not None)


def _accounts(one: Attention, words: Mapping[str, str]) -> str:
    codes, more = one.facts["accounts"], one.facts["more"]
    if not isinstance(codes, tuple) or not codes:
        return ""
    named = ", ".join(map(visible, codes)) + (words["more"].format(more=more) if more else "")
    return words["accounts" if len(codes) > 1 else "account"].format(codes=named)


def _shown(name: str, value: object, now: Instant, zone: tzinfo) -> str:
    if name in _TIMES and isinstance(value, int):
        return short(value, now, zone)
    return "?" if value is None else shortened(visible(str(value)))
