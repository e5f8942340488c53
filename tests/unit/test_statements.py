"""The loader of SQL files: what it takes, and what it refuses."""

import re

import pytest

from events_tracker.storage.statements import folder, parse


def test_values_are_bound_in_their_order() -> None:
    statement = parse("-- name: one\n-- Why.\nSELECT :b, ':no', :a FROM t WHERE x = :b;\n")["one"]
    assert statement.bind({"a": 1, "b": 2}, "?") == (
        "SELECT ?, ':no', ? FROM t WHERE x = ?",
        [2, 1, 2],
    )


def test_a_list_becomes_as_many_marks() -> None:
    statement = parse("-- name: one\nSELECT 1 WHERE id IN (:ids...) AND x = :x;")["one"]
    text, values = statement.bind({"ids": ["a", "b"], "x": 3}, "%s")
    assert text == "SELECT 1 WHERE id IN (%s, %s) AND x = %s"
    assert values == ["a", "b", 3]


@pytest.mark.parametrize("ids", [[], "abc", 5, None])
def test_a_list_that_is_empty_or_none_is_refused(ids: object) -> None:
    statement = parse("-- name: one\nSELECT 1 WHERE id IN (:ids...);")["one"]
    with pytest.raises(ValueError, match=r":ids\.\.\. takes a sequence that is not empty"):
        statement.bind({"ids": ids}, "?")  # type: ignore[dict-item]


def test_rows_repeat_their_group() -> None:
    statement = parse("-- name: one\nINSERT INTO t (a, b) VALUES (:a, NULL, :b)...;")["one"]
    text, values = statement.bind_rows([{"a": 1, "b": 2}, {"a": 3, "b": 4}], "?")
    assert text == "INSERT INTO t (a, b) VALUES (?, NULL, ?), (?, NULL, ?)"
    assert values == [1, 2, 3, 4]


def test_a_statement_without_rows_takes_none() -> None:
    with pytest.raises(ValueError, match="statement one takes no rows"):
        parse("-- name: one\nSELECT 1;")["one"].bind_rows([{}], "?")


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="b"):
        parse("-- name: one\nSELECT :a, :b;")["one"].bind({"a": 1}, "?")


@pytest.mark.parametrize(
    "text",
    [
        "-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;",
        "-- name: one\nSELECT a LIKE '%x';",
        "-- name: one\n-- Nothing but a comment.\n",
        "-- name: one\n-- name: two\nSELECT 1;",
        "-- name: one\nINSERT INTO t VALUES (:a)... ON CONFLICT DO NOTHING;",
    ],
    ids=["name taken", "bare percent", "empty", "first empty", "text after rows"],
)
def test_a_file_that_would_surprise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one: "):
        parse(text)


def test_a_list_that_is_too_long_comes_in_parts_beside_the_other_values() -> None:
    statement = parse("-- name: one\nSELECT 1 WHERE id IN (:ids...) AND x = :x AND y IN (:y...);")[
        "one"
    ]
    ids = list(range(2_000))
    parts = statement.cut({"ids": ids, "x": 3, "y": ["a", "b"]}, 900)
    bound = [statement.bind(part, "?") for part in parts]
    assert [len(values) for _, values in bound] == [900, 900, 209]
    assert [text.count("?") for text, _ in bound] == [900, 900, 209]
    assert [value for _, values in bound for value in values[:-3]] == ids
    assert all(values[-3:] == [3, "a", "b"] for _, values in bound)


def test_a_list_that_stands_twice_is_counted_twice() -> None:
    statement = parse("-- name: one\nSELECT 1 WHERE a IN (:ids...) OR b IN (:ids...);")["one"]
    parts = list(statement.cut({"ids": list(range(1_000))}, 900))
    assert [len(statement.bind(part, "?")[1]) for part in parts] == [900, 900, 200]


def test_what_fits_is_not_cut() -> None:
    statement = parse("-- name: one\nSELECT 1 WHERE a IN (:ids...) AND b = :b;")["one"]
    assert len(list(statement.cut({"ids": list(range(899)), "b": 1}, 900))) == 1


def test_a_fragment_stands_wherever_it_is_named() -> None:
    statements = parse(
        "-- fragment: mine\n-- Why.\na = :a\n  AND b = :b\n\n"
        "-- name: one\nSELECT 1 WHERE {mine};\n-- name: two\nSELECT 2 WHERE c = :c AND {mine};"
    )
    assert list(statements) == ["one", "two"]
    given = {"a": 1, "b": 2, "c": 3}
    assert statements["two"].bind(given, "?") == (
        "SELECT 2 WHERE c = ? AND a = ?\n  AND b = ?",
        [3, 1, 2],
    )


def test_a_fragment_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="statement one: there is no fragment mine"):
        parse("-- name: one\nSELECT 1 WHERE {mine};")


def test_every_statement_says_what_it_is_for() -> None:
    silent = [
        f"{path.name}: {name}"
        for path in folder().rglob("*.sql")
        for _, name, following in re.findall(
            r"^-- (name|fragment): (\w+)\n(.*)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        if not following.startswith("-- ")
    ]
    assert silent == []
