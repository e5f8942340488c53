"""The reasons of `explain` as sentences, in two languages."""

from collections.abc import Mapping
from datetime import tzinfo

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.text import visible
from events_tracker.base.times import Instant, short
from events_tracker.model.explanations import Reason

_TIMES = ("since", "at", "over_at")
SIGNS = {">=": "≥", "<=": "≤"}
"""How operators are written, where not as they are named."""
_WHO_NEEDS = {ENGLISH: "the alarm", PORTUGUESE: "o alarme"}
"""Who waits for facts, if no channel does."""
_NEVER = {ENGLISH: "the beginning", PORTUGUESE: "o começo"}

_WORDS: Mapping[str, Mapping[str, str]] = {
    ENGLISH: {
        "below_value": "{needs} more would open it",
        "code_not_counted": "the alarm does not count this code",
        "cuc_not_counted": "the alarm does not count this CUC",
        "account_not_listed": "the account is not in the alarm's list",
        "company_not_listed": "the account's company is not in the alarm's list",
        "account_excepted": "an exception of the alarm says that the account does not count",
        "alarm_disabled": "the alarm is disabled",
        "alarm_error": "the alarm cannot be evaluated: {error}",
        "ours": "the tracker raised it itself",
        "closed_by": "an ignored user closed its occurrence",
        "muted": "closed by hand at {since} ({why}), and silent until a scan has seen it below",
        "partial_reading": "part of the window could not be read: there may be more",
        "silence_not_believed": "Segware answered nothing at all: the next scan that finds nothing "
        "is believed",
        "no_scan_since": "no scan since {since} has seen it: the next one opens it",
        "settings_differ": "the settings differ from the stored alarm in {fields}: `tracker init` "
        "adopts them",
        "other_spelling": "the other spelling of this code is a group of its own: {sum} together",
        "holds": "not over: {quantity} {operator} {value}",
        "above_clear_line": "not over: {quantity} is above its clear line, {percent} % of {value}",
        "waiting": "below since {since}; over at {over_at}, if it stays below",
        "not_observed_since": "not observed since {since}: what was not read whole ends nothing",
        "alarm_not_notify": "the alarm tells nobody",
        "channel_off_then": "{channel} was off when it opened",
        "channel_not_chosen": "the alarm does not use {channel}",
        "no_account_in_group": "{channel} needs an account, and the alarm does not group by one",
        "waiting_for_facts": "what {channel} needs to know of the account is not known yet",
        "held": "{channel} is held back by a hold",
        "retry_at": "{channel} is tried again at {at}",
        "failed": "{channel} failed for good",
        "expired": "{channel} was given up: too old",
        "uncertain": "{channel} may or may not have gone out: nobody knows",
        "superseded": "{channel} was withdrawn: it had lost its sense",
        "in_digest": "{channel} travels in a digest",
    },
    PORTUGUESE: {
        "below_value": "faltam {needs} para abrir",
        "code_not_counted": "o alarme não conta este código",
        "cuc_not_counted": "o alarme não conta este CUC",
        "account_not_listed": "a conta não está na lista do alarme",
        "company_not_listed": "a empresa da conta não está na lista do alarme",
        "account_excepted": "uma exceção do alarme diz que a conta não conta",
        "alarm_disabled": "o alarme está desativado",
        "alarm_error": "o alarme não pode ser avaliado: {error}",
        "ours": "o próprio monitor gerou este evento",
        "closed_by": "um usuário ignorado encerrou a ocorrência",
        "muted": "encerrado manualmente ({since}, {why}), e em silêncio até uma leitura o ver "
        "abaixo do limite",
        "partial_reading": "parte da janela não pôde ser lida: pode haver mais",
        "silence_not_believed": "a Segware não respondeu nenhum evento: só a próxima leitura vazia "
        "vale",
        "no_scan_since": "nenhuma leitura desde {since} o viu: a próxima abre",
        "settings_differ": "as configurações diferem do alarme guardado em {fields}: "
        "`tracker init` as adota",
        "other_spelling": "a outra grafia deste código é um grupo à parte: juntos são {sum}",
        "holds": "não acabou: {quantity} {operator} {value}",
        "above_clear_line": "não acabou: {quantity} está acima da linha de encerramento, "
        "{percent} % de {value}",
        "waiting": "abaixo do limite desde {since}; encerra às {over_at}, se continuar assim",
        "not_observed_since": "não observado desde {since}: leitura incompleta não encerra nada",
        "alarm_not_notify": "o alarme não avisa ninguém",
        "channel_off_then": "{channel} estava desligado quando abriu",
        "channel_not_chosen": "o alarme não usa {channel}",
        "no_account_in_group": "{channel} precisa de uma conta, e o alarme não agrupa por conta",
        "waiting_for_facts": "ainda não se sabe da conta o que {channel} precisa saber",
        "held": "{channel} está em espera",
        "retry_at": "{channel} será tentado de novo às {at}",
        "failed": "{channel} falhou de vez",
        "expired": "{channel} foi abandonado: velho demais",
        "uncertain": "{channel}: não se sabe se saiu",
        "superseded": "{channel} foi retirado: perdeu o sentido",
        "in_digest": "{channel} vai em um resumo",
    },
}

_MORE_DO_NOT_HELP = {
    ENGLISH: "it opens when it is {operator} {value}; it is {quantity}",
    PORTUGUESE: "abre quando for {operator} {value}; agora é {quantity}",
}
"""What is said for `below_value` where it does not say how many it ``needs``."""


def reason_text(reason: Reason, now: Instant, zone: tzinfo, language: str) -> str:
    """Say a reason in a sentence; times are those of ``zone``, of another day with its date."""
    facts = {"channel": _WHO_NEEDS[language]} | {
        name: _shown(name, value, now, zone, language) for name, value in reason.facts.items()
    }
    words = _WORDS[language][reason.key]
    if reason.key == "below_value" and "needs" not in facts:
        words = _MORE_DO_NOT_HELP[language]
    return words.format_map(_Lacking(facts))


class _Lacking(dict[str, str]):
    """What a sentence names and nobody knows."""

    def __missing__(self, key: str) -> str:
        return "?"


def _shown(name: str, value: object, now: Instant, zone: tzinfo, language: str) -> str:
    if name in _TIMES:
        return short(value, now, zone) if isinstance(value, int) else _NEVER[language]
    return "?" if value is None else SIGNS.get(str(value), visible(str(value)))
