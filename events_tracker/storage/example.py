"""``storage.sql.example``: database, user, rights and all tables, for MySQL and MariaDB."""

from collections.abc import Sequence

from events_tracker.storage.migrations import Migration, migrations
from events_tracker.storage.statements import folder, load

_HEAD = """\
-- The tracker's database for MySQL 8.0 or MariaDB 10.6, and newer: database, user, rights, tables.
--
-- For who keeps the right to create databases and users to themselves. Otherwise it is not needed:
-- `tracker init` makes the database and its tables alone, as a user who may.
--
-- 1. Write another password in place of change-me. Write the host from which the tracker connects
--    in place of localhost, if it is another one ('%' is any). Both stand below, near the top.
-- 2. Import it once, as an administrator:  mysql -u root -p < storage.sql.example
-- 3. In .env:  DATABASE_URL=mysql://tracker:PASSWORD@localhost:3306/tracker
-- 4. Run `tracker init`: it finds the tables up to date and stores the alarm `default`.
--
-- Only for a new database. Where the tables are already, the import stops at the first row that is
-- there, and nothing is changed. To upgrade: install the new version and run `tracker init`.

SET NAMES utf8mb4;

CREATE DATABASE IF NOT EXISTS tracker CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE USER IF NOT EXISTS 'tracker'@'localhost' IDENTIFIED BY 'change-me';

-- What every command needs.
GRANT SELECT, INSERT, UPDATE, DELETE ON tracker.* TO 'tracker'@'localhost';

-- What `tracker init` needs besides, for this version's tables and later ones.
GRANT CREATE, ALTER, INDEX, DROP, CREATE VIEW ON tracker.* TO 'tracker'@'localhost';

USE tracker;
"""

_RECORD_TITLE = """\
-- Every migration above is recorded as done: `tracker init` runs none of them again.
"""


def storage_example() -> str:
    """Write the text of ``storage.sql.example``: a database as `tracker init` would leave it."""
    schema = (folder() / "schema.sql").read_text(encoding="utf-8")
    own = [
        f"-- {comment}\n{load('mysql')[name].bind({}, '')[0]};\n"
        for name, comment in (
            ("schema_table", "Not a migration, because it lists them."),
            ("schema_turn_table", "Whose turn it is to change the schema, on a cluster."),
        )
    ]
    return "\n".join([_HEAD, *own, schema, _RECORD_TITLE + _records(migrations())])


def _records(steps: Sequence[Migration]) -> str:
    """Write the rows of schema_migrations. Their time is that of the import."""
    rows = ",\n".join(
        f"    ({step.version}, {_literal(step.title[:200])},\n"
        f"     '{step.checksum}', UNIX_TIMESTAMP() * 1000)"
        for step in steps
    )
    columns = "version, title, checksum, applied_at"
    return f"INSERT INTO schema_migrations ({columns}) VALUES\n{rows};\n"


def _literal(text: str) -> str:
    """Quote a text for SQL; raises ValueError if it has a backslash."""
    if "\\" in text:
        raise ValueError("a backslash means different things under different SQL modes")
    return "'" + text.replace("'", "''") + "'"
