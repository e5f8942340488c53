"""Holds through the API: what one would do, making it, listing, and ending."""

from events_tracker.base.times import DAY
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import Tracker, open_alert
from tests.web.api.conftest import Api, errors, refused
from tests.web.conftest import ANA

pytestmark = on_sqlite

VISIT = {"account_code": "1950", "for": "4h", "reason": "technician there"}


def test_a_hold_is_made_listed_and_ended_as_by_command(
    api: Api, web: Tracker, segware: Simulator
) -> None:
    open_alert(web, segware)
    foreseen = api.post("/holds/preview", VISIT).json()
    assert (foreseen["lately"], foreseen["not_held"]) == (1, [])
    assert foreseen["open"] == web.history("--open")
    assert web("hold", "--format", "json").json == [], "a preview makes nothing"
    made = api.post("/holds", VISIT)
    assert made.status_code == 201
    assert made.json() == {**foreseen["hold"], "id": made.json()["id"]}
    assert made.json()["by"] == ANA
    assert api.json("/holds") == {"holds": web("hold", "--format", "json").json}
    path = f"/holds/{made.json()['id']}/end"
    ended = api.post(path)
    assert (ended.status_code, ended.json()["status"]) == (200, "ended")
    assert ended.json()["ended_by"] == ANA
    assert api.json("/holds") == {"holds": []}
    assert api.json("/holds?state=all") == {"holds": [ended.json()]}
    assert "over already" in refused(api.post(path), 409)["detail"]
    refused(api.post(f"/holds/{'0' * 32}/end"), 404)


def test_who_may_only_read_sees_and_foresees(reader: Api, web: Tracker) -> None:
    assert reader.json("/holds") == {"holds": []}
    assert reader.post("/holds/preview", VISIT).status_code == 200
    refused(reader.post("/holds", VISIT), 403)
    refused(reader.post(f"/holds/{'0' * 32}/end"), 403)


def test_what_cannot_be_is_told_by_field(api: Api, web: Tracker, segware: Simulator) -> None:
    assert errors(api.post("/holds", {"colour": 1})) == {"colour": "there is no such field"}
    assert errors(api.post("/holds", {})) == {
        "account_code": "it is missing",
        "reason": "it is missing",
    }
    end = "say for how long or until when, one of the two"
    both = VISIT | {"until": "18:00"}
    assert errors(api.post("/holds", both)) == {"for": end}
    assert errors(api.post("/holds", VISIT | {"for": ""})) == {"until": end}
    day = "a hold is 24 hours at most; up to 7 days with long"
    assert errors(api.post("/holds", VISIT | {"for": "25h"})) == {"until": day}
    assert errors(api.post("/holds", VISIT | {"long": "yes"})) == {"long": "write true or false"}
    nobody = refused(api.post("/holds", VISIT | {"account_code": "1951"}), 422)
    assert nobody["detail"] == "no account 1951 is known; did you mean 1950?"
    segware.add_account(900, "1950", "Padaria Central", 22, None)
    web.clock.advance(DAY)
    shared = errors(api.post("/holds", VISIT))
    assert "several clients have the code 1950" in shared["company"]
    assert errors(api.get("/holds?state=over"), 400) == {"state": "write one of active, all"}
