"""Migrations: bringing a database to this program's schema, and checking that it has it.

The migrations are the numbered statements of sql/schema.sql. On SQLite they run in one transaction.
MySQL commits at each DDL statement, so there each one is recorded after it ran, and one that finds
its own work (a run that was cut off, another host at the same time) counts as done.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache, partial

from msgspec import Struct

from events_tracker.base.errors import SetupError
from events_tracker.base.times import Instant
from events_tracker.storage.convert import convert
from events_tracker.storage.engines.engine import Engine, Trouble
from events_tracker.storage.schema_turn import in_turn
from events_tracker.storage.session import Session
from events_tracker.storage.statements import Value, folder

_HEADING = re.compile(r"^-- migration ([0-9]+): (.+)$", re.MULTILINE)

_ABOUT_VIEW = re.compile(r"\bVIEW (?:IF EXISTS )?alerts\b")
_ROW_FORMAT = " ROW_FORMAT=DYNAMIC"


class Migration(Struct, frozen=True):
    """One statement of the schema."""

    version: int
    title: str
    sql: str

    @property
    def checksum(self) -> str:
        """The SHA-256 of its text, without the rows' format, which was written in afterwards."""
        return hashlib.sha256(self.sql.replace(_ROW_FORMAT, "").encode()).hexdigest()


@cache
def migrations() -> tuple[Migration, ...]:
    """Read all migrations, in their order."""
    text = (folder() / "schema.sql").read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(text))
    found = []
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        block = text[heading.end() : following.start() if following else len(text)]
        lines = [line for line in block.splitlines() if not line.lstrip().startswith("--")]
        statement = "\n".join(lines).strip().removesuffix(";")
        found.append(Migration(int(heading[1]), heading[2], statement))
    return tuple(found)


@cache
def _checksums() -> Mapping[int, str]:
    """Compute those of this program: a server asks for them at every request."""
    return {migration.version: migration.checksum for migration in migrations()}


def require_current(session: Session, engine: Engine) -> None:
    """Raise SetupError unless the database has exactly this program's schema."""

    def applied() -> dict[int, str] | None:
        try:
            rows = session.rows("schema_applied")
        except Exception as error:
            if not engine.missing_table(error):
                raise
            return None
        return convert({row["version"]: row["checksum"] for row in rows}, dict[int, str])

    there = session.read(applied)
    if there is None:
        raise SetupError("the database is empty: run `tracker init` to make its tables")
    ours = _checksums()
    if max(there, default=0) > max(ours):
        raise SetupError(
            f"the database's schema ({max(there)}) is newer than this program's ({max(ours)}): "
            "update the program on this host"
        )
    if missing := sorted(ours.keys() - there.keys()):
        raise SetupError(
            f"the database's schema is older than this program ({len(missing)} steps missing): "
            "run `tracker init` to upgrade it"
        )
    if edited := [version for version in ours if ours[version] != there[version]]:
        raise SetupError(
            f"the database's schema was made by other steps than this program's ({edited[0]} "
            "differs): it belongs to another build"
        )


def upgrade(session: Session, engine: Engine, now: Instant) -> int:
    """Run the migrations that the database lacks; return their number."""
    session.read(lambda: _ensure_database(engine))
    if engine.dialect == "sqlite":
        return session.write_alone(lambda: _run_missing(session, engine, now, _plainly))

    def run() -> int:
        return _run_missing(session, engine, now, lambda step: _tolerantly(engine, step))

    def incomplete() -> bool:
        return bool(_missing(session)) or not _has_view(session, engine)

    if engine.in_cluster and session.read(incomplete):
        return in_turn(session, now, lambda: session.read(run))
    return session.read(run)


def _ensure_database(engine: Engine) -> None:
    try:
        engine.connect()
    except Exception as error:
        if not engine.missing_database(error):
            raise
        engine.create_database()


def _missing(session: Session) -> list[Migration]:
    session.run("schema_table")
    session.run("schema_turn_table")
    applied = {row["version"] for row in session.rows("schema_applied")}
    return [migration for migration in migrations() if migration.version not in applied]


def _run_missing(
    session: Session, engine: Engine, now: Instant, run: Callable[[Callable[[], object]], None]
) -> int:
    missing = _missing(session)
    for migration in missing:
        record: dict[str, Value] = {
            "version": migration.version,
            "title": migration.title[:200],
            "checksum": migration.checksum,
            "applied_at": now,
        }
        run(partial(engine.execute, migration.sql, ()))
        run(partial(session.insert, "schema_record", [record]))
    if not _has_view(session, engine):
        for migration in migrations():
            if _ABOUT_VIEW.search(migration.sql):
                run(partial(engine.execute, migration.sql, ()))
    return len(missing)


def _has_view(session: Session, engine: Engine) -> bool:
    """Tell whether the view can be read: a copy may lack it, or its owner be gone."""
    try:
        session.rows("register_readable")
    except Exception as error:
        if engine.trouble(error) is not Trouble.FINAL:
            raise
        return False
    return True


def _plainly(step: Callable[[], object]) -> None:
    step()


def _tolerantly(engine: Engine, step: Callable[[], object]) -> None:
    try:
        step()
    except Exception as error:
        if not engine.is_there_already(error):
            raise
