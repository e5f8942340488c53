"""`constraints.txt` pins all that the tracker runs with, and nothing else."""

from packaging.utils import canonicalize_name

from tests.support.constraints import asked, needed, pinned


def test_every_package_that_is_needed_is_pinned_and_no_other() -> None:
    assert list(pinned()) == sorted(needed(asked()))


def test_the_pinned_versions_are_those_that_setup_cfg_asks_for() -> None:
    pins = pinned()
    refused = [
        f"{requirement}: {pins[canonicalize_name(requirement.name)]}"
        for requirement in asked()
        if not requirement.specifier.contains(pins[canonicalize_name(requirement.name)])
    ]
    assert refused == []
