"""Incidents, as far as an actor may see them, and what a stranger may know of a seal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Place, Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import CoCustodian, Consent, Custody, Incident, IncidentSeal, Permit, PermitPart, Seal
from privyseal.seals.queries.register import key_visible_to, this_one_visible_to
from privyseal.seals.rules import OUT_OF_HAND, SealState
from privyseal.seals.rules.incidents import HANDLING, LOSSES, IncidentKind, handling_of
from privyseal.signer.statement import Purpose


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """Somebody who must be told of an incident, and why."""

    name: str
    why: str


def incidents_visible_to(actor: Person, at: datetime) -> QuerySet[Incident]:
    """Return the incidents of the companies an actor answers in, and those they own, reported or have a say in."""
    powers = identity.powers_of(actor, at)
    incidents = Incident.objects.select_related("company", "seal", "owner", "account_of").order_by("-opened_at", "-pk")
    if powers.reads_everything:
        return incidents
    has_a_say = CoCustodian.objects.filter(person=actor, until=None).values("seal")
    companies = powers.companies(Power.MANAGE, Power.APPROVE, Power.CUSTODY)
    reported = Q(among("company_id", powers.companies()), opened_by=actor)
    seen = among("company_id", companies) | Q(owner=actor) | reported | Q(seal__in=has_a_say)
    everywhere = {power for power in Power if powers.has(power, None)}  # each asked of all that somebody holds
    offices = [row.kind.value for row in HANDLING if everywhere.intersection(row.by)]
    return incidents.filter(seen | Q(kind__in=offices, company=None))


def incident_visible_to(actor: Person, at: datetime, uid: str) -> Incident:
    incident = incidents_visible_to(actor, at).filter(uid=uid).first()
    if incident is None:
        raise NotFound(incident=uid)
    return incident


def open_loss_of(actor: Person, at: datetime, seal: Seal) -> Incident | None:
    """Return the last loss of a seal that has not ended, by its uid alone."""
    return next(iter(asked_for(_loss_of, actor, at, seal.pk)), None)


def _loss_of(actor: Person, at: datetime, seal: int) -> QuerySet[Incident]:
    found = incidents_visible_to(actor, at).filter(seal=seal, ended_at=None, kind__in=LOSSES)
    return found.select_related(None).only("uid")[:1]


def open_freeze_of(actor: Person, at: datetime, seal: Seal) -> Incident | None:
    """Return the freeze by which the seal rests, if there is one that has not ended."""
    frozen = IncidentSeal.objects.filter(seal=seal).values("incident")
    return incidents_visible_to(actor, at).filter(pk__in=frozen, ended_at=None).first()


def co_custodians_of(actor: Person, at: datetime, seal: Seal) -> frozenset[int]:
    """Return the keys of those without whose consent the seal is not replaced."""
    seen = this_one_visible_to(actor, at, seal.uid)
    return frozenset(CoCustodian.objects.filter(seal__in=seen, until=None).values_list("person_id", flat=True))


def sharing_of(actor: Person, at: datetime, seal: Seal) -> list[Person]:
    """Return the seal's co-custodians."""
    return asked_with(_sharing, key_visible_to(actor, at, seal))


def _sharing(seal: int) -> QuerySet[Person]:
    shared = CoCustodian.objects.filter(seal=seal, until=None).values("person")
    return Person.objects.filter(pk__in=shared).order_by("name", "pk")


def consenting_of(actor: Person, at: datetime, seal: Seal) -> frozenset[int]:
    """Return the keys of those who agreed, at the seal's last loss, to a new one in its place."""
    last = (
        Incident.objects.filter(seal__in=this_one_visible_to(actor, at, seal.uid), kind__in=LOSSES)
        .order_by("-opened_at", "-pk")
        .first()
    )
    return frozenset(last.consents.order_by().values_list("person_id", flat=True)) if last else frozenset()


def told_people(actor: Person, at: datetime, incident: Incident) -> list[ToldPerson]:
    """Return who must be told: keeper, co-custodians, managers, and whoever held a permit that it ended."""
    if incident not in incidents_visible_to(actor, at).filter(pk=incident.pk):
        raise NotFound(incident=incident.uid)
    seals = [incident.seal] if incident.seal else [frozen.seal for frozen in incident.seals.select_related("seal")]
    found: dict[int, ToldPerson] = {}
    for why, people in _told(seals, at):
        for person in people:
            found.setdefault(person.pk, ToldPerson(person.name, why))
    return list(found.values())


def _told(seals: Sequence[Seal], at: datetime) -> list[tuple[str, QuerySet[Person]]]:
    people = Person.objects.filter(is_active=True).order_by("name", "pk")
    keepers = Custody.objects.filter(seal__in=seals, until=None).values("keeper")
    sharing = CoCustodian.objects.filter(seal__in=seals, until=None).values("person")
    companies = {seal.company_id for seal in seals}
    managers = identity.grants_in_force(at).filter(company_id__in=companies, power=Power.MANAGE).order_by()
    revoked = Permit.objects.filter(seal__in=seals, revoked_at__isnull=False, expires_at__gt=at)
    holders = PermitPart.objects.filter(permit__in=revoked, part=PermitPart.Part.HOLDER).values("person")
    return [
        ("keeper", people.filter(pk__in=keepers)),
        ("co-custodian", people.filter(pk__in=sharing)),
        ("manager", people.filter(pk__in=managers.values("person"))),
        ("holder", people.filter(pk__in=holders)),
    ]


