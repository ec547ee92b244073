"""Frames between the signer and its callers: two lengths, an RFC 8785 header, raw bytes."""

import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privyseal.kernel.canonical import Json, NotCanonical, canonical, parse
from privyseal.kernel.disk import write_all
from privyseal.kernel.errors import Refused
from privyseal.signer import bodies
from privyseal.signer.bodies import Body, Spooled

MAX_HEADER_BYTES: Final = 1_000_000  # twenty stages, each with a statement of a thousand documents
MAX_BODY_BYTES: Final = 600_000_000
MAX_IN_MEMORY_BYTES: Final = 60_000_000

_LENGTHS: Final = struct.Struct(">IQ")
_CHUNK_BYTES: Final = 1 << 20
_SPOOLED_BYTES: Final = 4_000_000
"""From this size on a body goes into a file, where there is a folder for it."""


class SignerRefused(Refused):
    """A no of the signer; by itself, one whose code this installation does not know."""

    code = "signer-refused"


class SignerUnavailable(Refused):
    """The signer cannot be reached, cannot do it now, or hung up. Every operation is safe to ask again."""

    code = "signer-unavailable"


class FrameTooLong(SignerRefused):
    code = "frame-too-long"


class FrameCut(SignerRefused):
    code = "frame-cut"


class HeaderUnreadable(SignerRefused):
    code = "header-unreadable"


class SignerFull(SignerRefused):
    """The disk has no room for the document."""

    code = "signer-full"


@dataclass(frozen=True, slots=True)
class Frame:
    header: Mapping[str, Json]
    body: Body = b""


def answer(result: Mapping[str, Json], body: bytes = b"") -> Frame:
    return Frame({"ok": True, "result": result}, body)


def refusal(refused: Refused) -> Frame:
    return Frame({"ok": False, "code": refused.code, "facts": dict(refused.facts)})


def ask_for_stamp(imprint: bytes) -> Frame:
    """Return the signer's own question, in the middle of a request: a time stamp over this SHA-256."""
    return Frame({"ask": "time-stamp", "imprint": imprint.hex()})


def imprint_asked(frame: Frame) -> bytes:
    """Return the SHA-256 that a time stamp is asked for; nothing where the frame asks for none."""
    imprint = frame.header.get("imprint")
    return bytes.fromhex(imprint) if frame.header.get("ask") == "time-stamp" and isinstance(imprint, str) else b""


def token(stamp: bytes) -> Frame:
    return Frame({"token": "time-stamp"}, stamp)


def send(connection: socket.socket, frame: Frame) -> None:
    """Write a frame whole, or refuse what the other side would refuse."""
    header = canonical(frame.header)
    _check_lengths(len(header), len(frame.body), most=MAX_BODY_BYTES)
    # One write for the small part; a large body is never copied to be joined to it.
    connection.sendall(_LENGTHS.pack(len(header), len(frame.body)) + header)
    if frame.body:
        connection.sendall(frame.body)


def receive(
    connection: socket.socket, folder: Path | None = None, announced: Callable[[int], None] | None = None
) -> Frame | None:
    """Return the next frame, None where the peer has closed between frames, or refuse.

    A large body goes into a file in the folder as it arrives; without a folder it is refused.
    ``announced`` hears how many bytes are to come, once it is known.
    """
    lengths = _exactly(connection, _LENGTHS.size)
    if not lengths:
        return None
    header_bytes, body_bytes = _LENGTHS.unpack(lengths)
    # (1) sizes first, before a byte of what they announce is read
    _check_lengths(header_bytes, body_bytes, most=MAX_BODY_BYTES if folder else MAX_IN_MEMORY_BYTES)
    if announced is not None:
        announced(header_bytes + body_bytes)
    # (2) all of the announced bytes, or nothing
    header = _exactly(connection, header_bytes)
    body: Body
    if folder and body_bytes >= _SPOOLED_BYTES:
        body = _spooled(connection, body_bytes, folder)
    else:
        body = _exactly(connection, body_bytes)
    if len(header) != header_bytes or len(body) != body_bytes:
        raise FrameCut
    # (3) the one canonical form, without floats
    try:
        return Frame(header=parse(header), body=body)
    except (NotCanonical, UnicodeError) as error:
        raise HeaderUnreadable from error


@contextmanager
def released(frame: Frame) -> Iterator[None]:
    """Give up the file that a large body lies in, once the frame is answered."""
    try:
        yield
    finally:
        if isinstance(frame.body, Spooled):
            frame.body.release()


def _check_lengths(header_bytes: int, body_bytes: int, *, most: int) -> None:
    if header_bytes > MAX_HEADER_BYTES or body_bytes > most:
        raise FrameTooLong(header_bytes=header_bytes, body_bytes=min(body_bytes, 2**53 - 1))


def _exactly(connection: socket.socket, count: int) -> bytes:
    """Return that many bytes; none at all if the stream ends before the first; refuse an end in between."""
    received = bytearray()
    while len(received) < count:
        chunk = connection.recv(min(count - len(received), _CHUNK_BYTES))
        if not chunk:
            break
        received += chunk
    if received and len(received) < count:
        raise FrameCut
    return bytes(received)


def _spooled(connection: socket.socket, count: int, folder: Path) -> Spooled:
    """Return that many bytes in a file, or refuse an end before; all are read even if the disk is full."""
    file, left = bodies.file_in(folder), count
    full: OSError | None = None
    while left:
        chunk = connection.recv(min(left, _CHUNK_BYTES))
        if not chunk:
            file.close()
            raise FrameCut
        left -= len(chunk)
        try:
            if full is None:
                write_all(file, chunk)
        except OSError as error:
            full = error
    if full is not None:
        file.close()
        raise SignerFull(body_bytes=count) from full
    return Spooled(file)
