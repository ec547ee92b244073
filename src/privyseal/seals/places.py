"""Where powers over a seal are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Unit
from privyseal.identity.rules import Place, Power
from privyseal.seals.models import Seal


def place_of(seal: Seal) -> Place:
    """Return where a power over this seal is asked for: the seal, and the units to which it belongs."""
    return places_of([seal])[0]


def places_of(seals: Sequence[Seal]) -> list[Place]:
    """Return where powers over these seals are asked for: one question a unit."""
    above = {unit: identity.units_above(unit) for unit in {seal.unit_id for seal in seals}}
    return [Place(seal.company_id, seal.uid, above[seal.unit_id]) for seal in seals]


def place_in(seal: Seal, terms: Mapping[str, Any]) -> Place | None:
    """Return where the seal goes by these terms, or nothing where they name no unit: who decides answers for both."""
    if "unit" not in terms:
        return None
    unit = Unit.objects.filter(uid=terms["unit"], company=seal.company_id).values_list("pk", flat=True).first()
    return Place(seal.company_id, seal.uid, identity.units_above(unit))


def reached_by(powers: identity.Powers, *kinds: Power, seal: str = "") -> Q:
    """Return the condition that one of these powers reaches a seal, itself or what ``seal`` leads to it from."""
    reached = among(f"{seal}company_id", powers.whole_companies(*kinds))
    reached |= Q(**{f"{seal}uid__in": powers.single_seals(*kinds)})
    units = identity.units_below(powers.single_units(*kinds))
    return reached | Q(**{f"{seal}unit__in": units}) if units else reached
