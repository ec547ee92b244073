"""Apply for a standing permit: routine papers of a class, sealed without an application each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from privyseal.approvals.actions.applying import operators_of
from privyseal.approvals.actions.opening import Named, applicants_company, begin, named_people, submit
from privyseal.approvals.models import Line
from privyseal.approvals.rules import Part
from privyseal.identity import queries as identity
from privyseal.identity.locks import locked_unit
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries as seals
from privyseal.seals.naming import check_bears_its_name
from privyseal.seals.permits import share_lock
from privyseal.seals.places import place_of
from privyseal.seals.rules import SealKind, SealState, check_in_force
from privyseal.seals.rules.permits import SealNotElectronic
from privyseal.seals.rules.standing import FOR_UNIT, StandingTerms, check_for_whom, check_standing
from privyseal.signer.statement import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class ForWhom:
    """Who seals under a standing permit, by name or as a unit, and who reviews its samples."""

    reviewer_pseudonym: str
    operator_pseudonyms: Sequence[str] = ()
    unit_uid: str = ""


@command("application.apply-for-standing")
def apply_for_standing(
    actor: Person,
    at: datetime,
    *,
    seal_uid: str,
    reason: str,
    starts_at: datetime,
    expires_at: datetime,
    for_whom: ForWhom,
    terms: StandingTerms,
) -> str:
    """Apply to seal papers of a class for a quarter at most, by name or as a unit; return the application's uid."""
    seal = seals.seal_visible_to(actor, at, seal_uid)
    company = applicants_company(actor, at, company_uid=seal.company.uid, purpose=Purpose.STANDING)
    (held,) = share_lock([seal.pk])
    identity.require(actor, at, Power.USE, place_of(held))
    check_in_force(SealState(held.state), since=held.starts_on, until=held.ends_on, on=localdate(at))
    check_bears_its_name(held, at)
    if seal.kind != SealKind.ELECTRONIC.value:
        raise SealNotElectronic(seal=seal.uid)
    named = for_whom.operator_pseudonyms
    check_for_whom(holders=len(named), unit=for_whom.unit_uid)
    check_standing(terms, starts_at=starts_at, expires_at=expires_at, at=at)
    application = begin(
        actor,
        at,
        company=company,
        purpose=Purpose.STANDING,
        reason=reason,
        window=(starts_at, expires_at),
        terms={
            "document_class": terms.document_class.value,
            "title_words": [word.strip() for word in terms.title_words],
            "most_pages": terms.most_pages,
            "a_day": terms.a_day,
            "sample_every": terms.sample_every,
            "page": terms.page,
            "x": terms.x,
            "y": terms.y,
            **_for_unit(company, for_whom.unit_uid),
        },
    )
    Line.objects.create(application=application, position=1, seal=seal, impressions=terms.in_all)
    operators = operators_of(actor, at, company, {seal}, named) if named else []
    reviewers = named_people(actor, at, pseudonyms=[for_whom.reviewer_pseudonym], part=Part.WITNESS)
    return submit(actor, at, application=application, named=Named(operators=operators, witnesses=reviewers))


@transaction_required
def _for_unit(company: Company, unit_uid: str) -> dict[str, str]:
    """Return what the terms say of the unit, which is open and of the company; nothing where people are named."""
    if not unit_uid:
        return {}
    unit = locked_unit(unit_uid, company)
    return {FOR_UNIT: unit.uid, "for_unit_name": unit.name}
