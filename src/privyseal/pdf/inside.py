"""The inner side of ``confined``: give up what reading does not need, do one task, answer, end."""

import ctypes
import logging
import mmap
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from io import RawIOBase
from typing import Any, Final

from privyseal.kernel.errors import Refused
from privyseal.pdf import foreign
from privyseal.pdf.accepted import Accepted, Limits
from privyseal.pdf.asking import AtWords, OverDate
from privyseal.pdf.framing import Task, packed, parted, unpacked
from privyseal.pdf.placement import PageSize, Size
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.template import ShapeOfFace

MEMORY_BYTES: Final = 1_000_000_000
CPU_SECONDS: Final = 10
LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 64),
)

_MAPPINGS: Final = 3
"""How often a lent file can be mapped: here, by the library that reads it, and what that has written."""

_BYTES_A_SECOND: Final = 8_000_000

_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_DIE_WITH_PARENT: Final = 1
_NO_NEW_PRIVILEGES: Final = 38


def main(size: int, writes: int) -> int:
    """Read one task from standard input and write its answer to standard output.

    ``size`` is that of a lent file, and ``writes`` what may be written into another.
    """
    give_up(limits_for(size, writes))
    header, body = unpacked(sys.stdin.buffer.read())
    data: Data = body
    task = Task(header["task"])
    try:
        if "lent" in header:
            # private, so that it may be written: the renderer asks for that, and nothing reaches the file
            access = mmap.ACCESS_READ if task is Task.JUDGE else mmap.ACCESS_COPY
            data = mmap.mmap(header["lent"], 0, access=access)
        answer, body = _TASKS[task](data, header)
    except Refused as refusal:
        answer, body = {"refused": refusal.code, "facts": dict(refusal.facts)}, b""
    sys.stdout.buffer.write(packed(answer, body))
    sys.stdout.flush()
    return 0


def limits_for(size: int, writes: int) -> tuple[tuple[int, int], ...]:
    """Return the limits of whoever reads a lent file: its mappings are no memory, and more of it takes longer."""
    more = {
        resource.RLIMIT_AS: _MAPPINGS * size,
        resource.RLIMIT_CPU: size // _BYTES_A_SECOND,
        resource.RLIMIT_FSIZE: writes,
    }
    return tuple((limit, most + more.get(limit, 0)) for limit, most in LIMITS)


def give_up(limits: Iterable[tuple[int, int]]) -> bool:
    """Give up what reading a file does not need, and return whether the network is gone."""
    logging.disable()  # what a hostile file makes a parser say is nobody's log
    for limit, most in limits:
        resource.setrlimit(limit, (most, most))
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return _leave_network(libc)


def _leave_network(libc: ctypes.CDLL) -> bool:
    """Return whether the network is gone; where a kernel forbids that, no library used here opens a connection."""
    return bool(libc.unshare(_NEW_NETWORK if os.geteuid() == 0 else _NEW_USER | _NEW_NETWORK) == 0)


