"""May a roster or a charter change? Pure: what is asked, what is in force, whose voices count; by whom, or a no."""

from dataclasses import dataclass
from datetime import datetime

from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.signer.changes import TAKES, Amend, Begin, Change, ChangeUnreadable, Enter, Kind, Remove, Seat
from privyseal.signer.charters import COUNTS, SECURITY, Charter, InForce, RosterTooSmall
from privyseal.signer.checks import ApprovalsMissing, AssuranceTooLow
from privyseal.signer.passkeys import PASSKEY, PasskeyNotBound, check_key
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import SESSION, Approved
from privyseal.signer.voices import Voices


class CharterOutOfStep(SignerRefused):
    """The charter has another version now than the one that this would follow."""

    code = "charter-out-of-step"


@dataclass(frozen=True, slots=True)
class Members:
    """How many different people are on the rosters now by passkeys that a charter would count."""

    approvers: int
    security: int


def who_changes(change: Change, *, in_force: InForce, is_closed: bool) -> Charter:
    """Return by how many, of which roster and what their yes must be made of: a charter for this one change.

    Rosters are security's, by their passkeys as soon as any charter asks for passkeys; until then also by the word of
    the web application. A charter is changed by those of the one before.
    """
    if isinstance(change, Amend):
        before = in_force.charter
        return Charter(max(TAKES[Kind.AMEND], before.approvals), before.assurance, before.roster, before.is_bound)
    takes = TAKES[Kind.REMOVE if isinstance(change, Remove) else Kind.ENTER]
    return Charter(takes, PASSKEY if is_closed else SESSION, SECURITY)


def may_change(
    change: Change, said: Approved, *, by: Charter, in_force: InForce, voices: Voices, members: Members, at: datetime
) -> frozenset[str]:
    """Return by whose yes this is changed, or refuse.

    (1) as many different people said yes as it takes, each by what counts; (2) nobody enters or seats their own;
    (3) the key is one that can be verified with; (4) a charter follows the version in force, (5) and leaves people who
    can act under it.
    """
    if isinstance(change, Begin):
        raise ChangeUnreadable
    # (1) enough people, by what counts
    people = said_by(said, by=by, voices=voices, at=at)
    if len(people) < by.approvals:
        raise ApprovalsMissing(needed=by.approvals)
    match change:
        case Enter(credential=credential):
            # (2) nobody's own
            if credential.person in people:
                raise DutiesNotSeparate(part="approver", already="person")
            # (3) a key that can be verified with
            check_key(credential.key)
        case Seat(seats=seats):
            # (2) nobody's own
            if any(one.person in people for one in seats):
                raise DutiesNotSeparate(part="approver", already="person")
        case Amend(of=of, version=version, charter=charter):
            # (4) the next version
            if version != (in_force.version if in_force.of == of else 0) + 1:
                raise CharterOutOfStep(version=in_force.version)
            # (5) people who can act
            _check_leaves_people(charter, members)
        case Remove():
            pass
    return people


def said_by(said: Approved, *, by: Charter, voices: Voices, at: datetime) -> frozenset[str]:
    """Return the different people who said yes to these bytes; one assertion that does not count spoils it."""
    for assertion in said.assertions:
        voices.check(assertion, said.statement, at=at)
        if assertion.assurance not in COUNTS[by.assurance]:
            raise AssuranceTooLow(assurance=assertion.assurance)
        if by.is_bound and not voices.is_bound(assertion):
            raise PasskeyNotBound(person=assertion.approver)
    return frozenset(assertion.approver for assertion in said.assertions)


def _check_leaves_people(charter: Charter, members: Members) -> None:
    if charter.assurance != PASSKEY:
        return
    least = max(charter.approvals, TAKES[Kind.AMEND])
    if members.approvers < least or members.security < TAKES[Kind.ENTER]:
        raise RosterTooSmall(needed=least)
