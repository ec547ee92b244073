"""Companies, as far as an actor has to do with them."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from privyseal.identity.initials import begins_like
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Membership, Person, PostHolding, Renaming
from privyseal.identity.queries.powers import holdings_in_force, powers_of
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with

_ABOVE: Final = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id FROM company WHERE id = ANY(%s)
        UNION SELECT above.id, above.parent_id FROM company above JOIN line ON above.id = line.parent_id
    ) SELECT id FROM line
"""

_BELOW: Final = """
    WITH RECURSIVE tree AS (
        SELECT id FROM company WHERE id = %s
        UNION SELECT below.id FROM company below JOIN tree ON below.parent_id = tree.id
    ) SELECT id FROM tree
"""


class NamedCompany(NamedTuple):
    """A company as a list to choose from shows it: hundreds of whole ones take as long as the rest of a page."""

    pk: int
    uid: str
    name: str


def companies_above(company_ids: Collection[int]) -> frozenset[int]:
    """Return companies with every one above them."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [list(company_ids)])
        return frozenset(key for (key,) in cursor.fetchall())


def companies_below(company_id: int) -> frozenset[int]:
    """Return a company with every one below it."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [company_id])
        return frozenset(key for (key,) in cursor.fetchall())


def companies_visible_to(actor: Person, at: datetime) -> QuerySet[Company]:
    """Return the companies an actor has to do with: all for auditor and security, for the others where they belong."""
    powers = powers_of(actor, at)
    companies = Company.objects.order_by("name", "pk")
    if powers.knows_everybody:
        return companies
    return companies.filter(among("id", companies_of(actor, at)))


def companies_named(actor: Person, at: datetime) -> list[NamedCompany]:
    """Return them to choose from."""
    is_over_all = powers_of(actor, at).knows_everybody
    found = asked_with(_all_named) if is_over_all else asked_with(_named, companies_of(actor, at))
    return [NamedCompany(*row) for row in found]


def _all_named() -> QuerySet[Company, tuple[int, str, str]]:
    return Company.objects.order_by("name", "pk").values_list("pk", "uid", "name")


def _named(companies: frozenset[int]) -> QuerySet[Company, tuple[int, str, str]]:
    return _all_named().filter(among("id", companies))


def companies_of(actor: Person, at: datetime) -> frozenset[int]:
    """Return the companies in which somebody holds a power or to which they belong."""
    powers = powers_of(actor, at)
    return powers.companies() | powers.found_once("companies", lambda: _belongs_to(actor, at))


def company_visible_to(actor: Person, at: datetime, uid: str) -> Company:
    company = companies_visible_to(actor, at).filter(uid=uid).first()
    if company is None:
        raise NotFound(company=uid)
    return company


def renamings_of(actor: Person, at: datetime, company: Company) -> QuerySet[Renaming]:
    """Return the changes of a company's name, the newest first: who knows everybody sees those that wait or failed."""
    seen = Renaming.objects.filter(company=company, company__in=companies_visible_to(actor, at).order_by())
    if not powers_of(actor, at).knows_everybody:
        seen = seen.filter(confirmed_at__isnull=False)
    return seen.select_related("asked_by", "confirmed_by", "rejected_by").order_by("-pk")


def earlier_names_of(company_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the names that companies had before, the last one first: they stand in public registers as well."""
    names: dict[int, list[str]] = {key: [] for key in company_ids}
    for company, name in asked_with(_changed, frozenset(company_ids)):
        names[company].append(name)
    return names


def _changed(companies: frozenset[int]) -> QuerySet[Renaming, tuple[int, str]]:
    changed = Renaming.objects.filter(among("company_id", companies), confirmed_at__isnull=False)
    return changed.order_by("-confirmed_at", "-pk").values_list("company_id", "old_name")


def companies_found(actor: Person, at: datetime, words: str) -> QuerySet[Company]:
    """Return the companies whose name, earlier name or credit code contains the words."""
    former = Renaming.objects.filter(old_name__icontains=words, confirmed_at__isnull=False).order_by().values("company")
    named = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(uscc__iexact=words) | Q(pk__in=former)
    if (like := begins_like("name", words)) is not None:
        named |= Q(pk__in=Company.objects.filter(like).order_by().values("pk"))
    return companies_visible_to(actor, at).filter(named)


def _belongs_to(person: Person, at: datetime) -> set[int]:
    """Return the companies that somebody is a member of or holds a post in now."""
    if not person.is_active:
        return set()
    return {*asked_with(_member_of, person.pk), *asked_with(_in_posts_of, person.pk, at)}


def _member_of(person: int) -> QuerySet[Membership, int]:
    return Membership.objects.filter(person=person, left_on=None).order_by().values_list("company_id", flat=True)


def _in_posts_of(person: int, at: datetime) -> QuerySet[PostHolding, int]:
    return holdings_in_force(at).filter(person=person).order_by().values_list("post__company_id", flat=True)
