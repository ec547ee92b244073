"""A loss, a freeze and the seal rules, at the browser."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils.timezone import localdate

from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.seals import actions
from privyseal.seals.actions import Report
from privyseal.seals.models import Incident, Seal, SealRules
from privyseal.seals.rules.incidents import Ending
from tests.conftest import USCC, recorded
from tests.edges.conftest import Enter, alert, command

GONE = {"act": "lose", "account": "下班清点时不在保险柜内", "place": "北京"}
# Whether an open loss stands in a list that is asked so.
FOUND = {"state=open&kind=loss": True, "state=ended": False, "kind=robbery": False, "kind=nothing": True}


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


def test_anybody_asks_how_a_seal_stood_on_a_day_and_programs_are_told_the_same(
    official: Seal, zhao: Person, outside: Browser, enter: Enter
) -> None:
    asked = {"uscc": f" {USCC.lower()} ", "number": official.number}
    today = localdate()

    assert outside.get("/status/seal.json", asked).json()["force"] == "in-force"
    assert outside.get("/status/published.json").json() == {"seals": []}
    enter(zhao).post(f"/seals/{official.uid}/report/", GONE)
    said = outside.get("/status/seal.json", asked).json()
    before = outside.get("/status/seal.json", {**asked, "on": str(today - timedelta(days=4000))}).json()
    listed = outside.get("/status/published.json")
    feed = outside.get("/status/feed.atom")

    assert (said["force"], said["on"], [row["state"] for row in said["history"]][-1]) == (
        "not-in-force",
        str(today),
        "lost",
    )
    assert before["force"] == "not-in-force"
    assert [(row["seal"]["number"], row["state"]) for row in listed.json()["seals"]] == [(official.number, "lost")]
    assert outside.get("/status/published.json", headers={"If-None-Match": listed.headers["ETag"]}).status_code == 304
    assert (feed.headers["Content-Type"], official.number in feed.content.decode()) == (
        "application/atom+xml; charset=utf-8",
        True,
    )
    assert "已挂失（遗失）" in feed.content.decode()


def test_a_status_that_cannot_be_said_is_refused_in_words(official: Seal, outside: Browser) -> None:
    tomorrow = {"uscc": USCC, "number": official.number, "on": str(localdate() + timedelta(days=1))}

    assert outside.get("/status/seal.json").json()["code"] == "not-filled-in"
    assert outside.get("/status/seal.json", {"uscc": USCC, "number": "S99999"}).json()["code"] == "not-found"
    page = outside.get("/status/", tomorrow)
    assert (page.status_code, "届时状态尚不可知" in page.content.decode()) == (400, True)


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
    found = {asked: browser.get(f"/incidents/?{asked}").content.decode() for asked in ("", *FOUND)}
    assert "处理中" in found[""]
    assert {asked: f'href="{address}/"' in found[asked] for asked in FOUND} == FOUND


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


WRONG = {"account": "未经批准加盖公章", "place": "前台"}


def test_whoever_has_a_part_in_the_company_reports_what_is_wrong_and_the_seal_goes_on(
    official: Seal, wang: Person, zhao: Person, enter: Enter
) -> None:
    browser, sent = enter(wang), command(**WRONG)
    for _ in range(2):
        assert browser.post(f"/seals/{official.uid}/incidents/new/", sent).status_code == 302

    incident = Incident.objects.get()
    assert (incident.kind, incident.opened_by, incident.owner) == ("other", wang, zhao)
    assert Seal.objects.get().state == "active"
    assert recorded()[-1] == "incident.opened"
    browser.post(f"/seals/{official.uid}/incidents/new/", command(**WRONG))
    assert Incident.objects.count() == 2


def test_the_auditor_reports_nothing_and_nothing_said_is_no_report(
    official: Seal, sun: Person, zhao: Person, enter: Enter
) -> None:
    assert enter(sun).post(f"/seals/{official.uid}/incidents/new/", command(**WRONG)).status_code == 403
    assert enter(zhao).post(f"/seals/{official.uid}/incidents/new/", command(account="")).status_code == 400
    assert not Incident.objects.exists()


def test_an_incident_is_given_to_somebody_else_with_a_say(
    official: Seal, wang: Person, zhao: Person, li: Person, wu: Person, enter: Enter, noon: datetime
) -> None:
    uid = actions.raise_incident(wang, noon, seal_uid=official.uid, said=Report(account="用途不明"))
    assert enter(zhao).post(f"/incidents/{uid}/owner/", command(person=li.pseudonym)).status_code == 302
    assert (Incident.objects.get().owner, recorded()[-1]) == (li, "incident.reassigned")

    with pytest.raises(NotEntitled):
        actions.reassign_incident(wang, noon, incident_uid=uid, person_pseudonym=wu.pseudonym)
    with pytest.raises(NotFound):
        actions.reassign_incident(li, noon, incident_uid=uid, person_pseudonym="0" * 32)
    assert Incident.objects.get().owner == li

    actions.propose_end(zhao, noon, incident_uid=uid, outcome=Ending.SETTLED)
    assert Incident.objects.get().ended_at is None
    actions.end_incident(li, noon, incident_uid=uid)
    with pytest.raises(OutOfTurn):
        actions.reassign_incident(li, noon, incident_uid=uid, person_pseudonym=wu.pseudonym)


def test_a_seal_that_had_been_handed_in_ends_its_incident_on_its_page(
    official: Seal, zhao: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    Seal.objects.update(state="retired", hand_in_by=noon)
    actions.watch_seals(noon)
    page = f"/incidents/{Incident.objects.get().uid}/"
    manager, approver = enter(zhao), enter(li)
    assert "实为误记" in manager.get(page).content.decode()

    nothing = manager.post(f"{page}propose-end/", command(outcome="mistaken"))
    assert (nothing.status_code, Incident.objects.get().proposed_by) == (409, None)
    picture = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff in the safe", content_type="image/jpeg")
    manager.post(f"{page}propose-end/", command(outcome="mistaken", evidence="11月20日已交行政部", photo=picture))
    shown = approver.get(page).content.decode()
    assert "11月20日已交行政部" in shown
    assert f"/photos/{Incident.objects.get().evidence_sha256}/" in shown
    approver.post(f"{page}end/", command())

    assert (Incident.objects.get().ended_by, Seal.objects.get().hand_in_by) == (li, None)
