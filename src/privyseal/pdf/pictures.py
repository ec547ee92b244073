"""A photo or scan as a PDF of its pages, or small. Runs only in the confined process, as ``render`` does."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from privyseal.pdf.accepted import MAX_PAGES, TooManyPages
from privyseal.pdf.foreign import PictureUnreadable

_MOST_DOTS: Final = 80_000_000
_A4_INCHES: Final = (210 / 25.4, 297 / 25.4)
_QUALITY: Final = 92
_QUALITY_WHEN_SMALL: Final = 70
_AS_THEY_ARE: Final = ("1", "L", "RGB")


def pdf_of(*pictures: bytes) -> bytes:
    """Return a PDF with each picture on an A4 page's width or height, upright, or refuse."""
    pages = [page for data in pictures for page in _pages(data)]
    if len(pages) > MAX_PAGES:
        raise TooManyPages(pages=len(pages), most=MAX_PAGES)
    written = BytesIO()
    first, *others = pages
    # No dates: the same picture gives the same bytes.
    undated = {"creationDate": None, "modDate": None}
    first.save(written, "PDF", save_all=True, append_images=others, resolution=_dpi(first), quality=_QUALITY, **undated)
    return written.getvalue()


def small(data: bytes, *, dots: int) -> bytes:
    """Return a photograph as a JPEG no longer and no wider than this, upright, without camera notes, or refuse."""
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > _MOST_DOTS:
                raise PictureUnreadable(dots=picture.width * picture.height, most=_MOST_DOTS)
            picture.draft("RGB", (dots, dots))
            shown = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureUnreadable from error
    shown.thumbnail((dots, dots))
    written = BytesIO()
    shown.save(written, "JPEG", quality=_QUALITY_WHEN_SMALL, optimize=True)
    return written.getvalue()


def _pages(data: bytes) -> list[Image.Image]:
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as picture:
            return [_page(frame) for frame in ImageSequence.Iterator(picture)]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureUnreadable from error


def _page(frame: Image.Image) -> Image.Image:
    if frame.width * frame.height > _MOST_DOTS:
        raise PictureUnreadable(dots=frame.width * frame.height, most=_MOST_DOTS)
    upright = ImageOps.exif_transpose(frame)
    if upright.mode in _AS_THEY_ARE:
        return upright.copy()
    full = upright.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", full.size, "white"), full).convert("RGB")


def _dpi(page: Image.Image) -> float:
    """Return how finely the first page must be printed to fill an A4 page, upright or across."""
    short, long = sorted(page.size)
    return max(short / _A4_INCHES[0], long / _A4_INCHES[1])
