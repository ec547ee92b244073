import json
import math
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from privyseal.kernel.canonical import canonical, sha256
from privyseal.pdf.face import Face, FaceTextTooLong, FaceUnreadable, digest, drawing, sheet, svg
from privyseal.pdf.glyphs import MissingGlyph
from tests.engine.outside import Outside

COMPANY = Face(ring="上海示例贸易有限公司", bottom="合同专用章", code="3101150012345")


def test_a_face_is_the_same_after_a_journey_through_json() -> None:
    assert Face.from_json(json.loads(json.dumps(COMPANY.to_json()))) == COMPANY


def test_the_digest_is_over_the_canonical_template() -> None:
    assert digest(COMPANY) == sha256(canonical(COMPANY.to_json()))
    assert digest(COMPANY) != digest(Face(ring=COMPANY.ring))


@pytest.mark.parametrize(
    "changed",
    [
        {"ring": ""},
        {"ring": "  "},
        {"ring": 5},
        {"diameter": 19_999},
        {"diameter": 60_001},
        {"diameter": 42_000.0},
        {"diameter": True},
        {"border": 0},
        {"colour": "red"},
        {"colour": "#c8102e"},
        {"code": "123"},
        {"code": "１２３４５６７８９０１２３"},
        {"centre": "dragon"},
        {"shape": "square"},
        {"size": 42},
    ],
)
def test_a_template_out_of_bounds_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(FaceUnreadable):
        Face.from_json({**COMPANY.to_json(), **changed})


def test_a_template_without_a_ring_is_refused() -> None:
    with pytest.raises(FaceUnreadable):
        Face.from_json({})


def test_a_character_the_font_lacks_is_refused_and_never_a_box() -> None:
    with pytest.raises(MissingGlyph) as refusal:
        drawing(Face(ring="上海\U0001f6d5公司"))

    assert refusal.value.facts == {"character": "U+1F6D5"}


@pytest.mark.parametrize("face", [Face(ring="字" * 41), Face(ring="公司", bottom="字" * 13)])
def test_words_that_cannot_be_read_at_this_size_are_refused(face: Face) -> None:
    with pytest.raises(FaceTextTooLong):
        svg(face)


@pytest.mark.parametrize(
    "face",
    [
        COMPANY,
        Face(ring="公司"),
        Face(ring="字" * 40, code="44030000123456"),
        Face(ring="Harbour & Sons <Trading> Limited", bottom="(1)", centre="none", diameter=20_000, border=300),
        Face(ring="甲乙丙丁", bottom="字" * 12, code="4403000012345", diameter=60_000, border=3_000),
    ],
)
def test_nothing_is_drawn_outside_the_round_and_no_letter_touches_the_border(face: Face) -> None:
    _, *within = _paths(svg(face))
    middle = face.diameter / 2

    furthest = max(math.hypot(x - middle, y - middle) for path in within for x, y in path)

    assert furthest < middle - face.border


def test_the_star_is_a_sixth_of_the_seal_and_points_up() -> None:
    _, star, *_ = _paths(svg(Face(ring="公司")))

    assert star[0] == (21_000, 14_000)
    assert max(math.hypot(x - 21_000, y - 21_000) for x, y in star) == pytest.approx(7_000, abs=1)


def test_svg_and_pdf_are_drawn_from_the_same_points() -> None:
    points = [point for path in _paths(svg(COMPANY)) for point in path]

    drawn = re.findall(r"(-?\d+) (-?\d+)(?= (?:-?\d+ -?\d+ )*[mlc]\b)", drawing(COMPANY).decode())

    assert [(int(x), COMPANY.diameter - int(y)) for x, y in drawn] == points


def test_the_words_travel_as_a_title_and_are_escaped() -> None:
    root = ET.fromstring(svg(Face(ring="Harbour & <Sons>")))  # noqa: S314  our own file

    assert root.get("width") == "42mm"
    assert [element.text for element in root if element.tag.endswith("title")] == ["Harbour & <Sons>"]


def test_a_sheet_is_a_clean_pdf_of_the_seals_own_size(outside: Outside) -> None:
    page = sheet(COMPANY)

    picture = outside.picture(page, dpi=254)

    assert "No syntax or stream encoding errors found" in outside.qpdf(page)
    assert (picture.width, picture.height) == (420, 420)
    assert picture.red_box() == pytest.approx((0, 0, 1, 1), abs=0.005)


def test_a_drawing_is_small_enough_to_stand_in_every_file() -> None:
    assert len(drawing(COMPANY)) < 40_000


def _paths(picture: str) -> list[list[tuple[int, int]]]:
    """Return the points of each path, in the order drawn; the border comes first."""
    return [
        [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", data)]
        for data in re.findall(r' d="([^"]*)"', picture)
    ]
