"""References that a signed document held to objects it had not got, which a later revision brings."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.reading.sections import PACKED, PLAIN
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.reading.values import Reference

_GAP: Final = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+)++"
_REFERENCE: Final = re.compile(rb"(?<![0-9])(\d{1,10}+)" + _GAP + rb"\d{1,5}+" + _GAP + rb"R")


def brought(file: PdfFile, new: Mapping[int, int]) -> set[int]:
    """Return which of these objects are asked for by bytes older than the revision, at this offset, that brings them.

    One look through the file, and through what its object streams unfold to: the only thing read of older revisions
    that nothing appended leads to.
    """
    last = max(new.values(), default=0)
    found = {number for number, at in _asked(file.data, new, last) if at < new[number]}
    for place, content in _packed(file, before=last):
        found |= {number for number, _ in _asked(content, new, len(content)) if place < new[number]}
    return found


def _asked(data: Data, new: Mapping[int, int], end: int) -> Iterator[tuple[int, int]]:
    """Yield the references to these objects and where they stand, found by the digits that many of them share."""
    for beginning in {b"%d" % (number // 10 or number) for number in new}:
        at = data.find(beginning, 0, end)
        while at >= 0:
            reference = _REFERENCE.match(data, at)
            if reference and int(reference[1]) in new:
                yield int(reference[1]), at
            at = data.find(beginning, at + 1, end)


def _packed(file: PdfFile, *, before: int) -> Iterator[tuple[int, bytes]]:
    with_streams = [section for section in file.sections if section.is_stream or section.hidden]
    streams = {entry.place for section in with_streams for entry in section.entries().values() if entry.kind == PACKED}
    for number in sorted(streams):
        entry = file.entry(number)
        if entry is not None and entry.kind == PLAIN and entry.place < before:
            yield entry.place, file.content(Reference(number))
