"""Agreements of known words, and photographs of their printed pages of which it is known what was done to them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import cv2
import numpy as np

from privyseal.paper.ink import Picture
from privyseal.pdf.viewer import opened
from tests.engine.papers import A4, CATALOG, file_of, stream

PRINT_DPI: Final = 200
SHARP: Final = 2_600
"""Dots on the long side of a usual photograph here: about 7 megapixels."""

_WORDS: Final = (
    "甲方应当按照本合同约定的期限向乙方支付货款并承担相应的违约责任双方确认交付的货物符合国家标准以及行业规范的要求"
    "任何一方未经对方书面同意不得转让其在本合同项下的权利和义务因不可抗力导致合同无法履行的受影响一方应及时通知对方"
    "本合同自双方签字盖章之日起生效一式四份具有同等法律效力争议由原告所在地人民法院管辖保密期限为五年验收合格后结算"
)
_LINES: Final = 34
_ACROSS: Final = 36
_FIRST: Final = 770
_STEP: Final = 20
_SIZE: Final = 12


@dataclass(frozen=True, slots=True)
class Change:
    """Words that one line of one page bears instead of its own; lines are counted from 0 at the top."""

    page: int
    line: int
    words: str


def words_of(page: int, *, seed: int = 0) -> list[str]:
    """Return the lines of a page: clauses, amounts among them, and on the last lines a place to sign."""
    random = Random(seed * 1_000 + page)  # noqa: S311  not a secret: the same pages each time
    lines = [f"第{page}页　采购合同　编号 HT-{seed:04d}-{page:03d}"]
    while len(lines) < _LINES - 3:
        kind = random.random()
        start = random.randrange(len(_WORDS) - _ACROSS)
        shuffled = "".join(random.sample(_WORDS, _ACROSS))
        if kind < 0.15:
            lines.append(amount_line(random.randrange(10_000, 99_999_999)))
        elif kind < 0.3:
            lines.append(shuffled[: random.randrange(8, 30)])
        elif kind < 0.4:
            lines.append(f"{len(lines)}.{random.randrange(1, 9)} " + _WORDS[start : start + 24])
        else:
            lines.append(shuffled)
    return [*lines, "", "甲方（盖章）：　　　　　　　　乙方（盖章）：", "日期：　　　　　　　　　　　　日期："]


def amount_line(cents: int) -> str:
    return f"合同总金额为人民币 {cents / 100:,.2f} 元（大写以附件为准）"


def agreement(pages: int, *, seed: int = 0, changes: Sequence[Change] = ()) -> bytes:
    """Return a PDF of so many pages of Chinese print; its font is not in the file."""
    objects = {
        1: CATALOG,
        2: b"<</Type/Pages/Count %d/Kids[%b]>>" % (pages, b" ".join(b"%d 0 R" % (100 + 2 * n) for n in range(pages))),
        3: b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        4: b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        b"/Supplement 4>>/FontDescriptor 5 0 R>>",
        5: b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800"
        b"/Descent -200/CapHeight 700/StemV 80>>",
    }
    for number in range(pages):
        lines = words_of(number + 1, seed=seed)
        for change in changes:
            if change.page == number + 1:
                lines[change.line] = change.words
        shown = b"".join(_shown(row, words) for row, words in enumerate(lines))
        objects[100 + 2 * number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %g %g]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % (A4[2], A4[3], 101 + 2 * number)
        )
        objects[101 + 2 * number] = stream(b"BT /F %d Tf %b ET" % (_SIZE, shown))
    return file_of(objects)


def _shown(row: int, words: str) -> bytes:
    return b"1 0 0 1 72 %d Tm <%b> Tj " % (_FIRST - _STEP * row, words.encode("utf-16-be").hex().encode())


def printed(pdf: bytes, page: int, *, dpi: int = PRINT_DPI) -> Picture:
    """Return a page as it comes out of a printer, in colours."""
    with opened(pdf) as document:
        bitmap = document[page - 1].render(scale=dpi / 72)
        return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])


# --- what people honestly add ---


def with_seal(paper: Picture, random: Random) -> Picture:
    """Return the page with a round red seal over its print."""
    height, width = paper.shape[:2]
    radius = round(width * 0.1)
    middle = (round(width * random.uniform(0.2, 0.8)), round(height * random.uniform(0.6, 0.85)))
    ink = np.zeros((height, width), np.uint8)
    cv2.circle(ink, middle, radius, 255, round(radius * 0.07))
    angles = np.linspace(0, 4 * math.pi, 6)[:-1] - math.pi / 2
    star = [(middle[0] + radius * 0.4 * math.cos(a), middle[1] + radius * 0.4 * math.sin(a)) for a in angles]
    cv2.fillPoly(ink, [np.array(star, np.int32)], 255)
    for turn in np.linspace(0.75 * math.pi, 2.25 * math.pi, 12):
        at = (middle[0] + radius * 0.75 * math.cos(turn), middle[1] + radius * 0.75 * math.sin(turn))
        square = cv2.boxPoints((at, (radius * 0.16, radius * 0.22), math.degrees(turn) + 90))
        cv2.polylines(ink, [square.astype(np.int32)], True, 255, max(1, radius // 40))
    return _inked(paper, ink, (60, 50, 205), 0.85)


def with_signature(paper: Picture, random: Random) -> Picture:
    """Return the page with strokes of a black or blue pen where one signs."""
    height, width = paper.shape[:2]
    left = random.choice((0.3, 0.7)) * width
    return _scribbled(paper, random, (left, height * 0.863), colour=random.choice(((30, 30, 30), (150, 60, 30))))


def with_date(paper: Picture, random: Random) -> Picture:
    """Return the page with a day written by hand behind the word for it."""
    height, width = paper.shape[:2]
    ink = np.zeros((height, width), np.uint8)
    left = round(random.choice((0.19, 0.6)) * width)
    day = f"2026.{random.randrange(1, 12)}.{random.randrange(1, 28)}"
    cv2.putText(ink, day, (left, round(height * 0.87)), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, width / 1654, 255, 3)
    return _inked(paper, ink, (40, 35, 35), 0.9)


def with_holes(paper: Picture, random: Random) -> Picture:
    """Return the page with the two holes of a file near its edge, through which something dark is seen."""
    height, width = paper.shape[:2]
    bored = paper.copy()
    for part in (0.37, 0.63):
        cv2.circle(bored, (round(width * 0.055), round(height * part)), round(width * 0.014), (45, 50, 55), -1)
    return bored


def _scribbled(paper: Picture, random: Random, at: tuple[float, float], *, colour: tuple[int, int, int]) -> Picture:
    height, width = paper.shape[:2]
    points = [(at[0], at[1])]
    for _ in range(14):
        points.append(
            (points[-1][0] + random.uniform(-0.01, 0.028) * width, at[1] + random.uniform(-0.016, 0.016) * height)
        )
    ink = np.zeros((height, width), np.uint8)
    cv2.polylines(ink, [np.array(points, np.int32)], False, 255, max(2, width // 500), cv2.LINE_AA)
    return _inked(paper, ink, colour, 0.9)


def _inked(paper: Picture, ink: Picture, colour: tuple[int, int, int], strength: float) -> Picture:
    share = (cv2.GaussianBlur(ink, (0, 0), 0.8).astype(np.float32) / 255 * strength)[:, :, None]
    over = paper.astype(np.float32) * (np.array(colour, np.float32) / 255)
    return (paper * (1 - share) + over * share).astype(np.uint8)


ADDITIONS: Final[dict[str, Callable[[Picture, Random], Picture]]] = {
    "seal": with_seal,
    "signature": with_signature,
    "date": with_date,
    "holes": with_holes,
}


# --- what a camera does ---


def taken(
    paper: Picture,
    random: Random,
    *,
    turn: float = 3.0,
    slant: float = 0.03,
    long_side: int = SHARP,
    room: float = 0.06,
) -> Picture:
    """Return the page as it lies on a dark table, seen from somewhere above."""
    height, width = paper.shape[:2]
    tall = long_side
    wide = round(long_side * 0.75)
    scale = min(wide / width, tall / height) * (1 - room)
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)], np.float64) / 2
    angle = math.radians(random.uniform(-turn, turn))
    turned = corners @ np.array([(math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))]) * scale
    moved = turned + np.array((wide / 2, tall / 2)) + _noise(random, slant * min(wide, tall), (4, 2))
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, moved.astype(np.float32))
    table = np.full((tall, wide, 3), (60, 75, 90), np.uint8)
    small = scale * 0.5 / max(scale, 0.5)
    soft = cv2.GaussianBlur(paper, (0, 0), 0.35 / max(scale, small)) if scale < 1 else paper
    seen = cv2.warpPerspective(
        soft, matrix, (wide, tall), dst=table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    return _as_camera(seen, random)


def _as_camera(seen: Picture, random: Random, *, noise: float = 4, blur: float = 0.7, quality: int = 88) -> Picture:
    soft = cv2.GaussianBlur(seen, (0, 0), blur) if blur else seen
    generator = np.random.default_rng(random.randrange(2**32))
    grained = soft.astype(np.float32) * 0.9 + generator.normal(0, noise, soft.shape)
    return _compressed(np.clip(grained, 0, 255).astype(np.uint8), quality)


def _compressed(picture: Picture, quality: int) -> Picture:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if decoded is None:
        raise AssertionError("what was just encoded is decoded")
    return decoded


def _noise(random: Random, most: float, shape: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = [random.uniform(-most, most) for _ in range(shape[0] * shape[1])]
    return np.array(values).reshape(shape)


def flat(paper: Picture, random: Random) -> Picture:
    return taken(paper, random, turn=1, slant=0.005)


def askew(paper: Picture, random: Random) -> Picture:
    return taken(paper, random, turn=14, room=0.25)


def turned(paper: Picture, random: Random) -> Picture:
    """The telephone was held across, or upside down."""
    return np.ascontiguousarray(np.rot90(taken(paper, random), random.randrange(1, 4)))


def slanted(paper: Picture, random: Random) -> Picture:
    return taken(paper, random, slant=0.1, room=0.22)


def unevenly_lit(paper: Picture, random: Random) -> Picture:
    seen = taken(paper, random).astype(np.float32)
    rows, columns = np.mgrid[0 : seen.shape[0], 0 : seen.shape[1]]
    angle = random.uniform(0, 2 * math.pi)
    way = columns / seen.shape[1] * math.cos(angle) + rows / seen.shape[0] * math.sin(angle)
    light = 0.4 + 0.6 * (way - way.min()) / np.ptp(way)
    dimmed: Picture = np.clip(seen * light[:, :, None], 0, 255).astype(np.uint8)
    return dimmed


def shadowed(paper: Picture, random: Random) -> Picture:
    """The hand that holds the telephone throws a shadow with a rather sharp edge."""
    seen = taken(paper, random)
    height, width = seen.shape[:2]
    shade = np.ones((height, width), np.float32)
    edge = random.uniform(0.2, 0.8) * width
    hand = np.array(
        [(edge, 0), (width, 0), (width, height), (edge + random.uniform(-0.3, 0.3) * width, height)], np.int32
    )
    cv2.fillPoly(shade, [hand], 0.5)
    return (seen * cv2.GaussianBlur(shade, (0, 0), width / 150)[:, :, None]).astype(np.uint8)


def blurred(paper: Picture, random: Random) -> Picture:
    return _as_camera(taken(paper, random), random, blur=1.8)


def grainy(paper: Picture, random: Random) -> Picture:
    """It was dark, and the photograph was sent on in a messenger."""
    return _as_camera(taken(paper, random), random, noise=16, blur=0.6, quality=45)


def in_part(paper: Picture, random: Random) -> Picture:
    """About two thirds of the page are on the photograph."""
    seen = taken(paper, random, room=0.0, long_side=round(SHARP * 1.25))
    height, width = seen.shape[:2]
    top, left = random.choice((0.0, 0.28)), random.choice((0.0, 0.12))
    return np.ascontiguousarray(
        seen[int(top * height) : int((top + 0.72) * height), int(left * width) : int((left + 0.88) * width)]
    )


def bent(paper: Picture, random: Random) -> Picture:
    """The paper was folded twice and does not lie flat."""
    height, width = paper.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    most = random.uniform(0.006, 0.014) * width
    lift: Picture = most * np.sin(rows / height * 2 * math.pi + random.uniform(0, 6)) + most * 0.6 * np.sin(
        columns / width * 3
    )
    return taken(
        cv2.remap(paper, columns + lift * 0.5, rows + lift, cv2.INTER_LINEAR, borderValue=(90, 90, 90)), random
    )


DISTORTIONS: Final[dict[str, Callable[[Picture, Random], Picture]]] = {
    "flat": flat,
    "askew": askew,
    "turned": turned,
    "slanted": slanted,
    "unevenly lit": unevenly_lit,
    "shadowed": shadowed,
    "blurred": blurred,
    "grainy": grainy,
    "in part": in_part,
    "bent": bent,
}


def jpeg(picture: Picture, *, quality: int = 92) -> bytes:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data)


def blank() -> Picture:
    """Return a photograph of empty paper."""
    return np.full((1_600, 1_200, 3), 235, np.uint8)
