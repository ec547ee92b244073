"""How the log speaks to a cosigner: it offers a head and gets a cosignature, or a no that says what is wrong."""

import base64
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Final

from privyseal.cosigner.answering import PATH
from privyseal.egress import MOST_BYTES, Answer, AnswerLost, Egress, HostNotReached
from privyseal.kernel.cosignature import CosignerKey, cosigned_at
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import KeyUnreadable, NoteBroken

SECONDS: Final = 5.0
_SOCKET: Final = "unix:"


class CosignerAbsent(Refused):
    """The cosigner cannot be reached, or says nothing that makes sense: it is asked again."""

    code = "cosigner-absent"


class CosignerElsewhere(Refused):
    """The cosigner's last head has another size, or another root at this size; ``size`` is its own."""

    code = "cosigner-elsewhere"


class CosignerRefuses(Refused):
    """The cosigner says no, for good: it was shown another past, or does not know this log."""

    code = "cosigner-refuses"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The line that a cosigner added, and the POSIX time that it says."""

    line: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Somebody else's cosigner: the key it is known by, and where it is."""

    key: CosignerKey
    address: str

    @classmethod
    def parse(cls, text: str) -> "Cosigner":
        """Read ``KEY@ADDRESS``, an address of http, https, or ``unix:`` and a path, or refuse: key-unreadable."""
        name, _, rest = text.partition("+")
        typed, at, address = rest.partition("@")
        if not at or not address.startswith(("http://", "https://", f"{_SOCKET}/")):
            raise KeyUnreadable
        return cls(CosignerKey.parse(f"{name}+{typed}"), address.rstrip("/"))

    def add_checkpoint(self, note: str, *, old: int, proof: Sequence[bytes], egress: Egress) -> Cosigned:
        """Return the cosignature of a head, or refuse: cosigner-absent, cosigner-elsewhere, cosigner-refuses."""
        lines = [f"old {old}", *(base64.b64encode(node).decode() for node in proof), "", note]
        answer = self._asked("\n".join(lines).encode(), egress)
        if answer.status == HTTPStatus.CONFLICT:
            raise CosignerElsewhere(cosigner=self.key.name, size=_size(answer.body, self.key.name))
        if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise CosignerRefuses(cosigner=self.key.name, status=answer.status)
        try:
            line = next(line for line in answer.body.decode().splitlines(keepends=True) if self._is_ours(line))
            return Cosigned(line, cosigned_at(note + line, self.key))
        except (UnicodeDecodeError, StopIteration, NoteBroken) as error:
            raise CosignerAbsent(cosigner=self.key.name) from error

    def _is_ours(self, line: str) -> bool:
        return line.split(" ")[1:2] == [self.key.name]

    def _asked(self, body: bytes, egress: Egress) -> Answer:
        try:
            if self.address.startswith(_SOCKET):
                return _beside(self.address.removeprefix(_SOCKET), body)
            return egress.ask(self.address + PATH, body, seconds=SECONDS)
        except (HostNotReached, AnswerLost, OSError, HTTPException) as error:
            raise CosignerAbsent(cosigner=self.key.name) from error


def _size(body: bytes, name: str) -> int:
    digits = body.removesuffix(b"\n")
    if not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004  what a checkpoint's size may have, C2SP tlog-checkpoint
        raise CosignerAbsent(cosigner=name)
    return int(digits)


def _beside(path: str, body: bytes) -> Answer:
    """Ask a cosigner on this machine, over its socket file."""
    connection = HTTPConnection("cosigner", timeout=SECONDS)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as own:
        own.settimeout(SECONDS)
        own.connect(os.fspath(path))
        connection.sock, connection.auto_open = own, 0
        connection.request("POST", PATH, body)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(MOST_BYTES))
