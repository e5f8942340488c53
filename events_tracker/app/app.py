"""The wiring: from settings and clock to the adapters, for whatever has an entry."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from events_tracker.base.deadline import Clock, Deadline
from events_tracker.base.errors import UsageError
from events_tracker.base.times import Instant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from events_tracker.app.logs import Logs
    from events_tracker.messages.words import Language
    from events_tracker.model.alarms import Clearing, Definition
    from events_tracker.segware import Segware, Server
    from events_tracker.settings import Settings
    from events_tracker.storage import Database, Store


def _working_folder() -> Path:
    """Find the working directory; a relative path where it was deleted under us.

    Commands that are told of files by absolute paths work even there.
    """
    try:
        return Path.cwd()
    except OSError:
        return Path()


def _nobody_listens(_: str) -> None:
    pass


class SystemClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(slots=True)
class App:
    """One use of the program: where its settings come from, its clock, and what it opened.

    What is opened serves every pass after it, until it is closed; all by one thread. Tests and the
    demo hand in another environment, folder or clock.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    folder: Path = field(default_factory=_working_folder)
    clock: Clock = field(default_factory=SystemClock)
    given_env_file: Path | None = None
    shared_env_file: Path | None = Path("/etc/events-tracker/.env")
    """Read where nothing nearer is; a demonstration reads none."""
    quiet: bool = False
    secrets: tuple[str, ...] | None = None
    """What no output may hold; None until the settings were read."""
    longest: float = inf
    """The most seconds that anything may take: less than a pass's own where somebody waits."""
    talk: Callable[[str], None] = _nobody_listens
    """Tells people what is no result: warnings and notes."""
    waiting: Callable[[str], None] = _nobody_listens
    """Is told what is waited for, where somebody sits and waits with us."""
    logs: "Logs | None" = None
    """The log that is kept; None where people are told on stderr in plain words."""
    _databases: "dict[tuple[str, Path], Database]" = field(default_factory=dict)
    _servers: "dict[tuple[str, str], Server]" = field(default_factory=dict)

    def with_options(
        self,
        env_file: Path | None,
        *,
        quiet: bool,
        talk: Callable[[str], None],
        waiting: Callable[[str], None] | None = None,
    ) -> "App":
        """Take over the command line's global options."""
        return replace(
            self,
            given_env_file=env_file or self.given_env_file,
            quiet=quiet or self.quiet,
            talk=talk,
            waiting=waiting or self.waiting,
            _databases={},
            _servers={},
        )

    @property
    def host(self) -> str:
        return socket.gethostname()

    @property
    def who(self) -> str:
        """The login of whoever runs this; where it is run by sudo, of whoever asked sudo to."""
        import getpass

        if asked := self.environ.get("SUDO_USER", "").strip():
            return asked
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return f"uid {os.getuid()}"

    def env_file(self) -> Path | None:
        """Find the file of settings, if there is one; raises UsageError if nobody can say which."""
        from events_tracker.settings import find_env_file

        given = self.given_env_file or self._env_file_of_environment()
        if not self.folder.is_absolute() and not (given and given.is_absolute()):
            raise UsageError(
                "the working directory does not exist any more: go to another one, "
                "or name the settings with --env-file and a path that begins with /"
            )
        shared = () if self.shared_env_file is None else (self.shared_env_file,)
        return find_env_file(given, (self.folder / ".env", *shared))

    def _env_file_of_environment(self) -> Path | None:
        from events_tracker.settings import ENV_FILE, refuse_quotes

        text = self.environ.get(ENV_FILE, "").strip()
        try:
            refuse_quotes(ENV_FILE, text)
        except ValueError as error:
            raise UsageError(str(error)) from None
        return Path(text) if text else None

    def settings(self, *, needs_segware: bool = False) -> "Settings":
        """Load all settings, checked; raises SettingsError with every problem."""
        from events_tracker.settings import load, secrets

        env_file = self.env_file()
        settings = load(self.environ, env_file, cwd=self.folder, needs_segware=needs_segware)
        self.secrets = secrets(settings)
        if self.logs is not None:
            self.logs.follow(settings, self.secrets)
        if env_file is not None:
            self._warn_if_exposed(self.folder / env_file, is_secret=settings.file_is_secret)
        return settings

    def store(self, settings: "Settings", deadline: Deadline) -> "Store":
        """Open the configured database; raises SetupError unless it has this program's schema."""
        store = self.unchecked_store(settings, deadline)
        store.require_current()
        return store

    def unchecked_store(self, settings: "Settings", deadline: Deadline) -> "Store":
        """Return the configured database, there or not, with whatever schema it has."""
        from events_tracker.storage import files, open_store

        place = (settings.database_url, settings.folder)
        if place not in self._databases:
            self._warn_if_exposed(*files(*place))
            self._databases[place] = open_store(*place, self._absent(), self._waits)
        return self._databases[place].within(deadline)

    @property
    def recorded(self) -> bool:
        """Tell whether a pass of this app has written what it decided, or was about to."""
        return any(database.recorded for database in self._databases.values())

    def segware(self, settings: "Settings", deadline: Deadline) -> "Segware":
        """Return the configured Segware's routes, to be used until a deadline."""
        from events_tracker.segware import Server

        place = (settings.segware.url, settings.segware.token or "")
        if place not in self._servers:
            # Where nobody is told there is nothing to be timed.
            tell = None if self.waiting is _nobody_listens else self._waits
            self._servers[place] = Server(*place, tell)
        return self._servers[place].within(deadline)

    def deadline(self, seconds: float) -> Deadline:
        """Return the moment so many seconds from now, by this app's clock."""
        return Deadline(self.clock, min(seconds, self.longest))

    def say(self, text: str) -> None:
        """Tell people something that is no result; nothing with -q."""
        if not self.quiet:
            self.talk(text)

    def _waits(self, text: str) -> None:
        """Say it where people are told in plain words: a log has said more already."""
        if self.logs is None and not self.quiet:
            self.waiting(text)

    def _absent(self) -> str:
        from events_tracker.app.absent import absent

        env_file = self.env_file()
        read = self.folder / env_file if env_file else None
        return absent(read, self.shared_env_file, self.environ)

    def _warn_if_exposed(self, *files: Path, is_secret: bool = True) -> None:
        """Warn of the first of these files that others may change, or read what is secret."""
        from events_tracker.app.exposure import exposed_to

        for file in files:
            if exposed := exposed_to(file, is_secret=is_secret):
                mode = "600" if is_secret else "go-w"
                self.say(f"warning: {file} can be {exposed}; chmod {mode} {file}")
                return

    def close(self) -> None:
        """Give up every connection; what is needed again is opened again."""
        for database in self._databases.values():
            database.close()
        for server in self._servers.values():
            server.close()
        self._databases.clear()
        self._servers.clear()


