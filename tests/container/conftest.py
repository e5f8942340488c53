"""The image and the compose file, with a podman of the tests' own; needs root, and no registry.

What is in the folder that TRACKER_TEST_PODMAN names is used again, and left there.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.engine import Engine
from tests.support.engines import skip

TOOLS = ("podman", "runc", "mmdebstrap")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test beside this file; the first one waits for the images."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.container)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A podman that has the image of this checkout, and the base it was made on."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        skip(f"no containers: apt-get install netavark aardvark-dns {' '.join(missing)}")
    kept = os.environ.get("TRACKER_TEST_PODMAN")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("podman")
    folder.mkdir(parents=True, exist_ok=True)
    made = Engine(folder)
    made.make_base()
    made.make_image()
    yield made
    if not kept:
        made.end()
