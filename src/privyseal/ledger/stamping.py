"""Once a day a third party says when it saw the head of the log: its time is the clock of nobody here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.models import CheckpointRow, HeadStamp
from privyseal.pdf import timestamps

STAMPS = Service("stamps")


@dataclass(frozen=True, slots=True)
class Stamped:
    """A signed head, and the token (RFC 3161, DER) over the SHA-256 of its note."""

    day: date
    note: str
    token: bytes

    @property
    def is_over_its_head(self) -> bool:
        return timestamps.imprint_of(self.token) == _imprint(self.note)


def stamp_head(at: datetime, *, stamp: Callable[[bytes], bytes]) -> bool:
    """Have the newest head stamped, once a day; return whether it was. An authority that is away is asked again."""
    head = CheckpointRow.objects.order_by("-size").values_list("size", "note").first()
    if head is None or HeadStamp.objects.filter(day=at.date()).exists():
        return False
    size, note = head
    try:
        token = stamp(_imprint(note))
    except Refused:
        return False
    _keep_stamp(STAMPS, at, size=size, token=token)
    return True


def stamped_on(day: date) -> Stamped | None:
    """Return what was stamped on a day, None where nothing was."""
    found = HeadStamp.objects.filter(day=day).first()
    return None if found is None else _stamped(found)


def stamps_hold() -> bool:
    """Tell whether every token is over the head that it is kept with."""
    return all(_stamped(one).is_over_its_head for one in HeadStamp.objects.order_by("day"))


@command("signer.keep-stamp")
def _keep_stamp(actor: Service, at: datetime, *, size: int, token: bytes) -> None:
    _, is_new = HeadStamp.objects.get_or_create(day=at.date(), defaults={"size": size, "token": token})
    if is_new:
        book.record("signer.head-stamped", by=actor, at=at, size=size, token_sha256=sha256(token).hexdigest())


def _stamped(found: HeadStamp) -> Stamped:
    head = CheckpointRow.objects.get(size=found.size)
    return Stamped(found.day, head.note, bytes(found.token))


def _imprint(note: str) -> bytes:
    return sha256(note.encode()).digest()
