"""A photo or scan of an imprint, made a face: freed from its paper, straightened, to scale, in outlines.

Runs only in the confined process, as ``render`` does. Without numpy: Pillow does what is done to every dot.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

from privyseal.pdf import tracing
from privyseal.pdf.imprints import (
    MAX_PIXELS,
    ImprintBlurred,
    ImprintCutOff,
    ImprintSlanted,
    ImprintTooLarge,
    ImprintTooSmall,
    ImprintUnreadable,
    ImprintWithoutInk,
    SeveralImprints,
)
from privyseal.pdf.placement import Size
from privyseal.pdf.template import LONGEST_OUTLINE, Face, ShapeOfFace

_LEAST_DPI: Final = 150
_TRACED_DPI: Final = 300
_MICROMETRES_PER_INCH: Final = 25_400
_SMALL: Final = 160
_LEAST_CONTRAST: Final = 45
_LEAST_INK, _MOST_INK = 0.01, 0.7
_WIDEST_EDGE: Final = 330
"""How many micrometres ink may take from full to nothing; the strokes of a seal are twice as wide."""
_MOST_SLANTED: Final = 0.09
_MOST_TURNED: Final = 20
_TOLERANCES: Final = (30, 45, 70, 110)


def face_of(data: bytes, *, shape: ShapeOfFace, size: Size, colour: str) -> Face:
    """Return the face whose outlines the imprint has, or refuse with what is wrong with the picture.

    (1) a picture of a size we read; (2) ink apart from paper; (3) one imprint, whole; (4) upright;
    (5) large, sharp and square enough; (6) outlines to scale.
    """
    # (1) a picture of a size we read
    picture = _opened(data)
    # (2) ink apart from paper
    ink = _ink(picture, colour)
    level = _level(ink)
    # (3) one imprint, whole
    ink = _alone(ink, level)
    # (4) upright
    ink = _upright(ink, level, shape)
    box = _box(ink, level)
    # (5) large, sharp and square enough
    _check_quality(ink.crop(box), level, size)
    # (6) outlines to scale
    return _traced(ink.crop(box), level, size, colour)


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ImprintTooLarge(pixels=picture.width * picture.height, most=MAX_PIXELS)
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ImprintUnreadable from error
    paper = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(paper, upright).convert("RGB")


def _ink(picture: Image.Image, colour: str) -> Image.Image:
    """Return how much ink of this colour each dot has. Print in black under a red seal is not ink."""
    red, green, blue = picture.filter(ImageFilter.GaussianBlur(0.6)).split()
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    if max(parts) - min(parts) < _LEAST_CONTRAST:
        grey = picture.convert("L")
        paper = grey.resize((32, 32)).filter(ImageFilter.MaxFilter(5)).resize(grey.size)
        return ImageChops.subtract(paper, grey)
    strong = [band for band, part in zip((red, green, blue), parts, strict=True) if part > sum(parts) / 3]
    weak = [band for band, part in zip((red, green, blue), parts, strict=True) if part <= sum(parts) / 3]
    least_strong = ImageChops.darker(strong[0], strong[-1])
    most_weak = ImageChops.lighter(weak[0], weak[-1])
    return ImageChops.subtract(least_strong, most_weak)


def _level(ink: Image.Image) -> int:
    """Return the level that parts ink from paper best (Otsu), or refuse a picture that has no two sides."""
    counts = ink.histogram()
    total, mean_of_all = sum(counts), sum(value * count for value, count in enumerate(counts))
    below = mean_below = best = 0.0
    level = contrast = 0
    for value, count in enumerate(counts[:-1]):
        below += count
        mean_below += value * count
        if not 0 < below < total:
            continue
        gap = (mean_of_all - mean_below) / (total - below) - mean_below / below
        if below * (total - below) * gap * gap > best:
            best, level, contrast = below * (total - below) * gap * gap, value + 1, round(gap)
    share = sum(counts[level:]) / total
    if contrast < _LEAST_CONTRAST or not _LEAST_INK < share < _MOST_INK:
        raise ImprintWithoutInk(contrast=contrast)
    return level


def _alone(ink: Image.Image, level: int) -> Image.Image:
    """Return the one imprint with the rest wiped off, or refuse two, none, and one that runs out of the picture."""
    small = _marks(ink, level).reduce(max(1, max(ink.size) // _SMALL))
    joined = small.point(lambda dot: 255 * (dot > 50)).filter(ImageFilter.MaxFilter(7))  # noqa: PLR2004  a fifth of ink
    boxes = sorted(_blobs(joined), key=_extent, reverse=True)
    if not boxes:
        raise ImprintWithoutInk
    scale_x, scale_y = ink.width / small.width, ink.height / small.height
    left, top, right, bottom = boxes[0]
    kept = (int(left * scale_x), int(top * scale_y), int(right * scale_x) + 1, int(bottom * scale_y) + 1)
    cleared = Image.new("L", ink.size)
    cleared.paste(ink.crop(kept), kept[:2])
    inner = _box(cleared, level)
    if inner[0] <= 1 or inner[1] <= 1 or inner[2] >= ink.width - 1 or inner[3] >= ink.height - 1:
        raise ImprintCutOff
    beside = [
        box for box in boxes[1:] if not (left <= box[0] and top <= box[1] and box[2] <= right and box[3] <= bottom)
    ]
    if beside and _extent(beside[0]) > _extent(boxes[0]) / 8:
        raise SeveralImprints
    return cleared


def _upright(ink: Image.Image, level: int, shape: ShapeOfFace) -> Image.Image:
    """Return the imprint turned to where it is most like its own mirror image, or takes the least room."""
    box = _box(ink, level)
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    reach = max(box[2] - box[0], box[3] - box[1]) * 0.75
    around = tuple(
        round(value) for value in (middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach)
    )
    square = ink.crop((around[0], around[1], around[2], around[3]))
    small = square.resize((_SMALL, _SMALL), Image.Resampling.BOX)

    def wrong(angle: float) -> float:
        turned = small.rotate(angle, Image.Resampling.BILINEAR)
        if shape is ShapeOfFace.RECTANGLE:
            return _extent(_box(turned, level // 2))
        return ImageStat.Stat(ImageChops.difference(turned, ImageOps.mirror(turned))).sum[0]

    coarse = min((float(angle) for angle in range(-_MOST_TURNED, _MOST_TURNED + 1)), key=wrong)
    fine = min((coarse + step / 4 for step in range(-4, 5)), key=wrong)
    return square.rotate(fine, Image.Resampling.BICUBIC) if abs(fine) > 0.25 else square  # noqa: PLR2004  as it is


def _check_quality(imprint: Image.Image, level: int, size: Size) -> None:
    dots = min(imprint.width / size.width, imprint.height / size.height) * _MICROMETRES_PER_INCH
    if dots < _LEAST_DPI:
        raise ImprintTooSmall(dpi=round(dots), least=_LEAST_DPI)
    slant = imprint.width / imprint.height / (size.width / size.height)
    if not 1 - _MOST_SLANTED < slant < 1 + _MOST_SLANTED:
        raise ImprintSlanted(across=imprint.width, up=imprint.height)
    marks = _marks(imprint, level)
    rim = ImageStat.Stat(ImageChops.subtract(marks, marks.filter(ImageFilter.MinFilter(3)))).sum[0] / 255
    counts = imprint.histogram()
    full = max((value for value in range(level, 256) if sum(counts[value:]) > sum(counts[level:]) / 2), default=255)
    between = sum(counts[full // 5 : full * 4 // 5])
    edge = between / max(rim, 1) * size.width / imprint.width
    if edge > _WIDEST_EDGE:
        raise ImprintBlurred(micrometres=round(edge))


def _traced(imprint: Image.Image, level: int, size: Size, colour: str) -> Face:
    """Return outlines as exact as fit into a template."""
    width, height = (
        min(extent, round(side * _TRACED_DPI / _MICROMETRES_PER_INCH))
        for extent, side in ((imprint.width, size.width), (imprint.height, size.height))
    )
    dots = ImageOps.expand(imprint.resize((width, height), Image.Resampling.LANCZOS), 1, 0)
    lines = [
        [_scaled(point, width, height, size) for point in line]
        for line in tracing.outlines(dots.tobytes(), dots.width, level)
    ]
    for tolerance in _TOLERANCES:
        data = "".join(_path(tracing.simplified(line, tolerance)) for line in lines)
        if 0 < len(data) <= LONGEST_OUTLINE:
            return Face(shape="imprint", width=size.width, height=size.height, colour=colour, outline=data)
    raise ImprintBlurred


def _scaled(point: tracing.Point, width: int, height: int, size: Size) -> tracing.Point:
    return (
        min(max((point[0] - 1) * size.width / width, 0), size.width),
        min(max((point[1] - 1) * size.height / height, 0), size.height),
    )


def _path(line: Sequence[tracing.Point]) -> str:
    return "M" + "L".join(f"{round(x)} {round(y)}" for x, y in line) + "Z" if line else ""


def _marks(ink: Image.Image, level: int) -> Image.Image:
    return ink.point([255 * (value >= level) for value in range(256)])


def _box(ink: Image.Image, level: int) -> tuple[int, int, int, int]:
    box = _marks(ink, level).getbbox()
    if box is None:
        raise ImprintWithoutInk
    return box


def _extent(box: tuple[int, int, int, int]) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _blobs(joined: Image.Image) -> list[tuple[int, int, int, int]]:
    """Return the boxes of what hangs together."""
    width, height = joined.size
    left = {index for index, dot in enumerate(joined.tobytes()) if dot}
    boxes = []
    while left:
        waiting = [left.pop()]
        found = []
        while waiting:
            index = waiting.pop()
            found.append(index)
            for near in _near(index, width):
                if near in left:
                    left.remove(near)
                    waiting.append(near)
        rows, columns = [index // width for index in found], [index % width for index in found]
        boxes.append((min(columns), min(rows), min(max(columns) + 1, width), min(max(rows) + 1, height)))
    return boxes


def _near(index: int, width: int) -> tuple[int, ...]:
    beside = (index - 1,) if index % width else ()
    return (*beside, *((index + 1,) if (index + 1) % width else ()), index - width, index + width)
