"""The pages of the group, its posts and its people."""

from datetime import datetime

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from privyseal.identity import actions
from privyseal.identity.models import Company, EntryCode, Membership, Person, Post, PostHolding, Unit
from privyseal.identity.rules import Office
from tests.conftest import Use, recorded
from tests.edges.conftest import Enter, alert, called, command, queries_of


@pytest.fixture
def desk(chen: Person, enter: Enter) -> Browser:
    return enter(chen)


@pytest.fixture
def finance(chen: Person, company: Company, noon: datetime) -> Unit:
    return Unit.objects.get(uid=actions.open_unit(chen, noon, company_uid=company.uid, name="财务部"))


@pytest.fixture
def cashier(chen: Person, company: Company, noon: datetime) -> Post:
    uid = actions.open_post(chen, noon, company_uid=company.uid, name="出纳", office=Office.SEAL_KEEPER)
    return Post.objects.get(uid=uid)


def test_security_builds_a_company_from_its_page(desk: Browser, company: Company) -> None:
    desk.post(f"/companies/{company.uid}/units/", command(name="财务部", parent=""))
    unit = Unit.objects.get()
    answer = desk.post(f"/companies/{company.uid}/posts/", command(name="出纳", office="staff", unit=unit.uid))

    post = Post.objects.get()
    assert answer.headers["Location"] == f"/posts/{post.uid}/"
    page = desk.get(f"/companies/{company.uid}/").content.decode()
    assert all(word in page for word in ("财务部", "出纳", "无人任职", "已核验"))
    assert company.name in desk.get("/organisation/").content.decode()


def test_what_is_refused_is_said_on_the_page_where_it_was_tried(desk: Browser, company: Company, finance: Unit) -> None:
    answer = desk.post(f"/companies/{company.uid}/units/", command(name="财务部", parent=""))

    assert answer.status_code == 409
    assert "已经登记过" in alert(answer)
    assert desk.post(f"/companies/{company.uid}/units/", command(name="", parent="")).status_code == 400
    assert desk.post(f"/companies/{company.uid}/posts/", command(name="")).status_code == 400
    assert Unit.objects.count() == 1


def test_units_are_moved_and_closed_from_their_page(desk: Browser, company: Company, finance: Unit) -> None:
    desk.post(f"/companies/{company.uid}/units/", command(name="资金组", parent=finance.uid))
    below = Unit.objects.get(name="资金组")

    assert desk.post(f"/units/{finance.uid}/move/", command(unit=below.uid)).status_code == 409
    assert desk.post(f"/units/{below.uid}/move/", command(unit="")).status_code == 302
    assert desk.post(f"/units/{below.uid}/close/", command()).headers["Location"] == f"/companies/{company.uid}/"
    assert desk.get(f"/units/{below.uid}/").status_code == 404


def test_a_post_is_filled_by_login_and_vacated(desk: Browser, cashier: Post, wang: Person, ma: Person) -> None:
    today = {"starts_on": "2026-01-01", "ends_on": "", "deputy_for": ""}
    assert "没有这个登录名" in alert(desk.post(f"/posts/{cashier.uid}/fill/", command(login="nobody", **today)))
    desk.post(f"/posts/{cashier.uid}/fill/", command(login="wang", **today))
    standing_in = {"starts_on": "2026-02-01", "ends_on": "2099-01-01", "deputy_for": wang.pseudonym}
    desk.post(f"/posts/{cashier.uid}/fill/", command(login="ma", **standing_in))

    page = desk.get(f"/posts/{cashier.uid}/").content.decode()
    assert all(word in page for word in ("王用", "马行", "代理王用"))
    assert "代理王用" in desk.get(f"/people/{ma.pseudonym}/").content.decode()

    holding = PostHolding.objects.get(person=wang)
    desk.post(f"/posts/{cashier.uid}/vacate/{holding.pk}/", command())
    assert "无人任职" in desk.get(f"/posts/{cashier.uid}/").content.decode()
    assert desk.post(f"/posts/{cashier.uid}/close/", command()).status_code == 302


def test_a_person_is_enrolled_joins_moves_and_leaves(
    desk: Browser, company: Company, finance: Unit, outside: Browser
) -> None:
    assert desk.post("/people/enrol/", command(login="", name="")).status_code == 400
    address = desk.post("/people/enrol/", command(login="new", name="新人")).headers["Location"]
    assert "已经登记过" in alert(desk.post("/people/enrol/", command(login="new", name="新人")))
    desk.post(f"{address}join/", command(company=company.uid, joined_on="2024-03-01"))
    desk.post(f"{address}move/{company.uid}/", command(unit=finance.uid))
    assert "新人" in desk.get(f"/units/{finance.uid}/").content.decode()

    assert desk.post(f"{address}leave/", command(left_on="2024-02-01")).status_code == 409
    desk.post(f"{address}leave/", command(left_on="2026-03-01"))

    assert "已离开" in desk.get(address).content.decode()
    assert not Membership.objects.filter(left_on=None).exists()


