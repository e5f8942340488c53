"""The proof of one alert, downloaded from its page."""

import json
import re
import shlex
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from msgspec.structs import replace

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage import Store
from tests.support.engines import dump, on_sqlite
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker, open_alert
from tests.web.conftest import Site, text_of


@on_sqlite
def test_an_alert_is_proven_by_a_click(
    ana: Site, web: Tracker, segware: Simulator, database: str
) -> None:
    id_ = open_alert(web, segware)
    segware.add_events(NOON - HOUR, PADARIA, "E130")  # it comes late
    web.clock.advance(MINUTE)
    before, asked = dump(database), segware.count()
    page = ana.get(f"/alerts/{id_}")
    assert "Baixar evidências" in text_of(page)
    (path,) = re.findall(r'href="(/alerts/\w+/evidence\.zip)"', page.text)
    assert segware.count() == asked
    assert ana.another().get(path).headers["Location"].startswith("/sign-in")
    assert segware.count() == asked

    answer = ana.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == "attachment; filename=1950-2026-11-21.zip"
    with ZipFile(BytesIO(answer.content)) as pack:
        (recount,) = json.loads(pack.read("recount.json"))["entries"]
        assert "MANIFEST.sha256" in pack.namelist()
    assert (recount["register_id"], recount["stored"], recount["today"]) == (id_, 60, 61)
    changed = {name for name, rows in dump(database).items() if rows != before[name]}
    assert changed == set()


@on_sqlite
def test_what_is_too_much_for_a_page_is_left_to_the_command_that_it_names(
    ana: Site, web: Tracker, segware: Simulator, store: Store, tmp_path: Path
) -> None:
    id_ = open_alert(web, segware)
    web.clock.advance(5 * MINUTE)
    segware.add_events(web.clock.now(), CONDOMINIO, "E130")
    learned = store.read(lambda rows: rows.runs.scans()).learned
    store.update(lambda rows: rows.runs.learned(replace(learned, rate=10_000_000)))
    asked = segware.count("/v1/events")
    answer = ana.get(f"/alerts/{id_}/evidence.zip")
    assert (answer.status_code, segware.count("/v1/events")) == (503, asked)
    said = unescape(text_of(answer))
    assert "As evidências não foram feitas. this takes about 2453 requests to Segware" in said
    store.update(lambda rows: rows.runs.learned(learned))
    (command,) = re.findall(r"tracker (history .*) --evidence proof\.zip", said)
    proof = tmp_path / "proof.zip"
    made = web(*shlex.split(command), "--evidence", str(proof))
    assert (made.exit_code, proof.exists()) == (0, True), made.stderr
    assert "1 alert, counted again: as stored." in made.stdout
    segware.clear_events()
    said = text_of(ana.get(f"/alerts/{id_}/evidence.zip"))
    assert "As evidências não foram feitas. A Segware não respondeu nada desse período." in said
    assert "tracker history" not in said
