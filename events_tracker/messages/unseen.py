"""What an alarm names and nobody has ever seen, in words: where it was typed, and on pages."""

from collections.abc import Iterator, Mapping, Sequence

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.text import visible
from events_tracker.model.unseen import Unseen

_WORDS: Mapping[str, Mapping[str, str]] = {
    ENGLISH: {
        "codes": "nobody has ever sent {}",
        "cucs": "nobody has ever sent the CUC {}",
        "accounts": "no account is known by the code {} yet",
        "companies": "no company is known by the name {!r} yet",
        "nearest": "; did you mean {}?",
        "rare": "nobody has ever sent {}, as far as is remembered",
    },
    PORTUGUESE: {
        "codes": "ninguém nunca enviou {}",
        "cucs": "ninguém nunca enviou o CUC {}",
        "accounts": "ainda não se conhece nenhuma conta com o código {}",
        "companies": "ainda não se conhece nenhuma empresa com o nome {!r}",
        "nearest": "; você quis dizer {}?",
        "rare": "ninguém nunca enviou {}, pelo que está guardado",
    },
}


def unseen_texts(found: Sequence[Unseen], language: str) -> Iterator[str]:
    """Write a sentence for each text that nobody knows, and one for all rare codes."""
    words = _WORDS[language]
    for one in found:
        if not one.known:
            near = words["nearest"].format(visible(one.nearest)) if one.nearest else ""
            yield words[one.field].format(visible(one.text)) + near
    if rare := [one.text for one in found if one.known]:
        yield words["rare"].format(", ".join(rare))
