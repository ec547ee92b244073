"""The signer's socket: who may speak to it, one thread a caller, one log line an answer."""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.signer import protocol, uses
from privyseal.signer.callers import PATIENCE_SECONDS, Callers
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import Frame, SignerRefused
from privyseal.signer.sockets import peer_of
from privyseal.signer.unlocking import OF_THE_HOUSE

LOG: Final = logging.getLogger("privyseal.signer")

_MAX_CALLERS: Final = 32
_ROOT: Final = 0
_IDLE_SECONDS: Final = 60.0
_DRAIN_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 0.1
_STAMP_SECONDS: Final = 60.0


class PeerNotAllowed(SignerRefused):
    code = "peer-not-allowed"


class Server:
    """Answers callers on a listening socket until it is stopped; a large document lies in a file in the folder."""

    def __init__(
        self,
        signer: Signer,
        listener: socket.socket,
        *,
        peer_uids: frozenset[int],
        folder: Path | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._signer = signer
        self._listener = listener
        self._peer_uids = peer_uids
        self._folder = folder
        self._places = Callers(_MAX_CALLERS, patience_seconds=patience_seconds)
        self._lock = threading.Lock()
        self._callers: dict[socket.socket, threading.Thread] = {}
        self._is_stopping = False
        self._accepting = threading.Thread(target=self._accept, name="accept", daemon=True)

    def start(self) -> None:
        self._accepting.start()
        # The PDF engine takes a second to import; whoever only asks for the status is answered before that.
        threading.Thread(target=uses.warm_up, name="warm-up", daemon=True).start()

    def stop(self) -> None:
        """Stop listening, let every answer that is under way be finished, and return."""
        with self._lock:
            if self._is_stopping:
                return
            self._is_stopping = True
            callers = dict(self._callers)
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in callers:
            _end_reading(connection)
        deadline = time.monotonic() + _DRAIN_SECONDS
        for thread in callers.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
                self._places.take_place()
                self._admit(connection)
            except (OSError, RuntimeError):
                if self._is_stopping:
                    return
                # No file or thread is left for a caller now: whoever comes once there is one is answered again.
                LOG.exception("cannot accept a caller")
                time.sleep(_PAUSE_SECONDS)

    def _admit(self, connection: socket.socket) -> None:
        connection.settimeout(_IDLE_SECONDS)
        thread = threading.Thread(target=self._serve, args=(connection,), name="caller", daemon=True)
        with self._lock:
            self._callers[connection] = thread
            try:
                thread.start()
            except RuntimeError:
                del self._callers[connection]
                self._places.give_place()
                raise
            if self._is_stopping:
                _end_reading(connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._converse(connection)
        except OSError as error:
            LOG.info("caller gone", extra={"reason": type(error).__name__})
        except Exception:
            LOG.exception("answer failed")  # the outermost loop of a caller: one fault ends one connection
        finally:
            with self._lock:
                del self._callers[connection]
            self._places.give_place()

    def _converse(self, connection: socket.socket) -> None:
        places = self._places
        places.awaited(connection)
        try:
            uid = self._check_peer(connection)
            while (frame := self._received(connection)) is not None:
                with protocol.released(frame):
                    answer = self._answer(frame, _AskedBack(connection, places), uid=uid)
                    places.awaited(connection, len(answer.body))
                    protocol.send(connection, answer)
                places.awaited(connection)
        except Refused as refused:
            # What follows a broken frame cannot be told from its rest: say no and hang up.
            LOG.warning("caller refused", extra={"code": refused.code})
            protocol.send(connection, protocol.refusal(refused))
        finally:
            places.served(connection)

    def _received(self, connection: socket.socket) -> Frame | None:
        frame = protocol.receive(connection, self._folder, partial(self._places.awaited, connection))
        self._places.served(connection)
        return frame

    def _check_peer(self, connection: socket.socket) -> int:
        uid = peer_of(connection)
        if uid not in self._peer_uids:
            raise PeerNotAllowed
        return uid

    def _answer(self, frame: Frame, authority: "_AskedBack", *, uid: int) -> Frame:
        began = time.perf_counter()
        try:
            if str(frame.header.get("op")) in OF_THE_HOUSE and uid not in {_ROOT, os.geteuid()}:
                raise PeerNotAllowed
            answer = self._signer.answer(frame, authority)
            code = "ok"
        except Refused as refused:
            answer, code = protocol.refusal(refused), refused.code
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        operation, intent = frame.header.get("op"), frame.header.get("intent")
        level = logging.DEBUG if operation == "status" else logging.INFO  # asked by every health check
        facts = {"op": operation, "intent": intent, "code": code, "milliseconds": milliseconds}
        LOG.log(level, "answered", extra=facts)
        return answer


@dataclass(frozen=True, slots=True)
class _AskedBack:
    """The time stamp authority as the signer reaches it, who has no network: by its caller."""

    connection: socket.socket
    places: Callers

    def token(self, imprint: bytes) -> bytes:
        """Return what the caller fetched, or refuse; whether it stamps this is for the judge of the finished file."""
        self.places.awaited(self.connection, seconds=_STAMP_SECONDS)
        protocol.send(self.connection, protocol.ask_for_stamp(imprint))
        answer = protocol.receive(self.connection)
        self.places.served(self.connection)
        if answer is None or not isinstance(answer.body, bytes) or not answer.body:
            raise TimestampRefused(status=None)
        return answer.body


def _end_reading(connection: socket.socket) -> None:
    """Let a caller finish the answer it is waiting for, and start no other."""
    try:
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        LOG.debug("caller gone")  # it hung up first
