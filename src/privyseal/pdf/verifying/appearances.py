"""Does a form show what it says? A value and its look are written apart, and readers take one or the other."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from privyseal.pdf.reading import syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.values import Reference, Stream, Value
from privyseal.pdf.verifying import fields
from privyseal.pdf.verifying.fields import Field

_PASSWORD: Final = 1 << 13
_MARK: Final = re.compile(rb"%[^\r\n]*+|(/[^\0\t\n\f\r ()<>\[\]{}/%]*+)\s++[-\d.]++\s++Tf|<<|\(|<")
_MAPPED: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>\s*)?<([0-9A-Fa-f]+)>")
_MOST_CODES: Final = 65_536
_MOST_IN_ALL: Final = 1_000_000
"""So many codes of all fonts of a file are looked at: a map of a few bytes says all there are, and a file has many."""
_OFF: Final = "Off"


def differing(file: PdfFile, form: Iterable[Field]) -> Iterator[str]:
    """Yield the names of fields that show something else than their value, or something nobody can compare."""
    looks = _Looks(file)
    for field in form:
        if field.kind != fields.SIGNATURE and not _is_alike(looks, field):
            yield field.name


def _is_alike(looks: "_Looks", field: Field) -> bool:
    file = looks.file
    value = _value(file, field.get(b"/V"))
    if value is None:
        return True
    match field.kind:
        case b"/Tx":
            return bool(_flags(file, field) & _PASSWORD) or _shows(looks, field, {_text(value)})
        case b"/Ch":
            options = _options(file, field)
            chosen = value if isinstance(value, list) else [value]
            return _shows(looks, field, {options.get(_text(one), _text(one)) for one in chosen})
        case b"/Btn":
            states = {_value(file, file.entries(widget).get(b"/AS")) for widget in field.widgets} - {None}
            return states <= {value, _OFF} and (value == _OFF or not states or value in states)
    return True


def _shows(looks_of: "_Looks", field: Field, wanted: set[str]) -> bool:
    """Tell whether each widget that has a look shows all of these texts, and a single one nothing else."""
    file = looks_of.file
    expected = {"".join(one.split()) for one in wanted}
    for widget in field.widgets:
        looks = _value(file, file.entries(widget).get(b"/AP"))
        normal = looks.get("N") if isinstance(looks, dict) else None
        if not isinstance(normal, Reference):
            continue
        shown = looks_of.shown(normal)
        if not shown and shown is not None and fields.form(file).get(b"/NeedAppearances") == b"true":
            continue  # an empty look that the form leaves to its viewers to draw
        if shown is None or not (all(one in shown for one in expected) if len(expected) > 1 else {shown} == expected):
            return False
    return True


class _Looks:
    """What the looks of a file show, each read once, and each map of a font: both are named as often as one likes."""

    def __init__(self, file: PdfFile) -> None:
        self.file = file
        self._shown: dict[Reference, str | None] = {}
        self._codes: dict[Reference, _Codes] = {}
        self._left = _MOST_IN_ALL

    def shown(self, look: Reference) -> str | None:
        """Return the characters a look shows, without white space; None where they cannot be told."""
        if look not in self._shown:
            self._shown[look] = self._read(look)
        return self._shown[look]

    def _read(self, look: Reference) -> str | None:
        stream = self.file.value(look)
        if not isinstance(stream, Stream):
            return None
        content = self.file.content(look)
        resources = _dictionary(self.file, stream.entries.get("Resources"))
        fonts = _dictionary(self.file, resources.get("Font")) or _default_fonts(self.file)
        known: dict[bytes, _Codes | None] = {}
        parts, codes = [], None
        at = 0
        while mark := _MARK.search(content, at):
            at = mark.end()
            if mark[1]:
                if mark[1] not in known:
                    known[mark[1]] = self._codes_of(_dictionary(self.file, fonts.get(syntax.name_of(mark[1]))))
                codes = known[mark[1]]
            elif mark[0][:1] != b"%":
                start, at = syntax.span(content, mark.start())
                string, _ = values.parsed(content, start)
                text = _decoded(string, codes) if isinstance(string, bytes) else ""
                if text is None:
                    return None
                parts.append(text)
        return "".join("".join(parts).split())

    def _codes_of(self, font: Mapping[str, Value]) -> "_Codes | None":
        """Return what each code of a font means, None where its codes are characters."""
        if font.get("Subtype") != "Type0" and "ToUnicode" not in font:
            return None
        reference = font.get("ToUnicode")
        if not isinstance(reference, Reference):
            return _NONE
        if reference not in self._codes:
            found, read = _mapped(self.file.content(reference), most=min(_MOST_CODES, self._left))
            self._left -= read
            self._codes[reference] = _Codes(max(map(len, found), default=2), found)
        return self._codes[reference]


class _Codes(NamedTuple):
    """What the codes of a font mean, and of how many bytes the longest is."""

    width: int
    meaning: Mapping[bytes, str]


_NONE: Final = _Codes(2, {})


def _decoded(string: bytes, codes: _Codes | None) -> str | None:
    if codes is None:
        return string.decode("cp1252", "replace")
    written = [string[at : at + codes.width] for at in range(0, len(string), codes.width)]
    is_known = all(code in codes.meaning for code in written)
    return "".join(codes.meaning[code] for code in written) if is_known else None


def _mapped(content: bytes, *, most: int) -> tuple[dict[bytes, str], int]:
    """Return what the codes mean that a ToUnicode map names, as far as they are not too many, and how many it names."""
    found: dict[bytes, str] = {}
    left = most
    for first, last, meaning in _MAPPED.findall(content):
        low, high = int(first, 16), int(last or first, 16)
        start = bytes.fromhex(meaning.decode("ascii")).decode("utf-16-be", "replace") if len(meaning) % 4 == 0 else ""
        if not start or high - low >= left or high >> 4 * (len(first) // 2 * 2):
            continue
        left -= max(high - low + 1, 0)  # also of what was named before: it is read again
        for code in range(low, high + 1):
            found[code.to_bytes(len(first) // 2, "big")] = start[:-1] + chr(min(ord(start[-1]) + code - low, 0x10FFFF))
    return found, most - left


def _default_fonts(file: PdfFile) -> Mapping[str, Value]:
    resources = fields.form(file).get(b"/DR")
    return _dictionary(file, _dictionary(file, values.parsed(resources)[0]).get("Font")) if resources else {}


def _options(file: PdfFile, field: Field) -> dict[str, str]:
    """Return what is shown for the values of a choice that are not shown as they are."""
    written = _value(file, field.get(b"/Opt"))
    pairs = [one for one in written if isinstance(one, list)] if isinstance(written, list) else []
    return {_text(pair[0]): _text(pair[1]) for pair in pairs if len(pair) == 2}  # noqa: PLR2004  value, words


def _flags(file: PdfFile, field: Field) -> int:
    found = _value(file, field.get(b"/Ff"))
    return found if isinstance(found, int) else 0


def _value(file: PdfFile, written: bytes | None) -> Value:
    resolved = file.resolved(written)
    return None if resolved is None else values.parsed(resolved)[0]


def _dictionary(file: PdfFile, value: Value) -> dict[str, Value]:
    found = file.value(value) if isinstance(value, Reference) else value
    return found if isinstance(found, dict) else {}


def _text(value: Value) -> str:
    return values.text_of(value) if isinstance(value, bytes) else str(value)
