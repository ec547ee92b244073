"""What a restored backup has to do again: it brings back the names of those who were erased after it was made.

``keeping.erased`` says what was done, as lines without a name; they lie beside each backup, and the newest go to
``erase_again`` before a restored installation opens.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError

from privyseal.identity.models import Person
from privyseal.keeping.actions.blotting import blot_everything
from privyseal.keeping.documents import discard_document
from privyseal.keeping.forgetting import forget, leave_rest, words_of
from privyseal.keeping.locks import before_holds, locked_anybody
from privyseal.keeping.models import Erasure
from privyseal.keeping.rules import Decision
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.storage import Folder
from privyseal.vault import Vault

_RESTORE: Final = Service("restore")
_AGAIN: Final = "done again after a restore"


@dataclass(frozen=True, slots=True)
class Again:
    """How much was done again, and the pseudonyms of those who are there and could not be erased."""

    done: int
    left: tuple[str, ...] = ()


def erase_again(at: datetime, lines: Iterable[str]) -> Again:
    """Erase and delete again what these lines name and a backup brought back. Once is enough."""
    done, left = 0, []
    for said in map(json.loads, filter(str.strip, lines)):
        if "file" in said or "document" in said:
            done += _deleted(at, said)
            continue
        try:
            is_possible = _knows_who_decided(said)
            done += _again(_RESTORE, at, said=said) if is_possible else 0
        except IntegrityError:  # a hold that was lifted since is back as well: whom it covers the database keeps
            is_possible = False
        if not is_possible:
            left.append(said["person"])
    blot_everything(at)
    return Again(done, tuple(left))


def _knows_who_decided(said: Mapping[str, str]) -> bool:
    """Tell whether whom an erasure needs is here; of somebody who is not here there is nothing to erase."""
    needed = {said["person"], said["asked_by"], said["decided_by"]}
    known = set(Person.objects.filter(pseudonym__in=needed).order_by("pk").values_list("pseudonym", flat=True))
    return known == needed or said["person"] not in known


def _deleted(at: datetime, said: Mapping[str, str]) -> int:
    """Delete a picture of the vault or a document again, if it is there."""
    is_document = "document" in said
    sha256 = said["document" if is_document else "file"]
    if not _is_stored(settings.BLOBS if is_document else settings.VAULT, sha256):
        return 0
    _delete_again(_RESTORE, at, sha256=sha256)
    (discard_document if is_document else settings.VAULT.discard)(sha256)
    return 1


def _is_stored(store: Folder | Vault, sha256: str) -> bool:
    try:
        store.size(sha256)
    except NotFound:
        return False
    return True


@command("clearance.again")
def _delete_again(actor: Actor, at: datetime, *, sha256: str) -> None:
    book.record("paper.deleted", by=actor, at=at, file_sha256=sha256)


@command("erasure.again")
def _again(actor: Actor, at: datetime, *, said: dict[str, str]) -> int:
    """Erase one person without asking again; whoever is younger than the backup is not there to be erased."""
    before_holds()
    uid, pseudonym = said["erasure"], said["person"]
    if Erasure.objects.filter(uid=uid, decision=Decision.AGREED.value).exists():
        return 0
    needed = {pseudonym, said["asked_by"], said["decided_by"]}
    people = Person.objects.in_bulk(needed, field_name="pseudonym")
    if not needed <= people.keys():
        return 0
    person = locked_anybody(pseudonym)
    words = words_of(person)
    forget(person)
    Erasure.objects.filter(person=person, decision="").delete()
    erasure = Erasure.objects.create(
        uid=uid,
        person=person,
        reason=_AGAIN,
        asked_by=people[said["asked_by"]],
        asked_at=at,
        decision=Decision.AGREED.value,
        decided_by=people[said["decided_by"]],
        decided_at=at,
    )
    leave_rest(erasure, words)
    about: dict[str, Json] = {"erasure": uid, "person": pseudonym, "asked_by": said["asked_by"]}
    book.record("person.erased", by=actor, at=at, **about)
    return 1
