import io
import json
import math
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageChops

from privyseal.kernel.canonical import canonical, sha256
from privyseal.pdf.face import Face, FaceTextTooLong, FaceUnreadable, digest, drawing, sheet, svg
from privyseal.pdf.glyphs import MissingGlyph, outline
from privyseal.pdf.raster import TooManyPixels, png
from privyseal.pdf.template import WRITTEN, ShapeOfFace
from tests.engine.faces import COIN, IMPRINT, NAME, OF_EVERY_SHAPE, OVALS, RECTANGLES, ROUNDS
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
        {"width": 42_000},
        {"inner_border": 1_001},
        {"number": "(123456)9"},
        {"lines": ["账号"]},
        {"lines": ["  "], "centre": "none"},
        {"lines": "账号", "centre": "none"},
        {"lines": ["行"] * 7, "centre": "none"},
        {"centre": "emblem"},
        {"centre": "emblem", "emblem": "M0 0L1001 0Z"},
        {"centre": "emblem", "emblem": "M0 0l10 0Z"},
        {"centre": "emblem", "emblem": "M0 0L10Z"},
        {"centre": "emblem", "emblem": "L0 0Z"},
        {"emblem": COIN},
        {"outline": "M0 0L1 1Z"},
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


def test_threads_that_draw_at_once_draw_what_one_draws_alone() -> None:
    said = "合同专用章财务发票人事法定代表部门项目图纸报关党组织工会个人名印"
    found, interval = find_spec("privyseal.pdf.glyphs"), sys.getswitchinterval()
    assert found is not None
    assert found.loader is not None
    fresh = module_from_spec(found)  # which has read nothing of the font yet
    found.loader.exec_module(fresh)

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            drawn = list(pool.map(lambda _: [fresh.outline(character).points for character in said], range(4)))
    finally:
        sys.setswitchinterval(interval)

    assert drawn == [[outline(character).points for character in said]] * 4


@pytest.mark.parametrize("face", [Face(ring="字" * 41), Face(ring="公司", bottom="字" * 13)])
def test_words_that_cannot_be_read_at_this_size_are_refused(face: Face) -> None:
    with pytest.raises(FaceTextTooLong):
        svg(face)


# What a signer pinned before there were other shapes must stay what it was, byte for byte.
FIRST_FACES = (
    (
        COMPANY,
        "db427daf5773d1c85f43f4de95874490a0644037ff80f1fc95879e33989492e8",
        "b404ca572504bf3ff9019f0d88d15b1b967eeefe7ef63f925053506e869235d5",
    ),
    (
        Face(ring="Harbour & Sons <Trading> Limited", bottom="(1)", centre="none", diameter=20_000, border=300),
        "b8047d6cbfb5cd9a855380acd8b24341e384de65b97e6f2b2281894b909a0fda",
        "f7ec6809179979f43213e3fa147b7a44285d63b60c95f0eb102275f2b97f8c3f",
    ),
    (
        Face(ring="甲乙丙丁", bottom="字" * 12, code="4403000012345", diameter=60_000, border=3_000),
        "62c0287ba29b98630859f5c346a7d50e2fbac73f9266530651616e90e9e3dcce",
        "775d2d879ec0300b853c97ffe85540c9b040635a833d62801c5767ffb860c2c0",
    ),
)


@pytest.mark.parametrize(("face", "template", "drawn"), FIRST_FACES)
def test_the_first_faces_keep_their_digests_and_their_drawing(face: Face, template: str, drawn: str) -> None:
    assert (digest(face), sha256(drawing(face))) == (template, drawn)


@pytest.mark.parametrize("face", OF_EVERY_SHAPE)
def test_a_face_of_any_shape_comes_back_from_json_with_the_fields_that_count(face: Face) -> None:
    written = json.loads(json.dumps(face.to_json()))

    assert Face.from_json(written) == face
    assert set(written) <= set(WRITTEN[ShapeOfFace(face.shape)])


@pytest.mark.parametrize(
    ("face", "changed"),
    [
        (OVALS[0], {"width": 41_000}),
        (OVALS[0], {"diameter": 40_000}),
        (OVALS[0], {"code": "3101150012345"}),
        (RECTANGLES[0], {"width": 17_999}),
        (RECTANGLES[0], {"height": 50_001}),
        (RECTANGLES[0], {"lines": []}),
        (RECTANGLES[0], {"writing": "circles"}),
        (RECTANGLES[0], {"ring": NAME}),
        (IMPRINT, {"outline": ""}),
        (IMPRINT, {"outline": "M0 0L20001 0Z"}),
        (IMPRINT, {"outline": "M0 0L0 10001Z"}),
        (IMPRINT, {"outline": "M0 0L0 00000001Z"}),
        (IMPRINT, {"width": 7_999}),
    ],
)
def test_a_template_that_its_shape_does_not_allow_is_refused(face: Face, changed: dict[str, Any]) -> None:
    with pytest.raises(FaceUnreadable):
        Face.from_json({**face.to_json(), **changed})


