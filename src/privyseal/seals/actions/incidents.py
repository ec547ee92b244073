"""What is done when something went wrong: stop at once, say who answers for it, and end it by two."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.queries import times_recorded
from privyseal.ledger.transactions import look_into, transaction_required
from privyseal.seals.actions.denying import SWEEP
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.actions.stopping import stop
from privyseal.seals.models import (
    CoCustodian,
    Consent,
    Custody,
    Incident,
    Photo,
    Seal,
    SealVersion,
)
from privyseal.seals.queries.incidents import incident_visible_to
from privyseal.seals.queries.register import seal_visible_to
from privyseal.seals.rules import FINAL, Act, SealState
from privyseal.seals.rules.incidents import (
    LOSSES,
    ChangedTooOften,
    Ending,
    IncidentKind,
    Tie,
    check_end,
    check_mistake,
    check_not_about,
    check_proposal,
    handling_of,
    is_settled,
    kind_of,
    takes_two,
)

MOST_CHANGES: Final = 20
"""Of each sort, by one person at one incident within a day: each is told to others, and stays on its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What whoever misses a seal knows: what happened, and where."""

    account: str
    place: str = ""


@transaction_required
def enter_loss(actor: Person, at: datetime, *, seal: Seal, act: Act, said: Report, ties: Collection[Tie]) -> str:
    """Stop a seal that is out of hand, end its permits and open its incident, or refuse; return the incident's uid."""
    kind = kind_of(act)
    stop(actor, at, seal=seal, act=act, reason=said.account, ties=ties)
    # Known better than at first: the loss goes on as what it turned out to be.
    incident = Incident.objects.filter(seal=seal, ended_at=None, kind__in=LOSSES).first()
    if incident is not None:
        incident.kind = kind.value
        incident.save(update_fields=["kind"])
        book.record("incident.reclassified", by=actor, at=at, incident=incident.uid, seal=seal.uid, of=kind.value)
        return incident.uid
    incident = open_incident(actor, at, kind=kind, company=seal.company, seal=seal, owner=seal.created_by, opener=actor)
    incident.account, incident.place = said.account.strip()[:500], said.place.strip()[:100]
    incident.save(update_fields=["account", "place"])
    return incident.uid


@command("incident.raise")
def raise_incident(actor: Person, at: datetime, *, seal_uid: str, said: Report) -> str:
    """Say that something about a seal is not as it should be: anybody with a part in its company; the seal goes on."""
    seal = locked_seal(seal_visible_to(actor, at, seal_uid).uid)
    if seal.company_id not in identity.powers_of(actor, at).companies():
        raise NotEntitled(power=Power.USE.value)
    incident = open_incident(
        actor, at, kind=IncidentKind.OTHER, company=seal.company, seal=seal, owner=seal.created_by, opener=actor
    )
    incident.account, incident.place = said.account.strip()[:500], said.place.strip()[:100]
    incident.save(update_fields=["account", "place"])
    return incident.uid


@command("incident.reassign")
def reassign_incident(actor: Person, at: datetime, *, incident_uid: str, person_pseudonym: str) -> str:
    """Give an incident another owner, who has a say in the company: by its owner so far, or by whoever has a say."""
    incident = _locked(actor, at, incident_uid)
    if incident.ended_at is not None:
        raise OutOfTurn(incident=incident.uid)
    if incident.owner_id != actor.pk:
        _require_say(actor, at, incident)
    owner = identity.people_visible_to(actor, at).filter(pseudonym=person_pseudonym, is_active=True).first()
    if owner is None:
        raise NotFound(person=person_pseudonym)
    _require_say(owner, at, incident)
    if owner.pk == incident.owner_id:
        return incident.uid
    _check_often(actor, at, incident, "incident.reassigned")
    incident.owner = owner
    incident.save(update_fields=["owner"])
    book.record("incident.reassigned", by=actor, at=at, incident=incident.uid, owner=owner.pseudonym)
    return incident.uid


@command("incident.opine")
def give_opinion(actor: Person, at: datetime, *, incident_uid: str, opinion: str) -> str:
    """Write down how the incident is to be handled: by its owner or a manager of the company."""
    incident = _locked(actor, at, incident_uid)
    if incident.owner_id != actor.pk:
        _require_say(actor, at, incident)
    _check_often(actor, at, incident, "incident.opinion-given")
    incident.opinion, incident.opinion_by = opinion.strip()[:1000], actor
    incident.save(update_fields=["opinion", "opinion_by"])
    book.record(
        "incident.opinion-given",
        by=actor,
        at=at,
        incident=incident.uid,
        opinion_sha256=sha256(incident.opinion.encode()),
    )
    return incident.uid


