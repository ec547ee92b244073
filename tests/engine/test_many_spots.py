"""One seal in many spots: across the edges of pages, first or later, and whom it convinces."""

from datetime import timedelta

import pytest

from privyseal.pdf.placement import Placement, PlacementOutsidePage
from privyseal.pdf.seal import Awaited, FieldTaken, Following, Parties
from privyseal.pdf.spots import Edge, Range, Seam, Spread
from tests.engine.conftest import FACE, NOON, SEALED_AT, Authority, Sealing
from tests.engine.outside import Outside
from tests.engine.papers import contract

ALL_FOUR = (Range(1, 4),)
SEAM = Seam(Edge.RIGHT, ALL_FOUR, y=200_000, each=10)
OTHER_SEAM = Seam(Edge.LEFT, ALL_FOUR, y=100_000, each=10)
LATER = NOON + timedelta(hours=1)


def assert_accepted(sealed: bytes, outside: Outside) -> None:
    """Poppler, pyHanko with its difference analysis, mutool and qpdf say yes to every signature."""
    assert {says.signature for says in outside.pdfsig(sealed)} == {"Signature is Valid."}
    assert set(outside.pyhanko(sealed, at=LATER)) == {True}
    assert "invalid" not in outside.mutool(sealed).casefold()
    assert "No syntax or stream encoding errors" in outside.qpdf(sealed)


@pytest.mark.parametrize("following", Following)
def test_a_first_seal_stands_in_many_spots_under_one_signature(
    following: Following, sealing: Sealing, outside: Outside
) -> None:
    spots = (SEALED_AT, SEAM, Spread((Range(2, 4),), 60_000, 60_000))

    sealed = sealing(contract(pages=4), spots=spots, following=following)

    assert_accepted(sealed, outside)
    assert len(outside.pdfsig(sealed)) == 1
    assert outside.pdfsig(sealed)[0].is_whole


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_strips_of_a_seam_make_the_face_again(rotation: int, sealing: Sealing, outside: Outside) -> None:
    media = (0, 0, 500, 500)
    document = contract(pages=4, media=media, page_entries=b"/Rotate %d" % rotation)
    seam = Seam(Edge.RIGHT, ALL_FOUR, y=100_000, each=10)

    sealed = sealing(document, spots=(seam,))
    first, *strips = [outside.picture(sealed, page=number, dpi=144).red_box() for number in range(1, 5)]

    share = FACE.diameter / (500 / 72 * 25_400)
    for box in (first, *strips):
        assert box[2] == pytest.approx(1, abs=0.004)
        assert box[2] - box[0] == pytest.approx(share / 4, abs=0.006)
    # The outer quarters of a round face are lower than the inner ones, and as high as each other.
    heights = [box[3] - box[1] for box in (first, *strips)]
    assert heights[1] == pytest.approx(share, abs=0.006)
    assert heights == pytest.approx(heights[::-1], abs=0.006)


@pytest.mark.parametrize("laid_out", [False, True], ids=["approval", "certified"])
def test_a_later_seam_breaks_no_earlier_seal(
    laid_out: bool,  # noqa: FBT001  a row of the table
    sealing: Sealing,
    authority: Authority,
    outside: Outside,
) -> None:
    spots = (Placement(4, 60_000, 60_000), OTHER_SEAM)
    following = Parties((Awaited("buyer", spots, FACE.size),)) if laid_out else Following.OTHERS
    first = sealing(contract(pages=4), spots=(SEALED_AT, SEAM), following=following)

    both = sealing(first, spots=spots, field="buyer", key=authority.key("乙方合同章"), at=LATER)

    assert both.startswith(first)
    assert_accepted(both, outside)
    assert [says.is_whole for says in outside.pdfsig(both)] == [False] + [True] * 5
    assert outside.picture(both, page=2).red_box()[0] == pytest.approx(0, abs=0.01)


def test_a_seam_lies_only_where_it_was_laid_out(sealing: Sealing) -> None:
    following = Parties((Awaited("buyer", (OTHER_SEAM,), FACE.size),))
    first = sealing(contract(pages=4), following=following)

    for moved in (SEAM, Seam(Edge.LEFT, ALL_FOUR, y=100_000, each=2), Seam(Edge.LEFT, (Range(1, 3),), 100_000, 10)):
        with pytest.raises((FieldTaken, ValueError)):
            sealing(first, field="buyer", spots=(moved,))


def test_a_strip_outside_its_page_is_refused(sealing: Sealing) -> None:
    with pytest.raises(PlacementOutsidePage):
        sealing(contract(pages=4), spots=(SEALED_AT, Seam(Edge.RIGHT, ALL_FOUR, y=10_000, each=10)))


def test_the_same_spots_give_the_same_bytes(sealing: Sealing) -> None:
    document = contract(pages=4)

    assert sealing(document, spots=(SEALED_AT, SEAM)) == sealing(document, spots=(SEALED_AT, SEAM))


def test_a_page_that_bears_two_strips_is_drawn_once(sealing: Sealing, outside: Outside) -> None:
    sealed = sealing(contract(pages=4), spots=(SEALED_AT, SEAM, OTHER_SEAM))

    left, _, right, _ = outside.picture(sealed, page=3).red_box()
    assert [left, right] == pytest.approx([0, 1], abs=0.01)
