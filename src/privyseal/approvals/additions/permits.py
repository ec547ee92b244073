"""The permits to which something is added: what failed sealings lost of them, and how an addition raises them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from privyseal.approvals.additions.by_hand import more_by_document
from privyseal.approvals.additions.seats import votes_for
from privyseal.approvals.additions.terms import ends_at
from privyseal.approvals.casting import cast_of
from privyseal.approvals.models import Application, Line
from privyseal.approvals.rules import Part, keep_apart
from privyseal.approvals.rules.additions import NothingToAdd, check_as_many
from privyseal.approvals.wishes import is_by_hand
from privyseal.custody.booking import prolong_take_out
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.models import Intent
from privyseal.seals import additions
from privyseal.seals.additions import Addition
from privyseal.seals.models import Permit
from privyseal.signer.statement import USES, Decision, Purpose, parse, parse_approved


@dataclass(frozen=True, slots=True)
class _Added:
    """How many more, until when, for which lost documents, and how many more of each that is stamped by hand."""

    more: int
    until: datetime
    lost: frozenset[str] = frozenset()
    by_hand: Mapping[str, int] = field(default_factory=dict)


def statement_sha256(permit: Permit) -> str:
    """Return the digest of the first stage of what was approved for a permit at first."""
    for each in parse_approved(permit.evidence):
        said = parse(each.statement)
        if said.purpose in USES and said.decision is Decision.APPROVE and said.stage == 1:
            return sha256(each.statement)
    raise LookupError(permit.uid)


def lost_by(permit: Permit) -> frozenset[str]:
    """Return the documents for which no impressions are left, since failed sealings lost them."""
    states: dict[str, set[str]] = {}
    for document, state in permit.intents.values_list("line__document_sha256", "state"):
        states.setdefault(document, set()).add(state)
    failed = {document for document, all_of in states.items() if all_of == {Intent.State.FAILED.value}}
    if not failed:
        return frozenset()
    unsealed = [
        line for line in permit.lines.all() if line.document_sha256 in failed or line.document_sha256 not in states
    ]
    missing, lost = sum(line.impressions for line in unsealed) - (permit.impressions - permit.used), set[str]()
    for line in sorted(unsealed, key=lambda line: (line.document_sha256 not in failed, line.pk)):
        if missing > 0:
            lost.add(line.document_sha256)
            missing -= line.impressions
    return frozenset(lost)


@transaction_required
def add_to_permits(
    actor: Person,
    at: datetime,
    application: Application,
    approvers: Sequence[Person],
    evidence: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Raise each permit that an approved addition names, or refuse all of it; ``evidence`` is by seal."""
    first = application.adds_to
    if first is None:
        raise LookupError(application.uid)
    check_as_many(say_yes=len({person.pk for person in approvers}), said_yes=votes_for(first))
    cast = cast_of(application)  # whoever said yes and gave the seal out afterwards
    for person in approvers:
        keep_apart(Part.APPROVER, actor=person.pk, cast=cast)
    lines = list(application.lines.all())
    for permit in additions.locked_permits(first.uid):
        if own := [line for line in lines if line.seal_id == permit.seal_id]:
            added = _added(application, permit, own)
            seal = own[0].seal
            additions.check_can_be_raised(
                permit, seal, more=added.more, expires_at=added.until, at=at, is_lost=bool(added.lost)
            )
            addition = Addition(
                application_uid=application.uid,
                more=added.more,
                expires_at=added.until,
                approvers=approvers,
                evidence=evidence[seal.uid],
                documents=added.by_hand,
            )
            additions.add(actor, at, permit, seal, addition)
            prolong_take_out(actor, at, permit)


def _added(application: Application, permit: Permit, own: Sequence[Line]) -> _Added:
    """Return what is added to one permit; refuse what is lost no more."""
    if application.purpose == Purpose.PROLONG.value:
        return _Added(0, ends_at(application))
    if is_by_hand(own):
        more = more_by_document(permit, own)
        return _Added(sum(more.values()), permit.expires_at, by_hand=more)
    named = frozenset(line.document_sha256 for line in own if line.document_sha256)
    if not named <= lost_by(permit):
        raise NothingToAdd(permit=permit.uid)
    return _Added(sum(line.copies * line.impressions for line in own), permit.expires_at, lost=named)
