"""What a restored backup has to do again: it brings back the names of those who were erased after it was made.

``keeping.erased`` says what was done, as lines without a name; they lie beside each backup, and the newest go to
``erase_again`` before a restored installation opens.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from privyseal.identity.models import Person
from privyseal.keeping.forgetting import forget, words_of
from privyseal.keeping.locks import locked_anybody
from privyseal.keeping.models import Erasure
from privyseal.keeping.rules import Decision
from privyseal.kernel.canonical import Json
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command

_RESTORE: Final = Service("restore")
_AGAIN: Final = "done again after a restore"


def erase_again(at: datetime, lines: Iterable[str]) -> int:
    """Erase whom these lines name and the backup brought back; return how many. A second time changes nothing."""
    return sum(_again(_RESTORE, at, said=json.loads(line)) for line in lines if line.strip())


@command("erasure.again")
def _again(actor: Actor, at: datetime, *, said: dict[str, str]) -> int:
    """Erase one person without asking again; whoever is younger than the backup is not there to be erased."""
    uid, pseudonym = said["erasure"], said["person"]
    if Erasure.objects.filter(uid=uid, decision=Decision.AGREED.value).exists():
        return 0
    needed = {pseudonym, said["asked_by"], said["decided_by"]}
    people = Person.objects.in_bulk(needed, field_name="pseudonym")
    if not needed <= people.keys():
        return 0
    person = locked_anybody(pseudonym)
    left = forget(person, words=words_of(person))
    Erasure.objects.filter(person=person, decision="").delete()
    Erasure.objects.create(
        uid=uid,
        person=person,
        reason=_AGAIN,
        asked_by=people[said["asked_by"]],
        asked_at=at,
        decision=Decision.AGREED.value,
        decided_by=people[said["decided_by"]],
        decided_at=at,
        left=left,
    )
    about: dict[str, Json] = {"erasure": uid, "person": pseudonym, "asked_by": said["asked_by"], "rows_left": left}
    book.record("person.erased", by=actor, at=at, **about)
    return 1
