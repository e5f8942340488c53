"""Which events an alarm counts, and which of them it counts together."""

from collections import Counter
from typing import Any

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms, of, shown
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

FACTS = ("account_code", "trade_name", "company", "cuc", "code")


@pytest.fixture
def world(tracker: Tracker, segware: Simulator) -> None:
    """Events of four accounts and three companies, two of which have one name; 77 is nobody's."""
    segware.add_company(12, "Sentinela Monitoramento")
    segware.add_account(10, "1950", "Bar do Zé", 12)
    for account in (PADARIA, CONDOMINIO, FARMACIA, 10, 77):
        for cuc, code, count in (("ALR", "E401", 1), ("ALI", "E401", 2), (None, "E402", 4)):
            segware.add_events(NOON, account, code, cuc, count=count)


def grouped(tracker: Tracker, options: str, *fields: str) -> dict[tuple[Any, ...], int]:
    """What an alarm with these options opens: the number by these fields of its groups."""
    alarms(tracker, f"create it --value 1 {options}")
    opened = of("it", tracker.scan()["opened"])
    found = {tuple(alert[field] for field in fields): alert["quantity"] for alert in opened}
    assert len(found) == len(opened)
    return found


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("options", "total", "why"),
    [
        ("", 35, "everything"),
        ("--codes E401", 15, "one code"),
        ("--codes E401,E402", 35, "either code"),
        ("--cucs ALI", 10, "one CUC"),
        ("--cucs ALR,ALI", 15, "a missing CUC is none of them"),
        ("--codes E402 --cucs ALR", 0, "both must hold"),
        ("--accounts 2207", 7, "one account"),
        ("--accounts 1950", 14, "two accounts have this code"),
        ("--companies 'Sentinela Monitoramento'", 21, "two companies have this name"),
        ("--companies 'Vigia Sul Segurança Eletrônica'", 7, "the other one"),
        ("--accounts 1950,2207 --companies 'Vigia Sul Segurança Eletrônica'", 7, "both must hold"),
    ],
)
def test_filters(tracker: Tracker, options: str, total: int, why: str) -> None:
    assert grouped(tracker, f"{options} --group-by ''") == ({(): total} if total else {}), why


@pytest.mark.usefixtures("world")
def test_by_code_alone(tracker: Tracker) -> None:
    assert grouped(tracker, "--group-by code", "code") == {("E401",): 15, ("E402",): 20}


@pytest.mark.usefixtures("world")
def test_by_cuc_alone(tracker: Tracker) -> None:
    assert grouped(tracker, "--group-by cuc", "cuc") == {("ALR",): 5, ("ALI",): 10, (None,): 20}


@pytest.mark.usefixtures("world")
def test_by_account_alone(tracker: Tracker) -> None:
    found = grouped(tracker, "--group-by account", "account_id")
    assert found == {(id_,): 7 for id_ in (PADARIA, CONDOMINIO, FARMACIA, 10, 77)}


@pytest.mark.usefixtures("world")
def test_companies_of_one_name_are_two_groups(tracker: Tracker) -> None:
    alarms(tracker, "create it --value 1 --group-by company")
    found = sorted((a["company"] or "", a["quantity"]) for a in tracker.scan()["opened"])
    assert found == [
        ("", 7),
        ("Sentinela Monitoramento", 7),
        ("Sentinela Monitoramento", 14),
        ("Vigia Sul Segurança Eletrônica", 7),
    ]


@pytest.mark.usefixtures("world")
def test_all_four_together_are_told_with_what_they_are(tracker: Tracker) -> None:
    found = grouped(
        tracker,
        "--accounts 2207 --group-by account,company,cuc,code",
        *("account_code", "company", "cuc", "code"),
    )
    vigia = "Vigia Sul Segurança Eletrônica"
    assert found == {
        ("2207", vigia, "ALR", "E401"): 1,
        ("2207", vigia, "ALI", "E401"): 2,
        ("2207", vigia, None, "E402"): 4,
    }


@pytest.mark.usefixtures("world")
def test_one_group_for_all_has_nothing_it_is_not_grouped_by(tracker: Tracker) -> None:
    alarms(tracker, "create it --value 35 --group-by ''")
    (opened,) = tracker.scan()["opened"]
    for field in ("account_id", *FACTS, "client_group"):
        assert opened[field] is None
    counted = Counter({(r["cuc"], r["code"]): 0 for r in opened["records"]})
    for record in opened["records"]:
        counted[record["cuc"], record["code"]] += record["count"]
    assert counted == {("ALR", "E401"): 5, ("ALI", "E401"): 10, (None, "E402"): 20}
    again = tracker.scan()
    assert (again["opened"], [alert["quantity"] for alert in again["ongoing"]]) == ([], [35])


@pytest.mark.usefixtures("world")
def test_what_is_open_is_found_again_whatever_it_is_grouped_by(
    tracker: Tracker, segware: Simulator
) -> None:
    groupings = ("", "account", "company", "cuc", "code", "company,cuc", "account,company,cuc,code")
    for number, group_by in enumerate(groupings):
        alarms(tracker, f"create a{number} --value 1 --group-by '{group_by}'")
    opened = tracker.scan()["opened"]
    again = tracker.scan()
    assert (again["opened"], len(again["ongoing"])) == ([], len(opened))
    segware.clear_events()
    assert len(tracker.scan()["below"]) == len(opened)
    assert len(tracker.clear()["cleared"]) == len(opened)


def test_what_the_tracker_injects_is_never_counted(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create it --value 1 --group-by code")
    segware.add_events(NOON, PADARIA, "E702", count=9)
    segware.add_events(NOON, PADARIA, "E401", count=2)
    assert [alert["code"] for alert in tracker.scan()["opened"]] == ["E401"]


def test_a_company_with_a_comma_is_written_in_quotes(tracker: Tracker, segware: Simulator) -> None:
    name = "Segurança, Vigilância & Cia Ltda"
    segware.add_company(11, name)
    alarms(tracker, f"""create firms --value 1 --companies '"{name}",Vigia Sul'""")
    assert shown(tracker, "firms")["companies"] == [name, "Vigia Sul"]
    assert f'"{name}", Vigia Sul' in alarms(tracker, "show firms")
    alarms(tracker, f"""edit firms --companies '"{name}"'""")
    segware.add_events(NOON, PADARIA, "E401")
    assert [alert["company"] for alert in of("firms", tracker.scan()["opened"])] == [name]
