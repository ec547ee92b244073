"""Who watches while a rubber seal is put on paper: named with the application, and apart from the other hands."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.approvals.actions.opening import named_people
from privyseal.approvals.models import Line
from privyseal.approvals.rules import Part
from privyseal.approvals.wishes import WitnessesMissing, is_by_hand
from privyseal.custody.rules import Hand, check_apart
from privyseal.identity.models import Person
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.queries import keeper_of


@transaction_required
def supervisors_of(
    actor: Person, at: datetime, lines: Sequence[Line], *, operators: Sequence[Person], pseudonym: str
) -> list[Person]:
    """Return who is to watch, or refuse: one person where seals are put on by hand, nobody where a key is asked.

    A use that no three people could make is refused before anybody is asked about it.
    """
    supervisors = named_people(actor, at, pseudonyms=[pseudonym] if pseudonym else [], part=Part.WITNESS)
    needed = 1 if is_by_hand(lines) else 0
    if len(supervisors) != needed:
        raise WitnessesMissing(needed=needed, named=len(supervisors))
    for seal in {line.seal for line in lines} if needed else ():
        hands = {
            Hand.APPLICANT: frozenset({actor.pk}),
            Hand.OPERATOR: frozenset(person.pk for person in operators),
            Hand.SUPERVISOR: frozenset(person.pk for person in supervisors),
        }
        check_apart(Hand.KEEPER, keeper_of(actor, at, seal).pk, hands=hands)
    return supervisors