def zone(settings: "Settings") -> "ZoneInfo":
    """Load the configured time zone."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(settings.tracker.timezone)


def language(settings: "Settings") -> "Language":
    """Return the configured language of messages, with the zone of the times in them."""
    from events_tracker.messages.words import Language

    return Language(settings.tracker.language, zone(settings), settings.web.url)


def environment_definition(settings: "Settings") -> "Definition":
    """Define the alarm `default` as the settings do."""
    from events_tracker.model.alarms import Definition

    tracker = settings.tracker
    return Definition(
        codes=tracker.codes,
        cucs=tracker.cucs,
        value=tracker.threshold,
        values=dict(tracker.thresholds),
        window=tracker.window,
    )


def clearing_of(settings: "Settings") -> "Clearing":
    """Return when alerts of alarms are over that do not say it themselves."""
    from events_tracker.model.alarms import Clearing

    return Clearing(settings.tracker.clear_after, settings.tracker.clear_below)


def source_of(settings: "Settings") -> str:
    """Name whose answers are remembered: those of one Segware to one token."""
    from events_tracker.base.ids import digest

    return digest(settings.segware.url, digest(settings.segware.token))


def counts_source(settings: "Settings") -> str:
    """Name, shortly, whose counts are kept: those of one Segware, whatever the token."""
    from events_tracker.base.ids import digest

    return digest(settings.segware.url)[:16]
