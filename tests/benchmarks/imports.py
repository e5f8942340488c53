"""``imports.py list``: run `scan` in this process until it asks a server for something. Prints as
JSON all modules that are imported by then, in their order, and those that are not the product's:
of libraries, and of SQLite, which a bare program would import as well.

``imports.py load MODULE…``: import these modules and end.
"""

import os
import sys


def list_modules() -> None:
    """End the process with the list at the first connection that anything opens."""
    already = set(sys.modules)

    def watch(event: str, _: object) -> None:
        if event == "socket.connect":
            names = [name for name in list(sys.modules) if name not in already]
            names = [name for name in names if _can_be_imported(name)]
            told = {"all": names, "libraries": [name for name in names if _is_of_a_library(name)]}
            # Only now, so as not to be in the list for our own sake.
            import json

            os.write(1, json.dumps(told).encode())
            os._exit(0)

    sys.addaudithook(watch)
    from events_tracker.cli import cli

    cli.main(["-q", "scan"], standalone_mode=False)
    sys.exit("the scan asked nothing")


def _can_be_imported(name: str) -> bool:
    """Not another name of a module, nor one that an extension made."""
    spec = getattr(sys.modules[name], "__spec__", None)
    return spec is not None and spec.name == name


def _is_of_a_library(name: str) -> bool:
    package = name.split(".")[0]
    installed = "site-packages" in (getattr(sys.modules[name], "__file__", None) or "")
    return package == "sqlite3" or (installed and package != "events_tracker")


if __name__ == "__main__":
    if sys.argv[1] == "list":
        list_modules()
    for name in sys.argv[2:]:
        __import__(name)
