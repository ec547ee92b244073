"""Who may keep a physical seal: asked whenever somebody is to become its keeper."""

from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Office, Power
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Custody, Seal
from privyseal.seals.places import place_of
from privyseal.seals.rules import SealType, check_keeper


@transaction_required
def check_may_keep(person: Person, at: datetime, *, seal: Seal) -> None:
    """Return if the person may become the keeper of this seal now, or refuse."""
    identity.require(person, at, Power.CUSTODY, place_of(seal))
    held = identity.holdings_in_force(at).filter(person=person, post__company=seal.company_id)
    kept = Custody.objects.filter(keeper=person, until=None, seal__company=seal.company_id).exclude(seal=seal)
    check_keeper(
        SealType(seal.type),
        offices=[Office(office) for office in held.values_list("post__office", flat=True)],
        keeps=[SealType(kind) for kind in kept.order_by("pk").values_list("seal__type", flat=True)],
    )
