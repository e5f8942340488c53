"""What event codes mean, in a word or two of two languages, and of which family they are.

Source: the Contact ID protocol (SIA DC-05): a letter or digit that says whether something began or
ended, then three digits that say what. E702 is no code of it: it is how this system tells Segware.
"""

import re
from collections.abc import Mapping

from events_tracker.base.problems import ENGLISH, PORTUGUESE

_ENDS = "R3"
_CODE = re.compile(r"([ERP136])([0-9]{3})")
_ALIKE = {one: pair for pair in ("E1", "R3", "P6") for one in pair}
_RESTORE = {PORTUGUESE: "restauração", ENGLISH: "restore"}
_CLOSING = {PORTUGUESE: "armado", ENGLISH: "closing"}
_OPENING = {PORTUGUESE: "desarmado", ENGLISH: "opening"}
_PARTIAL = {PORTUGUESE: " parcial", ENGLISH: ", partial"}


def meaning(code: str | None, language: str) -> str | None:
    """Say what a code means; None where Contact ID has no such code, or we have no word for it."""
    found = _CODE.fullmatch(code or "")
    if found is None:
        return None
    qualifier, number = found.groups()
    if number in _ARMING:
        # Of arming, the restore is not an end: it says which of the two was done.
        done = (_CLOSING if qualifier in _ENDS else _OPENING)[language]
        return done + _PARTIAL[language] if number == "456" else done
    words = _MEANINGS.get(number)
    if words is None:
        return None
    text = words[language == ENGLISH]
    return f"{text}, {_RESTORE[language]}" if qualifier in _ENDS else text


def explained(code: str, language: str) -> str:
    """Write a code with its meaning beside it: ``E130 burglary``; alone where it has none."""
    words = meaning(code, language)
    return code if words is None else f"{code} {words}"


def code_alone(text: str) -> str:
    """Take the meaning off an English text that :func:`explained` wrote."""
    code, _, words = text.partition(" ")
    return code if words and words == meaning(code, ENGLISH) else text


def spellings(code: str) -> tuple[str, ...]:
    """Write a code as every panel may send it: ``E130`` is also ``1130``."""
    found = _CODE.fullmatch(code)
    if found is None:
        return (code,)
    return tuple(qualifier + found[2] for qualifier in _ALIKE[found[1]])


def family(code: str) -> str | None:
    """Name what kind of thing a code tells of: ``burglary``, ``power``; None if it means nothing.

    Something that ended is of the family of what began.
    """
    found = _CODE.fullmatch(code)
    return None if found is None else _FAMILY_OF.get(found[2])


def ends(code: str) -> bool:
    """Tell whether a code says that something is over, or that somebody armed."""
    found = _CODE.fullmatch(code)
    return found is not None and found[1] in _ENDS


def arms(code: str) -> bool:
    """Tell whether a code says that somebody armed or disarmed."""
    return number_of(code) in _ARMING


def number_of(code: str) -> str | None:
    """Return the three digits that say what a code tells of; None if it is not of Contact ID."""
    found = _CODE.fullmatch(code)
    return None if found is None else found[2]


def known_codes() -> list[str]:
    """List the codes that have a meaning, as events that begin are written: for choosing from."""
    return [f"E{number}" for number in sorted(_FAMILY_OF) if number not in _OUR_OWN]


