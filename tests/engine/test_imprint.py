"""A photo of an imprint becomes a face, or is refused with what is wrong."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageOps

from privyseal.kernel.errors import Refused
from privyseal.pdf import confined, imprints
from privyseal.pdf.confined import Task
from privyseal.pdf.face import Face
from privyseal.pdf.imprint import face_of
from privyseal.pdf.placement import Size
from privyseal.pdf.raster import png
from privyseal.pdf.template import LONGEST_OUTLINE, ShapeOfFace
from privyseal.pdf.usual import COLOURS, RED
from tests.engine.faces import NAME, OVALS, RECTANGLES
from tests.engine.photos import PAPER, jpeg, photo

ROUND = Face(ring=NAME, bottom="合同专用章")


def traced(picture: Image.Image, face: Face = ROUND, colour: str = RED) -> Face:
    return face_of(jpeg(picture), shape=ShapeOfFace(face.shape), size=face.size, colour=colour)


def unlike(one: Face, other: Face) -> float:
    """Return the share of dots of a picture of 100 dpi that are ink in one face alone."""
    dots = [Image.open(io.BytesIO(png(each, dpi=100))).convert("RGBA").getchannel("A") for each in (one, other)]
    apart = ImageChops.difference(*dots).point(lambda dot: 255 * (dot > 160))
    return apart.histogram()[255] / (apart.width * apart.height)


@pytest.mark.parametrize("turned", [0, 7, -13])
def test_an_imprint_comes_back_as_it_was_made_upright_and_to_scale(turned: float) -> None:
    made = traced(photo(ROUND, turned=turned))

    assert (made.shape, made.size, made.colour) == ("imprint", ROUND.size, RED)
    assert len(made.outline) <= LONGEST_OUTLINE
    assert unlike(made, ROUND) < 0.02


@pytest.mark.parametrize("face", [OVALS[1], RECTANGLES[0]])
def test_ovals_and_rectangles_come_back_too(face: Face) -> None:
    assert unlike(traced(photo(face, turned=4, dpi=300), face), face) < 0.08


def test_black_print_under_a_red_imprint_stays_behind() -> None:
    assert unlike(traced(photo(ROUND, printed="the party of the first part " * 20)), ROUND) < 0.02


def test_a_black_imprint_is_told_from_its_paper() -> None:
    black = Face(ring=NAME, colour=COLOURS["black"])

    assert unlike(traced(photo(black), black, COLOURS["black"]), black) < 0.02


def beside_each_other() -> Image.Image:
    one = photo(ROUND)
    both = Image.new("RGB", (2 * one.width, one.height), PAPER)
    both.paste(one, (0, 0))
    both.paste(one, (one.width, 0))
    return both


@pytest.mark.parametrize(
    ("picture", "refusal"),
    [
        (lambda: photo(ROUND, dpi=110), imprints.ImprintTooSmall),
        (lambda: photo(ROUND, blur=6), imprints.ImprintBlurred),
        (lambda: photo(ROUND, room=0.97), imprints.ImprintCutOff),
        (lambda: photo(ROUND).crop((0, 0, 420, 620)), imprints.ImprintCutOff),
        (beside_each_other, imprints.SeveralImprints),
        (lambda: Image.new("RGB", (600, 600), PAPER), imprints.ImprintWithoutInk),
        (lambda: ImageOps.grayscale(photo(ROUND)).convert("RGB"), imprints.ImprintWithoutInk),
        (lambda: Image.new("RGB", (600, 600), (200, 16, 46)), imprints.ImprintWithoutInk),
        (lambda: photo(ROUND).resize((620, 480)), imprints.ImprintSlanted),
        (lambda: Image.new("RGB", (2_001, 2_000), PAPER), imprints.ImprintTooLarge),
    ],
)
def test_a_picture_that_is_not_fit_is_refused_with_what_is_wrong(
    picture: Callable[[], Image.Image], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        traced(picture())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n\x1a\n",
        jpeg(Image.new("RGB", (99, 99)))[:200],
        b"GIF89a" + bytes(50),
        b"%!PS\n",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(imprints.ImprintUnreadable):
        face_of(data, shape=ShapeOfFace.ROUND, size=Size(42_000, 42_000), colour=RED)


def test_the_confined_process_answers_the_same() -> None:
    data = jpeg(photo(ROUND))

    made = confined.run(Task.IMPRINT, data, shape=ShapeOfFace.ROUND, size=ROUND.size, colour=RED)

    assert made == face_of(data, shape=ShapeOfFace.ROUND, size=ROUND.size, colour=RED)


def test_a_large_picture_takes_no_longer_than_the_confined_process_has() -> None:
    data = jpeg(photo(ROUND, dpi=800))

    assert confined.run(Task.IMPRINT, data, shape=ShapeOfFace.ROUND, size=ROUND.size, colour=RED).outline


def test_a_file_too_large_to_be_a_picture_is_not_even_read() -> None:
    data = bytes(imprints.MAX_IMPRINT_BYTES + 1)

    with pytest.raises(imprints.ImprintTooLarge):
        confined.run(Task.IMPRINT, data, shape=ShapeOfFace.ROUND, size=ROUND.size, colour=RED)
