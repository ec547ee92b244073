"""The auditor's desk: administrators' acts, what a scan finds, comments."""

import csv
from datetime import datetime
from io import StringIO

import pytest

from privyseal.identity import actions
from privyseal.identity.models import AuditComment, Company, Person
from privyseal.identity.rules import Means, Power
from privyseal.ledger.queries import latest_facts
from tests.conftest import Use, recorded
from tests.edges.conftest import Enter, command


def test_administrators_acts_come_first_on_the_desk(
    pending: Use, chen: Person, sun: Person, stranger: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    actions.grant_power(chen, noon, person_pseudonym=stranger.pseudonym, power=Power.USE, company_uid=company.uid)

    answer = enter(sun).get("/audit/")

    assert [(row.kind, row.actor) for row in answer.context["acts"]] == [("power.granted", "陈安")]
    assert "权限: 1" in answer.content.decode() or "权限：1" in answer.content.decode()


def test_the_record_is_searched_by_who_and_by_what(
    pending: Use, chen: Person, wang: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    actions.record_sign_in(chen, noon, means=Means.PASSWORD)
    browser = enter(sun)

    def kinds(**asked: str) -> set[str]:
        return {row.kind for row in browser.get("/record/", asked).context["rows"]}

    assert kinds(by="administrators") == {"person.signed-in"}
    assert kinds(by="wang") == {"document.received", "application.submitted"}
    assert kinds(by="nobody") == set()
    assert "application.submitted" in kinds(about=pending.uid)
    assert kinds(about="no such thing") == set()


def test_a_comment_is_kept_beside_the_record_and_its_digest_in_it(
    wang: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    actions.record_sign_in(wang, noon, means=Means.PASSWORD)
    fact, browser, sent = latest_facts()[0], enter(sun), command(text="深夜登录，请说明")

    assert [browser.post(f"/record/{fact.id}/comment/", sent).status_code for _ in range(2)] == [302, 302]

    assert [(one.fact_id, one.by, one.text) for one in AuditComment.objects.all()] == [
        (fact.id, sun, "深夜登录，请说明")
    ]
    assert latest_facts()[0].subjects == {"fact": fact.id}
    assert "深夜" not in str(latest_facts()[0].data)
    assert "深夜登录" in browser.get(f"/record/{fact.id}/").content.decode()
    assert "深夜登录" in browser.get("/audit/").content.decode()


@pytest.mark.parametrize(("text", "status"), [("", 400), ("   ", 400)])
def test_an_empty_comment_is_not_kept(
    text: str, status: int, wang: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    actions.record_sign_in(wang, noon, means=Means.PASSWORD)

    answer = enter(sun).post(f"/record/{latest_facts()[0].id}/comment/", command(text=text))

    assert (answer.status_code, AuditComment.objects.count()) == (status, 0)


def test_there_is_no_comment_on_nothing(sun: Person, enter: Enter) -> None:
    browser = enter(sun)

    assert browser.post("/record/999999/comment/", command(text="?")).status_code == 404
    assert browser.get("/record/999999/").status_code == 404
    assert recorded()[-2:] == ["audit.comment.refused", "audit.page-read"]


@pytest.mark.invariant("S9", column="http")
def test_the_scan_says_what_it_found_what_to_do_and_what_it_did_not_find(
    wang: Person, sun: Person, enter: Enter
) -> None:
    browser = enter(sun)

    page = browser.get("/audit/scan/").content.decode()
    (_, *rows) = csv.reader(StringIO(browser.get("/audit/scan.csv").content.decode("utf-8-sig")))

    for said in (
        "权限没有截止日",
        "请重新授予并设定截止日",
        "王用",
        "已检查且未发现",
        "同一个人拥有不能兼任的两项权限",
    ):
        assert said in page, said
    assert [
        "权限没有截止日",
        "待关注",
        "王用",
        "示例科技有限公司",
        "用印",
        "请重新授予并设定截止日，最长一年。",
    ] in rows
