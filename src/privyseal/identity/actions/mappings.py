"""Posts and units that bring their people powers, and what follows when people come and go."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from privyseal.identity import queries
from privyseal.identity.actions.powers import Narrowed, Source, Wish, check_may_confirm, close_grant, give_each
from privyseal.identity.locks import locked_company, locked_post, locked_unit
from privyseal.identity.models import Company, Grant, Membership, Person, Post, PostHolding, PowerMapping, Unit
from privyseal.identity.rules import Power, check_grant, check_mapping, check_mapping_confirmation
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


@command("mapping.of-post")
def map_post(
    actor: Person, at: datetime, *, post_uid: str, power: Power, company_uid: str, narrowed: Narrowed | None = None
) -> int:
    """Let a post bring its holders a power, once a second person confirmed it; return the mapping's id."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    return _map(actor, at, PowerMapping(post=locked_post(post_uid)), power, company, narrowed or Narrowed())


@command("mapping.of-unit")
def map_unit(
    actor: Person, at: datetime, *, unit_uid: str, power: Power, company_uid: str, narrowed: Narrowed | None = None
) -> int:
    """Let a unit bring its members a power, once a second person confirmed it; return the mapping's id."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    return _map(actor, at, PowerMapping(unit=locked_unit(unit_uid)), power, company, narrowed or Narrowed())


@command("mapping.confirm")
def confirm_mapping(actor: Person, at: datetime, *, mapping_id: int) -> int:
    """Bring a mapping into force, and its power to everybody it reaches now; return how many got it."""
    check_may_confirm(actor, at)
    mapping = _locked(mapping_id)
    if mapping.confirmed_at or mapping.ended_at:
        raise OutOfTurn(mapping=mapping.pk)
    check_mapping_confirmation(confirmer=actor.pk, maker=mapping.made_by_id, people=_people(mapping, at))
    mapping.confirmed_by, mapping.confirmed_at = actor, at
    mapping.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("mapping.confirmed", by=actor, at=at, **_about(mapping))
    return len(_bring(actor, at, list(_sources(mapping, at))))


@command("mapping.end")
def end_mapping(actor: Person, at: datetime, *, mapping_id: int) -> int:
    """End a mapping and every power it brought, at once: one security person suffices."""
    queries.require(actor, at, Power.SECURITY, None)
    mapping = _locked(mapping_id)
    if mapping.ended_at:
        raise OutOfTurn(mapping=mapping.pk)
    mapping.ended_at = at
    mapping.save(update_fields=["ended_at"])
    book.record("mapping.ended", by=actor, at=at, **_about(mapping))
    return _close(actor, at, Grant.objects.filter(mapping=mapping))


@transaction_required
def bring_with_posts(actor: Person, at: datetime, *, holdings: Sequence[PostHolding]) -> None:
    """Give the powers that posts bring to whoever has just been put into them, or refuse the posts with them."""
    by_post = queries.mappings_in_force("post_id", {each.post_id for each in holdings})
    sources = [Source(mapping, each.person, holding=each) for each in holdings for mapping in by_post[each.post_id]]
    _bring(actor, at, sources)


@transaction_required
def bring_with_units(actor: Person, at: datetime, *, memberships: Sequence[Membership]) -> None:
    """Give the powers that units bring to whoever has just come into them, or refuse the units with them."""
    by_unit = queries.mappings_in_force("unit_id", {each.unit_id for each in memberships if each.unit_id})
    sources = [
        Source(mapping, each.person, membership=each) for each in memberships for mapping in by_unit[each.unit_id or 0]
    ]
    _bring(actor, at, sources)


@transaction_required
def take_with(
    actor: Person, at: datetime, *, holding: PostHolding | None = None, membership: Membership | None = None
) -> int:
    """End the powers that a post or a unit brought to whoever leaves it; return how many."""
    brought = Grant.objects.filter(holding=holding) if holding else Grant.objects.filter(membership=membership)
    return _close(actor, at, brought.filter(mapping__isnull=False))


@transaction_required
def _map(actor: Person, at: datetime, mapping: PowerMapping, power: Power, company: Company, to: Narrowed) -> int:
    mapping.power, mapping.company = power.value, company
    mapping.only_unit = locked_unit(to.unit_uid, company) if to.unit_uid else None
    mapping.seal_uid, mapping.made_by, mapping.made_at = to.seal_uid, actor, at
    wanted = queries.held_by_mapping(mapping)
    others = PowerMapping.objects.filter(post=mapping.post, unit=mapping.unit, ended_at=None)
    check_mapping(
        wanted, maker=actor.pk, people=_people(mapping, at), beside=[queries.held_by_mapping(other) for other in others]
    )
    for source in _sources(mapping, at):
        wish = _wish(at, source)
        held = queries.held_or_coming(wish.person, starts_at=wish.starts_at, ends_at=wish.ends_at)
        beside = [other for other in held if other != wanted]
        check_grant(wanted, beneficiary=wish.person.pk, grantor=actor.pk, held=beside)
    mapping.save(force_insert=True)
    book.record("mapping.made", by=actor, at=at, **_about(mapping))
    return mapping.pk


def _bring(actor: Person, at: datetime, sources: Sequence[Source]) -> list[Grant]:
    return give_each(actor, at, wishes=[_wish(at, source) for source in sources]) if sources else []


def _wish(at: datetime, source: Source) -> Wish:
    mapping, holding = source.mapping, source.holding
    return Wish(
        person=source.person,
        power=Power(mapping.power),
        company=mapping.company,
        unit=mapping.only_unit,
        seal_uid=mapping.seal_uid,
        starts_at=max(at, holding.starts_at) if holding else at,
        ends_at=holding.ends_at if holding else None,
        by=source,
    )


def _sources(mapping: PowerMapping, at: datetime) -> Iterator[Source]:
    """Yield everybody whom the mapping reaches now or later, by how; their rows are locked in order."""
    post, unit = mapping.post, mapping.unit
    if post is not None:
        holdings = _holdings(post, at)
        _lock_people([holding.person_id for holding in holdings])
        yield from (Source(mapping, holding.person, holding=holding) for holding in holdings)
    if unit is not None:
        members = _members(unit)
        _lock_people([member.person_id for member in members])
        yield from (Source(mapping, member.person, membership=member) for member in members)


def _people(mapping: PowerMapping, at: datetime) -> frozenset[int]:
    if mapping.post is not None:
        return frozenset(holding.person_id for holding in _holdings(mapping.post, at))
    return frozenset(member.person_id for member in _members(mapping.unit)) if mapping.unit else frozenset()


def _holdings(post: Post, at: datetime) -> list[PostHolding]:
    open_ended = Q(ends_at=None) | Q(ends_at__gt=at)
    holdings = PostHolding.objects.filter(open_ended, post=post, revoked_at=None, person__is_active=True)
    return list(holdings.select_related("person").order_by("pk"))


def _members(unit: Unit) -> list[Membership]:
    members = Membership.objects.filter(unit=unit, left_on=None, person__is_active=True)
    return list(members.select_related("person").order_by("pk"))


def _lock_people(keys: list[int]) -> None:
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def _close(actor: Person, at: datetime, grants: QuerySet[Grant]) -> int:
    still = grants.select_for_update(of=("self",)).select_related("person").filter(revoked_at=None)
    ended = list(still.exclude(ends_at__lte=at).order_by("pk"))
    for grant in ended:
        close_grant(actor, at, grant=grant)
    return len(ended)


def _locked(mapping_id: int) -> PowerMapping:
    mappings = PowerMapping.objects.select_for_update(of=("self",))
    related = ("post__company", "unit", "company", "only_unit", "made_by")
    mapping = mappings.select_related(*related).filter(pk=mapping_id).first()
    if mapping is None:
        raise NotFound(mapping=mapping_id)
    # Whoever comes into the post or the unit meanwhile waits, and finds the mapping as it will be.
    if mapping.post is not None:
        Post.objects.select_for_update().get(pk=mapping.post.pk)
    if mapping.unit is not None:
        Unit.objects.select_for_update().get(pk=mapping.unit.pk)
    return mapping


def _about(mapping: PowerMapping) -> dict[str, str | int | None]:
    return {
        "mapping": mapping.pk,
        "post": mapping.post.uid if mapping.post else None,
        "unit": mapping.unit.uid if mapping.unit else None,
        "company": mapping.company.uid,
        "only_unit": mapping.only_unit.uid if mapping.only_unit else None,
        "seal": mapping.seal_uid,
        "power": mapping.power,
    }