def test_whoever_leaves_is_out_at_the_next_click_and_leaves_open_what_is_shown(
    desk: Browser, wang: Person, pending: Use, cashier: Post, enter: Enter
) -> None:
    browser = enter(wang)
    desk.post(f"/posts/{cashier.uid}/fill/", command(login="wang", starts_on="2026-01-01", ends_on="", deputy_for=""))

    desk.post(f"/people/{wang.pseudonym}/leave/", command(left_on="2099-01-01"))

    assert browser.get("/").headers["Location"] == "/sign-in/?next=/"
    page = desk.get(f"/people/{wang.pseudonym}/").content.decode()
    assert called(pending.uid) in page
    assert "现已无人任职的岗位" in page
    assert "与乙方签订合同" not in page


def test_an_account_is_opened_with_a_code_that_is_shown_once(desk: Browser, outside: Browser) -> None:
    address = desk.post("/people/enrol/", command(login="new", name="新人")).headers["Location"]
    shown = desk.post(f"{address}code/", command())
    code = shown.context["code"]
    assert code not in desk.get(address).content.decode()
    assert "no-store" in shown.headers["Cache-Control"]

    password = "correct horse battery"
    said = {"login": "new", "code": code, "password": password, "again": password}
    assert outside.post("/open-account/", {**said, "again": "another"}).status_code == 400
    assert outside.post("/open-account/", {**said, "login": "nobody"}).status_code == 403
    assert outside.post("/open-account/", said).headers["Location"] == "/sign-in/"
    assert outside.post("/open-account/", said).status_code == 403
    assert outside.post("/sign-in/", {"login": "new", "password": password}).status_code == 302


def test_codes_are_not_to_be_guessed(outside: Browser, wang: Person, settings: Settings) -> None:
    settings.SIGN_INS_PER_MINUTE = 2
    said = {"login": "wang", "code": "0000-0000", "password": "correct horse battery", "again": "correct horse battery"}

    assert [outside.post("/open-account/", said).status_code for _ in range(3)] == [403, 403, 429]


def test_the_auditor_confirms_the_code_of_an_account_that_was_open(
    desk: Browser, wang: Person, sun: Person, enter: Enter
) -> None:
    wang.set_password("correct horse battery")
    wang.save(update_fields=["password"])
    assert "曾经开通" in desk.post(f"/people/{wang.pseudonym}/code/", command()).content.decode()
    made, auditor = EntryCode.objects.get(), enter(sun)
    assert "有开通码待确认" in auditor.get(f"/people/{wang.pseudonym}/").content.decode()
    assert "有开通码待确认" not in desk.get(f"/people/{wang.pseudonym}/").content.decode()

    auditor.post(f"/people/{wang.pseudonym}/code/{made.pk}/", command())

    assert recorded()[-1] == "person.entry-code-confirmed"


def test_a_password_is_changed_and_the_browser_stays_signed_in(wang: Person, enter: Enter) -> None:
    wang.set_password("correct horse battery")
    wang.save(update_fields=["password"])
    here, elsewhere = enter(wang), enter(wang)
    new = "staple staple staple"

    assert here.post("/mine/password/", {"current": "wrong", "password": new, "again": new}).status_code == 403
    said = {"current": "correct horse battery", "password": new, "again": new}
    assert here.post("/mine/password/", said).headers["Location"] == "/mine/"

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_people_are_found_by_name_and_login_page_by_page(
    desk: Browser, wang: Person, company: Company, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("privyseal.web.views.people._A_PAGE", 1)
    first = desk.get("/people/").context

    second = desk.get("/people/", {"after": first["next"]}).context

    assert [row.name for row in (*first["people"], *second["people"])] == ["孙明", "王用"]
    assert [row.login for row in desk.get("/people/", {"q": "WAN"}).context["people"]] == ["wang"]
    assert "没有找到" in desk.get("/people/", {"q": "x"}).content.decode()
    assert [row.login for row in enter(wang).get("/people/").context["people"]] == ["wang"]


def test_more_units_posts_and_people_cost_no_more_queries(
    desk: Browser, chen: Person, company: Company, finance: Unit, cashier: Post, wang: Person, noon: datetime
) -> None:
    pages = ("/organisation/", f"/companies/{company.uid}/", f"/units/{finance.uid}/", "/people/")
    actions.fill_post(chen, noon, post_uid=cashier.uid, person_pseudonym=wang.pseudonym, starts_at=noon)
    before = [queries_of(desk, page) for page in pages]

    for name in ("甲", "乙"):
        unit = actions.open_unit(chen, noon, company_uid=company.uid, name=name, parent_uid=finance.uid)
        post = actions.open_post(chen, noon, company_uid=company.uid, name=name, office=Office.STAFF, unit_uid=unit)
        who = actions.enrol_person(chen, noon, login=name, name=name)
        actions.fill_post(chen, noon, post_uid=post, person_pseudonym=who, starts_at=noon)
        actions.join_company(
            chen, noon, person_pseudonym=who, company_uid=company.uid, joined_on=noon.date(), unit_uid=finance.uid
        )

    assert [queries_of(desk, page) for page in pages] == before
