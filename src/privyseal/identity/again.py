"""Questions of somebody's that are put into words once for all who hold powers of the same kinds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.identity.queries import Powers, powers_of
from privyseal.identity.queries.powers import standing_in
from privyseal.identity.rules import Held
from privyseal.ledger.rewording import REWORDINGS, about, stand_in
from privyseal.ledger.stand_ins import StandIns

Row = TypeVar("Row")


def asked_for(find: Callable[..., QuerySet[Any, Row]], actor: Person, at: datetime, *said: Any) -> list[Row]:  # noqa: ANN401 - as above
    """Return the rows of ``find(actor, at, *said)``, which goes by the actor's key and powers as well.

    It is put into words once for powers of the same kinds, each over what stands for all companies in which it is held,
    and each time for a power over a single unit or seal.
    """
    powers = powers_of(actor, at)
    if any(one.unit is not None or one.seal is not None for one in powers.held):
        return list(find(actor, at, *said))

    def name(stand_ins: StandIns) -> Callable[[], QuerySet[Any, Row]]:
        someone = Person.from_db("default", ["id", "is_active"], [stand_ins.number(actor.pk), actor.is_active])
        then = stand_ins.moment(at)
        within = [(power, stand_ins.group(companies)) for power, companies, _ in powers.each if companies]
        given = [stand_in(one, stand_ins) for one in said]

        def build() -> QuerySet[Any, Row]:
            held = frozenset(Held(power, company) for power, group in within for company in group)
            over_all = {Held(power, None) for power, _, is_over_all in powers.each if is_over_all}
            with standing_in(someone, Powers(held | over_all)):
                return find(someone, then, *given)

        return build

    kinds = tuple((bool(companies), is_over_all) for _, companies, is_over_all in powers.each)
    return REWORDINGS.rows((about(find, said), actor.is_active, kinds), name)
