"""The web application's way in: a Unix socket, by which it hands over what is shown and fetches what was answered."""

import logging
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from privyseal.approval_page import asking, enrolling
from privyseal.approval_page.keeping import ApprovalCodeUnknown, Kept
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical
from privyseal.kernel.errors import Refused
from privyseal.signer import protocol
from privyseal.signer.callers import PATIENCE_SECONDS, Callers
from privyseal.signer.protocol import Frame
from privyseal.signer.sockets import bind, peer_of

LOG: Final = logging.getLogger("privyseal.approval_page")

_MOST_CALLERS: Final = 16
_IDLE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.1
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_Clock = Callable[[], datetime]


class Door:
    """Answers the users that may call, a thread each, until the process ends."""

    def __init__(
        self,
        kept: Kept,
        clock: _Clock,
        *,
        peer_uids: frozenset[int],
        folder: Path,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._kept = kept
        self._clock = clock
        self._peer_uids = peer_uids
        self._folder = folder
        self._places = Callers(_MOST_CALLERS, patience_seconds=patience_seconds)

    def listen(self, path: Path) -> None:
        """Answer from now on at this path, in the place of a socket that an earlier process left."""
        listener = bind(path, what="The approval page", is_shared=not self._peer_uids <= {0, os.geteuid()})
        threading.Thread(target=self._accept, args=(listener,), name="door", daemon=True).start()

    def answer(self, frame: Frame) -> Frame:
        """Return what a request is answered; a refusal is an answer."""
        operation = frame.header.get("op")
        try:
            if not isinstance(operation, str) or operation not in _OPERATIONS:
                raise asking.ApprovalAskUnreadable
            answer, code = _OPERATIONS[operation](self._kept, frame, self._clock()), "ok"
        except (Refused, shapes.Misshapen) as error:
            refused = error if isinstance(error, Refused) else asking.ApprovalAskUnreadable()
            answer, code = protocol.refusal(refused), refused.code
        LOG.info("answered", extra={"op": operation, "code": code})
        return answer

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
                connection.settimeout(_IDLE_SECONDS)
                self._places.take_place()
                self._admit(connection)
            except (OSError, RuntimeError):
                # No file or thread is left for a caller now: whoever comes once there is one is answered again.
                LOG.exception("cannot accept a caller")
                time.sleep(_PAUSE_SECONDS)

    def _admit(self, connection: socket.socket) -> None:
        try:
            threading.Thread(target=self._serve, args=(connection,), name="caller", daemon=True).start()
        except RuntimeError:
            self._places.give_place()
            raise

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._converse(connection)
        except (OSError, Refused) as error:
            LOG.info("caller gone", extra={"code": getattr(error, "code", type(error).__name__)})
        except Exception:
            LOG.exception("answer failed")  # the outermost loop of a caller: one fault ends one connection
        finally:
            self._places.give_place()

    def _converse(self, connection: socket.socket) -> None:
        if peer_of(connection) not in self._peer_uids:
            LOG.warning("caller not allowed")
            return
        places, announced = self._places, partial(self._places.awaited, connection)
        try:
            places.awaited(connection)
            while (frame := protocol.receive(connection, self._folder, announced)) is not None:
                places.served(connection)
                with protocol.released(frame):
                    answer = self.answer(frame)
                    places.awaited(connection, len(answer.body))
                    protocol.send(connection, answer)
                places.awaited(connection)
        finally:
            places.served(connection)


def _begin(kept: Kept, frame: Frame, at: datetime) -> Frame:
    read = enrolling.read if frame.header.get("for") == "enrolment" else asking.read
    code, missing = kept.begin(read(frame.body[:]), at)
    return protocol.answer({"code": code, "missing": list(missing)})


def _hand_over(kept: Kept, frame: Frame, at: datetime) -> Frame:
    kept.hand_over(_code(frame), shapes.digest(frame.header.get("sha256")), frame.body, at)
    return protocol.answer({})


def _ready(kept: Kept, frame: Frame, at: datetime) -> Frame:
    return protocol.answer({"code": kept.ready(_code(frame), at)})


def _fetch(kept: Kept, frame: Frame, at: datetime) -> Frame:
    asked = kept.fetch(_code(frame), at)
    said: Mapping[str, Json] = {"context": asked.ask.context, "answers": list(asked.answers)}
    return protocol.answer({}, canonical(said))  # longer than a header may be


def _counted(kept: Kept, frame: Frame, at: datetime) -> Frame:
    kept.counted(_code(frame), at)
    return protocol.answer({})


def _status(_kept: Kept, _frame: Frame, _at: datetime) -> Frame:
    return protocol.answer({})


def _code(frame: Frame) -> str:
    try:
        return shapes.word(frame.header.get("code"), _CODE)
    except shapes.Misshapen as error:
        raise ApprovalCodeUnknown from error


_OPERATIONS: Final[Mapping[str, Callable[[Kept, Frame, datetime], Frame]]] = {
    "begin": _begin,
    "hand-over": _hand_over,
    "ready": _ready,
    "fetch": _fetch,
    "counted": _counted,
    "status": _status,
}
