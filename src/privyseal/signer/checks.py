"""May this key sign? Pure: the request, the signer's own record and its clock in; a claim or a refusal out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.signer.charters import COUNTS, Charter
from privyseal.signer.claims import AS_APPROVED, Claim, FaceNotApproved, Reach, claim_of, claim_standing
from privyseal.signer.documents import Document
from privyseal.signer.own_yes import RestsOn, check_own_yes
from privyseal.signer.passkeys import PasskeyNotBound
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.requests import Destroy, Make, Resume, Seal
from privyseal.signer.standing import check_standing
from privyseal.signer.statement import Approved, Decision, Purpose, Statement, parse
from privyseal.signer.terms import Making
from privyseal.signer.voices import Voices


class StatementsMixed(SignerRefused):
    code = "statements-mixed"


class StagesIncomplete(SignerRefused):
    code = "stages-incomplete"


class PurposeDiffers(SignerRefused):
    code = "purpose-differs"


class SealUnknown(SignerRefused):
    code = "seal-unknown"


class SealSuspended(SignerRefused):
    code = "seal-suspended"


class SealDestroyed(SignerRefused):
    """The key is gone; nothing brings it back."""

    code = "seal-destroyed"


class SealVersionDiffers(SignerRefused):
    code = "seal-version-differs"


class CertificateExpired(SignerRefused):
    code = "certificate-expired"


class WindowNotOpen(SignerRefused):
    code = "window-not-open"


class WindowClosed(SignerRefused):
    code = "window-closed"


class ApprovalsMissing(SignerRefused):
    code = "approvals-missing"


class AssuranceTooLow(SignerRefused):
    """A yes is made of less than the charter asks for."""

    code = "assurance-too-low"


class DocumentNotApproved(SignerRefused):
    code = "document-not-approved"


class DocumentDiffers(SignerRefused):
    code = "document-differs"


class SealedFileInvalid(SignerRefused):
    """Our own verifier does not call the sealed file valid; nothing of it was released."""

    code = "sealed-file-invalid"


class Part(StrEnum):
    APPLICANT = "applicant"
    APPROVER = "approver"
    OPERATOR = "operator"
    MANAGER = "manager"
    PERSON = "person"


_NOBODY_APPROVES_THEIR_OWN: Final = (
    (Part.APPLICANT, Part.APPROVER),  # nobody approves their own application
    (Part.MANAGER, Part.APPROVER),  # whoever manages the seal does not approve what happens to it
)
_USERS_APART: Final = (
    *_NOBODY_APPROVES_THEIR_OWN,
    (Part.OPERATOR, Part.APPROVER),  # whoever allows the stamp does not press it
    (Part.MANAGER, Part.OPERATOR),  # whoever manages the seal does not press it
    (Part.MANAGER, Part.APPLICANT),  # whoever manages the seal does not ask for its use
    (Part.PERSON, Part.APPROVER),  # the own yes of whose name it bears is nobody's approval
)
KEPT_APART: Final = {
    Purpose.MAKE: _NOBODY_APPROVES_THEIR_OWN,
    Purpose.CHANGE: _NOBODY_APPROVES_THEIR_OWN,
    Purpose.EXTEND: _NOBODY_APPROVES_THEIR_OWN,
    Purpose.RESUME: _NOBODY_APPROVES_THEIR_OWN,
    Purpose.UNFREEZE: _NOBODY_APPROVES_THEIR_OWN,
    Purpose.DESTROY: _NOBODY_APPROVES_THEIR_OWN,
    Purpose.INVALIDATE: _NOBODY_APPROVES_THEIR_OWN,
    Purpose.USE: _USERS_APART,
    Purpose.STANDING: _USERS_APART,
    Purpose.TOP_UP: _USERS_APART,
    Purpose.PROLONG: _USERS_APART,
}

# How many different approvers an act takes, whatever the charter says: one that wakes a group, or cannot be undone.
APPROVALS: Final = {Purpose.UNFREEZE: 2, Purpose.DESTROY: 2, Purpose.INVALIDATE: 2}


@dataclass(frozen=True, slots=True)
class Pinned:
    """The charter in force, and by whose voices a yes is told."""

    charter: Charter
    voices: Voices


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRecord:
    """A seal as the signer itself knows it."""

    uid: str
    version: int
    is_active: bool
    is_destroyed: bool
    manager: str
    not_after: datetime
    type: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Statements of one application that say the same, each with its assertions; and those of whose name it bears."""

    statement: Statement
    stages: tuple[Approved, ...]
    own: tuple[Approved, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """What the signer itself made some bytes of: by which seal, for which application, of which approved document."""

    application: str
    seal: str
    document_sha256: str


def one_case(approved: Sequence[Approved], *, purposes: Collection[Purpose]) -> Case:
    """Return what all the statements say, or refuse.

    (1) each is canonical and complete; (2) they differ in nothing but the stage, (3) of which none is missing
    or double; (4) they speak of one of these purposes.
    """
    # (1) canonical and complete
    read = [(parse(each.statement), each) for each in approved]
    statements = [statement for statement, _ in read if statement.decision is Decision.APPROVE]
    # (2) the same but for the stage
    said = {replace(statement, stage=1) for statement in statements}
    if len(said) != 1:
        raise StatementsMixed(statements=len(statements))
    # (3) stages 1 to n, each once
    if sorted(statement.stage for statement in statements) != list(range(1, len(statements) + 1)):
        raise StagesIncomplete(statements=len(statements))
    # (4) one of these purposes
    statement = said.pop()
    if statement.purpose not in purposes:
        raise PurposeDiffers(application=statement.application, purpose=statement.purpose)
    return Case(
        statement=statement,
        stages=tuple(each for said, each in read if said.decision is Decision.APPROVE),
        own=tuple(each for said, each in read if said.decision is not Decision.APPROVE),
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """What holds for every document of an approved use alike: until when, and the own yes that it rests on.

    ``documents`` are those of the statement by their digests, on which all together ``placed`` impressions are made.
    """

    until: datetime
    rests_on: RestsOn | None
    reach: Reach
    documents: Mapping[str, Document]
    placed: int


def may_use(
    case: Case, operator: str, *, seal: SealRecord | None, pinned: Pinned, at: datetime, reach: Reach = AS_APPROVED
) -> Allowed:
    """Return what the approved use allows this operator with any of its documents, or refuse.

    (1) the seal is known, active, of the approved version, its certificate in date; (2) the window is open;
    (3) every stage is approved; (4) duties are apart; (5) a seal that bears a person's name has that person's yes.
    ``reach`` says what was added since, and by whose yes.
    """
    statement = case.statement
    # (1) deny first: the signer's own state
    seal = _in_force(statement, seal, at=at)
    # (2) the window, by the signer's clock
    until = max(statement.expires_at, reach.expires_at or statement.expires_at)
    _within_window(replace(statement, expires_at=until), at=at)
    # (3) every stage approved
    approvers = approvers_of(case, pinned=pinned, at=at) | reach.approvers
    # (4) duties apart
    check_duties(statement, frozenset({operator}), approvers, manager=seal.manager)
    # (5) the own yes of whose name it bears
    rests_on = check_own_yes(statement, case.own, kind=seal.type, charter=pinned.charter, voices=pinned.voices, at=at)
    documents = {document.sha256: document for document in statement.documents}
    return Allowed(until, rests_on, reach, documents, sum(one.impressions for one in statement.documents))


def may_seal(
    case: Case,
    request: Seal,
    document_sha256: str,
    *,
    allowed: Allowed,
    web_key: bytes,
    origin: Origin | None = None,
) -> Claim:
    """Return the claim of one document, or refuse.

    (6) the bytes are what the request and a statement name, or, where another seal goes first, what that one made of
    them, for the application it names; under a standing permit they are what the request names alone, the operator one
    of its holders or of the unit that it is for.
    Whether impressions are left is for those who count them.
    """
    statement, reach, rests_on = case.statement, allowed.reach, allowed.rests_on
    # (6) these very bytes
    if document_sha256 != request.document_sha256:
        raise DocumentDiffers(application=statement.application, document_sha256=document_sha256)
    standing = check_standing(statement, request, until=allowed.until, web_key=web_key)
    if standing is not None:
        claim = claim_standing(statement, standing, document_sha256, reach)
        return replace(claim, operator=request.operator, rests_on=rests_on)
    document = _approved(statement, allowed.documents, document_sha256, origin)
    if document is None:
        raise DocumentNotApproved(application=statement.application, document_sha256=document_sha256)
    return replace(
        claim_of(statement, document, reach, placed=allowed.placed), operator=request.operator, rests_on=rests_on
    )


def _approved(
    statement: Statement, documents: Mapping[str, Document], document_sha256: str, origin: Origin | None
) -> Document | None:
    """Return what the statement says of these bytes: of themselves, or of what another seal has made of a document."""
    first = documents.get(origin.document_sha256) if origin else None
    if first and first.bound:
        return None  # there is no file to seal
    if origin and first and first.after:
        before = first.after, first.under or statement.application
        return first if before == (origin.seal, origin.application) else None
    document = documents.get(document_sha256)
    return None if document is None or document.after or document.bound else document


def may_make(case: Case, request: Make, *, seal: SealRecord | None, pinned: Pinned, at: datetime) -> Making:
    """Return the seal that was approved, or refuse.

    (1) it is this seal, a first version that is made or the next one after a change, and not destroyed;
    (2) the window is open; (3) every stage is approved; (4) duties are apart, also by the manager on record;
    (5) the face is the approved one.
    """
    statement = case.statement
    # (1) this seal and its next version
    if statement.seal != request.seal or statement.make is None:
        raise StatementsMixed(application=statement.application, seal=request.seal)
    _next_version(statement, seal)
    # (2) the window, by the signer's clock
    _within_window(statement, at=at)
    # (3) every stage approved
    approvers = approvers_of(case, pinned=pinned, at=at)
    # (4) duties apart
    for manager in {request.manager, seal.manager if seal else request.manager}:
        _duties_apart(statement, {Part.APPLICANT: statement.applicant, Part.MANAGER: manager}, approvers)
    # (5) the approved face
    if sha256(canonical(request.face)) != statement.make.face_sha256:
        raise FaceNotApproved(application=statement.application, seal=request.seal)
    return statement.make


def may_act(case: Case, request: Resume | Destroy, *, seal: SealRecord | None, pinned: Pinned, at: datetime) -> None:
    """Return if the seal may go back into force, or its key end, or refuse.

    (1) it is this seal, known, of the approved version; (2) the window is open; (3) every stage is approved;
    (4) duties are apart.
    """
    statement = case.statement
    # (1) this seal and version
    if statement.seal != request.seal:
        raise StatementsMixed(application=statement.application, seal=request.seal)
    seal = _known(statement, seal)
    # (2) the window, by the signer's clock
    _within_window(statement, at=at)
    # (3) every stage approved
    approvers = approvers_of(case, pinned=pinned, at=at)
    # (4) duties apart
    _duties_apart(statement, {Part.APPLICANT: statement.applicant, Part.MANAGER: seal.manager}, approvers)


def check_duties(
    statement: Statement, operators: frozenset[str], approvers: frozenset[str], *, manager: str = ""
) -> None:
    """Return if the duties of a use are apart, or refuse; nobody manages a seal that has no record here."""
    cast = {Part.APPLICANT: frozenset({statement.applicant}), Part.OPERATOR: operators, Part.APPROVER: approvers}
    if manager:
        cast[Part.MANAGER] = frozenset({manager})
    if statement.own_yes is not None:
        cast[Part.PERSON] = frozenset({statement.own_yes.person})
    _check_apart(statement, cast)


def _next_version(statement: Statement, seal: SealRecord | None) -> None:
    if seal is not None and seal.is_destroyed:
        raise SealDestroyed(seal=seal.uid)
    is_first, known = statement.purpose is Purpose.MAKE, seal.version if seal else 0
    if statement.seal_version != known + 1 or is_first != (known == 0):
        raise SealVersionDiffers(seal=statement.seal, version=known)


def _known(statement: Statement, seal: SealRecord | None) -> SealRecord:
    if seal is None:
        raise SealUnknown(seal=statement.seal)
    if seal.is_destroyed:
        raise SealDestroyed(seal=seal.uid)
    if seal.version != statement.seal_version:
        raise SealVersionDiffers(seal=seal.uid, version=seal.version)
    return seal


def _in_force(statement: Statement, seal: SealRecord | None, *, at: datetime) -> SealRecord:
    seal = _known(statement, seal)
    if not seal.is_active:
        raise SealSuspended(seal=seal.uid)
    if at >= seal.not_after:
        raise CertificateExpired(seal=seal.uid)
    return seal


def _within_window(statement: Statement, *, at: datetime) -> None:
    if at < statement.starts_at:
        raise WindowNotOpen(application=statement.application)
    if at >= statement.expires_at:
        raise WindowClosed(application=statement.application)


def approvers_of(case: Case, *, pinned: Pinned, at: datetime, least: int = 1) -> frozenset[str]:
    """Return everybody whose yes counted; one bad assertion spoils the request, a repeated one counts once.

    No stage is without a yes, and over all of them as many different people said it as the purpose and charter take,
    and at least as many as are asked for.
    """
    needed = max(least, pinned.charter.approvals, APPROVALS.get(case.statement.purpose, 1))
    for stage in case.stages:
        for assertion in stage.assertions:
            pinned.voices.check(assertion, stage.statement, at=at)
            if assertion.assurance not in COUNTS[pinned.charter.assurance]:
                raise AssuranceTooLow(application=case.statement.application, assurance=assertion.assurance)
            if pinned.charter.is_bound and not pinned.voices.is_bound(assertion):
                raise PasskeyNotBound(person=assertion.approver)
    approvers = frozenset(assertion.approver for stage in case.stages for assertion in stage.assertions)
    if len(approvers) < needed or not all(stage.assertions for stage in case.stages):
        raise ApprovalsMissing(application=case.statement.application, needed=needed)
    return approvers


def _duties_apart(statement: Statement, cast: dict[Part, str], approvers: frozenset[str]) -> None:
    _check_apart(statement, {part: frozenset({person}) for part, person in cast.items()} | {Part.APPROVER: approvers})


def _check_apart(statement: Statement, people: Mapping[Part, frozenset[str]]) -> None:
    for one, other in KEPT_APART[statement.purpose]:
        if people.get(one, frozenset()) & people.get(other, frozenset()):
            raise DutiesNotSeparate(application=statement.application, part=one, already=other)
