"""How companies, units and posts stand to each other, and what ends when somebody leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from privyseal.identity.rules.powers import Power
from privyseal.kernel.errors import Refused


class Office(StrEnum):
    """What a post amounts to, whatever a company calls it; rules speak of offices, never of titles."""

    LEGAL_REPRESENTATIVE = "legal-representative"
    GENERAL_MANAGER = "general-manager"
    FINANCE_HEAD = "finance-head"
    UNIT_HEAD = "unit-head"
    SEAL_KEEPER = "seal-keeper"
    STAFF = "staff"


class Leaving(StrEnum):
    """What somebody leaves."""

    COMPANY = "company"
    GROUP = "group"


class Bond(StrEnum):
    """What ties somebody to a company, or to the group."""

    MEMBERSHIP = "membership"
    POST = "post"
    DEPUTY = "deputy"
    POWER = "power"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Ends:
    leaving: Leaving
    bond: Bond


# fmt: off
ENDS_ON_LEAVING: Final = (
    Ends(Leaving.COMPANY, Bond.MEMBERSHIP),   # whoever left belongs there no longer
    Ends(Leaving.COMPANY, Bond.POST),         # a post of the company needs somebody who is there
    Ends(Leaving.COMPANY, Bond.DEPUTY),       # nobody stands in for somebody who is gone
    Ends(Leaving.COMPANY, Bond.POWER),        # powers over a company's seals end with the day's work there
    Ends(Leaving.GROUP,   Bond.MEMBERSHIP),   # of every company
    Ends(Leaving.GROUP,   Bond.POST),         # in every company
    Ends(Leaving.GROUP,   Bond.DEPUTY),       # in every company
    Ends(Leaving.GROUP,   Bond.POWER),        # over the installation too
    Ends(Leaving.GROUP,   Bond.ACCOUNT),      # nobody signs in who is gone, and who is signed in is put out
)
# fmt: on


class TreeHasACycle(Refused):
    code = "tree-has-a-cycle"


class UnitOfAnotherCompany(Refused):
    code = "unit-of-another-company"


class UnitNotEmpty(Refused):
    code = "unit-not-empty"


class PostHeld(Refused):
    code = "post-held"


class SelfAppointment(Refused):
    code = "self-appointment"


class TermNotPossible(Refused):
    code = "term-not-possible"


class DeputyWithoutEnd(Refused):
    """Somebody is to stand in for another without a last day."""

    code = "deputy-without-end"


class NoSuchPerson(Refused):
    code = "no-such-person"


class AlreadyInPost(Refused):
    code = "already-in-post"


class KeepsASeal(Refused):
    """The post goes with no custody, and the person keeps a seal of the company: first it is handed over."""

    code = "keeps-a-seal"


class AlreadyMember(Refused):
    code = "already-member"


class LastOfOffice(Refused):
    """Without this person nobody would run, secure or audit the installation."""

    code = "last-of-office"


class NobodyToDeputise(Refused):
    """The person to be stood in for does not hold the post, or is the deputy."""

    code = "nobody-to-deputise"


def check_placement(moved: int, *, line_above: Collection[int]) -> None:
    """Return if what is moved may stand below this line, or refuse: nothing stands above itself."""
    if moved in line_above:
        raise TreeHasACycle


def check_unit(unit_company: int, company: int) -> None:
    if unit_company != company:
        raise UnitOfAnotherCompany


def check_term(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise TermNotPossible


def check_days(joined_on: date, left_on: date) -> None:
    if left_on < joined_on:
        raise TermNotPossible


def check_offices_remain(leaver_holds: Collection[Power], *, held_by_others: Collection[Power]) -> None:
    """Return if every office of the leaver has somebody else, or refuse."""
    alone = frozenset(leaver_holds) - frozenset(held_by_others)
    if alone:
        raise LastOfOffice(power=min(alone))


def ends_on(leaving: Leaving) -> frozenset[Bond]:
    return frozenset(row.bond for row in ENDS_ON_LEAVING if row.leaving is leaving)


def check_appointment(*, person: int, appointer: int) -> None:
    """Return if this person may be appointed by that one, or refuse: a post can carry powers."""
    if person == appointer:
        raise SelfAppointment


def check_deputy(*, person: int, deputised: int, holders: Collection[int], ends_at: datetime | None) -> None:
    """Return if the person may stand in for a holder of the post until then, or refuse."""
    if deputised == person or deputised not in holders:
        raise NobodyToDeputise
    if ends_at is None:
        raise DeputyWithoutEnd