@command("incident.propose-end")
def propose_end(
    actor: Person, at: datetime, *, incident_uid: str, outcome: Ending, evidence: str = "", photo_sha256: str = ""
) -> str:
    """Say that an incident is over and how; where two people end it, another one has to agree.

    That it never was takes evidence: words, or a picture of the seal that was received before.
    """
    incident = _locked(actor, at, incident_uid)
    _require_say(actor, at, incident)
    kind, is_mistake = IncidentKind(incident.kind), outcome is Ending.MISTAKEN
    has_photo = Photo.objects.filter(seal=incident.seal, sha256=photo_sha256).exists()
    if is_mistake:
        check_mistake(kind, has_evidence=has_photo or bool(evidence.strip()))
    is_ended, is_over = incident.ended_at is not None, is_mistake or _is_settled(incident)
    check_proposal(kind, is_ended=is_ended, is_settled=is_over)
    _check_often(actor, at, incident, "incident.end-proposed")
    incident.outcome, incident.proposed_by = outcome.value, actor
    incident.evidence = evidence.strip()[:1000] if is_mistake else ""
    incident.evidence_sha256 = photo_sha256 if is_mistake and has_photo else ""
    incident.save(update_fields=["outcome", "proposed_by", "evidence", "evidence_sha256"])
    book.record(
        "incident.end-proposed",
        by=actor,
        at=at,
        incident=incident.uid,
        outcome=outcome.value,
        evidence_sha256=_digest_of_evidence(incident),
    )
    if not takes_two(kind, outcome):
        _end(actor, at, incident)
    return incident.uid


@command("incident.end")
def end_incident(actor: Person, at: datetime, *, incident_uid: str) -> str:
    """Agree that an incident is over: somebody else than who proposed it."""
    incident = _locked(actor, at, incident_uid)
    _require_say(actor, at, incident)
    outcome = Ending(incident.outcome) if incident.outcome else Ending.SETTLED
    check_end(
        IncidentKind(incident.kind),
        outcome,
        actor=actor.pk,
        proposer=incident.proposed_by_id,
        is_ended=incident.ended_at is not None,
        is_settled=outcome is Ending.MISTAKEN or _is_settled(incident),
    )
    if outcome is Ending.MISTAKEN and incident.seal is not None:
        # The seal is where it belongs and stays retired; nothing else is waited for.
        incident.seal.hand_in_by = None
        incident.seal.save(update_fields=["hand_in_by"])
        SealVersion.objects.filter(seal=incident.seal, destroyed_at=None).update(hand_in_by=None)
    incident.outcome = outcome.value  # where one suffices, nobody had to propose it
    _end(actor, at, incident)
    return incident.uid


@command("incident.consent")
def give_consent(actor: Person, at: datetime, *, incident_uid: str) -> str:
    """Agree, as a co-custodian of the lost seal, to a new one in its place."""
    incident = _locked(actor, at, incident_uid)
    identity.require_part(actor, at)
    if not CoCustodian.objects.filter(seal=incident.seal, person=actor, until=None).exists():
        raise NotEntitled(part="co-custodian")
    _, is_new = Consent.objects.get_or_create(incident=incident, person=actor, defaults={"at": at})
    if is_new:
        book.record("incident.consented", by=actor, at=at, incident=incident.uid, seal=_seal_uid(incident))
    return incident.uid


@command("seal.name-co-custodian")
def name_co_custodian(actor: Person, at: datetime, *, seal_uid: str, person_pseudonym: str) -> str:
    """Name somebody without whose consent a lost seal is not replaced; only they themselves end that."""
    seal = locked_seal(seal_visible_to(actor, at, seal_uid).uid)
    identity.require(actor, at, Power.MANAGE, seal.company_id)
    person = identity.people_visible_to(actor, at).filter(pseudonym=person_pseudonym, is_active=True).first()
    if person is None:
        raise NotFound(person=person_pseudonym)
    identity.require_part(person, at)
    _, is_new = CoCustodian.objects.get_or_create(seal=seal, person=person, until=None, defaults={"since": at})
    if is_new:
        book.record("seal.co-custodian-named", by=actor, at=at, seal=seal.uid, person=person.pseudonym)
    return seal.uid


@command("seal.leave-co-custody")
def leave_co_custody(actor: Person, at: datetime, *, seal_uid: str) -> str:
    """End one's own co-custody, and with it the say in a replacement."""
    seal = locked_seal(seal_visible_to(actor, at, seal_uid).uid)
    if not CoCustodian.objects.filter(seal=seal, person=actor, until=None).update(until=at):
        raise NotEntitled(part="co-custodian")
    book.record("seal.co-custody-left", by=actor, at=at, seal=seal.uid, person=actor.pseudonym)
    return seal.uid


def watch_seals(at: datetime) -> int:
    """Open the incidents that time alone brings: not handed in, not given back; return how many."""
    late = Seal.objects.filter(state=SealState.RETIRED.value, hand_in_by__lte=at)
    over = Q(due_at__lte=at) | Q(keeper__is_active=False) | Q(covers_for__is_active=False)
    kept = Custody.objects.filter(over, until=None, due_at__isnull=False)
    found = [(IncidentKind.NOT_HANDED_IN, uid) for uid in _unseen(late, IncidentKind.NOT_HANDED_IN)]
    old = SealVersion.objects.filter(destroyed_at=None, hand_in_by__lte=at).order_by()
    renewed = Seal.objects.filter(pk__in=old.values("seal")).exclude(state__in=sorted(FINAL))
    found += [(IncidentKind.NOT_HANDED_IN, uid) for uid in _unseen(renewed, IncidentKind.NOT_HANDED_IN)]
    covers = Seal.objects.filter(pk__in=kept.order_by().values("seal"))
    found += [(IncidentKind.COVER_OVERDUE, uid) for uid in _unseen(covers, IncidentKind.COVER_OVERDUE)]
    for kind, uid in found:
        _open_by_time(SWEEP, at, seal_uid=uid, kind=kind)
    return len(found)


