import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.pdf.placement import Box, Frame, PageSize, PageTooSmall, Placement, Size, usual_place

SEAL = Size(42_000, 42_000)
OVAL = Size(40_000, 30_000)
A4 = PageSize(width=210_002, height=297_000)


def test_a_seal_usually_stands_at_the_lower_right() -> None:
    assert usual_place(3, A4, SEAL) == Placement(page=3, x=169_002, y=41_000)


def test_on_a_small_page_the_margin_gives_way() -> None:
    assert usual_place(1, PageSize(width=50_000, height=45_000), SEAL) == Placement(page=1, x=21_000, y=24_000)


def test_a_page_smaller_than_the_seal_is_refused() -> None:
    with pytest.raises(PageTooSmall):
        usual_place(1, PageSize(width=70_000, height=17_000), SEAL)


def test_a_face_that_is_wider_than_high_stands_upright_on_a_turned_page() -> None:
    visible = Box(0, 0, 400, 600)

    spot = Frame.of(visible, visible, 90, 1).rectangle(Placement(page=1, x=60_000, y=60_000), OVAL)

    across, up = spot.right - spot.left, spot.top - spot.bottom
    assert (round(across * 25_400 / 72), round(up * 25_400 / 72)) == (OVAL.height, OVAL.width)


@given(
    left=st.integers(-1_000, 1_000),
    bottom=st.integers(-1_000, 1_000),
    width=st.integers(120, 3_000),
    height=st.integers(120, 3_000),
    rotation=st.sampled_from([-90, 0, 44, 90, 180, 270, 360]),
    unit=st.sampled_from([1.0, 2.5]),
)
def test_the_usual_place_is_always_on_the_page(
    left: int, bottom: int, width: int, height: int, rotation: int, unit: float
) -> None:
    visible = Box(left, bottom, left + width, bottom + height)
    frame = Frame.of(visible, visible, rotation, unit)

    spot = frame.rectangle(usual_place(1, frame.size, SEAL), SEAL)

    assert spot.right - spot.left == pytest.approx(42_000 / (25_400 / 72) / unit)
    assert visible.left - 0.01 <= spot.left < spot.right <= visible.right + 0.01
    assert visible.bottom - 0.01 <= spot.bottom < spot.top <= visible.top + 0.01


def test_corners_may_come_in_any_order() -> None:
    assert Box.of((10, 700, 500, 20)) == Box(10, 20, 500, 700)


def test_a_page_without_a_unit_of_its_own_has_the_usual_one() -> None:
    box = Box(0, 0, 72, 72)

    assert Frame.of(box, box, 0, 0).size == Frame.of(box, box, 0, 1).size == PageSize(25_400, 25_400)
