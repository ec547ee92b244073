"""Without a permit no seal moves."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.timezone import localdate

from privyseal.identity import queries as identity
from privyseal.identity.locks import belongs_until_commit, held_until_commit, line_until_commit
from privyseal.identity.models import DigestField, Person, Unit, compact
from privyseal.identity.models.joined import columns
from privyseal.identity.rules import Held, Place, Power, check_act, may_act
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.cosigned import check_fresh
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Mandate, Permit, PermitLine, PermitPart, Seal
from privyseal.seals.naming import check_bears_its_name
from privyseal.seals.owners import person_of
from privyseal.seals.places import place_in
from privyseal.seals.queries.outside import watch_of
from privyseal.seals.rules import SealState, check_in_force
from privyseal.seals.rules.outside import CertificateUnwatched
from privyseal.seals.rules.permits import ApplicantGone, ApproverActsForApplicant
from privyseal.seals.rules.persons import MandateNotInForce, NobodyToSayYes
from privyseal.seals.rules.standing import check_of_unit
from privyseal.signer.alike import said_in_fact
from privyseal.signer.statement import USES, Purpose


class PermitSpent(Refused):
    code = "permit-spent"


class PermitNotYetValid(Refused):
    code = "permit-not-yet-valid"


class PermitExpired(Refused):
    code = "permit-expired"


class PermitRevoked(Refused):
    code = "permit-revoked"


class NotTheHolder(Refused):
    code = "not-the-holder"


class ApproverNoLongerEntitled(Refused):
    code = "approver-no-longer-entitled"


class WrongDocument(Refused):
    code = "wrong-document"


# One question for both: an approved vote is where most of the server's work is done.
_PARTS_AND_LINES: Final = """
    WITH parts AS (
        INSERT INTO permit_part (permit_id, person_id, part)
        SELECT %(permit)s::bigint, * FROM unnest(%(people)s::bigint[], %(parts)s::text[])
    )
    INSERT INTO permit_line (permit_id, document_sha256, following, placements, impressions, turn, bound)
    SELECT %(permit)s::bigint, decode(document_sha256, 'hex'), following, placements, impressions, turn, bound
    FROM jsonb_to_recordset(%(lines)s::jsonb)
        AS line (document_sha256 text, following text, placements text, impressions integer, turn smallint,
            bound jsonb)
"""


# Nothing but a vote happens more often than a use; Django would build these questions anew each time. What approvers
# said is the largest part of a permit, and is not asked for where it is not needed.
_BARE: Final = f"SELECT {columns(Permit, 'permit', without='evidence')} FROM permit"  # noqa: S608 - our own table's names
_TOGETHER: Final = """
    SELECT line.* FROM permit_line line JOIN permit ON permit.id = line.permit_id
    WHERE permit.{} = %s AND permit.purpose = %s AND line.document_sha256 = %s ORDER BY line.turn, line.id
