"""Questions that are put into words once for everybody, and asked again with other values."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.identity.queries import Powers, powers_of
from privyseal.identity.queries.powers import standing_in
from privyseal.identity.rules import Held, Power
from privyseal.ledger.rewording import REWORDINGS, NotReworded, StandIns

Row = TypeVar("Row")


class Most(int):
    """How many rows are asked for: stands in the words themselves."""


_TOLD_APART: Final = (bool, Enum, type(None), Most)  # what these say may change the words


def asked_with(find: Callable[..., QuerySet[Any, Row]], *said: Any) -> list[Row]:  # noqa: ANN401 - keys, times, texts and sets of keys
    """Return the rows of ``find(*said)``, a function of a module that goes by these alone and asks nothing itself."""
    stand_ins = StandIns()
    given = [_stand_in(one, stand_ins) for one in said]
    return REWORDINGS.rows(_about(find, said), stand_ins, lambda: find(*given))


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
    given = [_stand_in(one, stand_ins) for one in said]
    kinds = frozenset((one.power, one.company is None) for one in held)

    def build() -> QuerySet[Any, Row]:
        with standing_in(someone, Powers(held)):
            return find(someone, then, *given)

    return REWORDINGS.rows((_about(find, said), actor.is_active, kinds), stand_ins, build)


def _stood_for(powers: Powers, stand_ins: StandIns) -> frozenset[Held]:
    """Return powers of the same kinds, each over one company that stands for all over which it is held."""
    over = {Held(power, stand_ins.group(those)) for power in Power if (those := powers.companies(power))}
    return frozenset(over | {Held(power, None) for power in Power if powers.has(power, None)})


def _stand_in(one: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401 - of the same kind
    if isinstance(one, _TOLD_APART):
        return one
    if isinstance(one, frozenset):
        return frozenset({stand_ins.group(one)})
    if isinstance(one, datetime):
        return stand_ins.moment(one)
    if isinstance(one, date):
        return stand_ins.day(one)
    return stand_ins.text(one) if isinstance(one, str) else stand_ins.number(one)


def _about(find: Callable[..., QuerySet[Any, Row]], said: Iterable[Any]) -> Hashable:
    if getattr(find, "__closure__", None) is not None:
        raise NotReworded(f"{find} goes by what it was made in")
    return (find, *(one if isinstance(one, _TOLD_APART) else type(one) for one in said))
