"""What programs send: JSON in UTF-8, an object, not too much of it, and nothing twice."""

import pytest

from tests.support.engines import on_sqlite
from tests.web.api.conftest import Api, refused

pytestmark = on_sqlite

JSON = {"Content-Type": "application/json"}
UNREADABLE = {
    b"": "Expecting value",
    b"{": "Expecting property name",
    b'{"name": "x"': "Expecting ',' delimiter",
    b'{"name": "x", "name": "y"}': "'name' is there twice",
    b'{"email": {"to": [], "to": []}}': "'to' is there twice",
    b'{"value": NaN}': "NaN is no JSON",
    b'{"value": -Infinity}': "-Infinity is no JSON",
    b'{"value": ' + b"9" * 5_000 + b"}": "Exceeds the limit",
    b'{"name": "\xff"}': "it is not in UTF-8",
    b'\xef\xbb\xbf{"name": "x"}': "Unexpected UTF-8 BOM",
    '{"name": "x"}'.encode("utf-16"): "it is not in UTF-8",
    b"[" * 60_000: "it is nested too deeply",
    b'{"a":' * 12_000: "it is nested too deeply",
    b"name=x": "Expecting value",
}
NO_OBJECT = (b"[]", b"null", b"5", b'"x"', b"1e999")


def test_what_cannot_be_read_is_told_with_why(api: Api) -> None:
    for sent, why in UNREADABLE.items():
        problem = refused(api.post("/alarms", sent, **JSON), 400)
        assert problem["detail"].startswith("the body is not JSON that can be read: ")
        assert why in problem["detail"]
    for sent in NO_OBJECT:
        assert refused(api.post("/alarms", sent, **JSON), 400)["detail"] == (
            "the body must be a JSON object"
        )


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
def test_a_body_of_another_type_is_refused(api: Api, type_: str) -> None:
    answer = api.post("/alarms", b'{"name": "x"}', **{"Content-Type": type_})
    assert refused(answer, 415)["detail"] == "send JSON, with `Content-Type: application/json`"


def test_a_body_may_say_that_it_is_in_utf_8(api: Api) -> None:
    sent = '{"name": "pânico"}'.encode()
    type_ = {"Content-Type": "application/json; charset=utf-8"}
    assert api.post("/alarms", sent, **type_).json()["name"] == "pânico"


def test_a_body_may_be_left_out_where_all_of_it_may(api: Api) -> None:
    assert api.post("/alarms/default/disable", b"").status_code == 200
    assert api.post("/alarms/default/enable", b"{}", **JSON).status_code == 200
    refused(api.post("/alarms/default/enable", b"x", **JSON), 400)


def test_too_much_at_once_is_refused(api: Api) -> None:
    for sent in (b'{"name": "' + b"x" * 70_000 + b'"}', b"x" * 1_000_000):
        answer = api.post("/alarms", sent, **JSON)
        assert refused(answer, 413)["detail"] == "the body is larger than 64 kB"
