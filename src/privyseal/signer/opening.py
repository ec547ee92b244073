"""The keys as the founding makes them; and those who keep what opens them open, lock, and hand it on."""

from collections.abc import Callable, Mapping
from datetime import datetime

from privyseal.kernel import merkle
from privyseal.kernel.canonical import Json
from privyseal.signer import answers, authority, heads, requests, unlocking
from privyseal.signer.founding import may_begin
from privyseal.signer.keys import Keys
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.store import FirstKeys, Installation, SignedCheckpoint, Store


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


class AlreadyFounded(SignerRefused):
    code = "already-founded"


def found(store: Store, keys: Keys, request: requests.Found, *, now: Callable[[], datetime]) -> None:
    """Found an installation with what it begins with, once, or refuse.

    A founding on which nothing rests, no seal and no fact, gives way to another: a ceremony that was broken off is held
    again from its beginning.
    """
    is_founded = store.installation() is not None
    if not is_founded or (store.is_untouched and not store.is_begun_with(request)):
        keys.check_open()
        at = now()
        first = may_begin(request, request.rule, at=at) if request.rule else None
        store.save_installation(*installation(request, at=at), first=first, is_anew=is_founded)
    if not store.is_begun_with(request):
        raise AlreadyFounded


def installation(request: requests.Found, *, at: datetime) -> tuple[Installation, FirstKeys, SignedCheckpoint]:
    """Return an installation that is new, its keys, and the head of its empty log."""
    issued, log_key = authority.new_authority(is_demo=request.is_demo, at=at), authority.new_log_key()
    installation = Installation(founding=request, ca_certificate=issued.certificate)
    return installation, FirstKeys(issued.key, log_key), heads.signed(request.origin, log_key, 0, merkle.EMPTY_ROOT)
