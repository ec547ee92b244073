"""Questions of somebody's that are put into words once for all who hold powers of the same kinds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.identity.queries import Powers, powers_of
from privyseal.identity.queries.powers import standing_in
from privyseal.identity.rules import Held, Power
from privyseal.ledger.rewording import REWORDINGS, StandIns, about, stand_in

Row = TypeVar("Row")


def asked_for(find: Callable[..., QuerySet[Any, Row]], actor: Person, at: datetime, *said: Any) -> list[Row]:  # noqa: ANN401 - as above
    """Return the rows of ``find(actor, at, *said)``, which goes by the actor's key and powers as well.

    It is put into words once for powers of the same kinds, and each time for a power over a single unit or seal.
    """
    powers = powers_of(actor, at)
    if any(one.unit is not None or one.seal is not None for one in powers.held):
        return list(find(actor, at, *said))
    stand_ins = StandIns()
    someone = Person.from_db("default", ["id", "is_active"], [stand_ins.number(actor.pk), actor.is_active])
    then, held = stand_ins.moment(at), _stood_for(powers, stand_ins)
    given = [stand_in(one, stand_ins) for one in said]
    kinds = frozenset((one.power, one.company is None) for one in held)

    def build() -> QuerySet[Any, Row]:
        with standing_in(someone, Powers(held)):
            return find(someone, then, *given)

    return REWORDINGS.rows((about(find, said), actor.is_active, kinds), stand_ins, build)


def _stood_for(powers: Powers, stand_ins: StandIns) -> frozenset[Held]:
    """Return powers of the same kinds, each over one company that stands for all over which it is held."""
    over = {Held(power, stand_ins.group(those)) for power in Power if (those := powers.companies(power))}
    return frozenset(over | {Held(power, None) for power in Power if powers.has(power, None)})
