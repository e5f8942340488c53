"""The text of one setting: from the environment, the ``.env`` file, or the file of ``NAME_FILE``.

A value that is empty or only spaces means the same in all of them as no value at all: not set.
"""

from collections.abc import Mapping
from pathlib import Path

from events_tracker.settings.catalog import Setting
from events_tracker.settings.files import read_text
from events_tracker.settings.names import FILE

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’"}


def given_text(
    setting: Setting, sources: tuple[Mapping[str, str], ...], folder: Path
) -> str | None:
    """Find the text that the first source which sets it gives a setting; None if none does.

    A relative ``NAME_FILE`` is relative to ``folder``. Raises ValueError with a whole sentence.
    """
    name, name_of_file = setting.name, setting.name + FILE
    for source in sources:
        text = source.get(name, "")
        file = source.get(name_of_file, "").strip() if setting.secret else ""
        if text.strip() and file:
            raise ValueError(f"{name} and {name_of_file} are both set: remove one of them")
        if text.strip():
            refuse_quotes(name, text)
            return text if setting.secret else text.strip()
        if file:
            refuse_quotes(name_of_file, file)
            return _file_text(name_of_file, folder / file)
    return None


def refuse_quotes(name: str, text: str) -> None:
    """Raise ValueError if quotes stand around a text: somebody meant them for a shell.

    ``docker run --env-file`` and others keep them, and they would become part of every value.
    """
    inner = text.strip()
    if len(inner) > 1 and _QUOTES.get(inner[0]) == inner[-1]:
        raise ValueError(
            f"{name} has quotes around its value, which count as part of it: remove them"
        )


def _file_text(name: str, path: Path) -> str:
    """Read a secret's file, less the line breaks at its end.

    The path is left out of the sentences: who mistakes ``NAME_FILE`` writes the secret there.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise ValueError(f"{name} names a file that cannot be read: {error.strerror}") from None
    except ValueError:  # not UTF-8, or a path that no file can have
        raise ValueError(f"{name} names a file that is not UTF-8 text") from None
    if not text.strip():
        raise ValueError(f"{name} names a file that is empty: write the secret into it")
    refuse_quotes(f"the file that {name} names", text)
    return text.rstrip("\r\n")
