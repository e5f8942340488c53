"""The documents say what the program does: its commands, options, files and invocations."""

import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from events_tracker.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)\)")


def context(group: click.Group = cli, parent: click.Context | None = None) -> click.Context:
    """As the program makes it: click keeps the help option of the first context it meets."""
    return click.Context(group, parent, **group.context_settings)


NAMES = cli.list_commands(context())


def commands(name: str) -> Iterator[tuple[str, click.Command]]:
    """A command by the words that call it; of a group, each of its commands as well."""
    found = cli.get_command(context(), name)
    assert found is not None
    yield name, found
    if isinstance(found, click.Group):
        for inner, command in found.commands.items():
            yield f"{name} {inner}", command


def invocations(text: str) -> list[list[str]]:
    """The arguments of every `tracker …` in a document's shell blocks and in its running text."""
    found = []
    for language, block in FENCED.findall(text):
        if language == "sh":
            found += [part for line in block.splitlines() for part in simple_commands(line)]
    for code in re.findall(r"`(tracker [^`]+)`", FENCED.sub("", text)):
        found += simple_commands(code)
    return found


def simple_commands(line: str) -> Iterator[list[str]]:
    """What follows `tracker` in each command of one line of shell, redirections left out."""
    words: list[str] = []
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    for word in [*lexer, "&&"]:
        if not set(word) <= set("&|;<>()"):
            words.append(word)
            continue
        while words and re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        if words and Path(words[0]).name == "tracker":
            yield words[1:]
        words = []


def parse(
    arguments: list[str], group: click.Group = cli, parent: click.Context | None = None
) -> None:
    """Parse an invocation as the program would, and run nothing. Raises click's errors."""
    own = context(group, parent)
    _, rest, _ = group.make_parser(own).parse_args(list(arguments))
    if not rest:
        return
    name, found, rest = group.resolve_command(own, rest)
    assert found is not None
    if isinstance(found, click.Group):
        parse(rest, found, own)
    elif rest != ["--help"]:
        found.make_context(name, rest, own)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_has_help(name: str) -> None:
    for words, found in [("", cli), *commands(name)]:
        assert found.help, f"tracker {words} has no help"
        for parameter in found.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"tracker {words} {parameter.opts[0]} has no help"


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_names_every_command(name: str) -> None:
    called = [" ".join(arguments) for arguments in invocations(README)]
    for words, _ in commands(name):
        assert any(re.search(rf"\b{words}\b", call) for call in called), words


def test_the_readmes_help_is_the_programs() -> None:
    blocks = [block for _, block in FENCED.findall(README) if block.startswith("Usage: tracker")]
    said = CliRunner().invoke(cli, ["--help"], prog_name="tracker", terminal_width=78)
    assert blocks == [said.output]


def test_the_readmes_commands_parse() -> None:
    found = invocations(README)
    assert ["demo"] in found
    for arguments in found:
        parse(arguments)


def test_a_wrong_command_in_the_readme_would_be_found() -> None:
    assert invocations("```sh\nX=1 .venv/bin/tracker scan --dry --at 3h > a && ls # why\n```") == [
        ["scan", "--dry", "--at", "3h"]
    ]
    with pytest.raises(click.NoSuchOption):
        parse(["scan", "--dry"])
    with pytest.raises(click.UsageError, match="No such command"):
        parse(["scna"])


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_to_files_that_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = LINK.findall(text)
    assert links
    for link in links:
        assert "://" in link or (ROOT / link).exists(), f"{document} links to {link}"


def test_the_map_names_folders_and_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert named
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "events_tracker" / name).exists(), name
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    for package in setup["options"]["packages"].split():
        folder, _, inner = package.removeprefix("events_tracker.").partition(".")
        if folder not in ("events_tracker", "sql") and not inner:
            assert f"events_tracker/{folder}/" in named, f"{folder} is not on the map"
