"""A bound session with a message centre: texts are submitted, receipts come back, and the line is looked after."""

import select
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Final

from privyseal.notification.channels import NeverTaken, NotTaken, PerhapsTaken
from privyseal.notification.smpp.pdus import (
    Became,
    Command,
    NoSmpp,
    Part,
    Pdu,
    Status,
    became,
    bind,
    length_of,
    read,
    reference_in,
    submit,
)

_NO_SUCH_NUMBER: Final = frozenset({Status.INVALID_DESTINATION, Status.INVALID_DESTINATION_TYPE})


@dataclass(frozen=True, slots=True)
class Centre:
    """A message centre and our account there. ``window`` is how many submits may be unanswered at once.

    An answer is waited for so many seconds; a line that was still for so long is asked whether it is there.
    """

    host: str
    port: int
    system_id: str
    password: str
    is_secure: bool = False
    window: int = 10
    seconds: float = 10.0
    asks_after_seconds: float = 30.0


class Session:
    """One connection, bound as a transceiver (2.2.3). Used by one thread; whatever it raises has ended it."""

    def __init__(self, centre: Centre) -> None:
        """Connect and bind, or raise NotTaken."""
        self._centre = centre
        self._sequences = count(1)
        self._answers: dict[int, Pdu] = {}
        self._heard: list[Pdu] = []
        self._line, self._used_at = _connected(centre), time.monotonic()
        try:
            answer = self._asked(bind(next(self._sequences), centre.system_id, centre.password))
        except (OSError, NoSmpp) as error:
            self.close()
            raise NotTaken(channel="sms") from error
        if answer.status != Status.OK:
            self.close()
            raise NotTaken(answer=f"bind 0x{answer.status:02X}")

    def send(self, source: str, destination: str, parts: Sequence[Part]) -> list[str]:
        """Submit the parts of one text and return by which names receipts will speak of them.

        The first goes alone: what is refused then has not left. The others follow, as many at once as the window lets.
        """
        try:
            references = self._submitted(source, destination, parts[:1])
        except (OSError, NoSmpp) as error:
            raise PerhapsTaken(channel="sms") from error
        rest = parts[1:]
        try:
            for begin in range(0, len(rest), self._centre.window):
                references += self._submitted(source, destination, rest[begin : begin + self._centre.window])
        except (OSError, NoSmpp, NotTaken, NeverTaken) as error:
            raise PerhapsTaken(channel="sms") from error
        return references

    def became(self) -> Iterator[Became]:
        """Return what came of earlier texts; asked for the next, the one before is said to have arrived with us."""
        self._look_after()
        while self._heard:
            pdu = self._heard.pop(0)
            if found := became(pdu):
                yield found
            self._say(pdu.answer(b"\0"))

    def unbind(self) -> None:
        with suppress(OSError, NoSmpp):
            self._asked(Pdu(Command.UNBIND, Status.OK, next(self._sequences)))
        self.close()

    def close(self) -> None:
        self._line.close()

    def _submitted(self, source: str, destination: str, parts: Sequence[Part]) -> list[str]:
        asked = [submit(next(self._sequences), source, destination, part) for part in parts]
        for pdu in asked:
            self._say(pdu)
        answers = [self._answer_to(pdu.sequence) for pdu in asked]
        for answer in answers:
            if answer.status != Status.OK:
                refusal = NeverTaken if answer.status in _NO_SUCH_NUMBER else NotTaken
                raise refusal(answer=f"0x{answer.status:02X}")
        return [reference_in(answer) for answer in answers]

    def _look_after(self) -> None:
        """Take what has come meanwhile, and ask after a line that has been still."""
        while self._has_something():
            self._take(self._next())
        if time.monotonic() - self._used_at >= self._centre.asks_after_seconds:
            self._asked(Pdu(Command.ENQUIRE_LINK, Status.OK, next(self._sequences)))

    def _has_something(self) -> bool:
        pending = isinstance(self._line, ssl.SSLSocket) and self._line.pending() > 0
        return pending or bool(select.select([self._line], [], [], 0)[0])

    def _asked(self, pdu: Pdu) -> Pdu:
        self._say(pdu)
        return self._answer_to(pdu.sequence)

    def _answer_to(self, sequence: int) -> Pdu:
        ends = time.monotonic() + self._centre.seconds
        while sequence not in self._answers:
            if time.monotonic() >= ends:
                raise TimeoutError
            self._take(self._next())
        return self._answers.pop(sequence)

    def _take(self, pdu: Pdu) -> None:
        if pdu.is_answer:
            self._answers[pdu.sequence] = pdu
        elif pdu.command == Command.DELIVER_SM:
            self._heard.append(pdu)
        elif pdu.command in {Command.ENQUIRE_LINK, Command.UNBIND}:
            self._say(pdu.answer())
            if pdu.command == Command.UNBIND:
                raise ConnectionAbortedError
        else:
            self._say(Pdu(Command.GENERIC_NACK, 0x03, pdu.sequence))  # ESME_RINVCMDID

    def _say(self, pdu: Pdu) -> None:
        self._line.sendall(pdu.packed())
        self._used_at = time.monotonic()

    def _next(self) -> Pdu:
        head = self._exactly(4)
        return read(head + self._exactly(length_of(head) - len(head)))

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self._line.recv(size - len(found))
            if not more:
                raise ConnectionResetError
            found += more
        return found


def _connected(centre: Centre) -> socket.socket:
    try:
        line = socket.create_connection((centre.host, centre.port), timeout=centre.seconds)
        return _secure().wrap_socket(line, server_hostname=centre.host) if centre.is_secure else line
    except OSError as error:
        raise NotTaken(channel="sms") from error


@cache
def _secure() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads every root of the machine: once
