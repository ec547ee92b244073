"""Who holds a post, and who stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg
from django.db import IntegrityError, transaction
from django.db.models import Q

from privyseal.identity import queries
from privyseal.identity.actions.mappings import bring_with_posts, take_with
from privyseal.identity.keys import ROWS_AT_ONCE
from privyseal.identity.locks import lock_ending, locked_person, locked_post
from privyseal.identity.models import Person, Post, PostHolding
from privyseal.identity.queries import HolderFor
from privyseal.identity.rules import (
    AlreadyInPost,
    KeepsASeal,
    Power,
    check_appointment,
    check_deputy,
    check_term,
)
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

# Who keeps what is known above us: the register's trigger on post_holding asks, and this is the name it refuses by.
BARRED_POST: Final = "barred_post_waits_for_the_handover"


@dataclass(frozen=True, slots=True)
class Filling:
    """Somebody who is to hold a post for a time; with ``deputy_for``, to stand in for one who holds it."""

    post: Post
    person: Person
    starts_at: datetime
    ends_at: datetime | None = None
    deputy_for: Person | None = None

    @property
    def people(self) -> tuple[Person, ...]:
        return (self.person,) if self.deputy_for is None else (self.person, self.deputy_for)


@command("post.fill")
def fill_post(
    actor: Person,
    at: datetime,
    *,
    post_uid: str,
    person_pseudonym: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    deputy_for: str | None = None,
) -> int:
    """Give a post to somebody else for a time, also as deputy of one who holds it; return the holding's id."""
    queries.require(actor, at, Power.SECURITY, None)
    post, person = locked_post(post_uid), locked_person(person_pseudonym)
    deputised = locked_person(deputy_for) if deputy_for else None
    (holding,) = fill_each(actor, at, fillings=[Filling(post, person, starts_at, ends_at, deputised)])
    return holding.pk


@transaction_required
def fill_each(actor: Person, at: datetime, *, fillings: Sequence[Filling]) -> list[PostHolding]:
    """Put people into posts, with the powers that brings; posts and people are locked. Who holds one comes first."""
    principals = [filling for filling in fillings if filling.deputy_for is None]
    deputies = [filling for filling in fillings if filling.deputy_for is not None]
    for filling in fillings:
        check_appointment(person=filling.person.pk, appointer=actor.pk)
        check_term(filling.starts_at, filling.ends_at)
    holdings = _filled(actor, at, principals)
    _check_deputies(deputies, queries.holders_of({filling.post.pk for filling in deputies}))
    holdings += _filled(actor, at, deputies)
    book.record_each("post.filled", map(_about, holdings), by=actor, at=at)
    bring_with_posts(actor, at, holdings=holdings)
    return holdings


@command("post.vacate")
def vacate_post(actor: Person, at: datetime, *, holding_id: int) -> int:
    """End a holding at once, whatever term it had, and with it whoever stands in for the holder."""
    queries.require(actor, at, Power.SECURITY, None)
    holding = PostHolding.objects.filter(pk=holding_id, revoked_at=None).first()
    if holding is None:
        raise NotFound(holding=holding_id)
    holdings, grants = Q(pk=holding.pk), Q(holding=holding)
    if holding.deputy_for_id is None:
        holdings |= Q(post=holding.post_id, deputy_for=holding.person_id)
        grants |= Q(holding__post=holding.post_id, holding__deputy_for=holding.person_id)
    ending = lock_ending(holdings=holdings, grants=grants)
    if holding not in ending:
        raise NotFound(holding=holding_id)
    for ended in ending:
        end_holding(actor, at, holding=ended)
    return holding.pk


@transaction_required
def end_holding(actor: Person, at: datetime, *, holding: PostHolding) -> None:
    """End a locked holding and record it."""
    holding.revoked_at = at
    holding.save(update_fields=["revoked_at"])
    take_with(actor, at, holding=holding)
    ended = {name: value for name, value in _about(holding).items() if name != "deputy_for"}
    book.record("post.vacated", by=actor, at=at, **ended)


def _check_deputies(deputies: Sequence[Filling], holders: Mapping[int, Sequence[HolderFor]]) -> None:
    for filling in deputies:
        principals = [one for one in holders[filling.post.pk] if one.is_own]
        check_deputy(
            person=filling.person.pk,
            deputised=filling.deputy_for.pk if filling.deputy_for else 0,
            holders=frozenset(one.person for one in principals if one.is_in_force(filling.starts_at)),
            ends_at=filling.ends_at,
        )


def _filled(actor: Person, at: datetime, fillings: Sequence[Filling]) -> list[PostHolding]:
    holdings = [
        PostHolding(
            post=filling.post,
            person=filling.person,
            deputy_for=filling.deputy_for,
            appointed_by=actor,
            appointed_at=at,
            starts_at=filling.starts_at,
            ends_at=filling.ends_at,
        )
        for filling in fillings
    ]
    try:
        with transaction.atomic():
            return PostHolding.objects.bulk_create(holdings, batch_size=ROWS_AT_ONCE)
    except IntegrityError as error:
        raise _why_not(error, fillings) from error


def _why_not(error: IntegrityError, fillings: Sequence[Filling]) -> Refused:
    told = error.__cause__.diag if isinstance(error.__cause__, psycopg.Error) else None
    if told is not None and told.constraint_name == BARRED_POST:
        return KeepsASeal(office=str(told.message_detail))
    # Of many the database does not say which it was.
    return AlreadyInPost(post=fillings[0].post.uid) if len(fillings) == 1 else AlreadyInPost()


def _about(holding: PostHolding) -> dict[str, str | int | None]:
    return {
        "post": holding.post.uid,
        "company": holding.post.company.uid,
        "person": holding.person.pseudonym,
        "holding": holding.pk,
        "deputy_for": holding.deputy_for.pseudonym if holding.deputy_for else None,
    }
