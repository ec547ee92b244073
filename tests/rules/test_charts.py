"""Charts are drawn in round steps, and in hundredths of the room there is."""

import pytest

from privyseal.web.shown import charts


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ([], [0, 1]),
        ([0, 0], [0, 1]),
        ([3], [0, 1, 2, 3]),
        ([7], [0, 2, 4, 6, 8]),
        ([41], [0, 20, 40, 60]),
        ([2_000, 2_130], [0, 1_000, 2_000, 3_000]),
    ],
)
def test_the_lines_of_columns_count_in_round_steps_from_nothing(values: list[int], lines: list[int]) -> None:
    drawn = charts.columns([(str(value), value, 0) for value in values])

    assert [count for count, _y in drawn.lines] == lines
    assert drawn.lines[0][1] == drawn.base


def test_a_column_is_as_high_as_its_line_and_its_mark_says_what_was_before() -> None:
    drawn = charts.columns([("a", 2, 4), ("b", 4, 0)])
    heights = dict(drawn.lines)

    assert [(one.y, one.y + one.height, one.before_y) for one in drawn.columns] == [
        (heights[2], drawn.base, heights[4]),
        (heights[4], drawn.base, drawn.base),
    ]
    assert [one.middle for one in drawn.columns] == ["25.00%", "75.00%"]


def test_bars_are_shares_of_the_longest_and_parts_fill_the_whole() -> None:
    bars = charts.bars([("a", 4, "", ""), ("b", 1, "/b/", "caution")])
    parts = charts.parts([("a", 3, "approved"), ("b", 1, "rejected")])

    assert [(bar.name, bar.share) for bar in bars] == [("a", "100.00%"), ("b", "25.00%")]
    assert [(part.x, part.share) for part in parts] == [("0.00%", "75.00%"), ("75.00%", "25.00%")]
    assert charts.bars([("a", 0, "", "")])[0].share == "0.00%"
