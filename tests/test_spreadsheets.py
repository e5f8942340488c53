"""`--format xlsx`: what somebody sees who opens it with a double click."""

import io
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from events_tracker.base.errors import UsageError
from events_tracker.commands import spreadsheet
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite, sql
from tests.support.world import Tracker, open_alert

EVIL = '=HYPERLINK("https://evil.example","x")'


def printed(tracker: Tracker, *words: str) -> bytes:
    """What the installed program prints, byte by byte."""
    program = Path(sysconfig.get_path("scripts")) / "tracker"
    found = subprocess.run(
        [program, *words, "--format", "xlsx"],
        env={**tracker.environ, "PATH": "/usr/bin:/bin"},
        cwd=tracker.folder,
        capture_output=True,
        check=True,
    )
    return found.stdout


def sheet(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data)).worksheets[0]


def rows(found: Any) -> list[dict[str, Any]]:
    """The cells of each row, by their headings without the zone."""
    heading, *lines = found.iter_rows()
    names = [str(cell.value).partition(" (")[0] for cell in heading]
    return [dict(zip(names, line, strict=True)) for line in lines]


@on_sqlite
@pytest.mark.usefixtures("initialised")
def test_a_month_is_a_spreadsheet_with_typed_cells_and_nothing_that_runs(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    sql(database, f"UPDATE register_entries SET trade_name = '{EVIL}', account_code = '01950'")
    sql(database, "UPDATE register_entries SET company = 'https://evil.example'")
    found = sheet(printed(tracker, "history", "--month", "2026-11"))
    (row,) = rows(found)
    assert row["opened_at"].value.isoformat() == "2026-11-21T09:00:00"
    assert row["opened_at"].is_date
    assert row["cleared_at"].value is None
    assert (row["account_code"].value, row["account_code"].data_type) == ("01950", "s")
    assert (row["quantity"].value, row["quantity"].data_type) == (60, "n")
    assert (row["partial"].value, row["partial"].data_type) == (False, "b")
    assert (row["trade_name"].value, row["trade_name"].data_type) == (EVIL, "s")
    assert row["company"].hyperlink is None
    assert '"code": "E130"' in row["records"].value
    headings = [cell.value for cell in found[1]]
    assert "opened_at (America/Sao_Paulo)" in headings
    assert (found.freeze_panes, found.auto_filter.ref) == ("A2", "A1:Z2")
    assert all(column.width >= 12 for column in found.column_dimensions.values())


@on_sqlite
@pytest.mark.usefixtures("initialised")
def test_notifications_and_alarms_are_spreadsheets_too(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create doors --description '=1+1' --codes E401")
    open_alert(tracker, segware)
    (notice,) = rows(sheet(printed(tracker, "notifications")))
    assert notice["detected_at"].value.isoformat() == "2026-11-21T09:00:00"
    default, doors = rows(sheet(printed(tracker, "alarms", "list")))
    assert (doors["description"].value, doors["description"].data_type) == ("=1+1", "s")
    assert default["last_run_at"].value.isoformat() == "2026-11-21T09:00:00"
    assert doors["codes"].value == '["E401"]'


@on_sqlite
@pytest.mark.usefixtures("initialised")
def test_so_is_every_list(tracker: Tracker, segware: Simulator) -> None:
    def listed(line: str) -> list[dict[str, Any]]:
        return rows(sheet(tracker(*line.split(), "--format", "xlsx").stdout_bytes))

    tracker.environ["WEB_SECRET"] = "x" * 40
    open_alert(tracker, segware)
    alarms(tracker, "except default --account 1950 --value 70 --until 2026-11-30 --reason =1+1")
    assert tracker("hold", "1950", "--for", "4h", "--reason", "=1+1").exit_code == 0
    assert tracker("token", "--for", "grafana", "--service").exit_code == 0
    (hold,) = listed("hold --all")
    assert (hold["reason"].value, hold["reason"].data_type) == ("=1+1", "s")
    assert hold["until"].value.isoformat() == "2026-11-21T13:00:00"
    (exception,) = listed("alarms except default")
    assert exception["until"].value.isoformat(timespec="minutes") == "2026-11-30T23:59"
    (token,) = listed("token --list")
    assert token["issued_at"].value.isoformat() == "2026-11-21T09:00:00"
    (worst,) = listed("report --month 2026-11")
    assert (worst["account_code"].value, worst["alerts"].value) == ("1950", 1)
    assert listed("alarms codes")[0].keys() >= {"code", "meaning"}
    assert listed("alarms templates")[0].keys() == {"name", "needs", "explanation"}
    assert listed("people list") == []
    refused = tracker("hold", "--end", hold["id"].value, "--format", "xlsx")
    assert (refused.exit_code, "is for the list alone" in refused.stderr) == (2, True)


@on_sqlite
@pytest.mark.usefixtures("initialised")
def test_it_says_what_it_needs(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    missing = tracker("history", "--format", "xlsx")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert missing.stderr == (
        "error: --format xlsx needs the extra `excel`: pip install XlsxWriter, where the tracker "
        "is\n"
    )


def test_a_terminal_is_not_filled_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(UsageError, match="add > and the name of a file"):
        spreadsheet.print_xlsx(("a",), [], (), None)  # type: ignore[arg-type]


def test_what_is_too_much_for_a_sheet_goes_on_in_another(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(spreadsheet, "_MOST_ROWS", 3)
    numbers = [*range(10**15, 10**15 + 4), 0.25]
    items = [{"a": number, "b": "x" * 40_000} for number in numbers]
    spreadsheet.print_xlsx(("a", "b"), items, (), None)  # type: ignore[arg-type]
    book = load_workbook(io.BytesIO(capsysbinary.readouterr().out))
    found = [str(row["a"].value) for one in book.worksheets for row in rows(one)]
    assert found == [str(item["a"]) for item in items]
    assert [len(rows(one)) for one in book.worksheets] == [2, 2, 1]
    assert rows(book.worksheets[2])[0]["a"].data_type == "n"
    assert len(str(rows(book.worksheets[0])[0]["b"].value)) == 32_767
