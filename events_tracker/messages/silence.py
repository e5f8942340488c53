"""What can be said of an account since its last alert was over, as sentences in two languages."""

from collections.abc import Mapping
from datetime import tzinfo

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.times import Instant, rough, short
from events_tracker.model.silence import Silence, Verdict

_WORDS: Mapping[str, Mapping[str, str]] = {
    ENGLISH: {
        "alive": "heard since its last alert was over",
        "overdue": "silent since {since}, after its alert; longest silence in 30 days {longest}"
        "{no_test}: dead? call",
        "silent": "silent since {since}, after its alert; no longer than usual: longest silence in "
        "30 days {longest}{no_test}",
        "too_little_known": "silent since {since}, after its alert; too little known to say "
        "whether that is usual",
        "no_test": ", sends no periodic test",
    },
    PORTUGUESE: {
        "alive": "deu sinal depois que o último alerta acabou",
        "overdue": "sem sinal desde {since}, depois do alerta; maior silêncio em 30 dias: "
        "{longest}{no_test}; morto? ligue",
        "silent": "sem sinal desde {since}, depois do alerta; não mais que o normal: maior "
        "silêncio em 30 dias {longest}{no_test}",
        "too_little_known": "sem sinal desde {since}, depois do alerta; ainda não se sabe se isso "
        "é normal",
        "no_test": ", não envia teste periódico",
    },
}


def silence_text(one: Silence, now: Instant, zone: tzinfo, language: str) -> str:
    """Say the verdict on an account."""
    words = _WORDS[language]
    if one.verdict is Verdict.ALIVE:
        return words["alive"]
    key = "too_little_known" if one.longest is None else one.verdict.value
    return words[key].format(
        since=short(one.since, now, zone),
        longest=rough(one.longest or 0),
        no_test=words["no_test"] if one.sends_no_test else "",
    )
