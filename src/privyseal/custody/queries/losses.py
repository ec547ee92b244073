"""The seals that somebody may report lost, by power or because they have them in hand."""

from datetime import datetime

from django.db.models import Q

from privyseal.custody.holding import ON_THE_WAY, ties_to
from privyseal.custody.models import HandUse, TakeOut
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.seals import queries as seals
from privyseal.seals.models import Seal
from privyseal.seals.places import place_of
from privyseal.seals.rules import Act, may_alone
from privyseal.seals.rules.incidents import may_report


def seals_one_may_miss(actor: Person, at: datetime, *, most: int) -> list[Seal]:
    """Return the first seals that an actor may report lost, those that are in their hands before others."""
    away = TakeOut.objects.filter(Q(bearer=actor) | Q(companion=actor), stage__in=ON_THE_WAY).order_by("pk")
    out = HandUse.objects.filter(operator=actor, keeper_at__isnull=False, returned_at=None).order_by("pk")
    in_hand = {*away.values_list("seal_id", flat=True), *out.values_list("seal_id", flat=True)}
    return seals.seals_one_may_miss(actor, at, in_hand=in_hand, most=most)


def may_miss(actor: Person, at: datetime, seal: Seal) -> bool:
    """Return whether somebody may say of a seal that it is out of hand."""
    powers, place = identity.powers_of(actor, at), place_of(seal)
    has_power = any(powers.over(power, place) or powers.has(power, None) for power in may_alone(Act.LOSE))
    return has_power or may_report(Act.LOSE, ties=ties_to(seal, actor))
