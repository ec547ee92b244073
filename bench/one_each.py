"""One application of every kind that the measured lists show, a use and a rubber seal in its place: ``one_each``."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bench import cast, rubber
from bench.pages import COMMON, RARE
from privyseal.approvals import actions as approvals
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.rules import Step
from privyseal.config import demo
from privyseal.custody import actions as custody
from privyseal.custody.models import Slot
from privyseal.custody.rules.places import StoreKind
from privyseal.identity.models import Company
from privyseal.sealing import actions as sealing
from privyseal.sealing.signing import client


def main(_words: Sequence[str]) -> None:
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    document = cast.receive(company, f"{COMMON}{RARE}")
    cast.apply(company, document)
    rejected, shown = cast.apply(company, document)
    approver, at = demo.person(demo.APPROVER), datetime.now(UTC)
    approvals.vote(approver, at, application_uid=rejected, step=Step.REJECT, shown_sha256=shown)
    _put_into_place(company)
    json.dump({"rejected": rejected, "sealed": _use(company, document)}, sys.stdout)


def _use(company: Company, document: str) -> str:
    """Have the document sealed, so that the register of uses has its first row."""
    uid, _shown = cast.apply(company, document)
    operator = demo.person(demo.APPLICANT)
    demo.approve(datetime.now(UTC), uid)
    (permit,) = application_visible_to(operator, datetime.now(UTC), uid).permits
    return sealing.seal_document(
        operator, datetime.now(UTC), permit_uid=permit.uid, document_sha256=document, signer=client()
    )


def _put_into_place(company: Company) -> None:
    """Enter a rubber seal into the first slot of a safe, so that the list of places has its first row.

    Somebody may stamp with it: a list of what is done by hand has its first row as well.
    """
    manager, at, seal = demo.person(demo.MANAGER), datetime.now(UTC), rubber.seal_by_hand()
    store = custody.set_up_store(
        manager, at, company_uid=company.uid, kind=StoreKind.SAFE, name="保险柜", rows=1, columns=1
    )
    custody.assign_place(manager, at, seal_uid=seal, slot_id=Slot.objects.get(store__uid=store).pk)
    rubber.permit_for(seal, copies=1)
