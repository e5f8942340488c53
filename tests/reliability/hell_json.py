"""JSON as nobody would send it: any type in any field, numbers of any size, lone surrogates."""

from hypothesis import strategies as st

from tests.support.world import CONDOMINIO, PADARIA

FIELDS = ("id", "accountId", "accountCode", "code", "cuc", "occurrenceId", "closingPersonId",
          "tradeName", "companyId", "clientGroupId", "name", "partitions", "content",
          "messageKey", "")  # fmt: skip
"""Every name that means something somewhere, and one that means nothing."""

_texts = st.one_of(
    st.sampled_from(["", "E130", "ALR", "7", "007", "-7", "1950", "\x00", "\ud800", "٣", "=1+1"]),
    st.text(max_size=40),
    st.integers().map(str),
)
_numbers = st.one_of(
    st.sampled_from(["7", "7.0", "-0", "7e0", "1e999", "NaN", "-Infinity", "1e-400"]),
    st.sampled_from(["9" * 19, "9" * 20, "9" * 40, "9" * 5_000, "-" + "9" * 5_000]),
    st.sampled_from([str(2**63 - 1), str(2**63), str(-(2**63))]),
    st.integers().map(str),
)


def _quoted(text: str) -> str:
    """As JSON, surrogates escaped."""
    import json

    return json.dumps(text)


_scalars = st.one_of(st.sampled_from(["null", "true", "false"]), _numbers, _texts.map(_quoted))


def _lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(values, max_size=3).map(lambda items: "[" + ",".join(items) + "]")


def _objects(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    # As pairs, so that a field may come twice.
    pairs = st.lists(st.tuples(st.sampled_from(FIELDS), values), max_size=6)
    return pairs.map(
        lambda items: "{" + ",".join(f"{_quoted(name)}:{value}" for name, value in items) + "}"
    )


values = st.recursive(_scalars, lambda inner: _lists(inner) | _objects(inner), max_leaves=8)
"""Any JSON value, as a text."""
nearly = st.tuples(
    st.sampled_from([str(PADARIA), str(CONDOMINIO)]) | values, st.just('"E130"') | values, values
).map(lambda fields: f'{{"accountId":{fields[0]},"code":{fields[1]},"occurrenceId":{fields[2]}}}')
"""Nearly an event: each field right, or anything."""
events = st.one_of(nearly, _objects(values), values)
bodies = st.lists(events, max_size=12).map(lambda items: "[" + ",".join(items) + "]")
