"""Documents are looked at before a use is sent in: what is said of them is acknowledged, or refused."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from privyseal.approvals.checking import digest_of, remarks_of
from privyseal.approvals.models import Application
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.rules.remarks import About, DocumentNotReady, RemarksNotRead
from privyseal.approvals.rules.usual_categories import USUAL
from privyseal.approvals.statements import shown_digest
from privyseal.identity.models import Company, Person
from privyseal.sealing.actions import receive_document
from privyseal.seals.models import Seal
from tests.actions.test_categories import put_in_force
from tests.conftest import apply, recorded
from tests.engine.test_wording import paper

UNFILLED = paper((20, 150, ("甲方：示例科技有限公司",)), (20, 100, ("金额：____元",)))


@pytest.fixture
def unfilled(company: Company, wang: Person, noon: datetime) -> str:
    return receive_document(wang, noon, company_uid=company.uid, name="合同.pdf", data=UNFILLED)


def read(company: Company, document: str, at: datetime) -> Papers:
    remarks = remarks_of([company], [document], starts_at=at, expires_at=at + timedelta(days=7))
    return Papers(acknowledged=digest_of(remarks))


def test_a_document_with_a_blank_goes_in_once_its_applicant_has_acknowledged_exactly_that(
    official: Seal, unfilled: str, wang: Person, li: Person, noon: datetime
) -> None:
    company = official.company
    for said in (Papers(), Papers(acknowledged="0" * 64)):
        with pytest.raises(RemarksNotRead):
            apply(wang, noon, official, unfilled, papers=said)
    assert recorded()[-1] == "application.apply-for-use.refused"
    assert not Application.objects.filter(purpose="use").exists()

    uid = apply(wang, noon, official, unfilled, papers=read(company, unfilled, noon))

    view = application_visible_to(li, noon, uid)
    (remark,) = (one for one in view.application.remarks if one["about"] == "unfilled")
    assert (remark["document"], remark["page"]) == (unfilled, 1)
    view.application.remarks = []
    assert shown_digest(view.application, view.statements, view.lines) != view.shown_sha256


def test_a_category_refuses_what_it_does_not_let_anybody_acknowledge(
    official: Seal, unfilled: str, wang: Person, zhao: Person, chen: Person, noon: datetime
) -> None:
    strict = replace(USUAL["delivery-note"], refuses=frozenset({About.UNFILLED}))
    note = put_in_force(zhao, chen, noon, official.company, code="note", category=strict)
    said = replace(read(official.company, unfilled, noon), category_uid=note.uid, entered={"1": "SH-1"})

    with pytest.raises(DocumentNotReady) as refused:
        apply(wang, noon, official, unfilled, papers=said)

    assert refused.value.facts == {"about": "unfilled", "page": 1}


def test_the_database_keeps_what_was_acknowledged(official: Seal, unfilled: str, wang: Person, noon: datetime) -> None:
    uid = apply(wang, noon, official, unfilled, papers=read(official.company, unfilled, noon))

    with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
        Application.objects.filter(uid=uid).update(remarks=[])
