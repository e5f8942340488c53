"""Where the bars of a chart stand."""

from events_tracker.model.alarms import Operator
from events_tracker.web.charts import WIDTH, chart

AT_LEAST, LESS = Operator.AT_LEAST, Operator.LESS


def test_without_points_there_is_no_chart() -> None:
    assert chart([], AT_LEAST, 50) is None


def test_the_highest_reaches_the_top_and_the_line_stands_at_the_value() -> None:
    drawn = chart([(1, 0), (2, 50), (3, 100), (4, None)], AT_LEAST, 50)
    assert drawn is not None
    nothing, half, whole, hole = drawn.bars
    assert (nothing.height, half.kind, whole.kind, hole.kind) == (0, "over", "over", "hole")
    assert half.y == drawn.line
    assert abs(whole.height - 2 * half.height) < 0.1
    assert hole.height == whole.height
    assert drawn.highest == 100


def test_a_clear_line_stands_below_the_value_of_what_looks_for_many() -> None:
    drawn = chart([(1, 100)], AT_LEAST, 50, 40)
    assert drawn is not None
    assert drawn.clear_line == chart([(1, 100)], AT_LEAST, 20).line  # type: ignore[union-attr]
    for same in (chart([(1, 100)], AT_LEAST, 50, 100), chart([(1, 100)], LESS, 50, 40)):
        assert same is not None
        assert same.clear_line is None


def test_one_of_a_thousand_can_be_seen() -> None:
    drawn = chart([(1, 1), (2, 1_000)], AT_LEAST, 50)
    assert drawn is not None
    assert drawn.bars[0].height >= 1.5


def test_many_points_share_bars_that_keep_the_extreme() -> None:
    points = [(at, 7 if at == 501 else 3) for at in range(1_440)]
    drawn = chart(points, AT_LEAST, 5)
    assert drawn is not None
    assert len(drawn.bars) <= 96
    assert [bar.value for bar in drawn.bars].count(7) == 1
    assert max(bar.x + bar.width for bar in drawn.bars) <= WIDTH
    silent = chart([(at, None if at < 700 else 9 if at % 2 else 0) for at in range(1_440)], LESS, 1)
    assert silent is not None
    assert {bar.kind for bar in silent.bars} == {"hole", "over"}
