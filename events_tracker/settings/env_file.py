"""The ``.env`` file: which one is read, and what it sets."""

from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from events_tracker.base.access import how_to_get_in, me
from events_tracker.base.errors import SettingsError
from events_tracker.settings.files import read_text

if TYPE_CHECKING:
    from dotenv.parser import Binding


def find_env_file(given: Path | None, usual: Sequence[Path]) -> Path | None:
    """Choose the file that was asked for, else the first of the usual places that holds anything.

    A folder, a link to nowhere or a file of somebody else is chosen too: reading it says what is
    wrong, where passing it by would leave its settings out in silence. None if there is nothing.
    """
    if given is not None:
        return given
    return next(filter(_holds_anything, usual), None)


def _holds_anything(place: Path) -> bool:
    try:
        place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # whether there is one cannot be seen
    return True


def read_env_file(path: Path) -> dict[str, str]:
    """Read what a ``.env`` file sets, without interpolation: a ``$`` in a password is a ``$``.

    Raises SettingsError if it cannot be read, says a thing twice, or has lines that say nothing: a
    setting that got lost in silence would leave its default in force.
    """
    # The parser below dotenv_values, which drops what it does not understand.
    from dotenv.parser import parse_stream

    try:
        bindings = list(parse_stream(StringIO(read_text(path))))
    except OSError as error:
        raise SettingsError([_why_unread(path, error)]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{path} cannot be read: it is not UTF-8 text"]) from None
    if wrong := list(_problems(path, bindings)):
        raise SettingsError(wrong)
    return {binding.key: binding.value or "" for binding in bindings if binding.key is not None}


def _problems(path: Path, bindings: Sequence["Binding"]) -> Iterator[str]:
    lines: dict[str, list[int]] = {}
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            yield f"{path}: line {_line(binding)} is not NAME=value or # comment"
        elif binding.key is not None:
            lines.setdefault(binding.key, []).append(_line(binding))
    for name, places in lines.items():
        if len(places) > 1:
            *first, last = map(str, places)
            yield f"{path} sets {name} more than once: lines {', '.join(first)} and {last}"


def _line(binding: "Binding") -> int:
    """Count to the line of a binding: the parser begins at the blank lines before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _why_unread(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return (
            f"{path} may not be read by you ({me()}): {how_to_get_in(path)}; "
            "or name a file of your own with --env-file"
        )
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return f"{path} cannot be read: it is a link to {path.readlink()}, which does not exist"
    return f"{path} cannot be read: {error.strerror}"
