"""The program run by somebody else: root gives its rights away in a process of its own."""

import os
import pickle
import pwd
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.world import Result, Tracker


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter: pytest's own are their user's alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def as_user(
    tracker: Tracker,
    user: pwd.struct_passwd,
    groups: tuple[int, ...],
    *command: str,
    **environ: str,
) -> Result:
    """Run the command with the rights of that user, and of no groups but these and its own."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.setgroups(groups)
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        result = tracker(*command, **environ)
        with os.fdopen(write, "wb") as answer:
            answer.write(pickle.dumps(result))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    found: Result = pickle.loads(said)
    return found
