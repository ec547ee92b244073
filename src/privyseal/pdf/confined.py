"""Hostile files are read in a process of their own, with little memory, little time and no network.

``run`` is the outer side and loads no PDF library; ``python -m privyseal.pdf.confined`` is the inner side.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeAlias, overload

from privyseal.kernel.errors import Refused
from privyseal.pdf import accepted, foreign, imprints
from privyseal.pdf.accepted import Accepted, Limits, PdfTooHard
from privyseal.pdf.asking import AtWords, Found, OverDate
from privyseal.pdf.compared import ComparedPage
from privyseal.pdf.framing import Task, packed, unpacked
from privyseal.pdf.judgement import Judgement
from privyseal.pdf.looks import Look
from privyseal.pdf.placement import NoSuchPage, PageSize, Size
from privyseal.pdf.spots import Stamp
from privyseal.pdf.template import Face, ShapeOfFace

__all__ = ["Task", "run"]

Result: TypeAlias = (
    Accepted
    | Judgement
    | tuple[Found, ...]
    | tuple[ComparedPage, ...]
    | tuple[PageSize, ...]
    | Face
    | Look
    | bytes
    | None
)
WALL_SECONDS: Final = 20
_BYTES_A_SECOND: Final = 4_000_000
_PERCENTS: Final = 100

_INNER: Final = (sys.executable, "-s", "-P", "-B", "-m", "privyseal.pdf.confined")
_SOURCE: Final = Path(__file__).parents[2]
_CARRIED: Final[Mapping[str, type[Refused]]] = {
    refusal.code: refusal
    for refusal in (
        accepted.FileEmpty,
        accepted.FileTooLarge,
        accepted.NotAPdf,
        accepted.PdfEncrypted,
        accepted.PdfPasswordWrong,
        accepted.PdfRestricted,
        accepted.PdfProtected,
        accepted.PdfDamaged,
        accepted.TooManyPages,
        accepted.PdfWithoutPages,
        accepted.NotSealable,
        accepted.CopyOfSealed,
        accepted.PdfTooHard,
        NoSuchPage,
        accepted.PlaceNotBlank,
        foreign.PictureUnreadable,
        imprints.ImprintUnreadable,
        imprints.ImprintTooLarge,
        imprints.ImprintTooSmall,
        imprints.ImprintWithoutInk,
        imprints.ImprintBlurred,
        imprints.ImprintCutOff,
        imprints.SeveralImprints,
        imprints.ImprintSlanted,
    )
}


@overload
def run(
    task: Literal[Task.ACCEPT], data: bytes, *, copy_says: str = ..., password: str = ..., lengths: Sequence[int] = ...
) -> Accepted: ...
@overload
def run(
    task: Literal[Task.JUDGE],
    data: bytes | IO[bytes],
    *,
    trust: Sequence[bytes],
    time_trust: Sequence[bytes] = (),
    at: datetime,
    crls: Sequence[bytes] = (),
    proven_at: datetime | None = None,
    parties: Sequence[str] = (),
) -> Judgement: ...
@overload
def run(task: Literal[Task.PAGE], data: bytes | IO[bytes], *, page: int, dpi: int) -> bytes: ...
@overload
def run(
    task: Literal[Task.FIND], data: bytes | IO[bytes], *, wish: AtWords | OverDate, pages: Sequence[PageSize]
) -> tuple[Found, ...]: ...
@overload
def run(task: Literal[Task.BLANK], data: bytes | IO[bytes], *, stamp: Stamp, height: int, page: PageSize) -> None: ...
@overload
def run(task: Literal[Task.IMPRINT], data: bytes, *, shape: ShapeOfFace, size: Size, colour: str) -> Face: ...
@overload
def run(task: Literal[Task.COMPARE], data: bytes, *, end: int) -> tuple[ComparedPage, ...]: ...
@overload
def run(task: Literal[Task.LOOK], data: bytes | IO[bytes], *, owner: str) -> Look: ...
@overload
def run(task: Literal[Task.THUMBNAIL], data: bytes, *, dots: int) -> bytes: ...
@overload
def run(task: Literal[Task.SIZES], data: bytes | IO[bytes]) -> tuple[PageSize, ...]: ...
def run(task: Task, data: bytes | IO[bytes], **options: Any) -> Result:
    """Return what the task does inside, or refuse.

    A crash, a limit reached and a time-out are refused as pdf-too-hard. A file is lent, not copied.
    """
    if not isinstance(data, bytes):
        lent = data.fileno()
        message = packed({"task": task, "lent": lent, **_portable(options)}, b"")
        return _unwrapped(task, _answer(message, (lent,), size=_size(data)))
    if task is Task.ACCEPT:
        accepted.USUAL.check_size(len(data))
        _check_length(options.get("password", ""))
    if task is Task.IMPRINT and len(data) > imprints.MAX_IMPRINT_BYTES:
        raise imprints.ImprintTooLarge(bytes=len(data), most=imprints.MAX_IMPRINT_BYTES)
    return _unwrapped(task, _answer(packed({"task": task, **_portable(options)}, data)))


def asked(
    task: Task,
    body: bytes,
    *,
    lent: IO[bytes] | None = None,
    beside: IO[bytes] | None = None,
    **options: int | list[int],
) -> tuple[dict[str, Any], bytes]:
    """Return what a task answers, or refuse; a ``lent`` file is read instead of ``body``, one ``beside`` with it."""
    header: dict[str, Any] = {"task": task, **options}
    files = {"lent": lent, "document": beside}
    header.update({name: file.fileno() for name, file in files.items() if file})
    opened = [file for file in files.values() if file]
    message = packed(header, body)
    return _checked(_answer(message, [file.fileno() for file in opened], size=sum(map(_size, opened))))


def accept_large(
    source: IO[bytes],
    into: IO[bytes],
    *,
    limits: Limits,
    tell: Callable[[int], None] = lambda _percent: None,
    password: str = "",
) -> Accepted:
    """Write a file of any size as it can be approved and sealed into another, or refuse; ``tell`` hears how far it is.

    What is returned holds no data: that is in ``into``, and nowhere in memory.
    """
    limits.check_size(_size(source))
    _check_length(password)
    ours, theirs = os.pipe()
    lent = (source.fileno(), into.fileno(), theirs)
    said = {"limits": [limits.size, limits.pages], "password": password}
    options = {"source": lent[0], "into": lent[1], "tell": theirs, **said}
    with os.fdopen(ours, "rb", buffering=0) as told:
        message = packed({"task": Task.ACCEPT_LARGE, **options}, b"")
        inner = _started(lent, size=_size(source), writes=2 * _size(source))
        os.close(theirs)
        until = time.monotonic() + _seconds(_size(source))
        with inner:
            _send(inner, message)
            while percents := _heard(told, until):
                tell(percents[-1])
            answer = _answered(inner, None, until - time.monotonic())
    return _accepted(*_checked(answer))


def _check_length(password: str) -> None:
    if len(password) > accepted.LONGEST_PASSWORD:
        raise accepted.PdfPasswordWrong


def _send(inner: "subprocess.Popen[bytes]", message: bytes) -> None:
    """Give the inner side its task before it is listened to."""
    if inner.stdin is not None:
        with suppress(BrokenPipeError), inner.stdin:
            inner.stdin.write(message)
        inner.stdin = None


def _heard(told: RawIOBase, until: float) -> bytes:
    """Return what the inner side says next of how far it is; nothing once it is done, or its time is over."""
    is_ready, _, _ = select.select([told], [], [], max(0.0, until - time.monotonic()))
    return (told.read(_PERCENTS) or b"") if is_ready else b""


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _unwrapped(task: Task, answer: bytes) -> Result:
    return _result(task, *_checked(answer))


def _checked(answer: bytes) -> tuple[dict[str, Any], bytes]:
    """Return header and body of an answer, or refuse what it refuses."""
    try:
        header, body = unpacked(answer)
    except ValueError as error:
        raise PdfTooHard(reason="no-answer") from error
    if "refused" in header:
        raise _CARRIED[header["refused"]](**header["facts"])
    return header, body


def _answer(message: bytes, lent: Sequence[int] = (), *, size: int = 0) -> bytes:
    with _started(lent, size=size) as inner:
        return _answered(inner, message, _seconds(size))


def _seconds(size: int) -> float:
    return WALL_SECONDS + size / _BYTES_A_SECOND


def _started(lent: Sequence[int], *, size: int, writes: int = 0) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        (*_INNER, str(size), str(writes)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.fspath(_SOURCE), "PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
        pass_fds=lent,
    )


def _answered(inner: "subprocess.Popen[bytes]", message: bytes | None, seconds: float) -> bytes:
    try:
        answer, _ = inner.communicate(message, timeout=max(0.0, seconds))
    except subprocess.TimeoutExpired as error:
        os.killpg(inner.pid, signal.SIGKILL)
        raise PdfTooHard(reason="time") from error
    if inner.returncode:
        raise PdfTooHard(reason="limits", status=inner.returncode)
    return answer


def _portable(options: Mapping[str, Any]) -> dict[str, Any]:
    if "wish" in options:
        sizes = [[page.width, page.height] for page in options["pages"]]
        return {"words": getattr(options["wish"], "words", None), "pages": sizes}
    if "stamp" in options:
        stamp, page = options["stamp"], options["page"]
        box = [stamp.left, stamp.bottom, stamp.width, options["height"]]
        return {"page": stamp.page, "box": box, "size": [page.width, page.height]}
    if "shape" in options:
        size = options["size"]
        return {"shape": options["shape"], "size": [size.width, size.height], "colour": options["colour"]}
    if "trust" not in options:
        return dict(options)
    proven_at = options.get("proven_at")
    return {
        "trust": [root.hex() for root in options["trust"]],
        "time_trust": [root.hex() for root in options.get("time_trust", ())],
        "at": options["at"].isoformat(),
        "crls": [crl.hex() for crl in options.get("crls", ())],
        "proven_at": proven_at and proven_at.isoformat(),
        "parties": list(options.get("parties", ())),
    }


def _result(task: Task, header: Mapping[str, Any], body: bytes) -> Result:
    return _READERS[task](header, body) if task in _READERS else None


def _accepted(header: Mapping[str, Any], body: bytes) -> Accepted:
    return Accepted(
        data=body,
        pages=_sizes(header),
        changes=tuple(header["changes"]),
        signed=header["signed"],
        warnings=tuple(header["warnings"]),
    )


def _sizes(header: Mapping[str, Any]) -> tuple[PageSize, ...]:
    return tuple(PageSize(width, height) for width, height in header["pages"])


def _compared(pages: Sequence[tuple[int, int | None, int | None]], body: bytes) -> Iterator[ComparedPage]:
    pictures = BytesIO(body)
    for number, *lengths in pages:
        sealed, now = (None if length is None else pictures.read(length) for length in lengths)
        yield ComparedPage(number, sealed, now)


_READERS: Final[Mapping[Task, Callable[[Mapping[str, Any], bytes], Result]]] = {
    Task.ACCEPT: _accepted,
    Task.JUDGE: lambda header, _: Judgement.from_json(header),
    Task.FIND: lambda header, _: tuple(Found(*numbers) for numbers in header["found"]),
    Task.IMPRINT: lambda header, _: Face.from_json(header),
    Task.LOOK: lambda header, _: Look.from_json(header),
    Task.PAGE: lambda _, body: body,
    Task.THUMBNAIL: lambda _, body: body,
    Task.SIZES: lambda header, _: _sizes(header),
    Task.COMPARE: lambda header, body: tuple(_compared(header["pages"], body)),
}


if __name__ == "__main__":
    from privyseal.pdf import inside

    sys.exit(inside.main(*map(int, sys.argv[1:])))
