"""On a terminal a password is asked for twice, and not shown."""

import os
import pty
import select
import sysconfig
import time
from pathlib import Path

from tests.support.engines import on_sqlite
from tests.support.people import PASSWORD
from tests.support.world import Console


def typed(console: Console, *answers: str) -> tuple[int, str]:
    """Run `people add Ana` on a terminal and type each answer at its prompt; what it showed."""
    program = str(Path(sysconfig.get_path("scripts")) / "tracker")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(console.folder)
        os.execve(program, [program, "people", "add", "Ana"], console.environ)
    shown, waiting = "", list(answers)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # as Linux says that nobody writes to it any more
            break
        if not piece:
            break
        shown += piece.decode()
        if waiting and shown.endswith(": "):
            os.write(terminal, f"{waiting.pop(0)}\n".encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


@on_sqlite
def test_twice_and_unseen(console: Console) -> None:
    code, shown = typed(console, PASSWORD, PASSWORD)
    assert code == 0, shown
    assert "Password:" in shown
    assert "The same again:" in shown
    assert "'Ana' may sign in." in shown
    assert PASSWORD not in shown