def _accept(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.intake import accept  # noqa: PLC0415  a task loads its own library alone

    parts = parted(data[:], options["lengths"]) if "lengths" in options else (data[:],)
    said = {name: options[name] for name in ("copy_says", "password") if name in options}
    result = accept(_as_pdf(*parts), **said)
    return _said(result), result.data


def _accept_large(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.intake import accept_large  # noqa: PLC0415  a task loads its own library alone

    with (
        os.fdopen(options["source"], "rb") as source,
        os.fdopen(options["into"], "r+b") as into,
        os.fdopen(options["tell"], "wb", buffering=0) as told,
    ):
        limits, tell = Limits(*options["limits"]), _Percents(told)
        accepted = accept_large(source, into, limits=limits, tell=tell, password=options["password"])
        return _said(accepted), data[:]


class _Percents:
    """Writes how far it is, each percent once."""

    def __init__(self, told: RawIOBase) -> None:
        self._told = told
        self._last = -1

    def __call__(self, percent: int) -> None:
        if percent > self._last:
            self._last = percent
            self._told.write(bytes((percent,)))


def _said(result: Accepted) -> dict[str, Any]:
    pages = [[page.width, page.height] for page in result.pages]
    return {"pages": pages, "changes": result.changes, "warnings": result.warnings, "signed": result.signed}


def _as_pdf(data: bytes, *others: bytes) -> bytes:
    if not others and not foreign.is_picture(data):
        return data
    from privyseal.pdf.pictures import pdf_of  # noqa: PLC0415  a task loads its own library alone

    return pdf_of(data, *others)


def _judge(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.judge import judge  # noqa: PLC0415  a task loads its own library alone

    proven_at = options["proven_at"]
    judged = judge(
        data,
        trust=[bytes.fromhex(root) for root in options["trust"]],
        time_trust=[bytes.fromhex(root) for root in options["time_trust"]],
        at=datetime.fromisoformat(options["at"]),
        crls=[bytes.fromhex(crl) for crl in options["crls"]],
        proven_at=datetime.fromisoformat(proven_at) if proven_at else None,
        parties=options["parties"],
    )
    return judged.to_json(), b""


def _page(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.render import page_png  # noqa: PLC0415  a task loads its own library alone

    return {}, page_png(data, page=options["page"], dpi=options["dpi"])


def _sizes(data: Data, _options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.render import page_sizes  # noqa: PLC0415  a task loads its own library alone

    return {"pages": [[page.width, page.height] for page in page_sizes(data)]}, b""


def _find(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.wording import find  # noqa: PLC0415  a task loads its own library alone

    words = options["words"]
    wish = OverDate() if words is None else AtWords(words)
    found = find(data, wish, [PageSize(width, height) for width, height in options["pages"]])
    return {"found": [[each.page, each.left, each.bottom, each.right, each.top] for each in found]}, b""


def _imprint(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.imprint import face_of  # noqa: PLC0415  a task loads its own library alone

    shape, size = ShapeOfFace(options["shape"]), Size(*options["size"])
    return face_of(data[:], shape=shape, size=size, colour=options["colour"]).to_json(), b""


def _blank(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.render import check_blank  # noqa: PLC0415  a task loads its own library alone

    left, bottom, width, height = options["box"]
    check_blank(
        data, page=options["page"], size=Size(*options["size"]), left=left, bottom=bottom, box=Size(width, height)
    )
    return {}, b""


def _compare(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.render import compared  # noqa: PLC0415  a task loads its own library alone

    pages = compared(data[:], end=options["end"])
    lengths = [[page.number, *(None if one is None else len(one) for one in (page.sealed, page.now))] for page in pages]
    return {"pages": lengths}, b"".join(one for page in pages for one in (page.sealed, page.now) if one)


def _look(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.looking import look  # noqa: PLC0415  a task loads its own library alone

    return look(data, owner=options["owner"]).to_json(), b""


def _thumbnail(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.pictures import small  # noqa: PLC0415  a task loads its own library alone

    return {}, small(data[:], dots=options["dots"])


def _prints(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.photographs import prints_of  # noqa: PLC0415  a task loads its own library alone

    prints = prints_of(data, first=options["first"], last=options["last"])
    said = [[len(each.points), list(each.words)] for each in prints]
    return {"prints": said}, b"".join(each.points for each in prints)


def _print_of_photo(data: Data, _options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.photographs import print_of_photo  # noqa: PLC0415  a task loads its own library alone

    taken = print_of_photo(data[:])
    return {"prints": [[len(taken.points), list(taken.words)]]}, taken.points


def _codes(data: Data, _options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.photographs import codes_on  # noqa: PLC0415  a task loads its own library alone

    return {"codes": codes_on(data[:])}, b""


def _seen_on(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.photographs import seen_on  # noqa: PLC0415  a task loads its own library alone

    photo, *points = parted(data[:], options["lengths"])
    with mmap.mmap(options["document"], 0, access=mmap.ACCESS_COPY) as document:
        return seen_on(photo, document[:], points, likeliest=options["likeliest"]).to_json(), b""


def _alike(data: Data, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    from privyseal.pdf.photographs import alike  # noqa: PLC0415  a task loads its own library alone

    photo, *points = parted(data[:], options["lengths"])
    return {"alike": alike(photo, points)}, b""


# Each task loads its own library and no other.
_TASKS: Final[Mapping[Task, Callable[[Data, Mapping[str, Any]], tuple[dict[str, Any], bytes]]]] = {
    Task.ACCEPT: _accept,
    Task.JUDGE: _judge,
    Task.PAGE: _page,
    Task.FIND: _find,
    Task.IMPRINT: _imprint,
    Task.BLANK: _blank,
    Task.COMPARE: _compare,
    Task.ACCEPT_LARGE: _accept_large,
    Task.LOOK: _look,
    Task.PRINTS: _prints,
    Task.PRINT_OF_PHOTO: _print_of_photo,
    Task.SEEN_ON: _seen_on,
    Task.CODES: _codes,
    Task.ALIKE: _alike,
    Task.THUMBNAIL: _thumbnail,
    Task.SIZES: _sizes,
}
