"""What is done about an application on its way, at the browser."""

from datetime import datetime

import pytest
from django.utils.timezone import localdate

from privyseal.approvals.models import Application, Delegation
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Office
from privyseal.seals.models import Seal
from tests.actions.policies import ONE, asks_for, post, put_in_force
from tests.conftest import Use, apply, say_yes
from tests.edges.conftest import Enter, alert, command


@pytest.fixture
def page(
    official: Seal,
    company: Company,
    contract: str,
    zhao: Person,
    chen: Person,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
) -> str:
    """The page of an application that li has said yes to and that waits for wu, the head of finance."""
    post(company, wu, Office.FINANCE_HEAD, noon, chen)
    put_in_force(zhao, chen, noon, company, asks_for((ONE,), (Seat(Who.OFFICE, "finance-head"),)))
    uid = apply(wang, noon, official, contract)
    say_yes(li, noon, uid)
    return f"/applications/{uid}/"


def test_an_approver_sends_back_and_the_page_says_so(page: str, wu: Person, li: Person, enter: Enter) -> None:
    browser = enter(wu)
    assert "任一审批人" in browser.get(f"{page}course/").content.decode()
    shown = Application.objects.get(seats__stage=2).shown_sha256

    sent = browser.post(f"{page}return/", command(stage="1", reason="金额与合同不符", shown_sha256=shown))

    assert sent.status_code == 302
    said = enter(li).get(page).content.decode()
    assert all(words in said for words in ("金额与合同不符", "从第 2 节点退回第 1 节点", "该节点已重新审批，不再计入"))
    again = browser.post(f"{page}return/", command(stage="1", reason="再退", shown_sha256=shown))
    assert (again.status_code, "表单" in alert(again)) == (400, True)


def test_an_approver_asks_another_to_decide_and_is_told_who_may_not(
    page: str, wu: Person, li: Person, enter: Enter
) -> None:
    browser, shown = enter(wu), Application.objects.get(seats__stage=2).shown_sha256

    said = {"person": li.pseudonym, "reason": "请代为审批", "shown_sha256": shown}
    refused = browser.post(f"{page}forward/", command(**said))

    assert refused.status_code == 409
    assert "已" in alert(refused)


def test_people_talk_about_an_application_and_one_reads_along(
    pending: Use, wang: Person, li: Person, ma: Person, enter: Enter
) -> None:
    page, applicant = f"/applications/{pending.uid}/", enter(wang)

    assert applicant.post(f"{page}comment/", command(text="乙方今天在场")).status_code == 302
    assert applicant.post(f"{page}urge/", command()).status_code == 302
    assert applicant.post(f"{page}copy/", command(person=ma.pseudonym)).status_code == 302

    said = enter(li).get(page).content.decode()
    assert all(words in said for words in ("乙方今天在场", "已催办", "已抄送", "马行"))
    assert "乙方今天在场" in enter(ma).get(page).content.decode()
    urged = applicant.post(f"{page}urge/", command())
    assert (urged.status_code, "4 小时" in alert(urged)) == (409, True)


def test_an_approver_lets_another_decide_and_either_ends_it(page: str, wu: Person, li: Person, enter: Enter) -> None:
    giver, taker, today = enter(wu), enter(li), localdate().isoformat()
    company = Application.objects.get(seats__stage=2).company.uid
    said = {"company": company, "person": li.pseudonym, "starts_on": today, "ends_on": today}

    nights = {"weekdays": ["1", "7"], "begins": "18:00", "ends": "08:00", "purposes": ["use"]}
    sent = giver.post("/mine/delegations/give/", command(**said, **nights))

    assert sent.status_code == 302
    for browser in (giver, taker):
        shown = browser.get("/mine/delegations/").content.decode()
        assert all(words in shown for words in ("李批代吴准审批", "18:00–08:00", "用印"))
    further = taker.post("/mine/delegations/give/", command(**(said | {"person": wu.pseudonym})))
    assert (further.status_code, "受托" in alert(further)) == (409, True)
    end = f"/mine/delegations/{Delegation.objects.get().uid}/end/"
    assert taker.post(end, command()).status_code == 302
    assert "没有审批委托" in giver.get("/mine/delegations/").content.decode()
