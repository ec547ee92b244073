"""Who is tied to somebody by standing in for them, as a condition on what waits since it was submitted."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db.models import BigIntegerField, BooleanField, F, Func, OuterRef, Q, Value

from privyseal.identity import queries as identity
from privyseal.identity.keys import among

EVER: Final = datetime.min.replace(tzinfo=UTC)
_TIED_TO: Final = "(ARRAY(SELECT tied_to(%(expressions)s)))"


@dataclass(frozen=True, slots=True)
class Ties:
    """Of one person: whom they are tied to now, and whom they were once, by key."""

    of: int
    at: datetime
    now: frozenset[int] = frozenset()
    ended: frozenset[int] = frozenset()

    def include(self, person: str, since: F | OuterRef) -> Q:
        """Return the condition that a person of the row was tied to this one at any time since then."""
        tied = among(person, self.now)
        return tied | Q((f"{person}__in", self.ended), self._tied_since(person, since)) if self.ended else tied

    def _tied_since(self, person: str, since: F | OuterRef) -> Func:
        tied = Func(Value(self.of), since, Value(self.at), template=_TIED_TO, output_field=BigIntegerField())
        return Func(F(person), tied, template="%(expressions)s", arg_joiner=" = ANY ", output_field=BooleanField())


def ties_of(person: int, at: datetime) -> Ties:
    ever = identity.tied_to(person, since=EVER, at=at)
    now = identity.tied_to(person, since=at, at=at) if ever else ever
    return Ties(person, at, now, ever - now)
