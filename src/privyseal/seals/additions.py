"""What an approved application adds to a permit while it runs: more impressions, or a later end."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.models import Permit, PermitAddition, PermitPart, Seal
from privyseal.seals.rules.additions import SealChangedSince, check_reach
from privyseal.seals.rules.persons import MandateNotInForce
from privyseal.signer.statement import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What is added, by which application, by whose yes, with what the signer checks of it.

    ``documents`` are how many more of each that is stamped by hand.
    """

    application_uid: str
    more: int
    expires_at: datetime
    approvers: Collection[Person]
    evidence: Sequence[Mapping[str, Any]]
    documents: Mapping[str, int] = field(default_factory=dict)


@transaction_required
def locked_permits(application_uid: str) -> list[Permit]:
    """Return the permits of an application, whose rows are ours until the transaction ends."""
    found = Permit.objects.filter(application_uid=application_uid).select_related("mandate")
    return list(found.select_for_update(of=("self",)).order_by("pk"))


@transaction_required
def check_can_be_raised(
    permit: Permit, seal: Seal, *, more: int, expires_at: datetime, at: datetime, is_lost: bool = False
) -> None:
    """Return if this may be added to a permit now, or refuse.

    (1) it runs: neither over nor ended, and not used up, unless impressions of it were lost; (2) all that it rests
    on still stands, a mandate until the new end too; (3) the seal is as it was approved; (4) it never reaches further
    than such a permit may.
    """
    # (1) it runs
    is_used_up = permit.used >= permit.impressions and not is_lost
    if permit.revoked_at is not None or at >= permit.expires_at or is_used_up:
        raise permits.why_not(permit.pk, at)
    # (2) what it rests on
    permits.check_stands(permit, seal, at=at)
    if permit.mandate is not None and permit.mandate.ends_at < expires_at:
        raise MandateNotInForce(permit=permit.uid)
    # (3) the same seal
    if permit.seal_version != seal.version:
        raise SealChangedSince(seal=seal.uid, version=seal.version)
    # (4) not too far
    check_reach(
        is_standing=permit.purpose == Purpose.STANDING.value,
        impressions=permit.impressions + more,
        starts_at=permit.starts_at,
        expires_at=expires_at,
    )


@transaction_required
def add(actor: Person, at: datetime, permit: Permit, seal: Seal, addition: Addition) -> None:
    """Raise a permit whose row the caller holds, and say so; whoever approved that is its approver from now on."""
    PermitAddition.objects.create(
        permit=permit,
        application_uid=addition.application_uid,
        at=at,
        impressions_before=permit.impressions,
        impressions_after=permit.impressions + addition.more,
        expires_before=permit.expires_at,
        expires_after=addition.expires_at,
    )
    known = set(permit.parts.filter(part=PermitPart.Part.APPROVER).values_list("person_id", flat=True))
    PermitPart.objects.bulk_create(
        PermitPart(permit=permit, person=person, part=PermitPart.Part.APPROVER)
        for person in addition.approvers
        if person.pk not in known
    )
    permit.impressions += addition.more
    permit.expires_at = addition.expires_at
    permit.evidence = [*permit.evidence, *addition.evidence]
    permit.save(update_fields=["impressions", "expires_at", "evidence"])
    for document, more in addition.documents.items():
        line = permits.line_for(permit, document)
        line.impressions += more
        line.save(update_fields=["impressions"])
    permits.check_stands(permit, seal, at=at)
    said: dict[str, Json] = {
        "permit": permit.uid,
        "seal": seal.uid,
        "application": permit.application_uid,
        "added_by": addition.application_uid,
        "impressions": permit.impressions,
        "approvers": [person.pseudonym for person in addition.approvers],
    }
    if addition.more:
        book.record("permit.topped-up", by=actor, at=at, **said)
    else:
        book.record("permit.prolonged", by=actor, at=at, **said)
