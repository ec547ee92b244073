"""Approval policies, as far as an actor may see them, and what one would have changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final, TypeAlias

from django.db.models import Exists, Prefetch, QuerySet

from privyseal.approvals import fitness
from privyseal.approvals.models import Application, Line, Policy
from privyseal.approvals.queries import applications_visible_to
from privyseal.approvals.queries.reaching import reaching
from privyseal.approvals.rules import POLICY
from privyseal.approvals.rules.asked import asked_for
from privyseal.approvals.rules.deadlines import Deadline
from privyseal.approvals.rules.policies import Finding, NothingDecides, Table
from privyseal.approvals.rules.seats import Stage
from privyseal.approvals.stages import cases_of, companies_inside, policy_in_force, rows_of, stages_asked
from privyseal.identity import again
from privyseal.identity import queries as identity
from privyseal.identity.models import Membership, Person, Unit
from privyseal.kernel.errors import NotFound

MOST_REPLAYED: Final = 10_000
_OF_A_SEAL: Final = ("seal__type", "seal__unit", "seal__own_type__uid")
_WHERE_SOMEBODY_IS: Final = ("person_id", "company_id", "unit_id")


# The stages, each with its deadline.
Plan: TypeAlias = tuple[tuple[Stage, Deadline | None], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """An application that another policy would have put before others, or for another time: as it was, and would be.

    ``after`` is None where no row of the policy would have taken it.
    """

    application: Application
    before: Plan
    after: Plan | None


@dataclass(frozen=True, slots=True)
class Replay:
    """How many applications were looked at, and those for which something would have changed."""

    looked_at: int
    changed: Sequence[Changed]


def policies_visible_to(actor: Person, at: datetime) -> QuerySet[Policy]:
    """Return the policies of the companies an actor has to do with, and those above that decide there, newest first."""
    return reaching(actor, at, Policy.objects.all())


def policy_visible_to(actor: Person, at: datetime, uid: str) -> Policy:
    policy = policies_visible_to(actor, at).filter(uid=uid).first()
    if policy is None:
        raise NotFound(policy=uid)
    return policy


def policy_of(actor: Person, at: datetime, application: Application) -> Policy | None:
    """Return the policy under which an application that somebody may see runs; None where the product decides."""
    if application.policy == POLICY:
        return None
    return next(iter(again.asked_for(_policy_of, actor, at, application.pk, int(application.policy))), None)


def _policy_of(actor: Person, at: datetime, application: int, number: int) -> QuerySet[Policy]:
    seen = applications_visible_to(actor, at).filter(pk=application).order_by()
    return Policy.objects.only("name", "version").filter(Exists(seen), number=number).order_by("pk")[:1]


def draft_visible_to(actor: Person, at: datetime, company_uid: str) -> Policy | None:
    drafts = policies_visible_to(actor, at).filter(confirmed_at=None, ended_at=None)
    return drafts.filter(company__uid=company_uid).first()


def findings_on(actor: Person, at: datetime, policy: Policy) -> list[Finding]:
    """Return what is wrong with a policy that the actor sees."""
    return fitness.findings_on(policy_visible_to(actor, at, policy.uid), at)


def rows_to_start_from(actor: Person, at: datetime, company_uid: str) -> Table:
    """Return the rows that decide in a company now; none where the product's own stages do."""
    policy = policy_in_force(identity.company_visible_to(actor, at, company_uid).pk)
    return () if policy is None else rows_of(policy)


def replay(actor: Person, at: datetime, policy: Policy, *, days: int) -> Replay:
    """Return what the policy would have changed of the applications of the last days, up to ten thousand of them.

    People stand where they stand now; amounts and seals are as they were.
    """
    table = rows_of(policy_visible_to(actor, at, policy.uid))
    companies = [company.pk for company in fitness.companies_under(policy)]
    seen = applications_visible_to(actor, at).select_related("company", "applicant", "category")
    recent = seen.filter(company__in=companies, submitted_at__gte=at - timedelta(days))
    units = _units(companies) if any(row.units for row in table) else {}
    inside, changed = companies_inside(table), list[Changed]()
    seals = Prefetch("lines", Line.objects.select_related("seal__own_type").only("application", *_OF_A_SEAL))
    applications = recent.prefetch_related(seals, "seats", "dues")[:MOST_REPLAYED]
    for application in applications:
        stands_in = units.get((application.applicant_id, application.company_id), frozenset())
        before, after = _was_asked(application), _would_ask(application, table, stands_in, inside)
        if before != after:
            changed.append(Changed(application, before, after))
    return Replay(len(applications), changed)


def _units(companies: Sequence[int]) -> dict[tuple[int, int], frozenset[str]]:
    """Return of everybody in the companies, by person and company, the units in which they stand."""
    within = Unit.objects.filter(company__in=companies)
    units = {key: (uid, above) for key, uid, above in within.values_list("pk", "uid", "parent_id")}

    @cache
    def chain(unit: int | None) -> frozenset[str]:
        if unit is None:
            return frozenset()
        uid, above = units[unit]
        return chain(above) | {uid}

    members = Membership.objects.filter(company__in=companies, left_on=None)
    return {(person, company): chain(unit) for person, company, unit in members.values_list(*_WHERE_SOMEBODY_IS)}


def _was_asked(application: Application) -> Plan:
    deadlines = {due.stage: due.deadline for due in application.dues.all()}
    return tuple((stage, deadlines.get(number)) for number, stage in enumerate(stages_asked(application), start=1))


def _would_ask(application: Application, table: Table, units: frozenset[str], inside: frozenset[str]) -> Plan | None:
    try:
        asked = asked_for(table, cases_of(application, application.lines.all(), units=units, inside=inside))
        return tuple((one.stage, one.deadline) for one in asked)
    except NothingDecides:
        return None
