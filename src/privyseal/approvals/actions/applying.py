"""Ask for something to happen to a seal: a new one, an act on one that there is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.timezone import localdate

from privyseal.approvals.actions.opening import Named, applicants_company, begin, named_people, submit
from privyseal.approvals.models import Line
from privyseal.approvals.rules import Part, asks
from privyseal.approvals.wishes import TermsIncomplete, WitnessesMissing, check_terms
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person, Unit
from privyseal.identity.rules import Place, Power
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger.commands import command
from privyseal.seals import queries as seals
from privyseal.seals.actions import SealWish, draft_seal, last_day_of, level_of, locked_seal, unit_of
from privyseal.seals.keeping import check_may_keep
from privyseal.seals.models import Seal
from privyseal.seals.permits import share_lock
from privyseal.seals.places import place_in, place_of
from privyseal.seals.queries.outside import is_revoked_outside
from privyseal.seals.rules import Act, SealKind, SealState, SealType, check_extension, check_level, check_possible
from privyseal.seals.rules.incidents import Frozen, check_replacement
from privyseal.signer.outside import CertificateRevoked
from privyseal.signer.statement import Purpose

ACT_WINDOW: Final = timedelta(days=7)
WITNESSES_OF_NEW_RUBBER: Final = 2  # one compares the new imprint; both see the old rubber destroyed


@dataclass(frozen=True, slots=True, kw_only=True)
class RubberWish:
    """A physical seal that is to be made: by whom, who is to receive and keep it, who witnesses its acceptance."""

    name: str
    type: SealType
    maker: str
    maker_licence: str
    keeper_pseudonym: str
    witness_pseudonym: str
    unit_uid: str = ""
    own_type_uid: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    replaces_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a new seal is to stand: its unit, its type by name, its first and last day, the lost one it replaces."""

    unit_uid: str = ""
    own_type_uid: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    replaces_uid: str = ""


@command("application.apply-for-seal")
def apply_for_seal(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    reason: str,
    name: str,
    type: SealType,  # noqa: A002  the design's word for it
    face: Mapping[str, Any],
    standing: Standing | None = None,
) -> str:
    """Apply for a new electronic seal; return the application's uid."""
    company = applicants_company(actor, at, company_uid=company_uid, purpose=Purpose.MAKE)
    stands = standing or Standing()
    lost = _predecessor(actor, at, company, type, stands.replaces_uid)
    unit = _managed_unit(actor, at, company, stands.unit_uid)
    own = stands.own_type_uid
    wish = SealWish(
        name=name,
        type=type,
        face=face,
        unit=unit,
        own_type_uid=own,
        starts_on=stands.starts_on,
        ends_on=stands.ends_on,
        replaces=lost,
    )
    seal = draft_seal(actor, at, company=company, wish=wish)
    return _submit_act(actor, at, [seal], Purpose.MAKE, reason=reason)


@command("application.apply-for-rubber")
def apply_for_rubber(actor: Person, at: datetime, *, company_uid: str, reason: str, wish: RubberWish) -> str:
    """Apply for a new physical seal of a verified company; return the application's uid."""
    company = applicants_company(actor, at, company_uid=company_uid, purpose=Purpose.MAKE)
    lost = _predecessor(actor, at, company, wish.type, wish.replaces_uid)
    unit, kind = _managed_unit(actor, at, company, wish.unit_uid), SealKind.PHYSICAL
    wanted = SealWish(
        name=wish.name,
        type=wish.type,
        kind=kind,
        unit=unit,
        own_type_uid=wish.own_type_uid,
        starts_on=wish.starts_on,
        ends_on=wish.ends_on,
        replaces=lost,
    )
    seal = draft_seal(actor, at, company=company, wish=wanted)
    terms = check_terms(Purpose.MAKE, {"maker": wish.maker, "maker_licence": wish.maker_licence}, at=at)
    receivers = named_people(actor, at, pseudonyms=[wish.keeper_pseudonym], part=Part.CUSTODIAN)
    check_may_keep(receivers[0], at, seal=seal)
    witnesses = named_people(actor, at, pseudonyms=[wish.witness_pseudonym], part=Part.WITNESS)
    return _submit_act(
        actor,
        at,
        [seal],
        Purpose.MAKE,
        reason=reason,
        named=Named(receivers=receivers, witnesses=witnesses),
        terms=terms,
    )


