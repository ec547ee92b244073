"""One application of every kind that the measured lists show, in the demo company: ``one_each``."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bench import cast
from bench.pages import COMMON, RARE
from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Step
from privyseal.config import demo
from privyseal.identity.models import Company


def main(_words: Sequence[str]) -> None:
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    document = cast.receive(company, f"{COMMON}{RARE}")
    cast.apply(company, document)
    rejected, shown = cast.apply(company, document)
    approver, at = demo.person(demo.APPROVER), datetime.now(UTC)
    approvals.vote(approver, at, application_uid=rejected, step=Step.REJECT, shown_sha256=shown)
    json.dump({"rejected": rejected}, sys.stdout)
