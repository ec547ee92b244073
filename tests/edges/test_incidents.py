"""A loss, a freeze and the seal rules, at the browser."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from privyseal.identity.models import Company, Person
from privyseal.seals.models import Incident, Seal, SealRules
from tests.conftest import USCC
from tests.edges.conftest import Enter, alert, command

GONE = {"act": "lose", "account": "下班清点时不在保险柜内", "place": "北京"}


@pytest.mark.invariant("T17", column="http")
def test_a_loss_is_reported_handled_and_public(official: Seal, zhao: Person, outside: Browser, enter: Enter) -> None:
    browser = enter(zhao)
    assert "立即" in browser.get(f"/seals/{official.uid}/report/").content.decode()

    answer = browser.post(f"/seals/{official.uid}/report/", GONE)

    incident = Incident.objects.get()
    assert answer.headers["Location"] == f"/incidents/{incident.uid}/"
    page = browser.get(f"/incidents/{incident.uid}/").content.decode()
    for said in ("报案材料", "For the newspaper", "赵管", GONE["account"], "须告知的人员"):
        assert said in page, said
    asked = outside.get("/status/", {"uscc": USCC.lower(), "number": official.number}).content.decode()
    assert "已挂失（遗失）" in asked
    assert outside.get("/status/", {"uscc": USCC, "number": "S99999"}).status_code == 404
    again = browser.post(f"/seals/{official.uid}/report/", GONE)
    assert (again.status_code, Incident.objects.count()) == (409, 1)


def test_an_incident_that_is_not_settled_is_not_ended(official: Seal, zhao: Person, enter: Enter) -> None:
    browser = enter(zhao)
    browser.post(f"/seals/{official.uid}/report/", GONE)
    address = f"/incidents/{Incident.objects.get().uid}"

    answer = browser.post(f"{address}/propose-end/", command(outcome="found"))

    assert (answer.status_code, Incident.objects.get().ended_at) == (409, None)
    assert "事情尚未解决" in alert(answer)
    assert browser.post(f"{address}/opinion/", command(opinion="")).status_code == 400
    assert browser.post(f"{address}/opinion/", command(opinion="已报案")).status_code == 302
    assert "已报案" in browser.get(f"{address}/").content.decode()
    assert "处理中" in browser.get("/incidents/").content.decode()


def test_a_drill_freezes_nothing_and_a_freeze_everything(
    official: Seal, company: Company, sun: Person, enter: Enter
) -> None:
    browser, sent = enter(sun), {"company": company.uid, "reason": "抢夺公章"}

    drilled = browser.post("/incidents/freeze/", {**sent, "is_drill": "on"})
    assert "演练" in browser.get(drilled.headers["Location"]).content.decode()
    assert Seal.objects.get().state == "active"
    browser.post("/incidents/freeze/", sent)

    assert Seal.objects.get().state == "suspended"


def test_rules_are_written_published_and_acknowledged_on_pages(
    company: Company, zhao: Person, li: Person, wang: Person, noon: datetime, enter: Enter
) -> None:
    text = {"title": "印章管理办法", "text": "第一条　用印须经审批。"}
    address = enter(zhao).post("/rules/write/", command(company=company.uid, **text)).headers["Location"]
    rules = SealRules.objects.get()
    assert enter(wang).get(address).status_code == 404
    assert enter(li).post(f"{address}publish/", command(sha256_shown="x")).status_code == 400
    assert enter(li).post(f"{address}publish/", command(sha256_shown=rules.sha256)).status_code == 302

    assert "待阅读签收" in enter(wang).get("/rules/").content.decode()
    assert enter(wang).post(f"{address}acknowledge/", command()).status_code == 302

    assert "您已签收本版" in enter(wang).get(address).content.decode()
    report = enter(zhao).get(address).content.decode()
    assert "李批" in report
    assert "王用" not in report.split("尚未签收")[1]