@command("application.apply-to-resume")
def apply_to_resume(actor: Person, at: datetime, *, seal_uid: str, reason: str) -> str:
    """Apply to bring a seal at rest back; return the application's uid."""
    seal = _seal_for(actor, at, seal_uid, Purpose.RESUME)
    if seals.open_freeze_of(actor, at, seal) is not None:
        raise Frozen(seal=seal.uid)
    if is_revoked_outside(seal):
        raise CertificateRevoked(seal=seal.uid)
    return _submit_act(actor, at, [seal], Purpose.RESUME, reason=reason)


@command("application.apply-to-unfreeze")
def apply_to_unfreeze(actor: Person, at: datetime, *, incident_uid: str, reason: str) -> str:
    """Apply to bring back every seal that still rests by a freeze; return the application's uid."""
    incident = seals.incident_visible_to(actor, at, incident_uid)
    if incident.company is None:
        raise OutOfTurn(incident=incident.uid)
    company = applicants_company(actor, at, company_uid=incident.company.uid, purpose=Purpose.UNFREEZE)
    identity.require(actor, at, asks(Purpose.UNFREEZE).applicant, company.pk)
    held = {seal.pk: seal for seal in share_lock([seal.pk for seal in seals.frozen_seals(actor, at, incident)])}
    resting = [seal for seal in held.values() if seal.state == SealState.SUSPENDED.value]
    if incident.is_drill or not resting:
        raise OutOfTurn(incident=incident.uid)
    return _submit_act(actor, at, resting, Purpose.UNFREEZE, reason=reason, company=company)


@command("application.apply-for-act")
def apply_for_act(
    actor: Person,
    at: datetime,
    *,
    seal_uid: str,
    purpose: Purpose,
    reason: str,
    receiver_pseudonym: str = "",
    witness_pseudonyms: Sequence[str] = (),
    terms: Mapping[str, Any] | None = None,
) -> str:
    """Apply for an act on a seal, with those who are named for it; return the application's uid."""
    seal = _seal_for(actor, at, seal_uid, purpose)
    policy, is_physical = asks(purpose), seal.kind == SealKind.PHYSICAL.value
    receivers: list[Person] = []
    if policy.receiver is not None and is_physical:
        receivers = named_people(actor, at, pseudonyms=[receiver_pseudonym], part=Part.CUSTODIAN)
        check_may_keep(receivers[0], at, seal=seal)
    is_new_rubber, wanted = purpose is Purpose.CHANGE and is_physical, policy.witnesses
    if is_new_rubber:
        receivers, wanted = [seals.keeper_of(actor, at, seal)], WITNESSES_OF_NEW_RUBBER
    witnesses = named_people(actor, at, pseudonyms=sorted(set(witness_pseudonyms)), part=Part.WITNESS)
    if len(witnesses) != wanted:
        raise WitnessesMissing(needed=wanted, named=len(witnesses))
    agreed = check_terms(purpose, terms or {}, at=at)
    if purpose is Purpose.CHANGE and is_physical != ("maker" in agreed):
        raise TermsIncomplete(missing="maker" if is_physical else "face")
    if purpose is Purpose.EXTEND:
        check_extension(SealKind(seal.kind), until=seal.ends_on, to=last_day_of(agreed), on=localdate(at))
    if purpose is Purpose.ASSIGN:
        agreed = _another_unit(actor, at, seal, agreed)
    return _submit_act(
        actor, at, [seal], purpose, reason=reason, named=Named(receivers=receivers, witnesses=witnesses), terms=agreed
    )


