"""People who may have left, locked until the transaction ends."""

from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.transactions import transaction_required


@transaction_required
def locked_anybody(pseudonym: str) -> Person:
    """Return somebody, here or not, or refuse."""
    person = Person.objects.select_for_update().filter(pseudonym=pseudonym).first()
    if person is None:
        raise NotFound(person=pseudonym)
    return person
