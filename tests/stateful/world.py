"""A database that really commits, with two companies in it, made anew for every history."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

import psycopg
from django.db import connection

from privyseal.approvals import actions as approvals
from privyseal.identity import actions as identity
from privyseal.identity.models import CalendarYear, Company, Person, Unit
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import Refused
from privyseal.pdf.accepted import Accepted
from privyseal.seals import actions as seals
from privyseal.seals.rules import SealType
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from tests.cast import people_of_two_companies
from tests.conftest import FACE, bring, cloned, found, holding, permit_of, say_yes

R = TypeVar("R")
_FRIDAY: Final = 5
# Histories begin so long ago: the signer has a clock of its own, and what they wait for has still come by then.
AHEAD: Final = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where histories begin: a founded installation with its people, a document a company, and some invoices."""

    database: str
    signer: Client

    @classmethod
    def build(
        cls, database: str, *, public: Public, signer: Client, accepted: Accepted, invoices: Sequence[Accepted]
    ) -> "Stage":
        at = datetime.now(UTC) - AHEAD
        found(public, at)
        people, _ = people_of_two_companies(at - timedelta(days=30))
        for login in ("wang", "he"):
            bring(people[login], at, Company.objects.get(grants__person=people[login]), accepted)
        chen, own = people["chen"], Company.objects.get(grants__person=people["wang"])
        for paper in invoices:
            bring(people["wang"], at, own, paper)
        above = identity.open_unit(chen, at, company_uid=own.uid, name="营销中心")
        identity.open_unit(chen, at, company_uid=own.uid, name="北方区", parent_uid=above)
        identity.open_unit(chen, at, company_uid=own.uid, name="法务部")
        identity.open_post(chen, at, company_uid=own.uid, name="印章管理员", office=Office.STAFF)
        other = Company.objects.get(grants__person=people["he"])
        holding(people["wang"], Power.USE, other, at - timedelta(days=30))
        holding(people["lu"], Power.USE, own, at - timedelta(days=30))
        _work_every_day(own, people["zhao"], at)
        connection.close()
        return cls(database, signer)


class World:
    """One history's own database, its clock, and the two eyes on it: the product's and ours."""

    def __init__(self, stage: Stage) -> None:
        self._open = ExitStack()
        clone: AbstractContextManager[str] = cloned(stage.database)
        self.eyes: psycopg.Connection[Any] = self._open.enter_context(
            psycopg.connect(self._open.enter_context(clone), autocommit=True, prepare_threshold=1)
        )
        self.signer = stage.signer
        self._waited = timedelta()
        self.people = {person.login: person for person in Person.objects.order_by("pk")}
        self.companies = list(Company.objects.order_by("pk"))
        self._make_a_seal()

    def close(self) -> None:
        connection.close()
        self._open.close()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) - AHEAD + self._waited

    def catch_up(self) -> None:
        """Go on to where the signer's clock is, if this history is not past it."""
        self._waited = max(self._waited, AHEAD)

    def wait(self, time: timedelta) -> None:
        self._waited += time

    def entitled(self, power: Power, companies: str = "") -> list[Person]:
        """Return who holds the power now, in the companies that a query yields or anywhere, by our own eyes."""
        there = f"AND g.company_id IN ({companies})" if companies else ""
        rows = self.eyes.execute(
            "SELECT DISTINCT p.login FROM power_grant g JOIN person p ON p.id = g.person_id WHERE g.power = %s"
            f" AND g.confirmed_at IS NOT NULL AND g.revoked_at IS NULL AND p.is_active {there} ORDER BY p.login",
            [power.value],
        )
        return [self.people[login] for (login,) in rows]

    def newest(self, query: str) -> Sequence[str]:
        """Return ids, newest first."""
        return [row[0] for row in self.eyes.execute(query)]

    def moment(self, query: str) -> datetime | None:
        """Return the one time that the query yields, if it yields one."""
        row = self.eyes.execute(query).fetchone()
        found: datetime | None = row[0] if row else None
        return found

    def _make_a_seal(self) -> None:
        """Make a seal that no other history had: the signer remembers those of all."""
        zhao, li, company = self.people["zhao"], self.people["li"], self.companies[0]
        application = approvals.apply_for_seal(
            zhao,
            self.now,
            company_uid=company.uid,
            reason="需要",
            name="公章",
            type=SealType.OFFICIAL,
            face=FACE,
            standing=approvals.Standing(unit_uid=Unit.objects.get(name="北方区").uid),
        )
        say_yes(li, self.now, application)
        seals.carry_out(zhao, self.now, permit_uid=permit_of(application).uid, signer=self.signer)


def _work_every_day(company: Company, manager: Person, at: datetime) -> None:
    """Let what is due fall into the next hours, whenever the histories run."""
    for year in (at.year, at.year + 1):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
        made_up = [day for day in days if day.isoweekday() > _FRIDAY]
        said = {"year": year, "version": 1, "written_by": manager, "written_at": at}
        CalendarYear.objects.create(company=company, made_up=made_up, **said)


def attempted(act: Callable[[], R]) -> R | Refused:
    """Return what came of it: a no is an answer, anything else is a bug and flies."""
    try:
        return act()
    except Refused as refusal:
        return refusal
