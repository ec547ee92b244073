"""Photographs of paper beside the pages of a document. Runs only in the confined process, as ``render`` does."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import cv2
import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from PIL import Image, ImageOps, UnidentifiedImageError

from privyseal.paper.codes import texts_on
from privyseal.paper.differing import COMPARE_DPI
from privyseal.paper.finding import page_on
from privyseal.paper.ink import Picture
from privyseal.paper.match import match
from privyseal.paper.points import PAGE_DPI, Points, points_of_page, points_of_photo
from privyseal.paper.verdict import Print, Seen
from privyseal.paper.words import words_of_page, words_of_photo
from privyseal.pdf.accepted import PdfTooHard
from privyseal.pdf.foreign import PictureUnreadable
from privyseal.pdf.placement import NoSuchPage
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.viewer import opened

_POINTS_PER_INCH: Final = 72
_MOST_DOTS: Final = 50_000_000
_LONGEST_SIDE: Final = 3_400
_MOST_DRAWN: Final = 25_000_000

# One process, one photograph: more threads would only reserve memory.
cv2.setNumThreads(1)


def prints_of(data: Data, *, first: int, last: int) -> tuple[Print, ...]:
    """Return what is kept of these pages, counted from 1, as far as the document goes; or refuse."""
    with opened(data) as document:
        document.init_forms()
        return tuple(
            _print(_drawn(document, number, PAGE_DPI)) for number in range(first, min(last, len(document)) + 1)
        )


def print_of_photo(photo: bytes) -> Print:
    """Return by what a photograph is looked up, or refuse."""
    picture = _decoded(photo)
    return Print(points_of_photo(picture).packed(), tuple(words_of_photo(picture)))


def codes_on(photo: bytes) -> tuple[str, ...]:
    """Return what the codes on a photograph say, or refuse."""
    return texts_on(_decoded(photo))


def seen_on(photo: bytes, data: Data, points: Sequence[bytes], *, likeliest: int = 0) -> Seen:
    """Return what a photograph shows beside a document of which these points are kept, page by page, or refuse."""
    picture = _decoded(photo)
    with opened(data) as document:
        document.init_forms()
        pages = [Points.unpacked(each) for each in points]

        def drawn(number: int) -> Picture:
            return _drawn(document, number, COMPARE_DPI)

        return match(picture, pages, drawn=drawn, likeliest=likeliest)


def alike(photo: bytes, points: Sequence[bytes]) -> tuple[int, ...]:
    """Return the places in the list of those pages that the points of a photograph agree with, most first."""
    taken = Points.unpacked(photo)
    side = round(float(taken.places.max(initial=1)))
    found = ((page_on(taken, [Points.unpacked(each)], side=side), at) for at, each in enumerate(points))
    common = [(lies.common, at) for lies, at in found if lies is not None]
    return tuple(at for _, at in sorted(common, key=lambda pair: (-pair[0], pair[1])))


def _print(page: Picture) -> Print:
    return Print(points_of_page(page).packed(), tuple(words_of_page(page)))


def _drawn(document: pypdfium2.PdfDocument, number: int, dpi: int) -> Picture:
    if not 1 <= number <= len(document):
        raise NoSuchPage(page=number)
    page = document[number - 1]
    scale = dpi / _POINTS_PER_INCH
    width, height = page.get_size()
    if width * height * scale * scale > _MOST_DRAWN:
        raise PdfTooHard(reason="pixels")
    drawn: Picture = page.render(scale=scale).to_numpy()
    return np.ascontiguousarray(drawn[:, :, :3])


def _decoded(photo: bytes) -> Picture:
    """Return a photograph upright and no larger than is looked at, or refuse."""
    try:
        with Image.open(BytesIO(photo), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > _MOST_DOTS:
                raise PictureUnreadable(dots=picture.width * picture.height, most=_MOST_DOTS)
            picture.draft("RGB", (_LONGEST_SIDE // 2, _LONGEST_SIDE // 2))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            return np.array(upright)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureUnreadable from error
