"""Remarks on a document, at the browser."""

import re
from datetime import datetime

from privyseal.approvals.models import Application
from privyseal.identity.models import Company, Person
from privyseal.sealing.actions import receive_document
from privyseal.seals.models import Seal
from tests.actions.test_checking import UNFILLED
from tests.edges.conftest import Enter, alert
from tests.edges.test_applying import terms


def test_an_applicant_reads_what_is_said_of_a_document_ticks_it_and_the_approver_sees_it(
    company: Company, official: Seal, wang: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    document = receive_document(wang, noon, company_uid=company.uid, name="合同.pdf", data=UNFILLED)
    address, browser = f"/apply/use/{company.uid}/{document}/", enter(wang)
    said = terms(official, wang, x="30", y="30")

    told = browser.post(address, said)

    page = told.content.decode()
    assert told.status_code == 409
    assert "需要您确认" in alert(told)
    assert "有空白处未填写" in page
    ticked = re.search(r'name="acknowledged" value="([0-9a-f]{64})"', page)
    assert ticked

    assert browser.post(address, said | {"acknowledged": ticked[1]}).status_code == 302
    uid = Application.objects.get(purpose="use").uid
    assert "有空白处未填写" in enter(li).get(f"/applications/{uid}/").content.decode()
