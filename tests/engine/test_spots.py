"""Where seals stand: what is asked for, what is approved, and what each page bears."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.pdf.asking import (
    Across,
    At,
    AtShare,
    AtWords,
    Found,
    OverDate,
    PagesUnreadable,
    TooManyFound,
    Which,
    Wish,
    WordsNotFound,
    ranges,
    resolved,
)
from privyseal.pdf.placement import NoSuchPage, PageSize, Placement, PlacementOutsidePage, Size
from privyseal.pdf.spots import (
    Edge,
    PageTwice,
    Range,
    Seam,
    SeamNeedsPages,
    SeamTooNarrow,
    Spot,
    Spread,
    Stamp,
    impressions,
    pages_of,
    stamps,
)

A4 = PageSize(210_000, 297_000)
SEAL = Size(42_000, 42_000)
TEN = [A4] * 10
BY_NUMBER = dict(enumerate(TEN, start=1))


def spots(wish: Wish, *found: Found, pages: list[PageSize] = TEN) -> tuple[Spot, ...]:
    return resolved(wish, SEAL, pages, lambda _: found)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("3", [3]),
        ("last", [10]),
        ("1-3, 7，last", [1, 2, 3, 7, 10]),
        ("8-last", [8, 9, 10]),
        ("all", list(range(1, 11))),
        ("all:odd", [1, 3, 5, 7, 9]),
        ("1-6:even", [2, 4, 6]),
        ("LAST", [10]),
    ],
)
def test_pages_are_named_as_people_name_them(text: str, pages: list[int]) -> None:
    assert [page for part in ranges(text, 10) for page in part] == pages


@pytest.mark.parametrize("text", ["", "x", "0", "3-2", "1,,2", "all-3", "4:odd", "1-", "-1", "1," * 100 + "1"])
def test_pages_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(PagesUnreadable):
        ranges(text, 10)


@pytest.mark.parametrize("text", ["11", "3-11", "99999"])
def test_pages_that_are_not_there_are_refused(text: str) -> None:
    with pytest.raises(NoSuchPage):
        ranges(text, 10)


def test_one_page_is_a_placement_and_several_alike_are_one_spread() -> None:
    assert spots(At("last", 30_000, 40_000)) == (Placement(10, 30_000, 40_000),)
    assert spots(At("1-3,9", 30_000, 40_000)) == (Spread((Range(1, 3), Range(9, 9)), 30_000, 40_000),)


def test_a_share_of_the_page_follows_the_size_of_each_page() -> None:
    wide = PageSize(420_000, 297_000)

    placed = spots(AtShare("all", across=500, up=250), pages=[A4, A4, wide])

    assert placed == (Spread((Range(1, 2),), 105_000, 74_250), Placement(3, 210_000, 74_250))


FOUND = (Found(1, 10_000, 20_000, 30_000, 24_000), Found(2, 50_000, 60_000, 70_000, 64_000), Found(5, 0, 0, 2, 2))


def test_a_seal_stands_on_the_middle_of_the_words_moved_as_asked() -> None:
    assert spots(AtWords("盖章", which=1), *FOUND) == (Placement(1, 20_000, 22_000),)
    assert spots(AtWords("盖章", which=2, right=5_000, up=-1_000), *FOUND) == (Placement(2, 65_000, 61_000),)
    assert spots(AtWords("盖章", pages="1-2"), *FOUND) == (Placement(2, 60_000, 62_000),)
    assert len(spots(AtWords("盖章", which=Which.ALL), *FOUND)) == 3


def test_the_date_stands_in_the_seal_a_little_below_its_middle() -> None:
    assert spots(OverDate(which=1), *FOUND) == (Placement(1, 20_000, 27_040),)


@pytest.mark.parametrize("which", [0, 4, -1])
def test_words_that_do_not_stand_there_that_often_are_refused(which: int) -> None:
    with pytest.raises(WordsNotFound):
        spots(AtWords("盖章", which=which), *FOUND)


def test_words_that_stand_in_too_many_places_are_refused() -> None:
    with pytest.raises(TooManyFound):
        spots(AtWords("的", which=Which.ALL), *FOUND * 17)


def test_a_seam_gives_every_page_its_part_and_all_parts_make_one_face() -> None:
    (seam,) = spots(Across(pages="1-4"))

    borne = stamps(seam, SEAL, BY_NUMBER)

    assert [stamp.page for stamp in borne] == [1, 2, 3, 4]
    assert [(stamp.start, stamp.end) for stamp in borne] == [
        (0, 10_500), (10_500, 21_000), (21_000, 31_500), (31_500, 42_000)
    ]  # fmt: skip
    assert borne[0] == Stamp(page=1, left=199_500, bottom=127_500, start=0, end=10_500)


def test_on_the_left_edge_the_first_page_bears_the_right_end_of_the_face() -> None:
    _, left = spots(Across(pages="1-2", edges=(Edge.RIGHT, Edge.LEFT)))

    borne = stamps(left, SEAL, BY_NUMBER)

    assert [(stamp.left, stamp.start, stamp.end) for stamp in borne] == [(0, 21_000, 42_000), (0, 0, 21_000)]


def test_a_seam_over_odd_pages_leaves_the_even_ones_alone() -> None:
    (seam,) = spots(Across(pages="all:odd"))

    assert [stamp.page for stamp in stamps(seam, SEAL, BY_NUMBER)] == [1, 3, 5, 7, 9]


@given(pages=st.integers(2, 400), strip=st.integers(1_500, 21_000), edge=st.sampled_from(Edge))
def test_however_many_pages_each_group_bears_one_whole_face(pages: int, strip: int, edge: Edge) -> None:
    sizes = [A4] * pages
    (seam,) = spots(Across(edges=(edge,), least_strip=strip), pages=sizes)

    borne = stamps(seam, SEAL, dict(enumerate(sizes, start=1)))

    assert [stamp.page for stamp in borne] == list(range(1, pages + 1))
    assert sum(stamp.end - stamp.start for stamp in borne) == impressions(seam) * SEAL.width
    # Two pages may have to take a third in, which nobody can leave alone with a whole seal.
    assert min(stamp.end - stamp.start for stamp in borne) >= min(strip, SEAL.width // 3)


@pytest.mark.parametrize(
    ("spot", "refusal"),
    [
        (Seam(Edge.RIGHT, (Range(1, 1),), 100_000, 10), SeamNeedsPages),
        (Seam(Edge.RIGHT, (Range(1, 10),), 10_000, 10), PlacementOutsidePage),
        (Seam(Edge.RIGHT, (Range(9, 11),), 100_000, 10), NoSuchPage),
        (Seam(Edge.RIGHT, (Range(1, 3), Range(3, 4)), 100_000, 10), PageTwice),
        (Spread((Range(1, 10), Range(5, 5)), 100_000, 100_000), PageTwice),
        (Spread((Range(1, 2),), 1_000, 100_000), PlacementOutsidePage),
        (Placement(11, 100_000, 100_000), NoSuchPage),
    ],
)
def test_what_cannot_stand_there_is_refused(spot: Spot, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        stamps(spot, SEAL, BY_NUMBER)


def test_a_strip_that_nobody_could_recognize_is_refused() -> None:
    pages = dict.fromkeys(range(1, 41), A4)

    with pytest.raises(SeamTooNarrow):
        stamps(Seam(Edge.RIGHT, (Range(1, 40),), 100_000, 40), SEAL, pages)
    with pytest.raises(SeamTooNarrow):
        spots(Across(least_strip=22_000))


def test_a_place_on_every_page_counts_as_often_as_there_are_pages_and_a_seam_once() -> None:
    counted = [impressions(spot) for spot in (Placement(1, 0, 0), Spread((Range(1, 9, 2),), 0, 0), *spots(Across()))]

    assert counted == [1, 5, 1]
    assert pages_of(Spread((Range(7, 8), Range(1, 1)), 0, 0)) == (1, 7, 8)
