"""How an installation begins: by its first rule, if its own people said yes to it. Pure."""

from collections import Counter
from datetime import datetime

from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.signer import changes
from privyseal.signer.changes import TAKES, Begin, ChangeUnreadable, Kind
from privyseal.signer.charters import SECURITY, RosterTooSmall
from privyseal.signer.checks import ApprovalsMissing
from privyseal.signer.passkeys import PASSKEY, Page, PasskeyAssertion, PasskeyNotBound
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.requests import Found
from privyseal.signer.statement import Approved
from privyseal.signer.voices import Voices


class FoundingDiffers(SignerRefused):
    """What the people of a founding said yes to is another founding than the one that is asked for."""

    code = "founding-differs"


def may_begin(request: Found, said: Approved, *, at: datetime) -> Begin:
    """Return what an installation begins with, or refuse.

    (1) it is said of this founding; (2) each passkey is one person's, and nobody is on two rosters or witnesses what
    they are part of; (3) enough people are on the rosters to act under the charter; (4) every passkey that comes onto a
    roster, and the witness's, said yes to all of it.
    """
    begin = changes.parse(said.statement)
    if not isinstance(begin, Begin):
        raise ChangeUnreadable
    # (1) this founding
    if (begin.log, begin.web_key) != (request.origin, request.web_key):
        raise FoundingDiffers
    if (begin.charter.approvals, begin.charter.assurance) != (request.charter.approvals, request.charter.assurance):
        raise FoundingDiffers
    # (2) different people
    everybody = [*(one.credential for one in begin.entries), begin.witness]
    on_rosters = {(one.credential.person, one.roster) for one in begin.entries}
    parts = Counter([*(person for person, _ in on_rosters), begin.witness.person])
    if max(parts.values()) > 1:
        raise DutiesNotSeparate(part="approver", already="person")
    if len({one.id for one in everybody}) < len(everybody) or len({one.key for one in everybody}) < len(everybody):
        raise FoundingDiffers
    # (3) enough of them
    _check_enough(begin)
    # (4) all of them said so
    voices = Voices(
        request.web_key, Page(begin.page), {one.id: one for one in everybody}, takes_software=request.is_demo
    )
    for assertion in said.assertions:
        voices.check(assertion, said.statement, at=at)
        is_asked = begin.charter.is_bound and assertion.approver != begin.witness.person
        if is_asked and not voices.is_bound(assertion):
            raise PasskeyNotBound(person=assertion.approver)
    heard = {one.credential for one in said.assertions if isinstance(one, PasskeyAssertion)}
    if heard != {one.id for one in everybody}:
        raise ApprovalsMissing(needed=len(everybody))
    return begin


def _check_enough(begin: Begin) -> None:
    """Return if rosters and charter can be changed by those who are there, or refuse."""
    least = {SECURITY: TAKES[Kind.ENTER]}
    if begin.charter.assurance == PASSKEY:
        least[begin.charter.roster] = max(begin.charter.approvals, TAKES[Kind.AMEND])
    for roster, needed in least.items():
        if len({one.credential.person for one in begin.entries if one.roster == roster}) < needed:
            raise RosterTooSmall(needed=needed)
