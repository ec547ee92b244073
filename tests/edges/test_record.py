"""The record, as the auditor reads it."""

from datetime import datetime

import pytest
from django.utils import translation

from privyseal.approvals.models import Application, CategoryVersion, Policy
from privyseal.approvals.rules.usual_categories import USUAL
from privyseal.identity import actions
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Means
from privyseal.ledger import book
from privyseal.ledger.models import FactRow
from privyseal.ledger.queries import Fact, latest_facts
from privyseal.ledger.transactions import writing
from privyseal.seals.models import Incident, Seal, SealRules
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.web.shown import facts
from privyseal.web.shown.called import called_in
from tests.at_machine import Bench
from tests.conftest import Use
from tests.edges.conftest import Enter, called, queries_of


@pytest.mark.invariant("T10", column="http")
def test_every_fact_is_there_with_names_and_links(pending: Use, sun: Person, enter: Enter) -> None:
    answer = enter(sun).get("/record/")

    page = answer.content.decode()
    assert len(answer.context["rows"]) == FactRow.objects.count()
    assert [row.words for row in answer.context["rows"][:2]] == ["审计员查看页面：记录", "申请单已提交"]
    assert "王用" in page
    assert f'href="/applications/{pending.uid}/"' in page
    assert FactRow.objects.order_by("-pk")[1].actor not in page


def test_what_a_fact_is_about_is_called_by_its_name(pending: Use, sun: Person, enter: Enter) -> None:
    company = Application.objects.get(uid=pending.uid).company

    _, submitted, *_ = enter(sun).get("/record/").context["rows"]

    assert (str(submitted.subjects[-1].words), submitted.subjects[-1].value) == ("公司", company.name)
    assert {str(one.name): one.text for one in submitted.data}["申请类型"] == "用印申请"


@pytest.mark.invariant("T10", column="http")
def test_a_refusal_is_there_in_words(pending: Use, wang: Person, sun: Person, enter: Enter) -> None:
    enter(wang).get("/record/")

    _, newest, *_ = enter(sun).get("/record/").context["rows"]

    assert newest.words == "被拒绝：打开页面"
    assert "没有办理此事的权限" in str(newest.refusal)


def test_kinds_are_filtered(pending: Use, sun: Person, enter: Enter) -> None:
    browser = enter(sun)

    kinds = {row.kind for row in browser.get("/record/", {"kind": "document."}).context["rows"]}

    assert kinds == {"document.received"}
    assert len(browser.get("/record/", {"kind": "'; --"}).context["rows"]) == FactRow.objects.count()
    assert "没有这一类的记录" in browser.get("/record/", {"kind": "installation."}).content.decode()


def test_a_long_record_has_pages(wang: Person, sun: Person, noon: datetime, enter: Enter) -> None:
    for _ in range(51):
        actions.record_sign_in(wang, noon, means=Means.PASSWORD)
    browser = enter(sun)

    first = browser.get("/record/")
    second = browser.get("/record/", {"before": first.context["older"]})

    # The auditor's own reading stands on record before its page is made.
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 2)
    assert second.context["older"] is None


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 40, "１２"])
def test_a_crooked_place_to_go_on_from_is_no_error(before: str, wang: Person, sun: Person, enter: Enter) -> None:
    assert enter(sun).get("/record/", {"before": before}).status_code == 200


