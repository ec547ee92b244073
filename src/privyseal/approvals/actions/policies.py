"""A company's approval policy: drafted by whoever manages its seals, put into force by whoever grants powers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Max, Q

from privyseal.approvals.fitness import findings_on
from privyseal.approvals.models import Policy
from privyseal.approvals.queries.outside import systems_deciding_for
from privyseal.approvals.queries.policies import policy_visible_to
from privyseal.approvals.rules import POLICY
from privyseal.approvals.rules.policies import MOST_ROWS, PolicyUnfit, Row, RowNotPossible, check_row
from privyseal.approvals.rules.presets import check_enough
from privyseal.approvals.rules.seats import Who
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Installation, Person
from privyseal.identity.rules import Office, Power
from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.errors import NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

_LONGEST_NAME: Final = 100


class PolicyChanged(Refused):
    """The table is not the one that was shown."""

    code = "policy-changed"


@command("policy.write")
def write_policy(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    name: str,
    rows: Sequence[Row],
    is_for_group: bool = False,
    rows_sha256: str = "",
    is_small_firm: bool = False,
) -> str:
    """Write the company's draft, in place of the one there was, and return its uid.

    ``rows_sha256`` is the digest of the rows that were shown, empty where there was no draft. A small firm begins from
    rows of its own only with as many people as they take.
    """
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    if not name.strip():
        raise RowNotPossible(part="name")
    if len(rows) > MOST_ROWS:
        raise RowNotPossible(part="rows")
    for row in rows:
        check_row(row)
        _check_names(actor, at, company, row)
    if is_small_firm:
        check_enough(rows, people=_people_of(company, at))
    draft = _draft_of(company)
    if rows_sha256 != (draft.rows_sha256 if draft else ""):
        raise PolicyChanged
    policy = draft or Policy(company=company, version=_versions(company) + 1)
    policy.name, policy.is_for_group = name.strip()[:_LONGEST_NAME], is_for_group
    policy.rows = [row.to_json() for row in rows]
    policy.rows_sha256 = _digest(policy)
    policy.written_by, policy.written_at = actor, at
    if draft is None:
        policy.save(force_insert=True)
    else:
        policy.save(update_fields=["name", "is_for_group", "rows", "rows_sha256", "written_by", "written_at"])
    book.record("policy.written", by=actor, at=at, **_about(policy))
    return policy.uid


def _people_of(company: Company, at: datetime) -> int:
    """Return how many people hold a power in the company or over the installation."""
    there = identity.grants_in_force(at).filter(Q(company=company) | Q(company=None))
    return there.order_by().values("person").distinct().count()


@command("policy.discard")
def discard_policy(actor: Person, at: datetime, *, policy_uid: str) -> str:
    """Throw a draft away; what is in force stays so."""
    policy = _locked(actor, at, policy_uid)
    identity.require(actor, at, Power.MANAGE, policy.company_id)
    if policy.confirmed_at is not None or policy.ended_at is not None:
        raise OutOfTurn(policy=policy.uid)
    policy.ended_at = at
    policy.save(update_fields=["ended_at"])
    book.record("policy.discarded", by=actor, at=at, **_about(policy))
    return policy.uid


@command("policy.confirm")
def confirm_policy(actor: Person, at: datetime, *, policy_uid: str, rows_sha256: str) -> str:
    """Put a draft into force in place of what was: applications that run keep the stages they were submitted under."""
    identity.require(actor, at, Power.SECURITY, None)
    policy = _locked(actor, at, policy_uid)
    if policy.confirmed_at is not None or policy.ended_at is not None:
        raise OutOfTurn(policy=policy.uid)
    if rows_sha256 != policy.rows_sha256:
        raise PolicyChanged
    flaw = next((finding for finding in findings_on(policy, at) if finding.forbids), None)
    if flaw is not None:
        raise PolicyUnfit(flaw=flaw.flaw.value, row=flaw.row)
    # One row for the whole installation: two policies confirmed at once get two numbers.
    Installation.objects.select_for_update().get()
    Policy.objects.filter(company=policy.company_id, confirmed_at__isnull=False, ended_at=None).update(ended_at=at)
    highest = Policy.objects.aggregate(highest=Max("number"))["highest"]
    policy.number = (highest or int(POLICY)) + 1
    policy.confirmed_by, policy.confirmed_at = actor, at
    policy.save(update_fields=["number", "confirmed_by", "confirmed_at"])
    book.record("policy.confirmed", by=actor, at=at, **_about(policy), number=policy.number)
    return policy.uid


def _check_names(actor: Person, at: datetime, company: Company, row: Row) -> None:
    """Return if every unit, post, office and person that a row names is there, or refuse."""
    for uid in row.units:
        if not identity.units_of_company(actor, at, company.uid).filter(uid=uid).exists():
            raise NotFound(unit=uid)
    late = [one.to for one in row.deadlines if one and one.to]
    for seat in (*late, *(seat for stage in row.stages for seat in stage)):
        if seat.who is Who.POST and not identity.posts_visible_to(actor, at).filter(uid=seat.name).exists():
            raise NotFound(post=seat.name)
        if seat.who is Who.PERSON:
            identity.person_visible_to(actor, at, seat.name)
        if seat.who is Who.OUTSIDE and seat.name not in _systems(actor, at, company):
            raise NotFound(outside=seat.name)
        if seat.who is Who.OFFICE and seat.name not in set(Office):
            raise RowNotPossible(part="stages")


def _systems(actor: Person, at: datetime, company: Company) -> set[str]:
    return {system.uid for system in systems_deciding_for(actor, at, company.pk)}


def _versions(company: Company) -> int:
    return Policy.objects.filter(company=company).aggregate(last=Max("version"))["last"] or 0


@transaction_required
def _draft_of(company: Company) -> Policy | None:
    """Return the company's draft, locked; the company's row is the lock where there is none."""
    Company.objects.select_for_update().get(pk=company.pk)
    return Policy.objects.select_for_update().filter(company=company, confirmed_at=None, ended_at=None).first()


@transaction_required
def _locked(actor: Person, at: datetime, policy_uid: str) -> Policy:
    seen = policy_visible_to(actor, at, policy_uid)
    return Policy.objects.select_for_update(of=("self",)).select_related("company").get(pk=seen.pk)


def _digest(policy: Policy) -> str:
    return sha256(canonical({"for_group": policy.is_for_group, "rows": policy.rows}))


def _about(policy: Policy) -> dict[str, str | int]:
    return {
        "policy": policy.uid,
        "company": policy.company.uid,
        "version": policy.version,
        "rows_sha256": policy.rows_sha256,
    }
