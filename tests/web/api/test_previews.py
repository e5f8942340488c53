"""What a rule would open, asked before anybody stores it."""

from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import PADARIA, Tracker
from tests.web.api.conftest import Api, errors

pytestmark = on_sqlite


def test_a_preview_says_what_the_next_scan_does(api: Api, web: Tracker, segware: Simulator) -> None:
    segware.add_events(web.clock.now(), PADARIA, "E130", count=20)
    answer = api.post("/alarms/preview", {"name": "doors", "value": 15, "window": 3600})
    assert answer.status_code == 200
    preview = answer.json()
    assert (preview["openings"], preview["unread"], preview["warnings"]) == (1, [], [])
    (group,) = preview["groups"]
    assert (group["account_code"], group["code"], group["highest"]) == ("1950", "E130", 20)
    api.create("doors", value=15, window=3600)
    (foreseen,) = web.scan("--dry-run", "--alarm", "doors")["opened"]
    assert preview["now"] == [{**foreseen, "alarm": "doors", "heard_at": None}]


def test_what_nobody_has_ever_seen_is_warned_of(api: Api, web: Tracker, segware: Simulator) -> None:
    segware.add_events(web.clock.now(), PADARIA, "E130", count=60)
    web.scan()
    answer = api.post("/alarms/preview", {"codes": ["E13O", "E702"], "accounts": ["1905"]})
    assert answer.json()["warnings"] == [
        "nobody has ever sent E13O; did you mean E130?",
        "no account is known by the code 1905 yet; did you mean 1950?",
    ]


def test_looking_is_no_writing(reader: Api, web: Tracker, segware: Simulator) -> None:
    before = reader.json("/alarms")
    for _ in range(61):
        assert reader.post("/alarms/preview", {"value": 15}).status_code == 200
    assert reader.json("/alarms") == before


def test_what_cannot_be_is_told_by_field(api: Api) -> None:
    assert errors(api.post("/alarms/preview", {"value": "x", "email": {"to": 1}})) == {
        "value": "write a whole number",
        "email.to": "write a list of texts, none of them empty",
    }
    assert errors(api.post("/alarms/preview", {"source": "detections", "of": "default"})) == {
        "source": "detections of another alarm have no preview: it would take more than a day of "
        "them"
    }


def test_an_alarm_may_be_called_preview(api: Api) -> None:
    api.create("preview")
    assert api.json("/alarms/preview")["name"] == "preview"
