"""Types of a group's own: added and retired by whoever manages the seals of its company."""

from datetime import datetime

from django.db import IntegrityError, transaction

from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries
from privyseal.seals.models import OwnType
from privyseal.seals.rules import (
    Level,
    OwnRule,
    SealKind,
    SealType,
    TypeNameTaken,
    check_fits,
    check_level,
    check_own_rule,
)


@command("seal-type.add")
def add_type(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    name_zh: str,
    name_en: str,
    rule: OwnRule,
    prefix: str = "",
) -> str:
    """Name a type for the seals of a company and of those below it; return its uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    check_own_rule(rule)
    try:
        with transaction.atomic():
            added = OwnType.objects.create(
                company=company,
                name_zh=plain_name(name_zh),
                name_en=plain_name(name_en),
                like=rule.like.value,
                kind=rule.kind.value if rule.kind else "",
                level=rule.level.value if rule.level else "",
                prefix=prefix,
                barred=sorted(office.value for office in rule.barred),
                added_by=actor,
                added_at=at,
            )
    except IntegrityError as error:
        raise TypeNameTaken(company=company.uid) from error
    book.record("seal-type.added", by=actor, at=at, type=added.uid, company=company.uid, like=rule.like.value)
    return added.uid


@command("seal-type.retire")
def retire_type(actor: Person, at: datetime, *, type_uid: str) -> str:
    """Let no further seal be of the type; those that are stay what they are."""
    found = queries.types_visible_to(actor, at).filter(uid=type_uid).first()
    if found is None:
        raise NotFound(type=type_uid)
    identity.require(actor, at, Power.MANAGE, found.company_id)
    if not OwnType.objects.filter(pk=found.pk, retired_at=None).update(retired_by=actor, retired_at=at):
        raise OutOfTurn(type=type_uid)
    book.record("seal-type.retired", by=actor, at=at, type=found.uid, company=found.company.uid)
    return found.uid


@transaction_required
def own_type_of(company: Company, uid: str, *, like: SealType, kind: SealKind, has_unit: bool) -> OwnType | None:
    """Return the open type that a new seal of the company is to bear, which nobody retires meanwhile, or refuse."""
    if not uid:
        return None
    found = OwnType.objects.select_for_update(of=("self",)).filter(uid=uid, retired_at=None).first()
    if found is None:
        raise NotFound(type=uid)
    above = identity.companies_above([company.pk])
    check_fits(rule_of(found), type=like, kind=kind, company=found.company_id, within=above)
    check_level(level_of(found), has_unit=has_unit)
    return found


def rule_of(own: OwnType) -> OwnRule:
    offices = frozenset(Office(office) for office in own.barred)
    return OwnRule(SealType(own.like), SealKind(own.kind) if own.kind else None, offices, level_of(own))


def level_of(own: OwnType | None) -> Level | None:
    return Level(own.level) if own and own.level else None
