"""What a hold waits for, and waits for it; and people who may have left, locked until the transaction ends."""

from django.db import connection

from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.transactions import transaction_required


@transaction_required
def before_holds() -> None:
    """Let every hold wait until the transaction ends, and wait for one that is being placed: taken before any row.

    What a hold is about, and who had a part in it, is in no one row that both could lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended('legal hold', 0))")


@transaction_required
def erase_in_turn() -> None:
    """Wait for an erasure that is being decided, before any row: the lock it takes last is not for two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('erasure', 0))")


@transaction_required
def hold_everything() -> None:
    """Wait for every deletion and erasure that has begun, and let none begin until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('legal hold', 0))")


@transaction_required
def locked_anybody(pseudonym: str) -> Person:
    """Return somebody, here or not, or refuse."""
    person = Person.objects.select_for_update().filter(pseudonym=pseudonym).first()
    if person is None:
        raise NotFound(person=pseudonym)
    return person
