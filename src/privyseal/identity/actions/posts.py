"""Who holds a post, and who stands in."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from privyseal.identity import queries
from privyseal.identity.actions.mappings import bring_with_post, take_with
from privyseal.identity.locks import lock_ending, locked_person, locked_post
from privyseal.identity.models import Person, PostHolding
from privyseal.identity.rules import (
    AlreadyInPost,
    KeepsASeal,
    Power,
    check_appointment,
    check_deputy,
    check_term,
)
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

# Who keeps what is known above us: the register's trigger on post_holding asks, and this is the name it refuses by.
BARRED_POST: Final = "barred_post_waits_for_the_handover"


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
    check_appointment(person=person.pk, appointer=actor.pk)
    check_term(starts_at, ends_at)
    deputised = locked_person(deputy_for) if deputy_for else None
    if deputised is not None:
        holders = queries.holdings_in_force(starts_at).filter(post=post, deputy_for=None)
        check_deputy(
            person=person.pk,
            deputised=deputised.pk,
            holders=frozenset(holders.values_list("person_id", flat=True)),
            ends_at=ends_at,
        )
    try:
        with transaction.atomic():
            holding = PostHolding.objects.create(
                post=post,
                person=person,
                deputy_for=deputised,
                appointed_by=actor,
                appointed_at=at,
                starts_at=starts_at,
                ends_at=ends_at,
            )
    except IntegrityError as error:
        if BARRED_POST in str(error):
            raise KeepsASeal(office=post.office) from error
        raise AlreadyInPost(post=post.uid) from error
    book.record(
        "post.filled",
        by=actor,
        at=at,
        post=post.uid,
        company=post.company.uid,
        person=person.pseudonym,
        holding=holding.pk,
        deputy_for=deputised.pseudonym if deputised else None,
    )
    bring_with_post(actor, at, holding=holding)
    return holding.pk


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
    book.record(
        "post.vacated",
        by=actor,
        at=at,
        post=holding.post.uid,
        company=holding.post.company.uid,
        person=holding.person.pseudonym,
        holding=holding.pk,
    )