_ARMING = {"400", "401", "402", "403", "407", "408", "409", "441", "442", "456"}
_OUR_OWN = {"702": ("excesso de eventos (deste sistema)", "too many events (of this system)")}
_FAMILIES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "medical": {
        "100": ("emergência médica", "medical"),
        "101": ("botão de emergência pessoal", "personal emergency"),
        "102": ("sem sinal de vida", "failed to report in"),
    },
    "fire": {
        "110": ("incêndio", "fire"),
        "111": ("fumaça", "smoke"),
        "114": ("calor", "heat"),
        "115": ("acionador de incêndio", "pull station"),
        "200": ("supervisão de incêndio", "fire supervisory"),
        "373": ("falha do laço de incêndio", "fire loop trouble"),
    },
    "panic": {
        "120": ("pânico", "panic"),
        "121": ("coação", "duress"),
        "122": ("pânico silencioso", "silent panic"),
        "123": ("pânico audível", "audible panic"),
        "129": ("pânico confirmado", "verified panic"),
    },
    "gas": {
        "151": ("gás", "gas"),
        "162": ("monóxido de carbono", "carbon monoxide"),
    },
    "burglary": {
        "130": ("arrombamento", "burglary"),
        "131": ("perímetro", "perimeter"),
        "132": ("interior", "interior"),
        "133": ("zona 24 horas", "24 hour zone"),
        "134": ("entrada e saída", "entry or exit"),
        "135": ("dia e noite", "day and night"),
        "136": ("área externa", "outdoor"),
        "138": ("alarme próximo", "near alarm"),
        "139": ("arrombamento confirmado", "verified burglary"),
        "140": ("alarme geral", "general alarm"),
        "146": ("arrombamento silencioso", "silent burglary"),
    },
    "tamper": {
        "137": ("violação", "tamper"),
        "144": ("violação de sensor", "sensor tamper"),
        "145": ("violação de módulo", "module tamper"),
        "341": ("violação de módulo", "module tamper"),
    },
    "other": {
        "150": ("zona 24 horas, não roubo", "24 hour non-burglary"),
        "152": ("refrigeração", "refrigeration"),
        "153": ("falta de aquecimento", "loss of heat"),
        "154": ("vazamento de água", "water leakage"),
        "158": ("temperatura alta", "high temperature"),
        "159": ("temperatura baixa", "low temperature"),
    },
    "panel": {
        "143": ("falha de módulo de expansão", "expansion module failure"),
        "300": ("falha do sistema", "system trouble"),
        "305": ("reinício do sistema", "system reset"),
        "306": ("programação alterada", "programming changed"),
        "307": ("falha no autoteste", "self-test failure"),
        "320": ("falha de sirene ou relé", "sounder or relay trouble"),
        "321": ("falha da sirene", "siren trouble"),
        "330": ("falha de periférico", "peripheral trouble"),
        "333": ("falha de módulo", "module failure"),
        "410": ("acesso remoto iniciado", "remote access begun"),
        "411": ("acesso remoto", "remote access"),
        "412": ("acesso remoto concluído", "remote access done"),
        "616": ("pedido de manutenção", "service request"),
        "621": ("memória de eventos apagada", "event log reset"),
        "622": ("memória de eventos a 50 %", "event log half full"),
        "625": ("data e hora ajustadas", "date and time reset"),
        "627": ("em programação", "programming mode entered"),
        "628": ("fim da programação", "programming mode left"),
    },
    "power": {
        "301": ("falta de energia", "AC loss"),
        "302": ("bateria baixa", "low battery"),
        "308": ("sistema desligado", "system shutdown"),
        "309": ("falha no teste da bateria", "battery test failure"),
        "310": ("fuga à terra", "ground fault"),
        "311": ("bateria ausente", "battery missing"),
        "312": ("sobrecarga da fonte", "power supply overcurrent"),
        "338": ("bateria baixa de módulo", "low module battery"),
    },
    "communication": {
        "350": ("falha de comunicação", "communication trouble"),
        "351": ("falha da linha telefônica", "telephone line fault"),
        "352": ("falha da segunda linha telefônica", "second telephone line fault"),
        "353": ("falha do rádio", "radio transmitter fault"),
        "354": ("falha ao comunicar", "failure to communicate"),
        "355": ("falha de supervisão do rádio", "radio supervision failure"),
        "356": ("falha de supervisão da central", "central polling lost"),
    },
    "sensor": {
        "147": ("falha de supervisão de sensor", "sensor supervision failure"),
        "344": ("interferência de rádio", "radio jamming"),
        "370": ("falha de zona", "zone trouble"),
        "380": ("falha de sensor", "sensor trouble"),
        "381": ("perda de sensor sem fio", "loss of wireless sensor"),
        "383": ("violação de sensor", "sensor tamper"),
        "384": ("bateria baixa de sensor", "low sensor battery"),
    },
    "swinger": {
        "377": ("zona oscilante", "swinger trouble"),
        "575": ("zona anulada por oscilação", "swinger bypass"),
    },
    "use": {
        "374": ("erro de saída", "exit error"),
        "406": ("cancelamento", "cancel"),
        "421": ("acesso negado", "access denied"),
        "422": ("acesso registrado", "access reported"),
        "453": ("não desarmou no horário", "failed to open"),
        "454": ("não armou no horário", "failed to close"),
        "455": ("falha ao armar", "automatic arming failed"),
        "457": ("erro de saída do usuário", "user exit error"),
        "459": ("arrombamento após armar", "alarm just after closing"),
        "461": ("senha incorreta", "wrong code entered"),
    },
    "bypass": {
        "570": ("zona anulada", "zone bypass"),
        "571": ("zona de incêndio anulada", "fire bypass"),
        "573": ("zona de roubo anulada", "burglary bypass"),
    },
    "test": {
        "601": ("teste manual", "manual test"),
        "602": ("teste periódico", "periodic test"),
        "603": ("teste periódico por rádio", "periodic radio test"),
        "604": ("teste de incêndio", "fire test"),
        "606": ("escuta a seguir", "listen-in to follow"),
        "607": ("teste de caminhada", "walk test"),
        "608": ("teste periódico, com falha", "periodic test, trouble present"),
        "611": ("ponto testado", "point tested"),
        "654": ("sem atividade", "system inactivity"),
    },
}
"""Each family's codes, by number: in Portuguese, in English."""
_MEANINGS = {
    **{number: words for codes in _FAMILIES.values() for number, words in codes.items()},
    **_OUR_OWN,
}
_FAMILY_OF = {
    **{number: name for name, codes in _FAMILIES.items() for number in codes},
    **dict.fromkeys(_ARMING, "use"),
    **dict.fromkeys(_OUR_OWN, "other"),
}
