"""Rows locked for a write, or a refusal; a company, unit or post is locked before a person."""

from privyseal.identity.models import Company, Person, Post, Unit
from privyseal.identity.rules import check_unit
from privyseal.kernel.errors import NotFound
from privyseal.ledger.transactions import transaction_required


@transaction_required
def locked_person(pseudonym: str) -> Person:
    """Return somebody who is still here, locked."""
    person = Person.objects.select_for_update().filter(pseudonym=pseudonym, is_active=True).first()
    if person is None:
        raise NotFound(person=pseudonym)
    return person


@transaction_required
def locked_company(uid: str) -> Company:
    company = Company.objects.select_for_update().filter(uid=uid).first()
    if company is None:
        raise NotFound(company=uid)
    return company


@transaction_required
def locked_unit(uid: str, company: Company | None = None) -> Unit:
    """Return the open unit, locked; refuse one of another company than this."""
    unit = Unit.objects.select_for_update().filter(uid=uid, closed_at=None).first()
    if unit is None:
        raise NotFound(unit=uid)
    if company is not None:
        check_unit(unit.company_id, company.pk)
    return unit


@transaction_required
def locked_post(uid: str) -> Post:
    post = Post.objects.select_for_update(of=("self",)).select_related("company").filter(uid=uid, closed_at=None)
    found = post.first()
    if found is None:
        raise NotFound(post=uid)
    return found
