"""Who has played which part in an application."""

from collections import defaultdict

from privyseal.approvals.models import Application, Casting
from privyseal.approvals.rules import Cast, Part
from privyseal.identity.models import Person
from privyseal.ledger.transactions import transaction_required


def cast_of(application: Application) -> Cast:
    cast: dict[Part, set[int]] = defaultdict(set)
    for part, person in application.castings.order_by("pk").values_list("part", "person_id"):
        cast[Part(part)].add(person)
    return {part: frozenset(people) for part, people in cast.items()}


@transaction_required
def enter(application: Application, person: Person, part: Part) -> None:
    Casting.objects.get_or_create(application=application, person=person, part=part.value)
