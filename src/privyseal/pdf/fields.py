"""Form values that a file leaves to its viewers to draw: drawn here, once, from glyph outlines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from privyseal.pdf import glyphs, measured
from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.glyphs import MissingGlyph

_SIZE: Final = re.compile(r"([0-9.]+)\s+Tf\b")
_COLOUR: Final = re.compile(r"((?:[0-9.]+\s+)+(?:g|rg|k))(?=\s|$)")
_SHOWS: Final = re.compile(rb"\b(?:Tj|TJ|Do)\b|['\"]")
_MULTILINE: Final = 1 << 12
_PASSWORD: Final = 1 << 13
_COMB: Final = 1 << 24
_USUAL_SIZE: Final = 12.0
_SMALLEST_SIZE: Final = 3.0
_LINE: Final = 1.2
_MARGIN: Final = 2.0
_DEEPEST: Final = 32


@dataclass(frozen=True, slots=True)
class _Text:
    """What is to be drawn in a box of this width and height, in points."""

    words: str
    width: float
    height: float
    size: float
    colour: str
    alignment: int
    is_multiline: bool
    cells: int


def draw_values(pdf: Pdf, widgets: Iterator[Dictionary], *, leaves_to_viewers: bool) -> None:
    """Give an appearance to each text and choice that has a value and shows none, or refuse what cannot be drawn."""
    for widget in widgets:
        if _inherited(widget, Name.FT) not in (Name.Tx, Name.Ch) or not _is_undrawn(widget, leaves_to_viewers):
            continue
        text = _text_of(widget)
        if text and text.words:
            widget[Name.AP] = Dictionary(N=_appearance(pdf, widget, text))


def _is_undrawn(widget: Dictionary, leaves_to_viewers: bool) -> bool:  # noqa: FBT001  the file's own NeedAppearances
    shown = _normal_appearance(widget)
    return shown is None or (leaves_to_viewers and not _SHOWS.search(shown.read_bytes()))


def _normal_appearance(widget: Dictionary) -> Stream | None:
    appearances = widget.get(Name.AP)
    normal = appearances.get(Name.N) if isinstance(appearances, Dictionary) else None
    return normal if isinstance(normal, Stream) else None


def _text_of(widget: Dictionary) -> _Text | None:
    """Return what a field says, and how; None where it has no place on its page."""
    box = measured.box(widget.get(Name.Rect))
    if box is None:
        return None
    left, bottom, right, top = box
    flags, style = _inherited(widget, Name.Ff), _said(_inherited(widget, Name.DA) or "")
    flags = flags if isinstance(flags, int) else 0
    width, height = abs(right - left), abs(top - bottom)
    words, size, colour = _value(widget), _SIZE.search(style), _COLOUR.search(style)
    longest, alignment = _inherited(widget, Name.MaxLen), _inherited(widget, Name.Q)
    return _Text(
        words="*" * len(words) if flags & _PASSWORD else words,
        width=width,
        height=height,
        size=float(size[1]) if size and float(size[1]) > 0 else min(_USUAL_SIZE, 0.7 * height),
        colour=colour[1] if colour else "0 g",
        alignment=alignment if isinstance(alignment, int) else 0,
        is_multiline=bool(flags & _MULTILINE),
        cells=longest if flags & _COMB and isinstance(longest, int) else 0,
    )


def _value(widget: Dictionary) -> str:
    value = _inherited(widget, Name.V)
    if isinstance(value, Stream):
        return _said(String(value.read_bytes()))
    chosen = [_said(one) for one in value] if isinstance(value, Array) else [_said(value)] if value is not None else []
    options = _inherited(widget, Name.Opt)
    pairs = [list(option) for option in options if isinstance(option, Array)] if isinstance(options, Array) else []
    shown = {_said(pair[0]): _said(pair[1]) for pair in pairs if len(pair) == 2}  # noqa: PLR2004  value, words
    return "\n".join(shown.get(one, one) for one in chosen)


def _said(value: Any) -> str:  # noqa: ANN401  a PDF value of any type
    try:
        return str(value)
    except UnicodeDecodeError as error:
        raise NotSealable(reason="form-value") from error


def _inherited(widget: Dictionary, name: Name) -> Any:  # noqa: ANN401  a PDF value of any type
    node: Any = widget
    for _ in range(_DEEPEST):
        if not isinstance(node, Dictionary):
            return None
        if name in node:
            return node[name]
        node = node.get(Name.Parent)
    return None


def _appearance(pdf: Pdf, widget: Dictionary, text: _Text) -> Stream:
    try:
        drawn = "\n".join(("q", text.colour, *_drawn(text), "Q")).encode("ascii")
    except MissingGlyph as missing:
        raise NotSealable(reason="form-value", **missing.facts) from missing
    before = _normal_appearance(widget)
    form = Stream(pdf, (before.read_bytes() + b"\n" if before else b"") + drawn)
    resources = before.get(Name.Resources) if before else None
    form.update(
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Form,
            "/BBox": Array([0, 0, text.width, text.height]),
            "/Resources": resources if resources is not None else Dictionary(),
        }
    )
    return form


def _drawn(text: _Text) -> Iterator[str]:
    size = text.size
    while (lines := _lines(text, size)) and size > _SMALLEST_SIZE and not _fits(text, lines, size):
        size *= 0.9
    base = text.height - _MARGIN - size if text.is_multiline else (text.height - 0.7 * size) / 2
    for number, line in enumerate(lines):
        yield from _line(text, line, size, base - number * _LINE * size)


def _fits(text: _Text, lines: list[str], size: float) -> bool:
    widest = max(_width(line, size) for line in lines)
    return widest <= text.width - 2 * _MARGIN and len(lines) * _LINE * size <= max(text.height, _LINE * size)


def _lines(text: _Text, size: float) -> list[str]:
    if not text.is_multiline:
        return [" ".join(text.words.split("\n"))]
    return [line for part in re.split(r"\r\n|\r|\n", text.words) for line in _wrapped(part, text.width, size)]


def _wrapped(words: str, width: float, size: float) -> Iterator[str]:
    line = ""
    for character in words:
        if line and _width(line + character, size) > width - 2 * _MARGIN:
            kept, space, rest = line.rpartition(" ")
            yield kept if space and character != " " else line
            line = rest if space and character != " " else ""
        line += character
    yield line


def _width(line: str, size: float) -> float:
    return sum(glyphs.outline(character).advance for character in line) * size / glyphs.EM


def _line(text: _Text, line: str, size: float, base: float) -> Iterator[str]:
    room = text.width - 2 * _MARGIN - _width(line, size)
    x = _MARGIN + (0, room / 2, room)[text.alignment if text.alignment in (1, 2) else 0]
    cell = text.width / text.cells if text.cells else 0.0
    for number, character in enumerate(line):
        outline = glyphs.outline(character)
        advance = outline.advance * size / glyphs.EM
        at = cell * number + (cell - advance) / 2 if cell else x
        scale, middle = size / glyphs.EM, base + glyphs.MIDDLE * size / glyphs.EM
        yield f"q {scale:.6f} 0 0 {scale:.6f} {at + advance / 2:.3f} {middle:.3f} cm"
        yield outline.pdf()
        yield "f Q"
        x += advance
