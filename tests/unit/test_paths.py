"""Names in addresses: whatever letters they have, and whatever follows them."""

import pytest
from flask import Flask, url_for

from events_tracker.web.paths import ApartFromSlashes, Name

NAMES = ["x", "Pânico à noite", "a/b", "a/versions", "/", "100%", "%2F", "%25", "a?b#c", "é\u0301"]


@pytest.fixture
def site() -> Flask:
    site = Flask("names")
    site.url_map.converters["name"] = Name
    site.wsgi_app = ApartFromSlashes(site.wsgi_app)  # type: ignore[method-assign]
    site.add_url_rule("/of/<name:name>", "shown", lambda name: f"shown {name}")
    site.add_url_rule("/of/<name:name>/versions", "versions", lambda name: f"versions {name}")
    site.add_url_rule(
        "/of/<name:name>/enable", "enable", lambda name: f"enabled {name}", methods=["POST"]
    )
    return site


@pytest.mark.parametrize("name", NAMES)
def test_an_address_that_we_made_leads_back_to_the_name(site: Flask, name: str) -> None:
    with site.test_request_context():
        shown, versions = url_for("shown", name=name), url_for("versions", name=name)
    assert site.test_client().get(shown).text == f"shown {name}"
    assert site.test_client().get(versions).text == f"versions {name}"


def test_a_slash_need_not_be_encoded_where_no_word_of_ours_follows(site: Flask) -> None:
    client = site.test_client()
    assert client.get("/of/a/b").text == "shown a/b"
    assert client.get("/of/a/b/versions").text == "versions a/b"
    assert client.get("/of/a/enable").status_code == 405


def test_a_query_is_no_part_of_a_name(site: Flask) -> None:
    assert site.test_client().get("/of/a%2Fb?c=%2Fd").text == "shown a/b"
