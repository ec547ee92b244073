"""Keep a list as one looked through it, and let go of it."""

from datetime import datetime
from typing import Final

from privyseal.identity.models import KeptList, Person
from privyseal.identity.queries.lists import lists_visible_to
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command

MOST_LISTS: Final = 30


class TooManyLists(Refused):
    code = "too-many-lists"


@command("person.keep-list")
def keep_list(actor: Person, at: datetime, *, place: str, name: str, asked: str) -> str:
    """Keep what is looked for in a list under a name, in place of what had this name, and return its uid."""
    own = lists_visible_to(actor, at).select_for_update(of=("self",)).filter(place=place)
    kept = own.filter(name=name).first()
    if kept is None:
        if own.count() >= MOST_LISTS:
            raise TooManyLists(most=MOST_LISTS)
        kept = KeptList(person=actor, place=place, name=name, asked=asked)
        kept.save(force_insert=True)
    else:
        kept.asked = asked
        kept.save(update_fields=["asked"])
    book.record("person.list-kept", by=actor, at=at, person=actor.pseudonym)
    return kept.uid


@command("person.drop-list")
def drop_list(actor: Person, at: datetime, *, list_uid: str) -> str:
    """Let go of one's own list, and return where it was."""
    kept = lists_visible_to(actor, at).select_for_update(of=("self",)).filter(uid=list_uid).first()
    if kept is None:
        raise NotFound(list=list_uid)
    book.record("person.list-dropped", by=actor, at=at, person=actor.pseudonym)
    place = kept.place
    kept.delete()
    return place
