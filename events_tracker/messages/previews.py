"""What whoever sees a preview must know, in words."""

from collections.abc import Mapping

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.model.previews import Note

_WORDS: Mapping[str, Mapping[str, str]] = {
    "steps": {
        ENGLISH: "looked at every {step}; scans look more often",
        PORTUGUESE: "olhado de {step} em {step}; as leituras olham mais vezes",
    },
    "windows": {
        ENGLISH: "the past is counted over {counted} in place of {window}; what opens now is exact",
        PORTUGUESE: "o passado é contado em {counted} em vez de {window}; o que abre agora é exato",
    },
    "too_far": {
        ENGLISH: "not all of it is read: it would take too many requests",
        PORTUGUESE: "nem tudo é lido: seriam pedidos demais",
    },
    "unread": {
        ENGLISH: "part of it could not be read: there may have been more",
        PORTUGUESE: "uma parte não pôde ser lida: pode ter havido mais",
    },
}


def note_text(note: Note, language: str) -> str:
    """Say a note in a language."""
    return _WORDS[note.key][language].format(**note.values)
