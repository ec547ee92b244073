"""How the web application speaks to the approval page."""

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from privyseal.approval_page import asking, keeping
from privyseal.approval_page.asking import Ask
from privyseal.approval_page.enrolling import Enrol
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, NotCanonical, parse
from privyseal.kernel.errors import Refused
from privyseal.pdf import accepted, foreign
from privyseal.signer import protocol, statement
from privyseal.signer.bodies import Body
from privyseal.signer.protocol import Frame
from privyseal.signer.sockets import ListenerIsStranger, connect

_TIMEOUT_SECONDS: Final = 60.0
_BYTES_A_SECOND: Final = 4_000_000
_KNOWN: Final[Mapping[str, type[Refused]]] = {
    refusal.code: refusal
    for refusal in (
        asking.ApprovalAskUnreadable,
        keeping.ShownDocumentDiffers,
        keeping.ShownDocumentMissing,
        keeping.ApprovalPageFull,
        keeping.ApprovalCodeUnknown,
        keeping.ApprovalCodeExpired,
        keeping.ApprovalCodeUsed,
        accepted.PdfDamaged,
        accepted.PdfTooHard,
        accepted.NotSealable,
        foreign.PictureUnreadable,
    )
}


class ApprovalPageUnavailable(Refused):
    """The approval page cannot be reached, or hung up before it answered. Every operation is safe to ask again."""

    code = "approval-page-unavailable"


@dataclass(frozen=True, slots=True)
class Answered:
    """One assertion a statement, or the passkey that was made, and the note that was handed over with the ask."""

    context: str
    answers: tuple[Mapping[str, Any], ...]


class Client:
    """One method an act, a connection of its own for each call."""

    def __init__(self, socket_path: Path, *, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        self._socket_path = socket_path
        self._timeout_seconds = timeout_seconds

    def show(self, ask: Ask, document: Callable[[str], AbstractContextManager[Body]]) -> str:
        """Hand over what is asked and the files it names, and return the code that opens the page once."""
        with self._connected() as connection:
            begun, _ = _asked(connection, Frame({"op": "begin"}, ask.to_bytes()))
            code = _code(begun)
            for sha256 in _digests(begun):
                with document(sha256) as body:
                    connection.settimeout(self._timeout_seconds + len(body) / _BYTES_A_SECOND)
                    _asked(connection, Frame({"op": "hand-over", "code": code, "sha256": sha256}, body))
            opens, _ = _asked(connection, Frame({"op": "ready", "code": code}))
            return _code(opens)

    def enrol(self, enrol: Enrol) -> str:
        """Hand over for whom a passkey is to be made, and return the code that opens the page once."""
        with self._connected() as connection:
            begun, _ = _asked(connection, Frame({"op": "begin", "for": "enrolment"}, enrol.to_bytes()))
            opens, _ = _asked(connection, Frame({"op": "ready", "code": _code(begun)}))
            return _code(opens)

    def fetch(self, code: str) -> Answered:
        """Return what was answered, or refuse; again the same, until it is said to be counted."""
        with self._connected() as connection:
            _, said = _asked(connection, Frame({"op": "fetch", "code": code}))
        return _answered(said)

    def counted(self, code: str) -> None:
        with self._connected() as connection:
            _asked(connection, Frame({"op": "counted", "code": code}))

    def status(self) -> None:
        """Return if the approval page answers, or refuse."""
        with self._connected() as connection:
            _asked(connection, Frame({"op": "status"}))

    def _connected(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._timeout_seconds)
            connect(connection, self._socket_path, seconds=self._timeout_seconds)
        except (OSError, ListenerIsStranger) as error:
            connection.close()
            raise ApprovalPageUnavailable from error
        return connection


def _asked(connection: socket.socket, question: Frame) -> tuple[Mapping[str, Json], bytes]:
    try:
        protocol.send(connection, question)
        answer = protocol.receive(connection)
    except (OSError, protocol.SignerRefused) as error:
        raise ApprovalPageUnavailable from error
    if answer is None:
        raise ApprovalPageUnavailable
    result = answer.header.get("result")
    if answer.header.get("ok") is not True or not isinstance(result, Mapping):
        raise _refusal(answer.header)
    return result, answer.body[:]


def _answered(said: bytes) -> Answered:
    try:
        entry = shapes.fields(parse(said), frozenset({"context", "answers"}))
        answers = shapes.items(entry["answers"], least=1, most=statement.MAX_STATEMENTS)
    except (NotCanonical, shapes.Misshapen) as error:
        raise ApprovalPageUnavailable from error
    return Answered(str(entry["context"]), tuple(one for one in answers if isinstance(one, dict)))


def _refusal(header: Mapping[str, Json]) -> Refused:
    code, facts = header.get("code"), header.get("facts")
    refusal = _KNOWN.get(code, ApprovalPageUnavailable) if isinstance(code, str) else ApprovalPageUnavailable
    given = facts if isinstance(facts, Mapping) else {}
    return refusal(**{name: fact for name, fact in given.items() if isinstance(fact, str | int | None)})


def _code(said: Mapping[str, Json]) -> str:
    code = said.get("code")
    if not isinstance(code, str):
        raise ApprovalPageUnavailable
    return code


def _digests(said: Mapping[str, Json]) -> Sequence[str]:
    missing = said.get("missing")
    try:
        return [shapes.digest(one) for one in missing] if isinstance(missing, list) else []
    except shapes.Misshapen as error:
        raise ApprovalPageUnavailable from error
