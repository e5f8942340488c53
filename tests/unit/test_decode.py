"""Events on the wire: the quick way of reading them and the careful one agree."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.model.directory import Account
from events_tracker.segware.decode import (
    account,
    accounts_page,
    events,
    has_code_and_company,
    tells_all_of_accounts,
)

IDS = st.integers(-5, 5) | st.integers() | st.sampled_from(["7", "007", "-7", "7.0", "", "x"])
ODD: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.just([]) | st.just({})
)
CODES = st.sampled_from(["E130", "1130", "", "E" * 16, "E" * 17, "é", "\ud800"]) | ODD
CUCS = st.sampled_from(["ALR", "", "A" * 33, "\ud800"]) | ODD
EVENT = st.fixed_dictionaries(
    {"accountId": IDS | ODD, "code": CODES},
    optional={"cuc": CUCS, "occurrenceId": IDS | ODD, "other": ODD},
)


@pytest.mark.parametrize("with_occurrences", [False, True])
@given(event=EVENT, number=st.integers(1, 3))
def test_one_malformed_event_changes_nothing_about_the_others(
    event: dict[str, object], number: int, with_occurrences: bool
) -> None:
    alone = events(json.dumps([event] * number).encode(), with_occurrences)
    among = events(json.dumps([None, *[event] * number]).encode(), with_occurrences)
    assert (among.accounts, among.occurrences) == (alone.accounts, alone.occurrences)
    assert among.malformed == alone.malformed + 1
    assert alone.fetched == number


def test_an_event_without_occurrences_is_counted_with_its_like() -> None:
    body = json.dumps(
        [{"accountId": 7, "code": "E130", "occurrenceId": id_} for id_ in ("1", 2, None)]
    ).encode()
    plain, told_apart = events(body, False), events(body, True)
    assert plain.accounts == told_apart.accounts == {(None, "E130"): [7, 7, 7]}
    assert plain.occurrences == {}
    assert told_apart.occurrences == {(None, "E130"): [(7, "1"), (7, "2")]}


def test_cucs_that_are_too_long_to_be_kept_are_still_told_apart() -> None:
    cucs = ["A" * 32, "A" * 33, "A" * 34]
    body = json.dumps([{"accountId": 7, "code": "E130", "cuc": cuc} for cuc in cucs]).encode()
    found = [cuc for cuc, _ in events(body, False).accounts]
    assert len(set(found)) == 3
    assert all(cuc and len(cuc) <= 32 for cuc in found)


LISTED = {
    "id": 7,
    "accountCode": "1950",
    "tradeName": "Padaria",
    "companyId": 11,
    "clientGroupId": 1,
}


def listed(*items: object, envelope: bool = False) -> list[Account | None]:
    """What a list of accounts says of each."""
    body = json.dumps({"content": items, "hasNextPage": False} if envelope else items)
    read, more = accounts_page(body.encode())
    assert more is False
    return [account(item, 1, "/v1/accounts", complete=True) for item in read]


@pytest.mark.parametrize("envelope", [False, True])
@pytest.mark.parametrize(
    "odd",
    [
        {"id": "8"},
        {"id": 8, "accountCode": 2207},
        {"id": 8, "accountCode": ["2207"], "companyId": {}},
        {"id": 8, "tradeName": "\ud800", "companyId": 2**70},
        {"id": 8, "partitions": [{"id": 1}], "companyId": 11.5},
        {"id": None},
        {},
    ],
)
def test_an_account_of_a_list_is_read_alike_whatever_stands_beside_it(
    odd: dict[str, object], envelope: bool
) -> None:
    quick, odd_one = listed(LISTED, odd, envelope=envelope)
    # What is no object makes the whole list be read item by item.
    slow, same_one = listed(LISTED, odd, None, envelope=envelope)
    assert (quick, odd_one) == (slow, same_one)
    assert quick is not None
    assert (quick.code, quick.trade_name, quick.company_id) == ("1950", "Padaria", 11)


def test_a_list_tells_all_of_accounts_if_each_field_is_there_once() -> None:
    whole, _ = accounts_page(json.dumps([LISTED, {"id": 8, "accountCode": "2207"}]).encode())
    assert tells_all_of_accounts(whole)
    assert [has_code_and_company(item) for item in whole] == [True, False]
    lacking, _ = accounts_page(json.dumps([{"id": 8, "accountCode": "2207"}]).encode())
    assert not tells_all_of_accounts(lacking)
