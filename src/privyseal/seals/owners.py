"""Whose name a seal bears: whose own yes its use takes."""

from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Office
from privyseal.seals.models import Seal, SealPerson
from privyseal.seals.rules.life import SealType
from privyseal.seals.rules.persons import bears_a_name


def person_of(seal: Seal, at: datetime) -> Person | None:
    """Return whose own yes a use of the seal takes: the company's legal representative, or the owner of the name."""
    if not bears_a_name(SealType(seal.type)):
        return None
    if seal.type == SealType.PERSONAL.value:
        known = SealPerson.objects.select_related("person").filter(seal=seal, confirmed_at__isnull=False).first()
        return known.person if known else None
    own = identity.holdings_in_force(at).filter(
        post__company=seal.company_id, post__office=Office.LEGAL_REPRESENTATIVE.value, deputy_for=None
    )
    held = own.filter(person__is_active=True).select_related("person").order_by("starts_at", "pk").first()
    return held.person if held else None
