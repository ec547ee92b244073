"""A drafted policy of five hundred rows, played over so many applications: ``replaying APPLICATIONS``."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.tables import table
from privyseal.approvals import actions
from privyseal.approvals.models import Application, Line, Policy
from privyseal.approvals.queries.policies import replay
from privyseal.approvals.rules import POLICY
from privyseal.identity.models import Company, Person, Unit
from privyseal.seals.models import Seal
from privyseal.signer.statement import Purpose

_UNITS: Final = 60
_BATCH: Final = 1_000
_WINDOW: Final = timedelta(days=7)


def main(words: Sequence[str]) -> None:
    at, manager = datetime.now(UTC), Person.objects.get(login="zhao")
    company = Company.objects.order_by("pk")[0]
    units = Unit.objects.bulk_create(
        Unit(company=company, name=f"部门{number}", opened_at=at) for number in range(_UNITS)
    )
    _apply(int(words[0]), company, at)
    rows = table([unit.uid for unit in units])
    uid = actions.write_policy(manager, at, company_uid=company.uid, name="试算", rows=rows)
    policy = Policy.objects.get(uid=uid)
    began = time.perf_counter()
    played = replay(manager, at + timedelta(seconds=1), policy, days=30)
    took = time.perf_counter() - began
    json.dump({"seconds": took, "looked_at": played.looked_at, "changed": len(played.changed)}, sys.stdout)


def _apply(count: int, company: Company, at: datetime) -> None:
    applicant, seal = Person.objects.get(login="wang"), Seal.objects.filter(company=company)[0]
    applications = [
        Application(
            company=company,
            purpose=Purpose.USE.value,
            applicant=applicant,
            reason=f"第{number}份合同",
            policy=POLICY,
            starts_at=at,
            expires_at=at + _WINDOW,
            submitted_at=at,
            shown_sha256="0" * 64,
            amount=number * 100,
        )
        for number in range(count)
    ]
    Application.objects.bulk_create(applications, batch_size=_BATCH)
    Line.objects.bulk_create((Line(application=one, position=1, seal=seal) for one in applications), batch_size=_BATCH)
