"""Named statements, read from the SQL files.

A file holds blocks that begin with ``-- name: NAME`` and a comment that says what and why. Values
are written ``:name``. Three marks are filled in, and nothing else is ever put together:
``IN (:ids...)`` takes a sequence, ``VALUES (:a, :b)...`` takes many rows, and ``{name}`` stands for
the block of the same file that begins with ``-- fragment: NAME``.

Why not a library: the MySQL driver pings when a cursor is opened, which hides a cluster's refusal
(1213), so all statements of a connection must go through one cursor; and the libraries at hand open
one for each statement and expand no lists.
"""

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from msgspec import Struct

from events_tracker.base.batches import batches

Value = str | int | float | bytes | None
Parameters = Mapping[str, Value | Sequence[Value]]
Row = Mapping[str, Value]

_NAME = re.compile(r"^-- (name|fragment): ([a-z][a-z0-9_]*)$", re.MULTILINE)
_FRAGMENT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PARAMETER = re.compile(r"'[^']*'|:([a-z_][a-z0-9_]*)(\.\.\.)?")
_ROW = re.compile(r"\(([^()]*:[^()]*)\)\.\.\.")


class Part(Struct, frozen=True):
    """Literal SQL, followed by one parameter (or, in the last part, by none)."""

    sql: str
    parameter: str | None = None
    repeated: bool = False


class Statement(Struct, frozen=True):
    """One named statement, ready to be bound for any driver.

    ``row`` is the group that one row of a multi-row INSERT repeats; None for other statements.
    """

    name: str
    before: tuple[Part, ...]
    row: tuple[Part, ...] | None = None

    @property
    def columns(self) -> list[str]:
        """Names of the values that one row of a multi-row INSERT takes, in order."""
        return [part.parameter for part in self.row or () if part.parameter is not None]

    def bind(self, parameters: Parameters, mark: str) -> tuple[str, list[Value]]:
        """Write SQL with the driver's ``mark`` for each value; return it and values in order."""
        return _bind(self.before, parameters, mark)

    def cut(self, parameters: Parameters, most: int) -> Iterator[Parameters]:
        """Yield the parameters with the longest list in pieces, ``most`` values or fewer each."""
        names = [part.parameter for part in self.before if part.parameter is not None]
        lengths = {
            part.parameter: len(_list(parameters, part.parameter))
            for part in self.before
            if part.parameter is not None and part.repeated
        }
        total = sum(lengths.get(name, 1) for name in names)
        if total <= most:
            yield parameters
            return
        longest = max(lengths, key=lambda name: lengths[name])
        times = names.count(longest)
        room = (most - (total - times * lengths[longest])) // times
        for some in batches(_list(parameters, longest), room):
            yield {**parameters, longest: some}

    def bind_rows(self, rows: Sequence[Row], mark: str) -> tuple[str, list[Value]]:
        """Write a multi-row INSERT, its group once for each row; otherwise as ``bind``.

        Raises ValueError for any other statement.
        """
        if self.row is None:
            raise ValueError(f"statement {self.name} takes no rows")
        text, _ = _bind(self.before, {}, mark)
        group, _ = _bind(self.row, rows[0], mark)
        names = self.columns
        return text + ", ".join([group] * len(rows)), [
            _plain(row[name]) for row in rows for name in names
        ]


def _plain(value: Value) -> Value:
    """Return a value as drivers know it: MySQL's takes no subclass of a text."""
    return value.value if isinstance(value, StrEnum) else value


def _bind(parts: Sequence[Part], parameters: Parameters, mark: str) -> tuple[str, list[Value]]:
    text: list[str] = []
    values: list[Value] = []
    for part in parts:
        text.append(part.sql)
        if part.parameter is None:
            continue
        if part.repeated:
            several = _list(parameters, part.parameter)
            text.append(", ".join([mark] * len(several)))
            values += map(_plain, several)
        else:
            text.append(mark)
            values.append(_plain(parameters[part.parameter]))  # type: ignore[arg-type]
    return "".join(text), values


def _list(parameters: Parameters, name: str) -> Sequence[Value]:
    value = parameters[name]
    if isinstance(value, str | bytes) or not isinstance(value, Sequence) or not value:
        raise ValueError(f":{name}... takes a sequence that is not empty")
    return value


def _parts(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    start = 0
    for found in _PARAMETER.finditer(text):
        if found[1] is None:
            continue
        parts.append(Part(text[start : found.start()], found[1], bool(found[2])))
        start = found.end()
    return (*parts, Part(text[start:]))


def parse(text: str) -> dict[str, Statement]:
    """Read the statements of one file's text, by name.

    Raises ValueError for a name used twice, a fragment that is not there, or a bare ``%`` (drivers
    read it as a placeholder).
    """
    bodies: dict[str, dict[str, str]] = {"name": {}, "fragment": {}}
    names = list(_NAME.finditer(text))
    for found, following in zip(names, [*names[1:], None], strict=True):
        kind, name = found[1], found[2]
        block = text[found.end() : following.start() if following else len(text)]
        lines = [line for line in block.splitlines() if not line.lstrip().startswith("--")]
        body = "\n".join(lines).strip().removesuffix(";")
        if name in bodies[kind] or "%" in body or not body:
            raise ValueError(f"{kind} {name}: its name is taken, its text empty or has a bare %")
        bodies[kind][name] = body
    fragments = bodies["fragment"]
    return {name: _statement(name, body, fragments) for name, body in bodies["name"].items()}


def _statement(name: str, body: str, fragments: Mapping[str, str]) -> Statement:
    if missing := set(_FRAGMENT.findall(body)) - fragments.keys():
        raise ValueError(f"statement {name}: there is no fragment {min(missing)}")
    whole = _FRAGMENT.sub(lambda mark: fragments[mark[1]], body)
    row = _ROW.search(whole)
    if row and whole[row.end() :].strip():
        raise ValueError(f"statement {name}: nothing may follow its rows")
    return Statement(
        name,
        _parts(whole[: row.start()] if row else whole),
        _parts(f"({row[1]})") if row else None,
    )


def folder() -> Path:
    """Find the folder of the SQL files: installed beside the package, or the checkout's own."""
    try:
        installed = importlib.import_module("events_tracker.sql")
    except ModuleNotFoundError:
        return Path(__file__).parents[2] / "sql"
    return Path(installed.__path__[0])


@cache
def load(dialect: str) -> Mapping[str, Statement]:
    """Read all statements for a dialect (``sqlite`` or ``mysql``): shared ones and its own.

    Raises ValueError for a name that two files use.
    """
    statements: dict[str, Statement] = {}
    shared = sorted(path for path in folder().glob("*.sql") if path.name != "schema.sql")
    for path in [*shared, *(folder() / "dialect").glob(f"{dialect}.sql")]:
        for name, statement in parse(path.read_text(encoding="utf-8")).items():
            if name in statements:
                raise ValueError(f"statement {name} of {path.name} exists already")
            statements[name] = statement
    return statements
