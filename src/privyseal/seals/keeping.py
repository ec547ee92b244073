"""Who may keep a physical seal: asked whenever somebody is to become its keeper."""

from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Seal


@transaction_required
def check_may_keep(person: Person, at: datetime, *, seal: Seal) -> None:
    """Return if the person may become the keeper of this seal now, or refuse."""
    identity.require(person, at, Power.CUSTODY, seal.company_id)