def test_three_facts_cost_as_many_queries_as_one(
    wang: Person, li: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    actions.record_sign_in(wang, noon, means=Means.PASSWORD)
    browser = enter(sun)
    one = queries_of(browser, "/record/")

    actions.record_sign_in(li, noon, means=Means.PASSWORD)
    actions.record_sign_out(wang, noon)

    assert queries_of(browser, "/record/") == one


def test_what_is_on_record_of_an_application_is_found_by_its_number(pending: Use, sun: Person, enter: Enter) -> None:
    number = called(pending.uid)
    rows = enter(sun).get("/record/", {"about": number}).context["rows"]

    assert [(row.words, row.subjects[0].value) for row in rows] == [("申请单已提交", number)]
    assert enter(sun).get("/record/", {"about": "〔2001〕1号"}).context["rows"] == []


def test_what_a_fact_is_about_is_called_as_that_version_was_called(
    pending: Use, company: Company, zhao: Person, sun: Person, stranger: Person, noon: datetime
) -> None:
    written = {"company": company, "version": 2, "written_by": zhao, "written_at": noon}
    policy = Policy.objects.create(name="日常用印", rows_sha256="0" * 64, **written)
    says = next(iter(USUAL.values())).to_json() | {"name_zh": "采购合同"}
    category = CategoryVersion.objects.create(code="buy", says=says, says_sha256="0" * 64, **written)
    rules = SealRules.objects.create(title="印章管理办法", text="一", sha256="0" * 64, **written)
    incident = Incident.objects.create(
        kind=IncidentKind.FREEZE, company=company, owner=sun, opened_by=sun, opened_at=noon, due_at=noon
    )
    uids = {
        "application": pending.uid,
        "category": category.uid,
        "policy": policy.uid,
        "rules": rules.uid,
        "incident": [incident.uid],
    }
    fact = Fact(1, None, "anything", sun.pseudonym, noon, uids, {})

    assert list(called_in(sun, noon, [fact]).values()) == [
        called(pending.uid),
        "采购合同（第 2 版）",
        "日常用印（第 2 版）",
        "印章管理办法（第 2 版）",
        f"集团印章冻结 · {company.name}",
    ]
    assert called_in(stranger, noon, [fact]) == {}


def test_somebody_whose_name_was_erased_stays_a_pseudonym(
    wang: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    actions.record_sign_in(wang, noon, means=Means.PASSWORD)
    Person.objects.filter(pk=wang.pk).update(pseudonym="f" * 32)

    assert enter(sun).get("/record/").context["rows"][1].actor == wang.pseudonym[:8]


def test_a_fact_that_is_not_numbered_has_no_receipt_yet(
    wang: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    actions.record_sign_in(wang, noon, means=Means.PASSWORD)

    answer = enter(sun).get(f"/record/{latest_facts()[0].id}/receipt/")

    assert answer.status_code == 409
    assert enter(sun).get("/record/999999/receipt/").status_code == 404


def test_what_is_on_record_of_a_machine_is_found_by_its_serial_and_stands_on_a_page_of_its_own(
    bench: Bench, stamp: Seal, gu: Person, sun: Person, wang: Person, noon: datetime, enter: Enter
) -> None:
    device, keeper = bench.device, enter(gu)
    with writing():
        book.record("device.enrol.refused", by=wang, at=noon, device=device.serial, code="enrolment-refused")
    address = f"/machines/{device.uid}/record/"

    usual, all_of_it = (keeper.get(address, asked).context["rows"] for asked in ({}, {"all": ""}))
    found = enter(sun).get("/record/", {"about": device.serial})

    kinds = ["device.enrol.refused", "device.mounted", "device.mounting-agreed", "device.mounting-asked"]
    assert [row.kind for row in usual][:4] == kinds
    assert [row.kind for row in usual][-1] == "device.registered"
    assert {row.kind for row in all_of_it} - {row.kind for row in usual} == {"device.told"}
    assert {each.value for each in usual[1].subjects} >= {device.company.name, f"{stamp.number} {stamp.name}"}
    assert [usual[1].actor, usual[3].actor] == ["系统自动", gu.name]
    assert {row.kind for row in usual[1:]} <= {row.kind for row in found.context["rows"]}
    assert f'href="/machines/{device.uid}/"' in found.content.decode()
    assert f"{device.name} {device.serial}" in found.content.decode()
    last = keeper.get(address, {"before": usual[-1].id})
    assert (last.context["rows"], "没有这一类的记录" in last.content.decode()) == ([], True)
    assert queries_of(keeper, address) == queries_of(keeper, f"{address}?before={usual[4].id}")


def test_a_day_in_a_fact_is_said_as_days_are(noon: datetime) -> None:
    fact = Fact(1, None, "seal.campaign-opened", "service:worker", noon, {}, {"due_on": "2026-11-28"})

    with translation.override("en"):
        assert [one.text for one in facts.rows([fact], {})[0].data] == ["28 Nov 2026"]
