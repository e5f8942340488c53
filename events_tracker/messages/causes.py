"""What is seen of an account's events, in words, and what that usually is: in two languages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.times import HOUR, Instant, rough, utc
from events_tracker.model.causes import Cause, LastHours, Seen

_STEADY = 0.5
"""Below it moments are called steady: what comes at random has a dispersion of about one."""
_BURSTS = 2.0

_Words = Mapping[str, str]
_LIFE: _Words = {
    ENGLISH: "life safety: look first",
    PORTUGUESE: "risco à vida: olhe primeiro",
}
_NOTHING: _Words = {
    ENGLISH: "the counts do not say what it comes from",
    PORTUGUESE: "as contagens não dizem de onde vem",
}
_RESTORES: Mapping[str, tuple[str, str, str, str]] = {
    ENGLISH: (
        "each trip is followed by its restore",
        "most trips are followed by their restore",
        "some trips are followed by their restore",
        "trips without restores",
    ),
    PORTUGUESE: (
        "cada disparo é seguido da restauração",
        "a maioria dos disparos é seguida da restauração",
        "alguns disparos são seguidos da restauração",
        "disparos sem restauração",
    ),
}
_MOMENTS: Mapping[str, tuple[str, str, str]] = {
    ENGLISH: ("at steady moments", "at random moments", "in bursts"),
    PORTUGUESE: ("a intervalos regulares", "em momentos ao acaso", "em rajadas"),
}
_DISPERSION: _Words = {ENGLISH: "dispersion", PORTUGUESE: "dispersão"}
_ALONE: _Words = {ENGLISH: "no other trouble", PORTUGUESE: "nenhum outro problema"}
_BESIDE: _Words = {ENGLISH: "beside them", PORTUGUESE: "além disso"}
_CODES: _Words = {
    ENGLISH: "{codes} different alarm and trouble codes",
    PORTUGUESE: "{codes} códigos diferentes de alarme e de falha",
}
_LESS: _Words = {
    ENGLISH: "Only {time} were looked at",
    PORTUGUESE: "Só foram vistos {time}",
}
_OPENED: Mapping[str, tuple[str, str, str]] = {
    ENGLISH: ("Last 30 days: opened {count}", "once", "{number} times"),
    PORTUGUESE: ("Últimos 30 dias: abriu {count}", "uma vez", "{number} vezes"),
}
_NIGHT: _Words = {
    ENGLISH: ", {number} of them at night",
    PORTUGUESE: ", {number} delas à noite",
}
_THAT_NIGHT: _Words = {ENGLISH: ", at night", PORTUGUESE: ", à noite"}
_EACH_NIGHT: _Words = {ENGLISH: ", all at night", PORTUGUESE: ", todas à noite"}
_FAMILIES: Mapping[str, _Words] = {
    "panel": {ENGLISH: "panel", PORTUGUESE: "painel"},
    "power": {ENGLISH: "power", PORTUGUESE: "energia"},
    "communication": {ENGLISH: "communication", PORTUGUESE: "comunicação"},
    "sensor": {ENGLISH: "sensor trouble", PORTUGUESE: "falha de sensor"},
    "swinger": {ENGLISH: "swinging zone", PORTUGUESE: "zona oscilante"},
    "use": {ENGLISH: "arming and use", PORTUGUESE: "arme e uso"},
    "bypass": {ENGLISH: "bypass", PORTUGUESE: "anulação"},
    "test": {ENGLISH: "test", PORTUGUESE: "teste"},
}
_USUALLY: Mapping[Cause, _Words] = {
    Cause.TEST: {
        ENGLISH: "Usually a test, or somebody at work on the system",
        PORTUGUESE: "Em geral, um teste ou alguém trabalhando no sistema",
    },
    Cause.COMMUNICATOR: {
        ENGLISH: "Usually a line or communicator that fails, and sends again",
        PORTUGUESE: "Em geral, linha ou comunicador com falha, que envia de novo",
    },
    Cause.POWER: {
        ENGLISH: "Usually mains or battery",
        PORTUGUESE: "Em geral, rede elétrica ou bateria",
    },
    Cause.CHURN: {
        ENGLISH: "Usually people who go in and out, arming and disarming",
        PORTUGUESE: "Em geral, pessoas entrando e saindo, armando e desarmando",
    },
    Cause.PANEL: {
        ENGLISH: "Usually the panel itself",
        PORTUGUESE: "Em geral, a própria central",
    },
    Cause.SENSOR: {
        ENGLISH: "Usually a sensor: its supervision or battery",
        PORTUGUESE: "Em geral, um sensor: supervisão ou bateria",
    },
    Cause.SWINGER: {
        ENGLISH: "Usually a swinging contact, or movement in an armed area",
        PORTUGUESE: "Em geral, contato oscilando ou movimento em área armada",
    },
    Cause.STUCK: {
        ENGLISH: "Usually a zone or output that is stuck, and repeats",
        PORTUGUESE: "Em geral, zona ou saída travada, que se repete",
    },
}
_NAMES: Mapping[Cause, _Words] = {
    Cause.TEST: {ENGLISH: "test", PORTUGUESE: "teste"},
    Cause.COMMUNICATOR: {ENGLISH: "communicator", PORTUGUESE: "comunicador"},
    Cause.POWER: {ENGLISH: "power", PORTUGUESE: "energia"},
    Cause.CHURN: {ENGLISH: "in and out", PORTUGUESE: "entra e sai"},
    Cause.PANEL: {ENGLISH: "panel", PORTUGUESE: "central"},
    Cause.SENSOR: {ENGLISH: "sensor", PORTUGUESE: "sensor"},
    Cause.SWINGER: {ENGLISH: "swinging zone", PORTUGUESE: "zona oscilante"},
    Cause.STUCK: {ENGLISH: "stuck zone", PORTUGUESE: "zona travada"},
}


def name(cause: str, language: str) -> str:
    """Call a cause by its name, as people read it beside an alert."""
    return _NAMES[Cause(cause)][language] if cause in _NAMES else cause


def usually(cause: str, language: str) -> str:
    """Say what a cause usually is, as a guess; its own word where nobody knows it."""
    return _USUALLY[Cause(cause)][language] if cause in _USUALLY else cause


def sentences(seen: Seen, language: str) -> list[str]:
    """Say what is seen, then what that usually is; empty where nothing came at all."""
    if not (seen.trips or seen.beside):
        return []
    facts = "; ".join(_facts(seen, language))
    if seen.life_safety:
        return [facts, _LIFE[language]]
    return [facts, _USUALLY[seen.cause][language] if seen.cause else _NOTHING[language]]


_NIGHT_FROM, _NIGHT_TO = 22, 6


def last_hours_texts(
    hours: LastHours | None, opened: Sequence[Instant], zone: tzinfo, language: str
) -> list[str]:
    """Say what an account looks like, and how often alerts of it opened in the last 30 days."""
    if hours is None:
        return []
    said = sentences(hours.seen, language)
    if said and hours.looked_at < 2 * HOUR:
        said.append(_LESS[language].format(time=rough(hours.looked_at)))
    if opened:
        said.append(_openings(opened, zone, language))
    return said


def _openings(opened: Sequence[Instant], zone: tzinfo, language: str) -> str:
    sentence, once, times = _OPENED[language]
    number = len(opened)
    said = sentence.format(count=once if number == 1 else times.format(number=number))
    nights = sum(not _NIGHT_TO <= utc(at).astimezone(zone).hour < _NIGHT_FROM for at in opened)
    if not nights:
        return said
    at_night = _NIGHT if nights < number else _EACH_NIGHT if number > 1 else _THAT_NIGHT
    return said + at_night[language].format(number=nights)


def _facts(seen: Seen, language: str) -> Iterator[str]:
    if seen.trips:
        moments = "" if seen.dispersion is None else _when(seen.dispersion, language)
        yield _restored(seen, language) + moments
    if seen.cause == Cause.PANEL:
        yield _CODES[language].format(codes=seen.codes)
    if not seen.beside:
        yield _ALONE[language]
        return
    counts = ", ".join(
        f"{_FAMILIES[family][language]} ({count})" for family, count in seen.beside.items()
    )
    yield f"{_BESIDE[language]}: {counts}" if seen.trips else counts


def _restored(seen: Seen, language: str) -> str:
    share = seen.restores / seen.trips
    each, most, some, none = _RESTORES[language]
    if share >= 0.95:
        return each
    return most if share >= 0.5 else some if share > 0.1 else none


def _when(dispersion: float, language: str) -> str:
    steady, random, bursts = _MOMENTS[language]
    words = steady if dispersion < _STEADY else bursts if dispersion > _BURSTS else random
    number = f"{dispersion:.1f}"
    if language == PORTUGUESE:
        number = number.replace(".", ",")
    return f", {words} ({_DISPERSION[language]} {number})"
