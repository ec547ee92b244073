"""Two legal holds, one about to be lifted, a list of what is over, and an erasure, for the rows of ``access.txt``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from privyseal.custody.models import Photograph
from privyseal.identity.models import Person
from privyseal.keeping import actions
from privyseal.keeping.rules import Held
from privyseal.seals.models import Seal
from tests.conftest import new_person

PARTED: Final = "parted"
"""Somebody who has left, of whom no erasure is asked for."""


@dataclass(frozen=True, slots=True)
class HeldThings:
    hold: str
    ending: str
    erasure: str
    clearance: str


def held(people: Mapping[str, Person], at: datetime, seal: Seal) -> HeldThings:
    chen, sun = people["chen"], people["sun"]
    gone = [new_person(login, name) for login, name in ((PARTED, "孙离"), ("erased", "周离"))]
    Person.objects.filter(pk__in=[person.pk for person in gone]).update(is_active=False)
    hold, ending = (actions.place_hold(sun, at, about=Held.SEAL, uid=seal.uid, reason="诉讼保全") for _ in range(2))
    actions.ask_lifting(sun, at, hold_uid=ending, reason="结案")
    asked = actions.ask_erasure(chen, at, person_pseudonym=gone[1].pseudonym, reason="本人要求")
    _photograph(people["wang"], at, page=1)
    clearance = actions.ask_clearance(people["zhao"], at, company_uid=seal.company.uid, reason="保管期满")
    _photograph(people["wang"], at, page=2)
    return HeldThings(hold, ending, asked, clearance)


def _photograph(by: Person, at: datetime, *, page: int) -> None:
    """Keep a page that was photographed eleven years ago."""
    Photograph.objects.create(
        turn=Photograph.objects.earliest("pk").turn,
        sha256=f"{page:064x}",
        small_sha256=f"{page:064x}",
        kind="image/jpeg",
        size=1,
        impressions=0,
        by=by,
        at=at - timedelta(days=11 * 366),
        is_late=False,
        retention="ten-years",
    )