def frozen_seals(actor: Person, at: datetime, incident: Incident) -> list[Seal]:
    """Return the seals that a freeze put to rest, or would have."""
    visible = incidents_visible_to(actor, at).filter(pk=incident.pk).order_by()
    frozen = Seal.objects.filter(pk__in=IncidentSeal.objects.filter(incident__in=visible).values("seal"))
    return list(frozen.select_related("company").order_by("number", "pk"))


def consents_of(actor: Person, at: datetime, incident: Incident) -> list[tuple[str, bool]]:
    """Return each co-custodian of the seal, and whether they agree to a new one."""
    visible = incidents_visible_to(actor, at).filter(pk=incident.pk).order_by()
    given = set(Consent.objects.filter(incident__in=visible).values_list("person_id", flat=True))
    sharing = CoCustodian.objects.filter(seal__in=visible.values("seal"), until=None).select_related("person")
    return [(each.person.name, each.person_id in given) for each in sharing.order_by("person__name", "pk")]


def steps_open_to(actor: Person, at: datetime, incident: Incident) -> frozenset[str]:
    """Return what this person could do about the incident now: the forms of the page."""
    if incident.ended_at is not None:
        return frozenset()
    powers, company = identity.powers_of(actor, at), incident.company_id
    by, is_about_them = handling_of(IncidentKind(incident.kind)).by, incident.account_of_id == actor.pk
    has_a_say = any(powers.has(power, company) for power in by) and not is_about_them
    may: set[str] = {"propose-end"} if has_a_say else set()
    if has_a_say or incident.owner_id == actor.pk:
        may |= {"opine", "reassign"}
    if has_a_say and incident.proposed_by_id not in {None, actor.pk}:
        may.add("end")
    shares = CoCustodian.objects.filter(seal=incident.seal_id, person=actor, until=None).exists()
    if shares and powers.takes_part:
        may |= set() if incident.consents.filter(person=actor).exists() else {"consent"}
    return frozenset(may | _thawing(actor, incident, manages=powers.has(Power.MANAGE, company)))


def owners_visible_to(actor: Person, at: datetime, incident: Incident) -> list[Person]:
    """Return who could answer for the incident: whoever has a say in it, by name."""
    if incident not in incidents_visible_to(actor, at).filter(pk=incident.pk):
        raise NotFound(incident=incident.uid)
    able = [
        identity.people_with(power, Place(incident.company_id), at)
        for power in handling_of(IncidentKind(incident.kind)).by
    ]
    keys = frozenset[int]().union(*able) - {incident.account_of_id}
    return list(identity.people_visible_to(actor, at).filter(pk__in=keys, is_active=True).order_by("name", "pk"))


def _thawing(actor: Person, incident: Incident, *, manages: bool) -> set[str]:
    resting = incident.seals.filter(seal__state=SealState.SUSPENDED.value).order_by().values("seal")
    if not manages or not resting.exists():
        return set()
    permits = Permit.objects.filter(seal__in=resting, purpose=Purpose.UNFREEZE.value, used=0, revoked_at=None)
    is_held = permits.filter(parts__person=actor, parts__part=PermitPart.Part.HOLDER).exists()
    return {"unfreeze"} if is_held else {"apply-to-unfreeze"}


def published_seals() -> list[tuple[Seal, datetime]]:
    """Return the seals that everybody is told of, the latest first: out of hand, or declared void after that.

    With each stands since when: since its last loss was reported.
    """
    void = Q(state=SealState.VOID.value, incidents__kind__in=LOSSES)
    out = Q(state__in=[state.value for state in OUT_OF_HAND])
    seals = list(Seal.objects.filter(out | void).select_related("company", "own_type").order_by("pk").distinct())
    losses = Incident.objects.filter(seal__in=seals, kind__in=LOSSES).order_by().values("seal")
    since = dict(losses.annotate(at=Max("opened_at")).values_list("seal", "at"))
    dated = [(seal, since.get(seal.pk, seal.created_at)) for seal in seals]
    return sorted(dated, key=lambda each: each[1], reverse=True)


def seal_of_number(uscc: str, number: str) -> Seal | None:
    """Return the seal that whoever holds a paper with it asks for: by the company's code and the seal's number."""
    return Seal.objects.select_related("company", "own_type").filter(company__uscc=uscc, number=number).first()


def unreplaced_losses(actor: Person, at: datetime, company: Company, seal_type: str) -> QuerySet[Seal]:
    """Return the seals of a type that a company lost and has not replaced."""
    out = Q(state__in=[state.value for state in OUT_OF_HAND])
    void = Q(state=SealState.VOID.value, incidents__kind__in=LOSSES)
    lost = Seal.objects.filter(company__in=identity.companies_visible_to(actor, at).order_by().filter(pk=company.pk))
    lost = lost.filter(out | void, type=seal_type).exclude(pk__in=_replaced())
    return lost.order_by("pk").distinct()


def _replaced() -> QuerySet[Any, Any]:
    """Return the keys of the seals in whose place another one has come, or is applied for."""
    return Seal.objects.exclude(state=SealState.VOID.value).filter(replaces__isnull=False).order_by().values("replaces")