"""


@dataclass(frozen=True, slots=True)
class LineGranted:
    document_sha256: str
    following: str
    placements: Sequence[Mapping[str, Any]]
    impressions: int
    turn: int = 1
    bound: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PermitWish:
    """Everything a permit says when it is issued."""

    seal: Seal
    purpose: Purpose
    application_uid: str
    applicant: Person
    policy: str
    starts_at: datetime
    expires_at: datetime
    holders: Collection[Person]
    approvers: Collection[Person]
    lines: Sequence[LineGranted]
    evidence: Sequence[Mapping[str, Any]]
    receivers: Collection[Person] = ()
    witnesses: Collection[Person] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    impressions: int = 0
    own_yes: Person | None = None
    mandate: Mandate | None = None
    joint_uid: str | None = None
    unit: Unit | None = None


@transaction_required
def issue(actor: Person, at: datetime, wish: PermitWish) -> Permit:
    """Write a permit and the fact of it."""
    permit = Permit.objects.create(
        seal=wish.seal,
        seal_version=wish.seal.version,
        purpose=wish.purpose,
        application_uid=wish.application_uid,
        joint_uid=wish.joint_uid,
        policy=wish.policy,
        impressions=sum(line.impressions for line in wish.lines) or wish.impressions or 1,
        starts_at=wish.starts_at,
        expires_at=wish.expires_at,
        evidence=list(wish.evidence),
        terms=dict(wish.terms),
        issued_at=at,
        applicant=wish.applicant,
        own_yes=wish.own_yes,
        mandate=wish.mandate,
        unit=wish.unit,
    )
    parts = [
        *((person.pk, PermitPart.Part.HOLDER.value) for person in wish.holders),
        *((person.pk, PermitPart.Part.APPROVER.value) for person in wish.approvers),
        *((person.pk, PermitPart.Part.RECEIVER.value) for person in wish.receivers),
        *((person.pk, PermitPart.Part.WITNESS.value) for person in wish.witnesses),
    ]
    people, names = [person for person, _ in parts], [name for _, name in parts]
    lines = json.dumps([{**asdict(line), "placements": compact(line.placements)} for line in wish.lines])
    with connection.cursor() as cursor:
        cursor.execute(_PARTS_AND_LINES, {"permit": permit.pk, "people": people, "parts": names, "lines": lines})
    book.record(
        "permit.issued",
        by=actor,
        at=at,
        permit=permit.uid,
        seal=wish.seal.uid,
        application=wish.application_uid,
        purpose=wish.purpose.value,
        impressions=permit.impressions,
        **said_in_fact([line.document_sha256 for line in wish.lines]),
        approvers=[person.pseudonym for person in wish.approvers],
    )
    return permit


@transaction_required
def spend(permit_uid: str, *, by: Person, at: datetime, impressions: int, purpose: Purpose) -> Permit:
    """Take impressions off the permit, or refuse; until the transaction ends the seal and all powers it took stay.

    Their rows are locked FOR SHARE. Whoever suspends the seal or ends a power waits for this use, or this use finds it.
    """
    found = Permit.objects.filter(uid=permit_uid, purpose=purpose).first()
    if found is None:
        raise NotFound(permit=permit_uid)
    (seal,) = share_lock([found.seal_id])
    return spend_locked(found, seal, by=by, at=at, impressions=impressions)


@transaction_required
def spend_locked(found: Permit, seal: Seal, *, by: Person, at: datetime, impressions: int) -> Permit:
    """Spend a permit whose seal has been locked FOR SHARE already, as ``spend`` does."""
    purpose = Purpose(found.purpose)
    # (1) the seal stands as this purpose needs it, and stays so until we are done; and a use is seen by others
    if purpose in USES:
        check_fresh(at)
        _check_usable(found, seal, at)
    # (2) the person holds the permit and still has the power; (3) those who approved could still approve
    if found.unit_id is not None:  # who uses it stands nowhere before they do: nobody approves more of it meanwhile
        Permit.objects.select_for_update(no_key=True).get(pk=found.pk)
    parts, places = _parts(found), _places_until_commit(found, seal)
    _check_holder(found, parts, by)
    asked = {by.pk, *parts[PermitPart.Part.APPROVER], *_applicants(found)}
    held = held_until_commit(asked, at, company_id=seal.company_id)
    for place in places:
        check_act(Power.USE if purpose in USES else Power.MANAGE, place, held=held[by.pk])
    _check_approvers(found, places, parts, held)
    _check_applicant(found, parts, held, at)
    # (4) compare and set
    return _take(found, at, impressions=impressions)


@transaction_required
def check_stands(permit: Permit, seal: Seal, *, at: datetime) -> None:
    """Return if all that a use rests on still stands: seal, own yes, approvers and applicant; or refuse."""
    _check_usable(permit, seal, at)
    parts, places = _parts(permit), _places_until_commit(permit, seal)
    asked = {*parts[PermitPart.Part.APPROVER], *_applicants(permit)}
    held = held_until_commit(asked, at, company_id=seal.company_id)
    _check_approvers(permit, places, parts, held)
    _check_applicant(permit, parts, held, at)


@transaction_required
def spend_by_words(permit: Permit, seal: Seal, *, at: datetime) -> Permit:
    """Spend a permit that the words of those it names carry out, or refuse; the seal's row is locked by the caller."""
    parts, places = _parts(permit), _places_until_commit(permit, seal)
    asked = {*parts[PermitPart.Part.APPROVER], *_applicants(permit)}
    held = held_until_commit(asked, at, company_id=seal.company_id)
    _check_approvers(permit, places, parts, held)
    _check_applicant(permit, parts, held, at)
    return _take(permit, at, impressions=1)


