"""Two legal holds, one about to be lifted, and the erasure of somebody who has left, for the rows of ``access.txt``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.identity.models import Company, Person
from privyseal.keeping import actions
from privyseal.keeping.rules import Held
from tests.conftest import new_person

PARTED: Final = "parted"
"""Somebody who has left, of whom no erasure is asked for."""


@dataclass(frozen=True, slots=True)
class HeldThings:
    hold: str
    ending: str
    erasure: str


def held(people: Mapping[str, Person], at: datetime, company: Company) -> HeldThings:
    chen, sun = people["chen"], people["sun"]
    gone = [new_person(login, name) for login, name in ((PARTED, "孙离"), ("erased", "周离"))]
    Person.objects.filter(pk__in=[person.pk for person in gone]).update(is_active=False)
    hold, ending = (
        actions.place_hold(sun, at, about=Held.COMPANY, uid="", company_uid=company.uid, reason="诉讼保全")
        for _ in range(2)
    )
    actions.ask_lifting(sun, at, hold_uid=ending, reason="结案")
    asked = actions.ask_erasure(chen, at, person_pseudonym=gone[1].pseudonym, reason="本人要求")
    return HeldThings(hold, ending, asked)
