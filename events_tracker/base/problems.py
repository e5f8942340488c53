"""What is wrong with what somebody wrote: as a value, and in the words of two languages.

Whoever shows a problem decides how fields are called there: options by the command line, labels by
a form.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ENGLISH, PORTUGUESE = "en", "pt-BR"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that cannot be, with what would be right."""

    field: str
    """The field that would be put right, by its name in JSON; of an e-mail's, ``email_to``."""
    key: str
    """Which words say it."""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
    """What the words are filled with."""
    given: str | None = None
    """The text that is wrong, if the field has one."""


class Unreadable(ValueError):
    """A text that cannot be read. Its words say what would be right, never the text itself."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(WORDS[key][ENGLISH].format(**values))
        self.key = key
        self.values = values

    def of(self, field: str, given: str) -> Problem:
        """Make a problem of it, now that the field is known."""
        return Problem(field, self.key, self.values, given)


def words(problem: Problem, language: str, called: Callable[[str], str]) -> str:
    """Say in a language what would be right; ``called`` names the other fields it speaks of."""
    return WORDS[problem.key][language].format(**problem.values, field=_Names(called))


class _Names:
    """Names of fields, for words such as ``{field[group_by]}``."""

    def __init__(self, called: Callable[[str], str]) -> None:
        self._called = called

    def __getitem__(self, field: str) -> str:
        return self._called(field)


def _both(english: str, portuguese: str) -> Mapping[str, str]:
    return {ENGLISH: english, PORTUGUESE: portuguese}


WORDS: Mapping[str, Mapping[str, str]] = {
    # Forms of texts.
    "items": _both(
        'write items with commas between; one that holds a comma as "A, B"',
        'escreva itens separados por vírgulas; um que tem vírgula, como "A, B"',
    ),
    "code": _both(
        "write a code of 1 to {most} letters and digits (E130)",
        "escreva um código de 1 a {most} letras e algarismos (E130)",
    ),
    "codes": _both(
        "write codes of 1 to {most} letters and digits with commas between (E130,E401),"
        " or * alone for all",
        "escreva códigos de 1 a {most} letras e algarismos, separados por vírgulas (E130,E401),"
        " ou só * para todos",
    ),
    "cucs": _both(
        "write CUCs of 1 to {most} letters and digits with commas between (ALR,BEM),"
        " or * alone for all",
        "escreva CUCs de 1 a {most} letras e algarismos, separados por vírgulas (ALR,BEM),"
        " ou só * para todos",
    ),
    "time": _both(
        "this is not a time: write 2026-11-21T09:00, 2026-11-21, 2026-11, 22:00, yesterday,"
        " or an age such as 7d",
        "isto não é um horário: escreva 21/11/2026 09:00, 21/11/2026, 22:00, ontem"
        " ou uma idade como 7d",
    ),
    "until_before_since": _both(
        "“Until” is before “Since”: nothing can lie between",
        "“Até” vem antes de “Desde”: não há nada entre os dois",
    ),
    "cursor": _both(
        "this is no cursor: take the one that the page before it gave",
        "isto não é um cursor: use o que a página anterior deu",
    ),
    "number": _both(
        "write a whole number from {lowest} to {highest}",
        "escreva um número inteiro de {lowest} a {highest}",
    ),
    "values": _both(
        "write codes with their whole numbers from {lowest} (E130=30,E131=100), each code once",
        "escreva códigos com números inteiros a partir de {lowest} (E130=30,E131=100),"
        " cada código uma vez",
    ),
    "ids": _both(
        "write ids, whole numbers with commas between (17,42)",
        "escreva ids, números inteiros separados por vírgulas (17,42)",
    ),
    "address": _both(
        "write a plain address (alarms@example.com)",
        "escreva um endereço simples (alarmes@example.com)",
    ),
    "addresses": _both(
        "write plain addresses with commas between (ana@example.com,rui@example.com)",
        "escreva endereços simples separados por vírgulas (ana@example.com,rui@example.com)",
    ),
    "duration": _both(
        "write a whole number and s, m, h or d (2h)",
        "escreva um número inteiro e s, m, h ou d (2h)",
    ),
    "duration_between": _both(
        "write a whole number and s, m, h or d (2h), from {shortest} to {longest}",
        "escreva um número inteiro e s, m, h ou d (2h), de {shortest} a {longest}",
    ),
    "pause": _both(
        "write seconds from 0.001s to 60s (0.2s)", "escreva segundos de 0.001s a 60s (0.2s)"
    ),
    "percentage": _both(
        "write a whole percentage from 1% to 100% (80%)",
        "escreva uma porcentagem inteira de 1% a 100% (80%)",
    ),
    "choice": _both("write one of {choices}", "escreva um destes: {choices}"),
    "once": _both("write each one once", "escreva cada um uma vez"),
    "too_long": _both("write at most {most} characters", "escreva no máximo {most} caracteres"),
    "text_length": _both("write 1 to {most} characters", "escreva de 1 a {most} caracteres"),
    # Holds.
    "hold_end": _both(
        "say for how long or until when, one of the two",
        "diga por quanto tempo ou até quando, um dos dois",
    ),
    "hold_over": _both(
        "write a time to come: 06:00 (the next), 2026-12-20T18:00",
        "escreva um horário que ainda virá: 06:00 (o próximo), 20/12/2026 18:00",
    ),
    "hold_long": _both(
        "a hold is 24 hours at most; up to 7 days with {field[long]}",
        "uma espera dura no máximo 24 horas; até 7 dias com {field[long]}",
    ),
    "hold_longest": _both(
        "a hold is 7 days at most, however it is asked for",
        "uma espera dura no máximo 7 dias, de qualquer modo",
    ),
    "hold_reason": _both("say why nobody is to be told", "diga por que ninguém deve ser avisado"),
    "hold_alarm": _both(
        "its groups do not name what the hold speaks of (an account, a CUC, a code): nothing can be"
        " held of it",
        "seus grupos não dizem a conta (nem o CUC ou o código) da espera: nada dele pode esperar",
    ),
    # Alerts that are chosen by their ids.
    "no_entry": _both("the register has no such entry", "o registro não tem esta entrada"),
    "over_already": _both("it is over already", "já está encerrado"),
    "ends_by_itself": _both(
        "it is not closed by hand: it ends by itself",
        "não se encerra à mão: encerra-se sozinho",
    ),
    # The name of an alarm.
    "name_length": _both(
        "write 1 to {most} characters, without spaces at the ends",
        "escreva de 1 a {most} caracteres, sem espaços nas pontas",
    ),
    "name_unseen": _both(
        "leave out control characters: use letters that can be seen",
        "sem caracteres de controle: use letras que se veem",
    ),
    "name_utf8": _both("write it in UTF-8", "escreva em UTF-8"),
    "name_star": _both(
        "leave out *: it stands for anything where names are searched",
        "sem *: na busca de nomes ele vale por qualquer texto",
    ),
    "name_built_in": _both(
        "it belongs to the built-in alarm: choose another",
        "é o nome do alarme embutido: escolha outro",
    ),
    "name_taken": _both(
        "there is an alarm of this name already", "já existe um alarme com este nome"
    ),
    "default_name": _both(
        "the alarm `default` cannot be renamed", "o alarme `default` não pode mudar de nome"
    ),
    "default_definition": _both(
        "what the alarm `default` detects is defined by the environment: "
        "set TRACKER_* and run `tracker init`",
        "o que o alarme `default` detecta vem da configuração: "
        "mude TRACKER_* e execute `tracker init`",
    ),
    "default_in_file": _both(
        "it is defined by the environment, not by a file: set TRACKER_* and run `tracker init`",
        "ele vem da configuração, não de um arquivo: mude TRACKER_* e execute `tracker init`",
    ),
    "default_clearing": _both(
        "when alerts of the alarm `default` are over is defined by the environment: "
        "set TRACKER_CLEAR_BELOW or TRACKER_CLEAR_AFTER",
        "quando os alertas do alarme `default` se encerram vem da configuração: "
        "mude TRACKER_CLEAR_BELOW ou TRACKER_CLEAR_AFTER",
    ),
    # What belongs together.
    "unique_without_field": _both(
        "unique needs one of {choices}", "unique precisa de um destes: {choices}"
    ),
    "field_without_unique": _both(
        "goes with {field[condition]} unique", "só vale com {field[condition]} unique"
    ),
    "values_without_code": _both(
        "numbers of single codes need code in {field[group_by]}",
        "números por código precisam de code em {field[group_by]}",
    ),
    "value_never_applies": _both(
        "the number of {code} never applies: {field[codes]} leaves it out",
        "o número de {code} nunca vale: {field[codes]} não o inclui",
    ),
    "always_holds": _both(
        ">= 0 always holds: compare with 1 or more",
        ">= 0 vale sempre: compare com 1 ou mais",
    ),
    "never_holds": _both(
        "< 0 never holds: compare with 1 or more", "< 0 não vale nunca: compare com 1 ou mais"
    ),
    "holds_at_zero": _both(
        "{operator} {value} holds where nothing happens at all: it needs {field[group_by]} account"
        " alone, and in {field[accounts]} those that should be heard of",
        "{operator} {value} vale onde nada acontece: precisa só de account em {field[group_by]},"
        " e em {field[accounts]} as contas das quais se espera sinal",
    ),
    "no_clear_line": _both(
        "goes with {field[operator]} > or >=: with {operator} there is no clear line",
        "só vale com {field[operator]} > ou >=: com {operator} não há linha de encerramento",
    ),
    "exception_without_account": _both(
        "the alarm does not group by account: an account has no number of its own there;"
        " it can only be left out ({field[never]})",
        "o alarme não agrupa por account: uma conta não tem número próprio ali;"
        " só pode ficar de fora ({field[never]})",
    ),
    "not_injected": _both(
        "leave out segware: an alarm that does not group by account cannot be injected",
        "sem segware: um alarme que não agrupa por account não pode ser injetado",
    ),
    "of_without_detections": _both(
        "goes with {field[source]} detections", "só vale com {field[source]} detections"
    ),
    "detections_without_of": _both(
        "detections needs {field[of]}: the alarm whose detections count",
        "detections precisa de {field[of]}: o alarme cujas detecções contam",
    ),
    "no_such_alarm": _both("there is no alarm of this name", "não existe alarme com este nome"),
    "of_gone": _both(
        "the alarm whose detections are to count does not exist",
        "o alarme cujas detecções contam não existe",
    ),
    "counts_itself": _both(
        "the alarm would count its own detections, through those that it counts",
        "o alarme contaria as próprias detecções, por meio das que conta",
    ),
    "detections_have_no_occurrences": _both(
        "detections have no occurrences: use account, code or cuc",
        "detecções não têm ocorrências: use account, code ou cuc",
    ),
    "no_preview_of_detections": _both(
        "detections of another alarm have no preview: it would take more than a day of them",
        "detecções de outro alarme não têm prévia: seria preciso mais de um dia delas",
    ),
    "absence_of_detections": _both(
        "the absence of detections cannot be an alarm: compare with > or >=",
        "a falta de detecções não pode ser um alarme: compare com > ou >=",
    ),
    # Types of JSON.
    "json_text": _both("write a text", "escreva um texto"),
    "json_unicode": _both(
        "write a text without lone surrogates", "escreva um texto sem surrogates avulsos"
    ),
    "json_texts": _both(
        "write a list of texts, none of them empty", "escreva uma lista de textos, nenhum vazio"
    ),
    "json_flag": _both("write true or false", "escreva true ou false"),
    "json_number": _both("write a whole number", "escreva um número inteiro"),
    "json_numbers": _both(
        "write an object of codes with their whole numbers",
        "escreva um objeto de códigos com seus números inteiros",
    ),
    "json_object": _both("write an object", "escreva um objeto"),
    "within_email": _both("write it within email", "escreva dentro de email"),
    "unknown_field": _both("there is no such field", "não existe este campo"),
    "unknown_field_near": _both(
        "there is no such field; did you mean {nearest}?",
        "não existe este campo; seria {nearest}?",
    ),
    "read_only_field": _both("it is not written this way", "não se escreve por aqui"),
    "twice": _both("it is there twice", "aparece duas vezes"),
    "missing": _both("it is missing", "falta"),
}