def _unseen(seals: QuerySet[Seal], kind: IncidentKind) -> list[str]:
    known = Incident.objects.filter(kind=kind.value, ended_at=None).values("seal")
    return list(seals.exclude(pk__in=known).order_by("pk").values_list("uid", flat=True)[:500])


@command("incident.open")
def _open_by_time(actor: Actor, at: datetime, *, seal_uid: str, kind: IncidentKind) -> str:
    seal = locked_seal(seal_uid)
    known = Incident.objects.filter(seal=seal, kind=kind.value, ended_at=None).first()
    if known is not None:
        return known.uid
    return open_incident(actor, at, kind=kind, company=seal.company, seal=seal, owner=seal.created_by, opener=None).uid


@transaction_required
def open_incident(
    actor: Actor,
    at: datetime,
    *,
    kind: IncidentKind,
    company: Company,
    seal: Seal | None,
    owner: Person,
    opener: Person | None,
    is_drill: bool = False,
) -> Incident:
    look_into()
    incident = Incident.objects.create(
        kind=kind.value,
        company=company,
        seal=seal,
        owner=owner,
        opened_by=opener,
        opened_at=at,
        due_at=at + timedelta(days=handling_of(kind).days),
        is_drill=is_drill,
        outcome=Ending.DRILL.value if is_drill else "",
        ended_by=opener if is_drill else None,
        ended_at=at if is_drill else None,
    )
    book.record(
        "incident.opened",
        by=actor,
        at=at,
        incident=incident.uid,
        company=company.uid,
        seal=seal.uid if seal else None,
        of=kind.value,
        owner=owner.pseudonym,
        is_drill=is_drill,
    )
    return incident


@transaction_required
def _end(actor: Person, at: datetime, incident: Incident) -> None:
    incident.ended_by, incident.ended_at = actor, at
    incident.save(update_fields=["ended_by", "ended_at", "outcome"])
    book.record("incident.ended", by=actor, at=at, incident=incident.uid, outcome=incident.outcome)


def _digest_of_evidence(incident: Incident) -> str:
    """Return the digest of the picture, of the words where there is none, or nothing."""
    words = sha256(incident.evidence.encode()) if incident.evidence else ""
    return incident.evidence_sha256 or words


def _is_settled(incident: Incident) -> bool:
    if incident.account_of is not None:
        return not identity.has_strange_factor(incident.account_of)
    state = SealState(incident.seal.state) if incident.seal else None
    in_hand = is_settled(IncidentKind(incident.kind), state)
    return in_hand and not _is_frozen(incident) and not _is_late(incident)


def _is_frozen(incident: Incident) -> bool:
    """Return whether a seal still rests by this freeze."""
    return incident.seals.filter(seal__state=SealState.SUSPENDED.value).exists()


def _is_late(incident: Incident) -> bool:
    if incident.kind == IncidentKind.NOT_HANDED_IN.value:
        old = SealVersion.objects.filter(seal=incident.seal, hand_in_by__isnull=False, destroyed_at=None)
        return incident.seal is not None and (incident.seal.hand_in_by is not None or old.exists())
    if incident.kind == IncidentKind.COVER_OVERDUE.value:
        return Custody.objects.filter(seal=incident.seal, until=None, due_at__isnull=False).exists()
    return False


def _locked(actor: Person, at: datetime, uid: str) -> Incident:
    """Return the incident that the actor may see, locked after its seal, or refuse."""
    found = incident_visible_to(actor, at, uid)
    if found.seal is not None:
        locked_seal(found.seal.uid)
    incidents = Incident.objects.select_for_update(of=("self",)).select_related("seal", "company", "account_of")
    return incidents.get(pk=found.pk)


def _require_say(actor: Person, at: datetime, incident: Incident) -> None:
    powers, by = identity.powers_of(actor, at), handling_of(IncidentKind(incident.kind)).by
    if not any(powers.has(power, incident.company_id) for power in by):
        raise NotEntitled(power=by[0].value)
    check_not_about(actor.pk, about=incident.account_of_id)


def _check_often(actor: Person, at: datetime, incident: Incident, kind: str) -> None:
    since = at - timedelta(days=1)
    if times_recorded(kind, "incident", incident.uid, by=actor.pseudonym, since=since) >= MOST_CHANGES:
        raise ChangedTooOften(most=MOST_CHANGES)


def _seal_uid(incident: Incident) -> str | None:
    return incident.seal.uid if incident.seal else None