def _seal_for(actor: Person, at: datetime, seal_uid: str, purpose: Purpose) -> Seal:
    """Return the seal, kept as it is until the application stands, or refuse what the table does not know."""
    seal = seals.seal_visible_to(actor, at, seal_uid)
    applicants_company(actor, at, company_uid=seal.company.uid, purpose=purpose)
    (held,) = share_lock([seal.pk])
    identity.require(actor, at, asks(purpose).applicant, place_of(held))
    check_possible(SealState(held.state), Act(purpose.value), kind=SealKind(seal.kind))
    return seal


def _managed_unit(actor: Person, at: datetime, company: Company, unit_uid: str) -> Unit | None:
    """Return the unit to which a new seal is to belong, for whoever manages the seals there, or refuse."""
    unit = unit_of(company, unit_uid)
    place = Place(company.pk, units=identity.units_above(unit.pk if unit else None))
    identity.require(actor, at, asks(Purpose.MAKE).applicant, place)
    return unit


def _another_unit(actor: Person, at: datetime, seal: Seal, agreed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms with the name under which the unit is shown, or refuse one where nothing would change."""
    unit = unit_of(seal.company, agreed["unit"])
    if (unit.pk if unit else None) == seal.unit_id:
        raise TermsIncomplete(missing="unit")
    check_level(level_of(seal.own_type), has_unit=unit is not None)
    there = place_in(seal, agreed)
    identity.require(actor, at, asks(Purpose.ASSIGN).applicant, there)
    return {**agreed, "unit_name": unit.name if unit else seal.company.name}


def _submit_act(
    actor: Person,
    at: datetime,
    wanted: Sequence[Seal],
    purpose: Purpose,
    *,
    reason: str,
    named: Named | None = None,
    terms: Mapping[str, Any] | None = None,
    company: Company | None = None,
) -> str:
    expires_at, company = at + ACT_WINDOW, company or wanted[0].company
    application = begin(
        actor, at, company=company, purpose=purpose, reason=reason, window=(at, expires_at), terms=terms
    )
    Line.objects.bulk_create(
        Line(application=application, position=position, seal=seal) for position, seal in enumerate(wanted, start=1)
    )
    operators = [actor] if asks(purpose).operator is not None else []
    return submit(actor, at, application=application, named=replace(named or Named(), operators=operators))


def _predecessor(actor: Person, at: datetime, company: Company, wanted: SealType, replaces_uid: str) -> Seal | None:
    """Return the lost seal in whose place the new one comes, or refuse a second seal beside a lost one."""
    lost = {seal.uid: seal for seal in seals.unreplaced_losses(actor, at, company, wanted.value)}
    predecessor = locked_seal(replaces_uid) if replaces_uid else None
    check_replacement(
        lost=frozenset(seal.pk for seal in lost.values()),
        replaces=predecessor.pk if predecessor else None,
        asked=seals.co_custodians_of(actor, at, predecessor) if predecessor else frozenset(),
        consented=seals.consenting_of(actor, at, predecessor) if predecessor else frozenset(),
    )
    return predecessor


def operators_of(
    actor: Person, at: datetime, company: Company, wanted: Collection[Seal], pseudonyms: Sequence[str]
) -> list[Person]:
    """Return the people who are to operate, each of whom may use every seal, or refuse."""
    chosen = list(identity.operators_visible_to(actor, at, company.pk).filter(pseudonym__in=list(pseudonyms)))
    keys = frozenset(person.pk for person in chosen)
    able = (identity.people_with(Power.USE, place_of(seal), at, among=keys) for seal in wanted)
    if not chosen or len(chosen) < len(set(pseudonyms)) or keys - frozenset.intersection(*able):
        raise NotEntitled(part=Part.OPERATOR.value)
    return chosen
