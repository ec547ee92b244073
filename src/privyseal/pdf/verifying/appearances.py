"""Does a form show what it says? A value and its look are written apart, and readers take one or the other."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from privyseal.pdf.reading import syntax, values
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.values import Reference, Stream, Value
from privyseal.pdf.verifying import fields
from privyseal.pdf.verifying.fields import Field

_PASSWORD: Final = 1 << 13
_MARK: Final = re.compile(rb"%[^\r\n]*+|(/[^\0\t\n\f\r ()<>\[\]{}/%]*+)\s++[-\d.]++\s++Tf|<<|\(|<")
_MAPPED: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>\s*)?<([0-9A-Fa-f]+)>")
_MOST_CODES: Final = 65_536
_OFF: Final = "Off"


def differing(file: PdfFile, form: Iterable[Field]) -> Iterator[str]:
    """Yield the names of fields that show something else than their value, or something nobody can compare."""
    for field in form:
        if field.kind != fields.SIGNATURE and not _is_alike(file, field):
            yield field.name


def _is_alike(file: PdfFile, field: Field) -> bool:
    value = _value(file, field.get(b"/V"))
    if value is None:
        return True
    match field.kind:
        case b"/Tx":
            return bool(_flags(file, field) & _PASSWORD) or _shows(file, field, {_text(value)})
        case b"/Ch":
            options = _options(file, field)
            chosen = value if isinstance(value, list) else [value]
            return _shows(file, field, {options.get(_text(one), _text(one)) for one in chosen})
        case b"/Btn":
            states = {_value(file, file.entries(widget).get(b"/AS")) for widget in field.widgets} - {None}
            return states <= {value, _OFF} and (value == _OFF or not states or value in states)
    return True


def _shows(file: PdfFile, field: Field, wanted: set[str]) -> bool:
    """Tell whether each widget that has a look shows all of these texts, and a single one nothing else."""
    expected = {"".join(one.split()) for one in wanted}
    for widget in field.widgets:
        looks = _value(file, file.entries(widget).get(b"/AP"))
        normal = looks.get("N") if isinstance(looks, dict) else None
        if not isinstance(normal, Reference):
            continue
        shown = _shown(file, normal)
        if not shown and shown is not None and fields.form(file).get(b"/NeedAppearances") == b"true":
            continue  # an empty look that the form leaves to its viewers to draw
        if shown is None or not (all(one in shown for one in expected) if len(expected) > 1 else {shown} == expected):
            return False
    return True


def _shown(file: PdfFile, look: Reference) -> str | None:
    """Return the characters a look shows, without white space; None where they cannot be told."""
    stream = file.value(look)
    if not isinstance(stream, Stream):
        return None
    content = file.content(look)
    resources = _dictionary(file, stream.entries.get("Resources"))
    fonts = _dictionary(file, resources.get("Font")) or _default_fonts(file)
    parts, codes = [], None
    at = 0
    while mark := _MARK.search(content, at):
        at = mark.end()
        if mark[1]:
            font = _dictionary(file, fonts.get(syntax.name_of(mark[1])))
            codes = _codes(file, font) if font.get("Subtype") == "Type0" or "ToUnicode" in font else None
        elif mark[0][:1] != b"%":
            start, at = syntax.span(content, mark.start())
            string, _ = values.parsed(content, start)
            text = _decoded(string, codes) if isinstance(string, bytes) else ""
            if text is None:
                return None
            parts.append(text)
    return "".join("".join(parts).split())


def _decoded(string: bytes, codes: Mapping[bytes, str] | None) -> str | None:
    if codes is None:
        return string.decode("cp1252", "replace")
    width = max(map(len, codes), default=2)
    written = [string[at : at + width] for at in range(0, len(string), width)]
    return "".join(codes[code] for code in written) if all(code in codes for code in written) else None


def _codes(file: PdfFile, font: Mapping[str, Value]) -> dict[bytes, str]:
    """Return what each code of a font means, as far as its ToUnicode map says."""
    reference = font.get("ToUnicode")
    found: dict[bytes, str] = {}
    for first, last, meaning in _MAPPED.findall(file.content(reference)) if isinstance(reference, Reference) else ():
        low, high = int(first, 16), int(last or first, 16)
        start = bytes.fromhex(meaning.decode("ascii")).decode("utf-16-be", "replace") if len(meaning) % 4 == 0 else ""
        if not start or high - low + len(found) > _MOST_CODES:
            continue
        for code in range(low, high + 1):
            found[code.to_bytes(len(first) // 2, "big")] = start[:-1] + chr(min(ord(start[-1]) + code - low, 0x10FFFF))
    return found


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
