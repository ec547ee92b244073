"""What a cosigner answers: C2SP tlog-witness v1, add-checkpoint. It signs one view of one log, and never goes back."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from privyseal.cosigner.home import Home
from privyseal.kernel import merkle, note
from privyseal.kernel.cosignature import cosign
from privyseal.kernel.merkle import ProofBroken
from privyseal.kernel.note import Checkpoint, NoteBroken, VerifierKey

PATH: Final = "/add-checkpoint"
MOST_BYTES: Final = 65_536
SIZE: Final = "text/x.tlog.size"
TEXT: Final = "text/plain; charset=utf-8"

_FORM: Final = re.compile(
    r"old (?P<old>0|[1-9][0-9]{0,17})\n(?P<proof>(?:[A-Za-z0-9+/]{43}=\n){0,63})\n(?P<note>.+)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    body: str = ""
    kind: str = TEXT


class Cosigner:
    """Answers for one log. ``now`` gives POSIX seconds."""

    def __init__(self, home: Home, log: VerifierKey, now: Callable[[], int]) -> None:
        self._home = home
        self._log = log
        self._now = now
        self._last = home.last(log)
        self._one_at_a_time = threading.Lock()

    def add_checkpoint(self, body: bytes) -> Answer:
        """Return a cosignature of a head that extends the last one cosigned, or the no that the protocol names.

        (1) of this log; (2) signed by it; (3) from the last one cosigned; (4) nothing rewritten; (5) kept for good;
        (6) only then signed. Nobody else comes between (3) and (5).
        """
        offer = self._read(body)
        if isinstance(offer, Answer):
            return offer
        with self._one_at_a_time:
            if (no := self._why_not(offer)) is not None:
                return no
            # What strangers signed beside the log is not carried along.
            self._home.keep(_signed_by(offer.note, self._log))  # (5)
            self._last = offer.head
            line = cosign(offer.text, self._home.name, self._home.key, seconds=self._now())  # (6)
        return Answer(HTTPStatus.OK, line)

    def _read(self, body: bytes) -> "_Offer | Answer":
        offer = _offer(body)
        if offer is None:
            return Answer(HTTPStatus.BAD_REQUEST)
        if offer.head.origin != self._log.name:  # (1)
            return Answer(HTTPStatus.NOT_FOUND)
        try:
            note.open_checkpoint(offer.note, self._log)  # (2)
        except NoteBroken:
            return Answer(HTTPStatus.FORBIDDEN)
        return offer if offer.old <= offer.head.size else Answer(HTTPStatus.BAD_REQUEST)

    def _why_not(self, offer: "_Offer") -> Answer | None:
        size, root = (self._last.size, self._last.root) if self._last else (0, merkle.EMPTY_ROOT)
        if offer.old != size or (offer.head.size == size and offer.head.root != root):  # (3)
            return Answer(HTTPStatus.CONFLICT, f"{size}\n", SIZE)
        try:
            _check_extends(size, root, offer)  # (4)
        except ProofBroken:
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY)
        return None


@dataclass(frozen=True, slots=True)
class _Offer:
    """A head as somebody brought it, and from which size on; nothing of it is believed yet."""

    old: int
    proof: list[bytes]
    note: str
    text: str
    head: Checkpoint


def _offer(body: bytes) -> _Offer | None:
    try:
        form = _FORM.fullmatch(body.decode()) if len(body) <= MOST_BYTES else None
        if form is None:
            return None
        text, _ = note.opened(form["note"])
        proof = [note.octets(line) for line in form["proof"].split()]
        return _Offer(int(form["old"]), proof, form["note"], text, Checkpoint.parse(text))
    except (ValueError, NoteBroken):
        return None


def _check_extends(size: int, root: bytes, offer: _Offer) -> None:
    """Return if the tree of the head begins with the one cosigned last, or refuse; every tree extends the empty one."""
    if size:
        merkle.verify_consistency(size, root, offer.head.size, offer.head.root, offer.proof)
    elif offer.proof:
        raise ProofBroken(surplus=len(offer.proof))


def _signed_by(text: str, log: VerifierKey) -> str:
    said, signatures = note.opened(text)
    (blob,) = (blob for name, blob in signatures if name == log.name and blob[:4] == log.key_id)
    return f"{said}\n{note.signature_line(log.name, blob)}"