@transaction_required
def check_open(permit: Permit, *, at: datetime) -> None:
    """Return if the permit could be spent now, or refuse."""
    is_open = permit.used < permit.impressions and permit.revoked_at is None
    if not (is_open and permit.starts_at <= at < permit.expires_at):
        raise why_not(permit.pk, at)


def _take(found: Permit, at: datetime, *, impressions: int) -> Permit:
    """Take impressions off by compare and set: no row changed means no."""
    spent = Permit.objects.filter(
        pk=found.pk,
        used__lte=F("impressions") - impressions,
        starts_at__lte=at,
        expires_at__gt=at,
        revoked_at=None,
    ).update(used=F("used") + impressions)
    if not spent:
        raise why_not(found.pk, at)
    return found


@transaction_required
def give_back(permit: Permit, *, impressions: int) -> None:
    """Put impressions back that were never made, or whose spoiled page was handed in; a row of custody says which."""
    if not Permit.objects.filter(pk=permit.pk, used__gte=impressions).update(used=F("used") - impressions):
        raise PermitSpent(permit=permit.uid, used=permit.used, impressions=permit.impressions)


@transaction_required
def line_for(permit: Permit, document_sha256: str) -> PermitLine:
    """Return the permit's line for exactly this document, or refuse."""
    line = permit.lines.filter(document_sha256=document_sha256).first()
    if line is None:
        raise WrongDocument(permit=permit.uid, document=document_sha256)
    return line


@transaction_required
def for_use(permit_uid: str) -> Permit:
    """Return the permit of an approved use without what was said on it, or refuse."""
    uid = DigestField().get_prep_value(permit_uid)
    permit = next(iter(Permit.objects.raw(f"{_BARE} WHERE uid = %s AND purpose = %s", [uid, Purpose.USE.value])), None)
    if permit is None:
        raise NotFound(permit=permit_uid)
    return permit


@transaction_required
def lines_together(permit: Permit, document_sha256: str) -> list[PermitLine]:
    """Return what the application's permits allow on exactly this document, in the order in which the seals go on.

    Of an application of several companies, what those of all its parts allow.
    """
    digest = DigestField().get_prep_value
    if permit.joint_uid is None:
        whole = [digest(permit.application_uid), permit.purpose, digest(document_sha256)]
        lines = list(PermitLine.objects.raw(_TOGETHER.format("application_uid"), whole))
    else:
        whole = [permit.joint_uid, permit.purpose, digest(document_sha256)]
        lines = list(PermitLine.objects.raw(_TOGETHER.format("joint_uid"), whole))
    others = {line.permit_id for line in lines} - {permit.pk}
    found = list(Permit.objects.raw(f"{_BARE} WHERE id = ANY(%s)", [list(others)])) if others else []
    permits = {each.pk: each for each in (permit, *found)}
    for line in lines:
        line.permit = permits[line.permit_id]
    return lines


@transaction_required
def share_lock(seal_ids: Sequence[int]) -> list[Seal]:
    """Return the seals, which keep their state until the transaction ends; a suspend takes them FOR UPDATE."""
    query = "SELECT * FROM seal WHERE id = ANY(%s) ORDER BY id FOR SHARE"
    return list(Seal.objects.raw(query, [list(seal_ids)]))


def _check_usable(permit: Permit, seal: Seal, at: datetime) -> None:
    check_in_force(SealState(seal.state), since=seal.starts_on, until=seal.ends_on, on=localdate(at))
    check_bears_its_name(seal, at)
    _check_watched(seal)
    _check_own_yes(permit, seal, at)


