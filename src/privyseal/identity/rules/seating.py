"""Who could take which duty: a proposal over values, by the fewest changes to how a company works today."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from privyseal.identity.rules.powers import INSTALLATION_POWERS, POWERS_KEPT_APART, Held, Power, kept_apart
from privyseal.kernel.errors import Refused

Doers: TypeAlias = Mapping[Power, Collection[str]]
"""Who does what today, by name."""

Seats: TypeAlias = dict[Power, str]

# fmt: off
SEATED_APART: Final = (
    frozenset({Power.USE, Power.APPROVE}),   # the table lets them meet, but then nobody is left to approve what one applies for
)
# fmt: on
_ANY_COMPANY: Final = 1


class TooFewPeople(Refused):
    """The duties cannot be spread over these people so that none conflict."""

    code = "too-few-people"


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody who does two things today that cannot go together."""

    person: str
    one: Power
    other: Power


@dataclass(frozen=True, slots=True)
class Barred:
    """Duties that some people may not take whatever else they do, as a general manager may keep no seal."""

    of: Mapping[str, frozenset[Power]] = field(default_factory=dict)

    def forbids(self, person: str, duty: Power) -> bool:
        return duty in self.of.get(person, frozenset())


def duties(*, headquarters: bool) -> tuple[Power, ...]:
    """Return the duties a company has to seat; headquarters may hold system, security and audit for it."""
    return tuple(power for power in Power if not (headquarters and power in INSTALLATION_POWERS))


def clashes(today: Doers) -> list[Clash]:
    """Return every pair of duties that one person has today and may not have, each once."""
    return [
        Clash(person, row.first, row.second)
        for row in POWERS_KEPT_APART
        for person in sorted(set(today.get(row.first, ())) & set(today.get(row.second, ())))
    ]


def fewest(wanted: Sequence[Power]) -> int:
    """Return with how many people the duties can be seated at the least."""
    return min((len(groups) for groups in _groupings(tuple(wanted))), default=0)


def propose(today: Doers, *, people: Sequence[str], headquarters: bool, barred: Barred = Barred()) -> Seats:
    """Return one person for each duty, keeping as many as possible where they are, or refuse.

    With as many changes allowed as there are duties everybody may end up anywhere: what is not found then, is not there.
    """
    wanted = duties(headquarters=headquarters)
    for changes in range(len(wanted) + 1):
        seats = _seat(wanted, {}, today, people, barred, changes)
        if seats is not None:
            return seats
    raise TooFewPeople(least=fewest(wanted), people=len(people))


def _seat(
    left: tuple[Power, ...], seats: Seats, today: Doers, people: Sequence[str], barred: Barred, changes: int
) -> Seats | None:
    if not left:
        return seats
    duty, *rest = left
    for person in _candidates(duty, today, people):
        cost = 0 if person in today.get(duty, ()) else 1
        if cost > changes or barred.forbids(person, duty) or _clashes_with(duty, person, seats):
            continue
        found = _seat(tuple(rest), {**seats, duty: person}, today, people, barred, changes - cost)
        if found is not None:
            return found
    return None


def _candidates(duty: Power, today: Doers, people: Sequence[str]) -> Iterator[str]:
    """Yield who could take the duty: today's people first, then others."""
    doing = [person for person in people if person in today.get(duty, ())]
    yield from doing
    yield from (person for person in people if person not in doing)


def _clashes_with(duty: Power, person: str, seats: Seats) -> bool:
    return any(_apart(duty, other) for other, holder in seats.items() if holder == person)


def _apart(one: Power, other: Power) -> bool:
    held = [Held(power, None if power in INSTALLATION_POWERS else _ANY_COMPANY) for power in (one, other)]
    return kept_apart(*held) or frozenset({one, other}) in SEATED_APART


def _groupings(left: tuple[Power, ...]) -> Iterator[tuple[tuple[Power, ...], ...]]:
    """Yield every way to give the duties to people, as the groups that one person could have."""
    if not left:
        yield ()
        return
    duty, *rest = left
    for groups in _groupings(tuple(rest)):
        yield ((duty,), *groups)
        for at, group in enumerate(groups):
            if not any(_apart(duty, other) for other in group):
                yield (*groups[:at], (duty, *group), *groups[at + 1 :])
