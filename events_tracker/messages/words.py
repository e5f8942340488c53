"""The words of messages to operators, in Portuguese and English, and what all messages share."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import tzinfo

from msgspec import Struct

from events_tracker.base.text import visible
from events_tracker.base.times import MINUTE, Instant, utc
from events_tracker.messages.codes import explained
from events_tracker.messages.names import named
from events_tracker.model.alarms import DEFAULT_ALARM, TRACKER_ALARM, Operator
from events_tracker.model.alerts import DELETED_BY_HAND, Alert, ByHand, Record
from events_tracker.model.deliveries import CLEARED, OPENED, Kept, Stood

_PORTUGUESE = {
    "opened": "EXCESSO DE EVENTOS",
    "opened_other": "ALARME {alarm}",
    "cleared": "ENCERRADO: EXCESSO DE EVENTOS",
    "cleared_other": "ENCERRADO: ALARME {alarm}",
    "both": "ABERTO E JÁ ENCERRADO",
    "tracker": "MONITOR DE EVENTOS SEM LEITURA",
    "tracker_text": "Nenhuma leitura completa dos eventos há {time}.",
    "tracker_cleared": "MONITOR DE EVENTOS LENDO DE NOVO",
    "tracker_cleared_text": "Leituras completas de novo, depois de {time} sem nenhuma.",
    "minute": "1 minuto",
    "minutes": "{count} minutos",
    "digest": "{count} AVISOS DE EVENTOS",
    "more": "… e mais {count}",
    "receipt": "Fim da espera {account} ({reason}, {who}, {span}): {alerts}, {open}",
    "alert": "1 aviso",
    "alerts": "{count} avisos",
    "none_open": "nenhum ainda aberto",
    "one_open": "1 ainda aberto",
    "some_open": "{count} ainda abertos",
    "empty": "Vazio",
    "at_least": "pelo menos {quantity}",
    "account": "Conta",
    "name": "Nome",
    "company": "Empresa",
    "group": "Grupo",
    "cuc": "CUC",
    "code": "Evento",
    "quantity": "Quantidade",
    "highest": "Máximo",
    "start": "Período Inicial",
    "end": "Período Final",
    "cleared_at": "Encerrado em",
    "reason": "Motivo",
    "line_opened": "aberto",
    "line_cleared": "encerrado",
    "line_both": "aberto e encerrado",
    "counted": "O que foi contado",
    "below": "abaixo do limite",
    "silent": "abaixo do limite; sem sinal desde {since}",
    "disabled": "alarme desativado",
    "deleted": "alarme excluído",
    "redefined": "alarme redefinido",
    "forced": "encerrado manualmente",
    "closed_by": "encerrado por {who}",
    "in_database": "o gatilho foi excluído do banco de dados",
    "still_over": "ainda acima do limite ({quantity})",
    "still_holds": "ainda não normalizou ({quantity})",
    "under_already": "já abaixo do limite ({quantity})",
    "normal_already": "já normalizou ({quantity})",
    "test": "TESTE do Events Tracker: este canal está funcionando.",
}
_ENGLISH = {
    "opened": "TOO MANY EVENTS",
    "opened_other": "ALARM {alarm}",
    "cleared": "OVER: TOO MANY EVENTS",
    "cleared_other": "OVER: ALARM {alarm}",
    "both": "OPENED AND OVER ALREADY",
    "tracker": "EVENTS TRACKER READS NOTHING",
    "tracker_text": "No complete reading of the events for {time}.",
    "tracker_cleared": "EVENTS TRACKER READS AGAIN",
    "tracker_cleared_text": "Complete readings again, after {time} without one.",
    "minute": "1 minute",
    "minutes": "{count} minutes",
    "digest": "{count} EVENT ALERTS",
    "more": "… and {count} more",
    "receipt": "End of the hold {account} ({reason}, {who}, {span}): {alerts}, {open}",
    "alert": "1 alert",
    "alerts": "{count} alerts",
    "none_open": "none still open",
    "one_open": "1 still open",
    "some_open": "{count} still open",
    "empty": "Empty",
    "at_least": "at least {quantity}",
    "account": "Account",
    "name": "Name",
    "company": "Company",
    "group": "Group",
    "cuc": "CUC",
    "code": "Event",
    "quantity": "Quantity",
    "highest": "Highest",
    "start": "Period start",
    "end": "Period end",
    "cleared_at": "Over since",
    "reason": "Reason",
    "line_opened": "opened",
    "line_cleared": "over",
    "line_both": "opened and over",
    "counted": "What was counted",
    "below": "below the threshold",
    "silent": "below the threshold; nothing heard since {since}",
    "disabled": "alarm disabled",
    "deleted": "alarm deleted",
    "redefined": "alarm redefined",
    "forced": "closed by hand",
    "closed_by": "closed by {who}",
    "in_database": "its trigger was deleted from the database",
    "still_over": "still over the threshold ({quantity})",
    "still_holds": "not back to normal yet ({quantity})",
    "under_already": "already below the threshold ({quantity})",
    "normal_already": "already back to normal ({quantity})",
    "test": "TEST by Events Tracker: this channel works.",
}
_LANGUAGES: Mapping[str, Mapping[str, str]] = {"pt-BR": _PORTUGUESE, "en": _ENGLISH}


class Language(Struct, frozen=True):
    """The language that messages speak, the zone of the times they name, and where pages are.

    ``pages`` is the address of the pages, without a slash at its end; None if nobody serves them.
    """

    language: str
    zone: tzinfo
    pages: str | None = None

    def say(self, word: str, **values: object) -> str:
        return _LANGUAGES[self.language][word].format(**values)

    def time(self, at: Instant) -> str:
        """Write an instant in local time as operators do: day first in Portuguese."""
        order = "%d/%m/%Y %H:%M:%S" if self.language == "pt-BR" else "%Y-%m-%d %H:%M:%S"
        return utc(at).astimezone(self.zone).strftime(order)

    def span(self, start: Instant, end: Instant) -> str:
        """Write a stretch of local time: with the days only where they are two."""
        ends = [utc(at).astimezone(self.zone) for at in (start, end)]
        day = "%d/%m " if self.language == "pt-BR" else "%Y-%m-%d "
        form = f"{'' if ends[0].date() == ends[1].date() else day}%H:%M"
        return "–".join(at.strftime(form) for at in ends)

    def receipt(self, kept: Kept, alerts: int, still_open: int) -> str:
        """Write what the message at the end of a hold is about."""
        few = {0: "none_open", 1: "one_open"}
        return self.say(
            "receipt",
            account=shown(kept.account_code, 32),
            reason=shown(kept.reason, 80),
            who=shown(kept.made_by, 40),
            span=self.span(kept.start, kept.end),
            alerts=self.say("alert" if alerts == 1 else "alerts", count=alerts),
            open=self.say(few.get(still_open, "some_open"), count=still_open),
        )

    def link(self, alert: Alert | None = None) -> str | None:
        """Write the address of the alert's page, or of the list; None where there are no pages."""
        if self.pages is None:
            return None
        return f"{self.pages}/alerts" if alert is None else f"{self.pages}/alerts/{alert.id}"

    def headline(self, alert: Alert, kinds: frozenset[str]) -> str:
        """Write what a message is about: an alert that opened, that is over, or both at once."""
        if alert.alarm_id == TRACKER_ALARM:
            return self.say("tracker_cleared" if CLEARED in kinds else "tracker")
        if kinds == {OPENED, CLEARED}:
            return self.say("both")
        word = CLEARED if CLEARED in kinds else OPENED
        if alert.alarm_id == DEFAULT_ALARM:
            return self.say(word)
        return self.say(f"{word}_other", alarm=shown(alert.alarm, 80))

    def quantity(self, alert: Alert) -> str:
        text = str(alert.quantity)
        return self.say("at_least", quantity=text) if alert.partial else text

    def event(self, code: str | None) -> str:
        """Write a code with what it means beside it, in the language of the message."""
        return explained(shown(code, 16), self.language) if code else ""

    def reason(self, alert: Alert, stood: Stood | None = None, *, why: bool = True) -> str:
        """Write why an alert is over; the words of whoever closed it by hand stay as they are.

        ``stood``: how what was closed by hand stood. ``why`` False: only by whom.
        """
        if (hand := alert.by_hand) is not None:
            by = self._by_hand(hand) if why else self._by_whom(hand)
            return by if stood is None else f"{by}; {self._how_it_stood(alert, stood)}"
        if alert.silent_since is not None:
            return self.say("silent", since=alert.silent_since)
        word, _, detail = (alert.clear_reason or "below").partition(":")
        known = self.say(word) if word in _PORTUGUESE else word
        return f"{known}: {shown(detail.strip(), 120)}" if detail.strip() else known

    def _by_hand(self, hand: ByHand) -> str:
        own = hand.text == DELETED_BY_HAND
        text = self.say("in_database") if own else shown(hand.text, 120)
        return f"{self._by_whom(hand)}: {text}"

    def _by_whom(self, hand: ByHand) -> str:
        return self.say("closed_by", who=shown(hand.who, 40)) if hand.who else self.say("forced")

    def _how_it_stood(self, alert: Alert, stood: Stood) -> str:
        upwards = alert.operator in (Operator.MORE, Operator.AT_LEAST)
        if stood.below:
            word = "under_already" if upwards else "normal_already"
        else:
            over = upwards and alert.operator.test(alert.threshold)(stood.count)
            word = "still_over" if over else "still_holds"
        return self.say(word, quantity=stood.count)

    def fields(
        self,
        alert: Alert,
        kinds: frozenset[str],
        name_width: int,
        stood: Stood | None = None,
    ) -> list[tuple[str, str]]:
        """Write the facts of an alert, label by label: only those that its alarm groups by.

        ``stood``: how what was closed by hand stood.
        """
        if alert.alarm_id == TRACKER_ALARM:
            return [("", self._of_tracker(alert, kinds))]
        facts: list[tuple[str, str]] = []
        if alert.account_id is not None:
            facts.append((self.say("account"), account(alert) or self.say("empty")))
            facts.append((self.say("name"), self._or_empty(alert.trade_name, name_width)))
        if alert.account_id is not None or company(alert) is not None:
            facts.append((self.say("company"), company(alert) or self.say("empty")))
        if alert.account_id is not None:
            facts.append((self.say("group"), self._or_empty(alert.client_group, 40)))
        if alert.cuc is not None:
            facts.append((self.say("cuc"), shown(alert.cuc, 32)))
        if alert.code is not None:
            facts.append((self.say("code"), self.event(alert.code)))
        facts.append((self.say("quantity"), self.quantity(alert)))
        facts.append((self.say("start"), self.time(alert.period_started_at)))
        facts.append((self.say("end"), self.time(alert.period_ended_at)))
        if CLEARED in kinds and alert.cleared_at is not None:
            facts.append((self.say("highest"), str(alert.highest)))
            facts.append((self.say("cleared_at"), self.time(alert.cleared_at)))
            facts.append((self.say("reason"), self.reason(alert, stood)))
        return facts

    def line(self, alert: Alert, kinds: frozenset[str], stood: Stood | None = None) -> str:
        """Write one alert's line of a digest."""
        if alert.alarm_id == TRACKER_ALARM:
            return self.headline(alert, kinds)
        state = self.say("line_both" if len(kinds) == 2 else f"line_{next(iter(kinds))}")
        if CLEARED in kinds and alert.by_hand is not None:
            by = self.reason(alert, stood, why=False)
            state = f"{self.say('line_opened')}, {by}" if len(kinds) == 2 else by
        name = shown(alert.trade_name, 40) if alert.trade_name else None
        names = [text for text in (account(alert), name, company(alert)) if text]
        cuc = shown(alert.cuc, 32) if alert.cuc else ""
        what = f"{cuc} {self.event(alert.code)}".strip()
        return " · ".join([*names, *([what] if what else []), self.quantity(alert), state])

    def _of_tracker(self, alert: Alert, kinds: frozenset[str]) -> str:
        if CLEARED in kinds and alert.cleared_at is not None:
            gap = (alert.cleared_at - alert.period_started_at) // MINUTE
            return self.say("tracker_cleared_text", time=self._minutes(gap))
        return self.say("tracker_text", time=self._minutes(alert.quantity))

    def _minutes(self, count: int) -> str:
        return self.say("minute" if count == 1 else "minutes", count=count)

    def _or_empty(self, text: str | None, width: int) -> str:
        return shown(text, width) if text else self.say("empty")


def account(of: Alert | Record) -> str | None:
    """Name an account as people know it: by its code, or by its id while that is not known."""
    return _named(of.account_code, of.account_id)


def company(of: Alert) -> str | None:
    """Name a company by its name, or by its id while that is not known."""
    return _named(of.company, of.company_id)


def _named(name: str | None, id_: int | None) -> str | None:
    return shown(named(name, id_), 40) or None


def shown(text: str, width: int) -> str:
    """Escape a text's control characters, and cut it between characters as people see them."""
    clusters = list(_clusters(text))
    return visible("".join(clusters[:width]))


def _clusters(text: str) -> Iterator[str]:
    """Split a text into characters as people see them: an emoji of several code points is one."""
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _continues(cluster: str, character: str) -> bool:
    joined = cluster[-1] == "\u200d" or character == "\u200d"
    modifier = unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me")
    skin = "\U0001f3fb" <= character <= "\U0001f3ff"
    flag = len(cluster) == 1 and all("\U0001f1e6" <= c <= "\U0001f1ff" for c in cluster + character)
    return bool(joined or modifier or skin or flag)