def _check_watched(seal: Seal) -> None:
    """Return unless nothing current is known of the seal's certificate and this installation asks for it, or refuse."""
    if settings.OUTSIDE_ROOTS and settings.OUTSIDE_UNWATCHED == "refuse":
        watch = watch_of(seal)
        if watch is not None and watch.unwatched_at is not None:
            raise CertificateUnwatched(seal=seal.uid)


def _parts(permit: Permit) -> Mapping[str, frozenset[int]]:
    """Return who holds the permit and who approved it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT part, person_id FROM permit_part WHERE permit_id = %s", [permit.pk])
        rows = cursor.fetchall()
    return {part: frozenset(person for said, person in rows if said == part) for part in PermitPart.Part}


def _check_holder(permit: Permit, parts: Mapping[str, frozenset[int]], by: Person) -> None:
    """Return if somebody holds the permit by name, or belongs to its unit and stays there until we are done."""
    if permit.unit_id is None:
        if by.pk not in parts[PermitPart.Part.HOLDER]:
            raise NotTheHolder(permit=permit.uid)
        return
    plays = next((part for part, people in parts.items() if by.pk in people), None)
    check_of_unit(unit=permit.unit_id, belongs_to=belongs_until_commit(by, permit.seal.company_id), plays=plays)


def _places_until_commit(permit: Permit, seal: Seal) -> list[Place]:
    """Return where the powers behind the permit have to reach; no unit above the seal is moved meanwhile."""
    here = Place(seal.company_id, seal.uid, line_until_commit(seal.unit_id))
    there = place_in(seal, permit.terms)
    return [here] if there is None else [here, there]


def _check_own_yes(permit: Permit, seal: Seal, at: datetime) -> None:
    """Return if whoever said their own yes is still whose name the seal bears, and their mandate stands, or refuse."""
    if permit.own_yes_id is None:
        return
    person = person_of(seal, at)
    if person is None or person.pk != permit.own_yes_id:
        raise NobodyToSayYes(permit=permit.uid)
    if permit.mandate_id is not None and not _is_mandate_kept(permit.mandate_id):
        raise MandateNotInForce(permit=permit.uid)


def _is_mandate_kept(mandate_id: int) -> bool:
    """Return whether a mandate is not revoked, and let its revocation wait until the transaction ends."""
    kept = Mandate.objects.raw("SELECT * FROM mandate WHERE id = %s AND revoked_at IS NULL FOR SHARE", [mandate_id])
    return bool(list(kept))


def _check_approvers(
    permit: Permit,
    places: Sequence[Place],
    parts: Mapping[str, frozenset[int]],
    held: Mapping[int, frozenset[Held]],
) -> None:
    approvers = parts[PermitPart.Part.APPROVER]
    able = (may_act(Power.APPROVE, place, held=held[person]) for person in approvers for place in places)
    if not approvers or not all(able):
        raise ApproverNoLongerEntitled(permit=permit.uid)


def _applicants(permit: Permit) -> frozenset[int]:
    return frozenset({permit.applicant_id} if permit.applicant_id is not None else ())


def _check_applicant(
    permit: Permit, parts: Mapping[str, frozenset[int]], held: Mapping[int, frozenset[Held]], at: datetime
) -> None:
    """Return if the applicant still has a part there, and nobody who approved acts for them since, or refuse."""
    if permit.applicant_id is None:
        return
    if not held[permit.applicant_id]:
        raise ApplicantGone(permit=permit.uid)
    if parts[PermitPart.Part.APPROVER] & identity.tied_to(permit.applicant_id, since=permit.issued_at, at=at):
        raise ApproverActsForApplicant(permit=permit.uid)


def why_not(permit_id: int, at: datetime) -> Refused:
    """Return for what reason a permit cannot be spent."""
    permit = Permit.objects.get(pk=permit_id)
    if permit.revoked_at is not None:
        return PermitRevoked(permit=permit.uid)
    if at < permit.starts_at:
        return PermitNotYetValid(permit=permit.uid)
    if at >= permit.expires_at:
        return PermitExpired(permit=permit.uid)
    return PermitSpent(permit=permit.uid, used=permit.used, impressions=permit.impressions)
