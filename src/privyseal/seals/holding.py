"""Who holds a permit: whoever it names, or, where it is for a unit, whoever belongs to it now."""

from django.db.models import Exists, OuterRef, Q

from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.seals.models import Permit, PermitPart


def held_by(person: int, units: frozenset[int]) -> Q:
    """Return the condition that somebody who belongs to these units holds a permit, for its querysets alone."""
    parts = PermitPart.objects.filter(permit=OuterRef("pk"), person=person)
    by_name = Exists(parts.filter(part=PermitPart.Part.HOLDER))
    return by_name | (among("unit_id", units) & ~Exists(parts)) if units else Q(by_name)


def is_held_by(permit: Permit, person: Person) -> bool:
    parts = permit.parts.filter(person=person)
    if permit.unit_id is None:
        return parts.filter(part=PermitPart.Part.HOLDER).exists()
    return not parts.exists() and permit.unit_id in identity.units_of_person(person.pk)
