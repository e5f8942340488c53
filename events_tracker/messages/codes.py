"""What event codes mean, in a word or two of two languages.

Source: the Contact ID protocol (SIA DC-05): a letter or digit that says whether something began or
ended, then three digits that say what.
"""

import re

from events_tracker.base.problems import ENGLISH, PORTUGUESE

_ENDS = "R3"
_CODE = re.compile(r"([ERP136])([0-9]{3})")
_RESTORE = {PORTUGUESE: "restauração", ENGLISH: "restore"}
_CLOSING = {PORTUGUESE: "armado", ENGLISH: "closing"}
_OPENING = {PORTUGUESE: "desarmado", ENGLISH: "opening"}


def meaning(code: str | None, language: str) -> str | None:
    """Say what a code means; None where Contact ID has no such code, or we have no word for it."""
    found = _CODE.fullmatch(code or "")
    if found is None:
        return None
    qualifier, number = found.groups()
    if number in _ARMING:
        # Of arming, the restore is not an end: it says which of the two was done.
        return (_CLOSING if qualifier in _ENDS else _OPENING)[language]
    words = _MEANINGS.get(number)
    if words is None:
        return None
    text = words[language == ENGLISH]
    return f"{text}, {_RESTORE[language]}" if qualifier in _ENDS else text


def known_codes() -> list[str]:
    """List the codes that have a meaning, as events that begin are written: for choosing from."""
    return [f"E{number}" for number in sorted({*_MEANINGS, *_ARMING})]


_ARMING = {"400", "401", "402", "403", "407", "408", "409", "441", "442"}
_MEANINGS = {
    "100": ("emergência médica", "medical"),
    "101": ("botão de emergência pessoal", "personal emergency"),
    "102": ("sem sinal de vida", "failed to report in"),
    "110": ("incêndio", "fire"),
    "111": ("fumaça", "smoke"),
    "114": ("calor", "heat"),
    "115": ("acionador de incêndio", "pull station"),
    "120": ("pânico", "panic"),
    "121": ("coação", "duress"),
    "122": ("pânico silencioso", "silent panic"),
    "123": ("pânico audível", "audible panic"),
    "129": ("pânico confirmado", "verified panic"),
    "130": ("arrombamento", "burglary"),
    "131": ("perímetro", "perimeter"),
    "132": ("interior", "interior"),
    "133": ("zona 24 horas", "24 hour zone"),
    "134": ("entrada e saída", "entry or exit"),
    "135": ("dia e noite", "day and night"),
    "136": ("área externa", "outdoor"),
    "137": ("violação", "tamper"),
    "138": ("alarme próximo", "near alarm"),
    "139": ("arrombamento confirmado", "verified burglary"),
    "140": ("alarme geral", "general alarm"),
    "143": ("falha de módulo de expansão", "expansion module failure"),
    "144": ("violação de sensor", "sensor tamper"),
    "145": ("violação de módulo", "module tamper"),
    "146": ("arrombamento silencioso", "silent burglary"),
    "147": ("falha de supervisão de sensor", "sensor supervision failure"),
    "150": ("zona 24 horas, não roubo", "24 hour non-burglary"),
    "151": ("gás", "gas"),
    "152": ("refrigeração", "refrigeration"),
    "153": ("falta de aquecimento", "loss of heat"),
    "154": ("vazamento de água", "water leakage"),
    "158": ("temperatura alta", "high temperature"),
    "159": ("temperatura baixa", "low temperature"),
    "300": ("falha do sistema", "system trouble"),
    "301": ("falta de energia", "AC loss"),
    "302": ("bateria baixa", "low battery"),
    "305": ("reinício do sistema", "system reset"),
    "306": ("programação alterada", "programming changed"),
    "309": ("falha no teste da bateria", "battery test failure"),
    "311": ("bateria ausente", "battery missing"),
    "312": ("sobrecarga da fonte", "power supply overcurrent"),
    "321": ("falha da sirene", "siren trouble"),
    "330": ("falha de periférico", "peripheral trouble"),
    "333": ("falha de módulo", "module failure"),
    "344": ("interferência de rádio", "radio jamming"),
    "350": ("falha de comunicação", "communication trouble"),
    "351": ("falha da linha telefônica", "telephone line fault"),
    "354": ("falha ao comunicar", "failure to communicate"),
    "370": ("falha de zona", "zone trouble"),
    "373": ("falha do laço de incêndio", "fire loop trouble"),
    "380": ("falha de sensor", "sensor trouble"),
    "381": ("perda de sensor sem fio", "loss of wireless sensor"),
    "383": ("violação de sensor", "sensor tamper"),
    "384": ("bateria baixa de sensor", "low sensor battery"),
    "406": ("cancelamento", "cancel"),
    "411": ("acesso remoto", "remote access"),
    "421": ("acesso negado", "access denied"),
    "454": ("não armou no horário", "failed to close"),
    "455": ("falha ao armar", "automatic arming failed"),
    "456": ("armado parcial", "partial arming"),
    "459": ("arrombamento após armar", "alarm just after closing"),
    "570": ("zona anulada", "zone bypass"),
    "573": ("zona de roubo anulada", "burglary bypass"),
    "601": ("teste manual", "manual test"),
    "602": ("teste periódico", "periodic test"),
    "606": ("escuta a seguir", "listen-in to follow"),
    "607": ("teste de caminhada", "walk test"),
    "621": ("memória de eventos apagada", "event log reset"),
    "622": ("memória de eventos a 50 %", "event log half full"),
    "625": ("data e hora ajustadas", "date and time reset"),
    "627": ("em programação", "programming mode entered"),
    "628": ("fim da programação", "programming mode left"),
}
