"""Where texts come from: the environment, the ``.env`` file, the files that ``NAME_FILE`` names.

A value that is empty or only spaces means the same in all of them as no value at all: not set.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from events_tracker.errors import SettingsError
from events_tracker.settings.catalog import CATALOG, Setting

_PREFIXES = (
    "DATABASE_",
    "SEGWARE_",
    "TRACKER_",
    "WHATSAPP_",
    "CHATPRO_",
    "SMTP_",
    "EMAIL_",
    "WEBHOOK_",
    "NOTIFY_",
    "HEARTBEAT_",
)
_NOT_OURS = re.compile(r"TRACKER_TEST_.*|NOTIFY_SOCKET")
"""In the environment: what the test-suite reads, and what systemd sets for its services."""
_FILE = "_FILE"
_NAMES = {setting.name for setting in CATALOG} | {
    setting.name + _FILE for setting in CATALOG if setting.secret
}


def read_env_file(path: Path) -> dict[str, str]:
    """What a ``.env`` file sets, without interpolation: a ``$`` in a password is a ``$``.

    Raises SettingsError if it cannot be read, or has lines that say nothing: a setting that got
    lost in silence would leave its default in force.
    """
    # The parser below dotenv_values, which drops what it does not understand.
    from dotenv.parser import parse_stream

    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{path} cannot be read: it is not UTF-8 text"]) from None
    found: dict[str, str] = {}
    wrong: list[str] = []
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            wrong.append(f"{path}: line {binding.original.line} is not NAME=value or # comment")
        elif binding.key is not None and binding.value is not None:
            found[binding.key] = binding.value
    if wrong:
        raise SettingsError(wrong)
    return found


def unknown_names(environ: Mapping[str, str], file: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each name that begins like ours and is none of ours."""
    for name in sorted({*(name for name in environ if not _NOT_OURS.fullmatch(name)), *file}):
        if name.upper().startswith(_PREFIXES) and name not in _NAMES:
            from difflib import get_close_matches  # only who mistyped waits for it

            # "TOKEN:secret=" is read as a name: what is not part of a name is not repeated.
            shown = re.sub(r"[^A-Za-z0-9_].*", "…", name, flags=re.DOTALL)
            nearest = get_close_matches(name.upper(), sorted(_NAMES), n=1, cutoff=0.0)[0]
            yield f"{shown} is not a setting: the nearest is {nearest}"


def given_text(
    setting: Setting, sources: tuple[Mapping[str, str], ...], folder: Path
) -> str | None:
    """The text that the first source which sets it gives a setting; None if none does.

    A relative ``NAME_FILE`` is relative to ``folder``. Raises ValueError with a whole sentence.
    """
    for source in sources:
        text = source.get(setting.name, "")
        file = source.get(setting.name + _FILE, "").strip() if setting.secret else ""
        if text.strip() and file:
            raise ValueError(
                f"{setting.name} and {setting.name}{_FILE} are both set: remove one of them"
            )
        if text.strip():
            return text if setting.secret else text.strip()
        if file:
            return _file_text(setting.name + _FILE, folder / file)
    return None


def _file_text(name: str, path: Path) -> str:
    """The content of a secret's file, less the line break at its end.

    The path is left out of the sentences: who mistakes ``NAME_FILE`` writes the secret there.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{name} names a file that cannot be read: {error.strerror}") from None
    except ValueError:  # not UTF-8, or a path that no file can have
        raise ValueError(f"{name} names a file that is not UTF-8 text") from None
    if not text.strip():
        raise ValueError(f"{name} names a file that is empty: write the secret into it")
    return text.removesuffix("\n").removesuffix("\r")
