"""A receipt: one text file that proves a fact to a stranger, offline. C2SP tlog-proof v1.

The fact's canonical bytes travel in the ``extra`` line, so the file is complete by itself.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from privyseal.kernel import merkle
from privyseal.kernel.cosignature import CosignatureMissing
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import Checkpoint, VerifierKey, octets, open_checkpoint
from privyseal.kernel.quorum import Quorum

ANYBODY: Final = Quorum()
MAX_CHARACTERS: Final = 64_000
_HEADER: Final = "c2sp.org/tlog-proof@v1"
_FORM: Final = re.compile(
    rf"{re.escape(_HEADER)}\nextra (?P<extra>[A-Za-z0-9+/=]+)\nindex (?P<index>0|[1-9][0-9]{{0,17}})\n"
    r"(?P<proof>(?:[A-Za-z0-9+/]{43}=\n){0,63})\n(?P<note>.+)",
    re.DOTALL,
)


class ReceiptUnreadable(Refused):
    code = "receipt-unreadable"


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """What a receipt proved: these exact bytes stand at this index of the log; and who saw that log when."""

    fact: bytes
    index: int
    checkpoint: Checkpoint
    cosigned: Mapping[str, int]


def write(fact: bytes, index: int, proof: Sequence[bytes], checkpoint_note: str) -> str:
    lines = [_HEADER, f"extra {_base64(fact)}", f"index {index}", *(_base64(node) for node in proof)]
    return "\n".join(lines) + "\n\n" + checkpoint_note


def key_for(text: str, keys: Sequence[VerifierKey]) -> VerifierKey:
    """Return which of a log's keys the receipt has to be checked by: that of the name it was signed under.

    Where none has that name it is the first, by which it will not hold.
    """
    named = text.split("\n\n")[-2:-1]
    origin = named[0].partition("\n")[0] if named else ""
    return next((key for key in keys if key.name == origin), keys[0])


def check(text: str, key: VerifierKey, quorum: Quorum = ANYBODY) -> CheckedReceipt:
    """Return what the receipt proves under this log's key, or refuse.

    Refuses: receipt-unreadable, note-broken, proof-broken; cosignature-missing where the quorum is not met.
    """
    form = _FORM.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    if form is None:
        raise ReceiptUnreadable
    try:
        fact = octets(form["extra"])
        proof = [octets(line) for line in form["proof"].split()]
    except ValueError as error:
        raise ReceiptUnreadable from error
    index = int(form["index"])
    # (1) the log signed the checkpoint
    checkpoint = open_checkpoint(form["note"], key)
    # (2) the fact stands at its index under the checkpoint's root
    merkle.verify_inclusion(merkle.leaf_hash(fact), index, checkpoint.size, proof, checkpoint.root)
    # (3) those who were asked for saw this checkpoint; a bad line by one of them spoils it
    cosigned = quorum.times_of(form["note"])
    if not quorum.is_met_by(cosigned):
        raise CosignatureMissing(needed=quorum.needed.value)
    return CheckedReceipt(fact=fact, index=index, checkpoint=checkpoint, cosigned=cosigned)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
