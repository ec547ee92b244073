"""Questions of somebody's that are put into words once for all who hold powers of the same kinds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.identity.queries import Powers, powers_of
from privyseal.identity.queries.powers import standing_in
from privyseal.identity.rules import Held
from privyseal.ledger.rewording import REWORDINGS, about, stand_in
from privyseal.ledger.stand_ins import StandIns

Row = TypeVar("Row")

_MOST_NARROWED: Final = 6  # to how many seals each is narrowed tells questions apart


def asked_for(find: Callable[..., QuerySet[Any, Row]], actor: Person, at: datetime, *said: Any) -> list[Row]:  # noqa: ANN401 - as above
    """Return the rows of ``find(actor, at, *said)``, which goes by the actor's key and powers as well.

    It is put into words once for powers of the same kinds, each over what stands for all companies in which it is held
    whole and for each seal to which it is narrowed; and each time for a power over a unit, or over many single seals.
    """
    powers = powers_of(actor, at)
    narrowed = powers.narrowed
    if len(narrowed) > _MOST_NARROWED or any(one.unit is not None for one in narrowed):
        return list(find(actor, at, *said))

    def name(stand_ins: StandIns) -> Callable[[], QuerySet[Any, Row]]:
        someone = Person.from_db("default", ["id", "is_active"], [stand_ins.number(actor.pk), actor.is_active])
        then = stand_ins.moment(at)
        whole = [(power, stand_ins.group(companies)) for power, companies, _ in powers.each if companies]
        single = [_stood_for(one, stand_ins) for one in narrowed]
        given = [stand_in(one, stand_ins) for one in said]

        def build() -> QuerySet[Any, Row]:
            held = {Held(power, company) for power, group in whole for company in group}
            over_all = {Held(power, None) for power, _, is_over_all in powers.each if is_over_all}
            with standing_in(someone, Powers(frozenset({*held, *over_all, *single}))):
                return find(someone, then, *given)

        return build

    kinds = tuple((bool(companies), is_over_all) for _, companies, is_over_all in powers.each)
    seals = tuple(one.power for one in narrowed)
    return REWORDINGS.rows((about(find, said), actor.is_active, kinds, seals), name)


def _stood_for(narrowed: Held, stand_ins: StandIns) -> Held:
    company, seal = narrowed.company, narrowed.seal
    return Held(
        narrowed.power,
        None if company is None else stand_ins.number(company),
        seal=None if seal is None else stand_ins.text(seal),
    )
