"""An application with all that belongs to it, and who has played which part."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from privyseal.approvals.models import Application, Casting, JointCasting, Line, OwnYes, SeatAsked, Vote
from privyseal.approvals.rules import Cast, Part
from privyseal.custody.holding import gave_out_under
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import Place
from privyseal.ledger.beside import put_beside
from privyseal.ledger.rewording import asked_with
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.using import used_under
from privyseal.seals.models import Custody
from privyseal.seals.places import place_in, place_of
from privyseal.seals.rules import SealKind
from privyseal.signer.statement import Purpose

# By what is applied for a rubber seal goes through its keeper's hands.
BY_HAND: Final = frozenset(purpose.value for purpose in (Purpose.USE, Purpose.TOP_UP, Purpose.PROLONG))
# Written out, as every vote enters one. The flags stand in the order of the parts.
_ENTER: Final = """
    INSERT INTO application_casting AS played
        (application_id, person_id, is_applicant, is_approver, is_operator, is_custodian, is_witness, is_person)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (application_id, person_id) DO UPDATE SET
        is_applicant = played.is_applicant OR excluded.is_applicant,
        is_approver = played.is_approver OR excluded.is_approver,
        is_operator = played.is_operator OR excluded.is_operator,
        is_custodian = played.is_custodian OR excluded.is_custodian,
        is_witness = played.is_witness OR excluded.is_witness,
        is_person = played.is_person OR excluded.is_person
"""


def with_all(applications: Iterable[Application]) -> list[Application]:
    """Return these with their lines, parts and votes, each read once for all of them."""
    found = list(applications)
    keys = frozenset(application.pk for application in found)
    for name, belonging in _BELONGING.items() if keys else ():
        put_beside(found, name, asked_with(belonging, keys))
    return found


def cast_of(application: Application) -> Cast:
    """Return who plays which part in an application; where it is part of a whole or adds to one, in the whole.

    Whoever keeps a seal that is to be stamped by hand is its custodian here too: they hand it out. So is whoever
    gave it out for what the application adds to; and whoever sealed under it is its operator.
    """
    cast: dict[Part, set[int]] = defaultdict(set)
    of_whole = JointCasting.objects.filter(joint=application.whole).order_by("person_id")
    for casting in application.castings.all() if application.whole is None else of_whole:
        for part in casting.parts:
            cast[part].add(casting.person_id)
    keepers = _keepers_by_hand(application)
    if application.adds_to is not None:
        keepers |= gave_out_under(application.adds_to.uid)
        cast[Part.OPERATOR] |= used_under(application.adds_to.uid)
    if keepers:
        cast[Part.CUSTODIAN] |= keepers
    return {part: frozenset(people) for part, people in cast.items()}


def _keepers_by_hand(application: Application) -> set[int]:
    """Return who keeps what the application would have stamped by hand, as things stand now."""
    if application.purpose not in BY_HAND:
        return set()
    rubber = (line.seal_id for line in application.lines.all() if line.seal.kind == SealKind.PHYSICAL.value)
    seals = frozenset(rubber)
    return set(asked_with(_keepers_of, seals)) if seals else set()


def _keepers_of(seals: frozenset[int]) -> QuerySet[Custody, int]:
    kept = Custody.objects.filter(among("seal_id", seals), until=None).order_by()
    return kept.values_list("keeper_id", flat=True)


def places_of(application: Application) -> frozenset[Place]:
    """Return where a power is asked for that decides: the seals, and the company where none of them is of it.

    A seal that goes to another unit is decided on by those who may in both.
    """
    seals = {line.seal for line in application.lines.all()}
    places = {place_of(seal) for seal in seals}
    places |= {place for seal in seals if (place := place_in(seal, application.terms)) is not None}
    is_covered = any(place.company == application.company_id for place in places)
    return frozenset(places if is_covered else {*places, Place(application.company_id)})


def _lines(applications: frozenset[int]) -> QuerySet[Line]:
    lines = Line.objects.filter(among("application_id", applications)).order_by("position")
    return lines.select_related("seal", "seal__company", "seal__unit", "seal__own_type")


def _castings(applications: frozenset[int]) -> QuerySet[Casting]:
    castings = Casting.objects.filter(among("application_id", applications)).order_by("person_id")
    return castings.select_related("person")


def _own_yeses(applications: frozenset[int]) -> QuerySet[OwnYes]:
    yeses = OwnYes.objects.filter(among("application_id", applications)).order_by("seal_id")
    return yeses.select_related("person", "mandate", "seal")


def _seats(applications: frozenset[int]) -> QuerySet[SeatAsked]:
    return SeatAsked.objects.filter(among("application_id", applications)).order_by("stage", "position")


def _votes(applications: frozenset[int]) -> QuerySet[Vote]:
    votes = Vote.objects.filter(among("application_id", applications)).order_by("stage", "at", "person_id")
    return votes.select_related("person", "for_person")


_BELONGING: Final[Mapping[str, Callable[[frozenset[int]], QuerySet[Any]]]] = {
    "lines": _lines,
    "castings": _castings,
    "own_yeses": _own_yeses,
    "seats": _seats,
    "votes": _votes,
}


@transaction_required
def enter(application: Application, person: Person, part: Part) -> None:
    """Give the person the part; one they have already stays, and one kept apart from it breaks its constraint."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [application.pk, person.pk, *(each is part for each in Part)])
