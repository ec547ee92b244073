"""Rosters as their page shows them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.models import RosterSeat, SeatList
from privyseal.approvals.queries.rosters import InCompany
from privyseal.approvals.rules.rosters import AGREE, Counts
from privyseal.identity.models import Company, Person
from privyseal.language.labels import ASSURANCE
from privyseal.language.refusals import words_of
from privyseal.signer.charters import APPROVERS
from privyseal.web.shown.words import Badge

Act: TypeAlias = Callable[[dict[str, object]], object]

# Whether a yes counts, and what its owner or security does where it does not.
_COUNTS: Final[Mapping[Counts, tuple[Badge, Promise | str]]] = {
    Counts.COUNTS: (Badge(_("Counts"), "approved"), ""),
    Counts.SIGNED_IN: (Badge(_("Counts"), "approved"), _("Being signed in is enough under this charter.")),
    Counts.TOO_EARLY: (
        Badge(_("Not yet"), "pending"),
        _("The passkey is in force and counts a day after it was made. There is nothing to do."),
    ),
    Counts.SEAT_AGREED: (
        Badge(_("Not yet"), "pending"),
        _("Two security administrators have agreed; the signer is told within seconds while it runs."),
    ),
    Counts.SEAT_LISTED: (
        Badge(_("Not yet"), "pending"),
        _("On a list for this company’s roster. Two security administrators have to agree to the list."),
    ),
    Counts.SEAT_WAITS: (
        Badge(_("Does not count"), "rejected"),
        _("The charter uses the company’s own roster. Security has to put this person on it, below."),
    ),
    Counts.NOT_TOLD: (
        Badge(_("Not yet"), "pending"),
        _("The passkey is confirmed; the signer is told within seconds while it runs."),
    ),
    Counts.ONE_MORE: (
        Badge(_("Does not count"), "rejected"),
        _("One person has confirmed the passkey. Another one has to."),
    ),
    Counts.UNCONFIRMED: (
        Badge(_("Does not count"), "rejected"),
        _(
            "The passkey was made and nobody has confirmed it. Two people have to, one of them a security "
            "administrator."
        ),
    ),
    Counts.MOVABLE: (
        Badge(_("Does not count"), "rejected"),
        _("The passkey can leave its device, and the charter asks for one that cannot. Make one on a security key."),
    ),
    Counts.OVER: (
        Badge(_("Does not count"), "rejected"),
        _("The passkey was removed, or its owner had left. None comes back: a new one has to be made."),
    ),
    Counts.NONE: (
        Badge(_("Does not count"), "rejected"),
        _("There is no passkey. Its owner makes one under Mine, Security."),
    ),
    Counts.LEFT: (Badge(_("Does not count"), "rejected"), _("Has left.")),
}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person in one company: whether their yes counts there, and what is missing."""

    person: Person
    company: Company
    asks: Promise
    is_own_roster: bool
    badge: Badge
    why: Promise | str


@dataclass(frozen=True, slots=True)
class CompanyRow:
    company: Company
    seated: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list on its way, with what is on it, who agreed, and whether its reader may."""

    made: SeatList
    seats: list[RosterSeat]
    agreed: list[str]
    needed: int
    may_agree: bool


@dataclass(frozen=True, slots=True)
class FailedRow:
    made: SeatList
    why: str


def row(one: InCompany) -> RosterRow:
    badge, why = _COUNTS[one.counts]
    is_own = one.charter.roster != APPROVERS
    return RosterRow(one.person, one.company, ASSURANCE[one.charter.assurance], is_own, badge, why)


def companies(each: Iterable[Company], sizes: Mapping[int, tuple[int, int]]) -> list[CompanyRow]:
    return [CompanyRow(one, *sizes.get(one.pk, (0, 0))) for one in each]


def open_list(made: SeatList, reader: Person) -> ListRow:
    seats = list(made.seats.select_related("passkey__person", "company").order_by("pk"))
    people = Person.objects.filter(pseudonym__in=made.agreed).order_by("name", "pk").values_list("name", flat=True)
    is_own = reader.pseudonym in made.agreed or any(seat.passkey.person_id == reader.pk for seat in seats)
    return ListRow(made, seats, list(people), AGREE, may_agree=made.agreed_at is None and not is_own)


def failed(made: SeatList) -> FailedRow:
    return FailedRow(made, words_of(made.failure, {}))
