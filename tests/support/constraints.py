"""The tested versions of what the tracker runs with: what is pinned, and what has to be.

``python -m tests.support.constraints`` writes `constraints.txt` again, of what is installed here.
"""

from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FILE = ROOT / "constraints.txt"
_HEAD = """\
# The versions that the tests ran with, of all that the tracker and its extras need:
#     pip install -c constraints.txt '.[web,excel]'
# To renew it, in an environment for the tests:
#     pip install -U --upgrade-strategy eager -e '.[test]' && python -m tests.support.constraints
"""


def asked() -> Iterator[Requirement]:
    """What setup.cfg asks for, the extras that it runs with included."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = config["options.extras_require"]
    for text in (config["options"]["install_requires"], extras["web"], extras["excel"]):
        yield from map(Requirement, text.split("\n")[1:])


def needed(requirements: Iterable[Requirement]) -> dict[str, str]:
    """The version that is installed of each of these, and of all that they need in turn."""
    found: dict[str, str] = {}
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        distribution = metadata.distribution(name)
        found[name] = distribution.version
        waiting += map(Requirement, distribution.requires or ())
    return found


def pinned() -> dict[str, str]:
    """The versions that `constraints.txt` names; empty for a line that is no pin."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    pins = (line.partition("==") for line in lines if not line.startswith("#"))
    return {name: version for name, _, version in pins}


def main() -> None:
    """Write the file again."""
    pins = "".join(f"{name}=={version}\n" for name, version in sorted(needed(asked()).items()))
    FILE.write_text(_HEAD + pins, encoding="utf-8")


if __name__ == "__main__":
    main()
