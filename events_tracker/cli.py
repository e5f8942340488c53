"""The command line's root: global options, commands found by name, errors turned into exit codes.

Commands are imported when they are called, so that `--help` and completion stay quick.
"""

import importlib
import signal
import sys

_hears = signal.getsignal(signal.SIGINT)
if _hears is signal.default_int_handler:
    # Nothing is there yet that could say what Ctrl-C stopped, and nothing was done yet.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
try:
    import click

    from events_tracker import __version__
    from events_tracker.base.errors import OutputError, TrackerError
    from events_tracker.base.text import is_storable
    from events_tracker.commands import streams
finally:
    if _hears is signal.default_int_handler:
        signal.signal(signal.SIGINT, _hears)

_COMMANDS = {
    "scan": "Count the events of the rolling window and open what reaches its threshold.",
    "clear": "Close the alerts that are over, as the scans observed them.",
    "notify": "Deliver what is due on the channels that are on.",
    "explain": "Say why an account is open, or not, and what would change it.",
    "hold": "Tell nobody of an account for a while, then once.",
    "history": "List the register: every alert, newest first.",
    "report": "Say what a shift hands over, and who had the most alerts.",
    "tune": "Say what another value or window would have opened, and how often.",
    "alarms": "Define alarms of your own, and follow what they found.",
    "notifications": "List what was to be told, and what became of it.",
    "note": "Write a note on one alert, or take it over.",
    "people": "Say who may sign in to the pages.",
    "token": "Issue, list and revoke tokens for the HTTP API.",
    "init": "Create or upgrade the database and adopt the settings' default alarm.",
    "status": "Check settings, database, Segware and the last scans.",
    "purge": "Delete what is older than the settings keep.",
    "run": "Run scan, clear, notify and purge by itself, without cron.",
    "web": "Serve the pages and the HTTP API.",
    "demo": "Tell the whole story with a simulated Segware; needs nothing.",
}


class Commands(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"events_tracker.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        unknown = args and args[0] not in _COMMANDS and not args[0].startswith("-")
        if unknown and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TrackerError as error:
            for line in str(error).split("\n"):
                streams.say(f"error: {line}")
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            from events_tracker.commands.output import exit_stopped

            exit_stopped()
        except click.exceptions.NoArgsIsHelpError:
            raise  # its message is the help, which fits already
        except click.UsageError as error:
            raise _fitted(error) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            from events_tracker.app.redaction import report

            # Never as a traceback: what libraries say, and the values around it, may be secret.
            known = None if ctx.obj is None else ctx.obj.secrets
            streams.say("\n".join(report(error, known)))
            ctx.exit(1)


def _fitted(error: click.UsageError) -> click.UsageError:
    """Fold what click says of a wrong invocation, where it goes to a terminal."""
    if not sys.stderr.isatty():
        return error
    from events_tracker.commands.folding import folded_talk

    said = "Error: "
    told = "\n".join(folded_talk(said + error.format_message()))
    return click.UsageError(told.removeprefix(said), error.ctx)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all done, 1 something failed, 2 usage or configuration. "
    "Start with `tracker demo`, then `tracker init`.",
    help="Find the accounts that send too many alarm events, say so once, and say when it is over.",
)
@click.option(
    "--env-file",
    type=click.Path(readable=False),  # who may not read it is told whom to ask
    metavar="FILE",
    help="Settings file; without it TRACKER_ENV_FILE, ./.env or /etc/events-tracker/.env. "
    "The environment wins over all of them.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr what is being done.")
@click.option("-q", "--quiet", is_flag=True, help="Print only errors.")
@click.version_option(__version__, message="tracker %(version)s")
@click.pass_context
def cli(ctx: click.Context, env_file: str | None, verbose: bool, quiet: bool) -> None:
    if verbose and quiet:
        raise click.UsageError("-v and -q exclude each other")
    from pathlib import Path

    from events_tracker.app.app import App

    # Click honours neither by itself.
    app = ctx.obj or App()
    if app.environ.get("NO_COLOR") or app.environ.get("TERM") == "dumb":
        ctx.color = False
    given = None if env_file is None else Path(env_file)
    waiting = streams.say if sys.stderr.isatty() else None
    ctx.obj = app.with_options(given, quiet=quiet, talk=streams.say, waiting=waiting)
    if verbose:
        streams.keep_log(ctx.obj, ctx.invoked_subcommand or "tracker", verbose=True)
    ctx.call_on_close(ctx.obj.close)


def main() -> None:
    """Run the console script."""
    streams.prepare()
    if not all(map(is_storable, sys.argv)):
        streams.say("error: an argument is not a text in UTF-8")
        sys.exit(2)
    try:
        cli(prog_name="tracker")
    except OutputError as error:
        # What a command prints is caught where it runs; help and completion come before that.
        streams.say(f"error: {error}")
        sys.exit(error.exit_code)
