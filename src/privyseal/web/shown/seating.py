"""Duties and their people, as a reader sees them."""

from dataclasses import dataclass

from django.utils.functional import Promise

from privyseal.identity.rules import Clash, Power
from privyseal.identity.rules.seating import Doers, Seats
from privyseal.language.labels import POWER


@dataclass(frozen=True, slots=True)
class ShownClash:
    person: str
    one: Promise
    other: Promise


@dataclass(frozen=True, slots=True)
class Seat:
    """A duty and who is proposed for it; ``is_new`` where somebody else does it today, or nobody."""

    duty: Promise
    person: str
    is_new: bool


def clash(found: Clash) -> ShownClash:
    return ShownClash(found.person, POWER[found.one], POWER[found.other])


def seats(proposed: Seats, today: Doers) -> list[Seat]:
    return [
        Seat(POWER[power], proposed[power], proposed[power] not in today.get(power, ()))
        for power in Power
        if power in proposed
    ]
