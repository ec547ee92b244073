"""Approval policies, at the browser."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils.timezone import localtime

from privyseal.approvals.models import Application, Policy
from privyseal.approvals.papers import Papers
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.rules import Power
from privyseal.seals.models import Seal
from tests.conftest import Use, apply, holding, new_person
from tests.edges.conftest import Enter, alert, command


@pytest.fixture(autouse=True)
def staff(company: Company, long_ago: datetime) -> None:
    """Let the firm have as many people as the preset of a small one takes."""
    for number in range(5):
        holding(new_person(f"staff{number}", "员工"), Power.USE, company, long_ago)


def draft() -> Policy:
    return Policy.objects.get(confirmed_at=None, ended_at=None)


@pytest.mark.usefixtures("wu")
@pytest.mark.invariant("T9", column="http")
def test_a_policy_is_begun_changed_put_into_force_and_followed(
    pending: Use, contract: str, zhao: Person, chen: Person, li: Person, wang: Person, noon: datetime, enter: Enter
) -> None:
    official, manager, security, approver = Seal.objects.get(), enter(zhao), enter(chen), enter(li)
    company = official.company
    begun = manager.post("/policies/", command(company=company.uid, start="small-firm"))
    page = f"/policies/{draft().uid}/"
    assert begun.headers["Location"] == page
    assert "任一审批人中的 2 人" in manager.get(page).content.decode()

    row = {
        "purposes": ["use"],
        "types": ["official"],
        "who1": "approver",
        "stage1": "1",
        "who2": "approver",
        "stage2": "2",
    }
    said = {**row, "below": "500000", "rows_sha256": draft().rows_sha256}
    assert manager.post(f"{page}rows/", command(**said)).status_code == 302
    shown = manager.get(page).content.decode()
    assert "低于 500,000.00" in shown
    moved = manager.post(f"{page}rows/2/move/", command(rows_sha256=draft().rows_sha256))
    assert moved.status_code == 302
    assert draft().rows[0]["below"] == 500_000_00

    assert security.post(f"{page}confirm/", command(rows_sha256=draft().rows_sha256)).status_code == 302
    assert "生效" in approver.get(page).content.decode()
    assert Application.objects.get(uid=pending.uid).policy == "1"
    uid = apply(wang, noon, official, contract, papers=Papers(Decimal("1234.50"), "乙方科技"))
    assert Application.objects.get(uid=uid).seats.count() == 2

    page = f"/applications/{uid}/"
    shown = approver.get(page).content.decode()
    assert all(words in shown for words in ("乙方科技", "1,234.50", "进行中", "未到"))
    policy = Policy.objects.get(ended_at=None)
    assert f"依据审批规则“{policy.name}”（第 {policy.version} 版）第 " in shown
    approver.post(f"{page}vote/", command(step="approve", shown_sha256=Application.objects.get(uid=uid).shown_sha256))
    shown = approver.get(page).content.decode()
    assert "已通过" in shown
    assert 'id="decide"' not in shown


def test_a_flaw_stands_beside_its_row_and_keeps_the_policy_a_draft(
    company: Company, zhao: Person, chen: Person, enter: Enter
) -> None:
    manager, security = enter(zhao), enter(chen)
    manager.post("/policies/", command(company=company.uid, start="listed-company"))
    page = f"/policies/{draft().uid}/"
    manager.post(f"{page}rows/7/remove/", command(rows_sha256=draft().rows_sha256))

    assert "以下情形无人审批" in manager.get(page).content.decode()
    assert "请起草人先改正" in security.get(page).content.decode()
    refused = security.post(f"{page}confirm/", command(rows_sha256=draft().rows_sha256))
    assert (refused.status_code, draft().number) == (409, None)
    assert "规则存在问题" in alert(refused)


def test_a_page_that_is_out_of_date_changes_nothing(company: Company, zhao: Person, enter: Enter) -> None:
    manager = enter(zhao)
    manager.post("/policies/", command(company=company.uid, start="small-firm"))
    page, old = f"/policies/{draft().uid}/", draft().rows_sha256
    manager.post(f"{page}rows/1/remove/", command(rows_sha256=old))

    refused = manager.post(f"{page}rows/1/remove/", command(rows_sha256=old))
    assert "与您页面上看到的不同" in alert(refused)
    assert len(draft().rows) == 1
    manager.post("/policies/", command(company=company.uid, start="state-owned"))
    assert len(draft().rows) == 1
    manager.post(f"{page}discard/", command())
    assert Policy.objects.get().ended_at is not None


def test_a_row_keeps_what_it_says_when_it_is_changed(company: Company, zhao: Person, enter: Enter) -> None:
    manager = enter(zhao)
    manager.post("/policies/", command(company=company.uid, start="state-owned"))
    page, before = f"/policies/{draft().uid}/", draft().rows
    form = manager.get(f"{page}rows/4/").context["form"]
    sent = {field.name: field.value() for field in form if field.value() is not None}

    manager.post(f"{page}rows/4/", command(**{**sent, "rows_sha256": draft().rows_sha256}))

    assert draft().rows == before


def test_what_a_draft_would_have_changed_is_shown(company: Company, pending: Use, zhao: Person, enter: Enter) -> None:
    manager = enter(zhao)
    manager.post("/policies/", command(company=company.uid, start="listed-company"))
    shown = manager.get(f"/policies/{draft().uid}/?days=30").content.decode()

    assert f"{Application.objects.count()} 份申请中，有" in shown
    assert f"/applications/{pending.uid}/" in shown


def test_a_row_asks_by_everything_that_papers_say_and_is_shown_again_as_it_was_sent(
    company: Company, zhao: Person, enter: Enter
) -> None:
    manager = enter(zhao)
    manager.post("/policies/", command(company=company.uid, start="small-firm"))
    page = f"/policies/{draft().uid}/"
    said = {
        "levels": ["unit"],
        "sides": ["@outside"],
        "parties": "乙方 科技\n",
        "off_site": "yes",
        "requires": ["minutes"],
        "who1": "approver",
    }

    assert manager.post(f"{page}rows/", command(**said, rows_sha256=draft().rows_sha256)).status_code == 302

    row = draft().rows[1]
    assert (row["purposes"], row["parties"]) == (["use"], ["@outside", "乙方科技"])
    shown = manager.get(page).content.decode()
    assert all(words in shown for words in ("部门印章", "集团外单位", "乙方科技", "仅限外出用印", "集体决策会议纪要"))
    again = manager.get(f"{page}rows/2/").content.decode()
    assert "乙方科技</textarea>" in again


def test_a_deadline_is_said_in_the_form_and_shown_wherever_it_counts(
    pending: Use, contract: str, zhao: Person, chen: Person, li: Person, wu: Person, wang: Person, noon: datetime,
    enter: Enter,
) -> None:  # fmt: skip
    official, manager, approver = Seal.objects.get(), enter(zhao), enter(li)
    manager.post("/policies/", command(company=official.company.uid, start="small-firm"))
    page = f"/policies/{draft().uid}/"
    said = {"purposes": ["use"], "who1": f"person:{li.pseudonym}", "stage1": "1", "within1": "2", "counted1": "days"}
    late = {"remind1": "1, 0", "to1": f"person:{wu.pseudonym}", "lapse1": "add"}
    wrong = manager.post(f"{page}rows/", command(**said, remind1="2", rows_sha256=draft().rows_sha256))
    assert "期限" in alert(wrong)
    assert manager.post(f"{page}rows/", command(**said, **late, rows_sha256=draft().rows_sha256)).status_code == 302

    words = "李批 · 2 个工作日内 · 提前 1、0 个工作日提醒 · 逾期后吴准也可审批"
    assert words in manager.get(page).content.decode()
    row = manager.get(f"{page}rows/2/").content.decode()
    assert all(said in row for said in ('name="within1" value="2"', 'value="1, 0"'))
    enter(chen).post(f"{page}confirm/", command(rows_sha256=draft().rows_sha256))
    uid = apply(wang, noon, official, contract, expires_at=noon + timedelta(days=60))
    due = Application.objects.get(uid=uid).due_at
    assert due is not None
    day = f"{localtime(due):%Y年}{localtime(due).month}月{localtime(due).day}日"
    for shown in ("/", f"/applications/{uid}/", "/applications/"):
        assert "期限 <time datetime" in approver.get(shown).content.decode()
        assert day in approver.get(shown).content.decode()
    assert "期限 <time datetime" not in approver.get(f"/applications/{pending.uid}/").content.decode()
    assert uid not in approver.get("/applications/", {"state": "late"}).content.decode()
    Application.objects.filter(uid=uid).update(due_at=noon - timedelta(hours=1))
    assert uid in approver.get("/applications/", {"state": "late"}).content.decode()
    assert "已逾期，期限为" in approver.get("/").content.decode()


def test_a_small_firm_is_told_how_many_people_it_takes_and_refused_below(
    company: Company, zhao: Person, enter: Enter
) -> None:
    manager = enter(zhao)
    assert "至少需要 7 人" in manager.get("/policies/").content.decode()
    Grant.objects.exclude(person=zhao).update(ends_at=F("starts_at") + timedelta(seconds=1))

    refused = manager.post("/policies/", command(company=company.uid, start="small-firm"))

    assert "7 人" in alert(refused)
    assert not Policy.objects.exists()
