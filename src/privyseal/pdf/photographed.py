"""The outer side of ``photographs``: each call is one confined process, and loads no picture library here."""

from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from privyseal.kernel import paper_code
from privyseal.kernel.errors import Refused
from privyseal.kernel.paper_code import PaperCode
from privyseal.kernel.paper_form import PaperCodeUnreadable
from privyseal.paper.verdict import Print, Seen
from privyseal.pdf.confined import asked
from privyseal.pdf.framing import Task, parted


class NoCodeOnPhoto(Refused):
    """No code of this form can be read from the photograph."""

    code = "no-code-on-photo"


def prints_of(document: IO[bytes], *, first: int, last: int) -> tuple[Print, ...]:
    """Return what is kept of these pages, counted from 1, as far as the document goes; or refuse."""
    return _prints(*asked(Task.PRINTS, b"", lent=document, first=first, last=last))


def print_of_photo(photo: bytes) -> Print:
    """Return by what a photograph is looked up among many pages, or refuse."""
    (taken,) = _prints(*asked(Task.PRINT_OF_PHOTO, photo))
    return taken


def signed_code_on(photo: bytes) -> PaperCode:
    """Return the first signed code on a photograph, whoever signed it, or refuse; other codes may stand beside it."""
    said, _ = asked(Task.CODES, photo)
    for text in said["codes"]:
        with suppress(PaperCodeUnreadable):
            return paper_code.read_text(text)
    raise NoCodeOnPhoto


def seen_on(photo: bytes, *, document: IO[bytes], points: Sequence[bytes], likeliest: int = 0) -> Seen:
    """Return what a photograph shows beside a document of which these points are kept, page by page; or refuse.

    Where it is said which page is ``likeliest``, of pages that look alike it is that one.
    """
    parts = (photo, *points)
    lengths = [len(part) for part in parts]
    said, _ = asked(Task.SEEN_ON, b"".join(parts), beside=document, lengths=lengths, likeliest=likeliest)
    return Seen.from_json(said)


def alike(photo: Print, points: Sequence[bytes]) -> tuple[int, ...]:
    """Return the places in the list of those pages that a photograph may well show, likeliest first."""
    parts = (photo.points, *points)
    said, _ = asked(Task.ALIKE, b"".join(parts), lengths=[len(part) for part in parts])
    return tuple(said["alike"])


def _prints(said: dict[str, list[tuple[int, list[int]]]], body: bytes) -> tuple[Print, ...]:
    points = parted(body, [length for length, _ in said["prints"]])
    return tuple(Print(each, tuple(words)) for each, (_, words) in zip(points, said["prints"], strict=True))
