"""Follow the ledger by index and tell people what it says: each fact once, however often this is stopped."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from privyseal.ledger.queries import Fact, facts_between, tree_size
from privyseal.notification.hooks import put_on_their_way
from privyseal.notification.models import Browser, Position
from privyseal.notification.restored import restored_at
from privyseal.notification.rules import REFUSALS_TOLD, TOLD, told
from privyseal.notification.telling import News, tell

BATCH: Final = 500
_FOLLOWER: Final = "people"
_KINDS: Final = [row.kind for row in TOLD]
_PUT_OUT: Final = "session.put-out"
# What the words are made of; the rest stays in the ledger.
_SAID: Final = ("code", "of", "purpose", "power", "means", "channel")


def follow(at: datetime) -> int:
    """Tell of the next facts; return how many places of the ledger this went on. One follower at a time."""
    with transaction.atomic(durable=True):
        position = _position()
        begin, end = position.next_index, min(position.next_index + BATCH, tree_size())
        if begin < end:
            facts = facts_between(begin, end, kinds=_KINDS, ending=REFUSALS_TOLD.kind)
            tell(list(_news(facts)), at)
            _fall_silent([fact for fact in facts if fact.kind == _PUT_OUT])
            put_on_their_way([fact for fact in facts if fact.kind in _KINDS], at)
            position.next_index = end
            position.save(update_fields=["next_index"])
    return end - begin


def _fall_silent(facts: Iterable[Fact]) -> None:
    """Tell the browsers of whoever was put out nothing more: one of them may be in a thief's hands."""
    for browser in Browser.objects.filter(person__pseudonym__in=[str(fact.subjects.get("person")) for fact in facts]):
        browser.forget()


def _position() -> Position:
    """Return the place to go on from, locked. An installation that has no place yet is told of nothing that is past."""
    known = Position.objects.select_for_update().filter(pk=_FOLLOWER).first()
    if known is not None:
        return known
    Position.objects.bulk_create([Position(follower=_FOLLOWER, next_index=tree_size())], ignore_conflicts=True)
    return Position.objects.select_for_update().get(pk=_FOLLOWER)


def _news(facts: list[Fact]) -> Iterator[News]:
    before = restored_at()
    for fact in facts:
        row = told(fact.kind, str(fact.data.get("code", "")))
        if row is not None:
            yield News(
                kind=fact.kind,
                cause=f"fact:{fact.index}",
                actor=fact.actor,
                about=_about(fact),
                happened_at=fact.at,
                to=row.to,
                urgency=row.urgency,
                own=row.own,
                is_from_before=fact.at < before,
            )


def _about(fact: Fact) -> dict[str, Any]:
    return {**fact.subjects, **{name: fact.data[name] for name in _SAID if name in fact.data}}