def test_every_character_of_gb2312_and_rare_characters_of_names_can_be_engraved() -> None:
    pairs = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    hanzi = "".join(pair.decode("gb2312", "ignore") for pair in pairs)

    assert len(hanzi) == 6_763
    for character in f"{hanzi}骉龑喆堃玥赟燚犇垚翀頔瑨昇镕祎芃翯曌奭䶮㛃㙓㐱𬭎𬱖𬀩𫖯𫍽𪨰𠅤〇·（）":
        assert outline(character).points, character


@pytest.mark.parametrize(
    "face",
    [
        COMPANY,
        Face(ring="公司"),
        Face(ring="字" * 40, code="44030000123456"),
        Face(ring="Harbour & Sons <Trading> Limited", bottom="(1)", centre="none", diameter=20_000, border=300),
        Face(ring="甲乙丙丁", bottom="字" * 12, code="4403000012345", diameter=60_000, border=3_000),
        *ROUNDS[:2],
    ],
)
def test_nothing_is_drawn_outside_the_round_and_no_letter_touches_the_border(face: Face) -> None:
    _, *within = _paths(svg(face))
    middle = face.diameter / 2

    furthest = max(math.hypot(x - middle, y - middle) for path in within for x, y in path)

    assert furthest < middle - face.border


@pytest.mark.parametrize("face", OVALS)
def test_nothing_is_drawn_outside_the_oval_and_no_letter_touches_the_border(face: Face) -> None:
    _, *within = _paths(svg(face))
    across, up = face.width / 2 - face.border, face.height / 2 - face.border

    furthest = max(
        math.hypot((x - face.width / 2) / across, (y - face.height / 2) / up) for path in within for x, y in path
    )

    assert furthest < 1


@pytest.mark.parametrize("face", RECTANGLES)
def test_nothing_touches_the_border_of_a_rectangle(face: Face) -> None:
    letters = _paths(svg(face))[2 if face.inner_border else 1 :]

    for x, y in (point for path in letters for point in path):
        assert face.border < x < face.width - face.border
        assert face.border < y < face.height - face.border


def test_a_name_is_carved_in_columns_from_the_right() -> None:
    _, zhang, san, feng, yin = (_middle(path) for path in _paths(svg(RECTANGLES[0])))

    assert zhang[0] > feng[0]
    assert san[0] > yin[0]
    assert zhang[1] < san[1]
    assert feng[1] < yin[1]


def test_the_digits_of_an_invoice_seal_are_as_the_tax_notice_says() -> None:
    _, *letters = _paths(svg(OVALS[0]))
    digits = letters[len(NAME) : len(NAME) + 18]

    heights = [max(y for _, y in path) - min(y for _, y in path) for path in digits]
    width = max(x for path in digits for x, _ in path) - min(x for path in digits for x, _ in path)

    assert max(heights) == pytest.approx(3_700, abs=150)
    assert 23_000 < width < 28_000


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


@pytest.mark.parametrize("face", OF_EVERY_SHAPE)
def test_svg_pdf_and_png_show_the_same(face: Face, outside: Outside) -> None:
    poppler = outside.picture(sheet(face), dpi=254)
    drawn = Image.open(io.BytesIO(png(face, dpi=254)))

    assert drawn.size == (face.size.width // 100, face.size.height // 100)
    page = Image.frombytes("RGB", (poppler.width, poppler.height), poppler.pixels).crop((0, 0, *drawn.size))
    flat = Image.new("RGB", drawn.size, "white")
    flat.paste(drawn.convert("RGBA"), mask=drawn.convert("RGBA"))
    # Two renderers smooth edges differently; what is ink here and paper there would be a difference of 255.
    far = ImageChops.difference(flat, page).convert("L").point(lambda dot: 255 if dot > 128 else 0)
    assert far.histogram()[255] < drawn.width * drawn.height / 1000


def test_a_png_is_clear_where_there_is_no_ink_and_says_its_scale() -> None:
    drawn = Image.open(io.BytesIO(png(COMPANY, dpi=300)))

    assert drawn.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert drawn.convert("RGBA").getpixel((0, 0)) == (200, 16, 46, 0)
    assert drawn.convert("RGBA").getpixel((drawn.width // 2, drawn.height // 2)) == (200, 16, 46, 255)


@pytest.mark.parametrize("dpi", [0, 4_000])
def test_more_dots_than_anybody_needs_are_refused(dpi: int) -> None:
    with pytest.raises(TooManyPixels):
        png(COMPANY, dpi=dpi)


def test_a_drawing_is_small_enough_to_stand_in_every_file() -> None:
    assert len(drawing(COMPANY)) < 40_000


def _paths(picture: str) -> list[list[tuple[int, int]]]:
    """Return the points of each path, in the order drawn; the border comes first."""
    return [
        [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", data)]
        for data in re.findall(r' d="([^"]*)"', picture)
    ]


def _middle(path: list[tuple[int, int]]) -> tuple[float, float]:
    xs, ys = [x for x, _ in path], [y for _, y in path]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
