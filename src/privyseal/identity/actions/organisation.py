"""The tree of a group, its units and its posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction

from privyseal.identity import queries
from privyseal.identity.actions.people import AlreadyRegistered
from privyseal.identity.keys import ROWS_AT_ONCE
from privyseal.identity.locks import locked_company, locked_post, locked_unit
from privyseal.identity.models import Company, Membership, Person, Post, PostHolding, Unit
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Office, PostHeld, Power, TreeHasACycle, UnitNotEmpty, check_placement, check_unit
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

Node = TypeVar("Node", Company, Unit)


@command("company.place")
def place_company(actor: Person, at: datetime, *, company_uid: str, parent_uid: str | None) -> str:
    """Put a company below another one of the group, or above all."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    parent = locked_company(parent_uid) if parent_uid else None
    _place(company, parent)
    book.record("company.placed", by=actor, at=at, company=company.uid, parent=parent.uid if parent else None)
    return company.uid


@command("unit.open")
def open_unit(actor: Person, at: datetime, *, company_uid: str, name: str, parent_uid: str | None = None) -> str:
    """Open a department of a company, or a part of one; return its uid."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    parent = locked_unit(parent_uid, company) if parent_uid else None
    try:
        with transaction.atomic():
            unit = Unit.objects.create(company=company, parent=parent, name=plain_name(name), opened_at=at)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    book.record(
        "unit.opened", by=actor, at=at, unit=unit.uid, company=company.uid, parent=parent.uid if parent else None
    )
    return unit.uid


@command("unit.move")
def move_unit(actor: Person, at: datetime, *, unit_uid: str, parent_uid: str | None) -> str:
    """Put a unit below another one of its company, or directly below the company."""
    queries.require(actor, at, Power.SECURITY, None)
    unit = locked_unit(unit_uid)
    parent = locked_unit(parent_uid) if parent_uid else None
    if parent is not None:
        check_unit(parent.company_id, unit.company_id)
    _place(unit, parent)
    book.record("unit.moved", by=actor, at=at, unit=unit.uid, parent=parent.uid if parent else None)
    return unit.uid


@command("unit.rename")
def rename_unit(actor: Person, at: datetime, *, unit_uid: str, name: str) -> str:
    """Call a unit otherwise; whatever hangs on it stays."""
    queries.require(actor, at, Power.SECURITY, None)
    unit = locked_unit(unit_uid)
    unit.name = plain_name(name)
    try:
        with transaction.atomic():
            unit.save(update_fields=["name"])
    except IntegrityError as error:
        raise AlreadyRegistered from error
    book.record("unit.renamed", by=actor, at=at, unit=unit.uid)
    return unit.uid


@command("unit.close")
def close_unit(actor: Person, at: datetime, *, unit_uid: str) -> str:
    """Close a unit in which nothing and nobody is left."""
    queries.require(actor, at, Power.SECURITY, None)
    unit = locked_unit(unit_uid)
    left = (
        Unit.objects.filter(parent=unit, closed_at=None),
        Post.objects.filter(unit=unit, closed_at=None),
        Membership.objects.filter(unit=unit, left_on=None),
    )
    if any(rows.exists() for rows in left):
        raise UnitNotEmpty(unit=unit.uid)
    unit.closed_at = at
    try:
        with transaction.atomic():
            unit.save(update_fields=["closed_at"])
    except IntegrityError as error:
        # A seal belongs to it: the register stands above us, and its trigger looked.
        raise UnitNotEmpty(unit=unit.uid) from error
    book.record("unit.closed", by=actor, at=at, unit=unit.uid)
    return unit.uid


@dataclass(frozen=True, slots=True)
class Opening:
    """A post that is to be opened."""

    company: Company
    unit: Unit | None
    name: str
    office: Office


@command("post.open")
def open_post(
    actor: Person, at: datetime, *, company_uid: str, name: str, office: Office, unit_uid: str | None = None
) -> str:
    """Open a post in a company or in one of its units; return its uid."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    unit = locked_unit(unit_uid, company) if unit_uid else None
    (post,) = open_each(actor, at, openings=[Opening(company, unit, name, office)])
    return post.uid


@transaction_required
def open_each(actor: Person, at: datetime, *, openings: Sequence[Opening]) -> list[Post]:
    """Open posts in companies or units, which are locked."""
    posts = [
        Post(
            company=opening.company,
            unit=opening.unit,
            name=plain_name(opening.name),
            office=opening.office.value,
            opened_at=at,
        )
        for opening in openings
    ]
    try:
        with transaction.atomic():
            Post.objects.bulk_create(posts, batch_size=ROWS_AT_ONCE)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    opened = (
        {
            "post": post.uid,
            "company": post.company.uid,
            "unit": post.unit.uid if post.unit else None,
            "office": post.office,
        }
        for post in posts
    )
    book.record_each("post.opened", opened, by=actor, at=at)
    return posts


@command("post.close")
def close_post(actor: Person, at: datetime, *, post_uid: str) -> str:
    """Close a post that nobody holds or is going to hold."""
    queries.require(actor, at, Power.SECURITY, None)
    post = locked_post(post_uid)
    if PostHolding.objects.filter(post=post, revoked_at=None).exclude(ends_at__lte=at).exists():
        raise PostHeld(post=post.uid)
    post.closed_at = at
    post.save(update_fields=["closed_at"])
    book.record("post.closed", by=actor, at=at, post=post.uid)
    return post.uid


def _place(node: Node, parent: Node | None) -> None:
    check_placement(node.pk, line_above=_line(parent))
    node.parent = parent
    try:
        with transaction.atomic():
            node.save(update_fields=["parent"])
    except IntegrityError as error:
        # Another move of the same moment closed the ring: the trigger has seen both.
        raise TreeHasACycle from error


def _line(node: Node | None) -> list[int]:
    """Return the keys of a node and of everything above it."""
    line: list[int] = []
    while node is not None:
        line.append(node.pk)
        node = node.parent
    return line
