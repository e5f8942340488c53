"""The alarm called `default`: what the environment says, against what is stored."""

import pytest
from msgspec.structs import replace

from events_tracker.base.times import HOUR
from events_tracker.decisions.alarms.default import adopted, differing_settings, first_default
from events_tracker.model.alarms import Definition
from tests.support.world import NOON

STORED = Definition(codes=("E130", "E131"), cucs=("ALR",), value=50, values={"E130": 30})


def test_the_same_definition_differs_in_nothing() -> None:
    assert differing_settings(STORED, STORED) == []
    assert differing_settings(STORED, replace(STORED, codes=("E131", "E130"))) == []


@pytest.mark.parametrize(
    ("wanted", "setting"),
    [
        (replace(STORED, window=HOUR), "TRACKER_WINDOW"),
        (replace(STORED, value=51), "TRACKER_THRESHOLD"),
        (replace(STORED, values={"E130": 31}), "TRACKER_THRESHOLDS"),
        (replace(STORED, values={}), "TRACKER_THRESHOLDS"),
        (replace(STORED, codes=("E130",)), "TRACKER_CODES"),
        (replace(STORED, cucs=()), "TRACKER_CUCS"),
    ],
)
def test_a_difference_is_named_by_its_setting(wanted: Definition, setting: str) -> None:
    assert differing_settings(STORED, wanted) == [setting]
    assert differing_settings(wanted, STORED) == [setting]


def test_several_differences_are_all_named() -> None:
    wanted = replace(STORED, window=HOUR, value=51, cucs=())
    names = {"TRACKER_WINDOW", "TRACKER_THRESHOLD", "TRACKER_CUCS"}
    assert set(differing_settings(STORED, wanted)) == names


def test_the_first_default_is_the_environments() -> None:
    alarm = first_default(STORED, NOON)
    assert (alarm.id, alarm.name, alarm.defined_in) == ("default", "default", "environment")
    assert (alarm.definition, alarm.revision, alarm.created_at) == (STORED, 1, NOON)
    assert alarm.enabled
    assert alarm.notify


def test_another_definition_is_a_new_revision_that_detected_nothing_yet() -> None:
    stored = replace(first_default(STORED, NOON), revision=3, detections=12, runs=40)
    wanted = replace(STORED, value=51)
    found = adopted(stored, wanted)
    assert found == replace(stored, definition=wanted, revision=4, detections=0)
    assert found.runs == 40


def test_the_same_definition_is_no_new_revision() -> None:
    stored = first_default(STORED, NOON)
    assert adopted(stored, replace(STORED, codes=("E131", "E130"))) is None
