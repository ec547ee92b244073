"""The keys as the founding makes them; and those who keep what opens them open, lock, and hand it on."""

from collections.abc import Mapping
from datetime import datetime

from privyseal.kernel import merkle
from privyseal.kernel.canonical import Json
from privyseal.signer import answers, authority, heads, requests, unlocking
from privyseal.signer.keys import Keys
from privyseal.signer.store import FirstKeys, Installation, SignedCheckpoint


def custody_of_keys(keys: Keys, request: unlocking.Unlocks, *, at: datetime) -> Mapping[str, Json]:
    """Open, lock, or hand on what opens these keys; return what each custodian takes away."""
    match request:
        case unlocking.Open():
            keys.open(request.share, at=at)
        case unlocking.Lock():
            keys.lock()
        case unlocking.Confirm():
            keys.confirm(request.shares)
        case unlocking.Entrust():
            made = keys.entrust(needed=request.needed, number=request.shares, by=request.by)
            return answers.Entrusted(tuple(made)).to_json()
    return {}


def installation(request: requests.Found, *, at: datetime) -> tuple[Installation, FirstKeys, SignedCheckpoint]:
    """Return an installation that is new, its keys, and the head of its empty log."""
    issued, log_key = authority.new_authority(is_demo=request.is_demo, at=at), authority.new_log_key()
    installation = Installation(founding=request, ca_certificate=issued.certificate)
    return installation, FirstKeys(issued.key, log_key), heads.signed(request.origin, log_key, 0, merkle.EMPTY_ROOT)
