"""What becomes of pictures that a telephone carries: sealed to the gateway, and kept until it says that it has them."""

import hashlib
from typing import Final

from privyseal.conformance.carried_cases import Phone, tell
from privyseal.conformance.trial import Trial, Wrong
from privyseal.device import hello, wrapping
from privyseal.device.carried import GRANT, Fragment, Say
from privyseal.device.signed import Frame, opened

_PICTURES: Final = Fragment(Say.PICTURES)


def carries_pictures(trial: Trial) -> None:
    """Fetch the picture of an impression, a cut in the middle, and bring false and then right word that it is kept."""
    ticket = trial.opened(impressions=1)
    trial.done("network", "off")
    trial.done("press")
    phone = Phone(trial)
    tell(trial, phone)
    told = trial.one(trial.came(), "photographed", ticket.uid, failed=False)
    digest, size = str(told.said.get("sha256")), int(str(told.said.get("bytes")))
    offer = _offered(trial, phone, digest)
    half = phone.piece(offer, 0, min(GRANT, offer.number // 2))
    trial.done("carrier", "off")
    phone = Phone(trial)
    if _offered(trial, phone, digest) != offer:
        raise Wrong("after a cut it offers the same picture as another")
    sealed = phone.fetched(offer, at_once=GRANT)
    if not sealed.startswith(half.decode("ascii")):
        raise Wrong("after a cut the picture goes on as another")
    if hashlib.sha256(wrapping.unwrapped(sealed, trial.gateway.keys.gateway)).hexdigest() != digest:
        raise Wrong("the picture that it gives is not the one whose digest it told")
    for key in (trial.gateway.keys.stranger, trial.gateway.keys.signer):
        phone.brought(trial.gateway.kept(digest, size, key))
    if not phone.offers(_PICTURES):
        raise Wrong("it forgot a picture by the word of somebody who is not its gateway")
    phone.brought(trial.gateway.kept(digest, size))
    if any(_names(trial, phone, each, digest) for each in phone.offers(_PICTURES)[::2]):
        raise Wrong("it offers a picture that is kept")
    trial.done("carrier", "off")
    trial.done("network", "on")
    trial.sync()
    if digest in trial.played.pictures:
        raise Wrong("it sends a picture that is kept")


def _offered(trial: Trial, phone: Phone, digest: str) -> Fragment:
    """Return under which name it offers the picture with this digest, or find fault."""
    offers = phone.offers(_PICTURES)
    if len(offers) % 2:
        raise Wrong("it does not offer each picture behind the frame that says it is its own")
    found = [
        picture for frame, picture in zip(offers[::2], offers[1::2], strict=True) if _names(trial, phone, frame, digest)
    ]
    if len(found) != 1:
        raise Wrong("it does not offer the picture that it told of")
    return found[0]


def _names(trial: Trial, phone: Phone, offer: Fragment, digest: str) -> bool:
    key = trial.played.key
    return key is not None and hello.picture(opened(phone.fetched(offer), Frame.PICTURE, key)).sha256 == digest
