"""Questions on a terminal: only yes is yes, and the end of what is typed is no answer."""

import os
import pty
import sys

import click
import pytest

from events_tracker.commands.asking import agrees


@pytest.mark.parametrize(
    ("typed", "default", "answer"),
    [("Yes\n", False, True), ("n\n", True, False), ("\n", False, False), ("\n", True, True)],
)
def test_what_is_typed_is_the_answer(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    default: bool,
    answer: bool,
) -> None:
    ours, its = pty.openpty()
    with os.fdopen(its) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        os.write(ours, b"maybe\n" + typed.encode())
        assert agrees("Sure?", default=default) is answer
        asked = f"Sure? [{'Y/n' if default else 'y/N'}]: "
        again = "Please answer y for yes or n for no.\n"
        assert capsys.readouterr().out == f"{asked}{again}{asked}"
        os.write(ours, b"\x04")
        with pytest.raises(click.Abort):
            agrees("Sure?")
    os.close(ours)
