"""Apply for a standing permit: routine papers of a class, sealed without an application each."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localdate

from privyseal.approvals.actions.applying import operators_of
from privyseal.approvals.actions.opening import Named, applicants_company, begin, named_people, submit
from privyseal.approvals.models import Line
from privyseal.approvals.rules import Part
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger.commands import command
from privyseal.seals import queries as seals
from privyseal.seals.naming import check_bears_its_name
from privyseal.seals.permits import share_lock
from privyseal.seals.places import place_of
from privyseal.seals.rules import SealKind, SealState, check_in_force
from privyseal.seals.rules.permits import SealNotElectronic
from privyseal.seals.rules.standing import StandingTerms, check_standing
from privyseal.signer.statement import Purpose


@command("application.apply-for-standing")
def apply_for_standing(
    actor: Person,
    at: datetime,
    *,
    seal_uid: str,
    reason: str,
    starts_at: datetime,
    expires_at: datetime,
    operator_pseudonyms: Sequence[str],
    reviewer_pseudonym: str,
    terms: StandingTerms,
) -> str:
    """Apply to seal papers of a class for a quarter at most; return the application's uid."""
    seal = seals.seal_visible_to(actor, at, seal_uid)
    company = applicants_company(actor, at, company_uid=seal.company.uid, purpose=Purpose.STANDING)
    (held,) = share_lock([seal.pk])
    identity.require(actor, at, Power.USE, place_of(held))
    check_in_force(SealState(held.state), since=held.starts_on, until=held.ends_on, on=localdate(at))
    check_bears_its_name(held, at)
    if seal.kind != SealKind.ELECTRONIC.value:
        raise SealNotElectronic(seal=seal.uid)
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
        },
    )
    Line.objects.create(application=application, position=1, seal=seal, impressions=terms.in_all)
    operators = operators_of(actor, at, company, {seal}, operator_pseudonyms)
    reviewers = named_people(actor, at, pseudonyms=[reviewer_pseudonym], part=Part.WITNESS)
    return submit(actor, at, application=application, named=Named(operators=operators, witnesses=reviewers))
