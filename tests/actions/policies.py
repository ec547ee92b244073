"""What the tests of policies and stages share: a policy in force, and who stands in which post."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Policy
from privyseal.approvals.rules.policies import Row
from privyseal.approvals.rules.seats import Seat, Stage, Who
from privyseal.identity.models import Company, Person, Post, PostHolding, Unit
from privyseal.identity.rules import Office
from privyseal.signer.statement import Purpose

InForce: TypeAlias = Callable[..., Policy]
ONE, TWO = Seat(Who.APPROVER), Seat(Who.APPROVER, needed=2)
GRAVE = Row(stages=((TWO,),), purposes=frozenset({Purpose.DESTROY, Purpose.FIND, Purpose.INVALIDATE, Purpose.UNFREEZE}))


def write(actor: Person, at: datetime, company: Company, *rows: Row, **more: object) -> Policy:
    said = {"name": "用印审批规则", "rows": [*rows, GRAVE, Row(stages=((ONE,),))], **more}
    uid = approvals.write_policy(actor, at, company_uid=company.uid, **said)  # type: ignore[arg-type]  # of its kind
    return Policy.objects.get(uid=uid)


def put_in_force(
    manager: Person, security: Person, at: datetime, company: Company, *rows: Row, **more: object
) -> Policy:
    policy = write(manager, at, company, *rows, **more)
    approvals.confirm_policy(security, at, policy_uid=policy.uid, rows_sha256=policy.rows_sha256)
    policy.refresh_from_db()
    return policy


def asks_for(*stages: Stage, **conditions: object) -> Row:
    return Row(stages=stages, purposes=frozenset({Purpose.USE}), **conditions)  # type: ignore[arg-type]  # of its kind


def deputise(seat: Post, deputy: Person, holder: Person, at: datetime, by: Person) -> PostHolding:
    term = {"starts_at": at, "ends_at": at + timedelta(days=9)}
    return PostHolding.objects.create(
        post=seat, person=deputy, deputy_for=holder, appointed_by=by, appointed_at=at, **term
    )


def post(
    company: Company,
    person: Person,
    office: Office,
    at: datetime,
    by: Person,
    *,
    unit: Unit | None = None,
    name: str = "",
) -> Post:
    made = Post.objects.create(company=company, unit=unit, name=name or office, office=office.value, opened_at=at)
    PostHolding.objects.create(post=made, person=person, appointed_by=by, appointed_at=at, starts_at=at)
    return made
