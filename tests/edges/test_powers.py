"""Who may do what, as security, auditor and everybody else see it, and what security does to it."""

import csv
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from privyseal.identity import actions, queries
from privyseal.identity.models import Company, Grant, Membership, Person, Post, PowerMapping, Unit
from privyseal.identity.rules import Office, Power
from privyseal.seals.models import Seal
from privyseal.web.tables import harmless
from tests.conftest import recorded
from tests.edges.conftest import Enter, alert, command, queries_of


@pytest.fixture
def waiting(chen: Person, stranger: Person, company: Company, noon: datetime) -> int:
    """Return a grant that nobody has confirmed."""
    return actions.grant_power(
        chen, noon, person_pseudonym=stranger.pseudonym, power=Power.USE, company_uid=company.uid
    )


def granted(browser: Browser, company: Company | None, **said: str) -> object:
    where = company.uid if company else ""
    return browser.post("/powers/grant/", command(login="qiu", power="use", company=where, **said))


def rows_of(browser: Browser, **asked: str) -> list[tuple[str, str]]:
    return [(row.login, str(row.power)) for row in browser.get("/powers/", asked).context["rows"]]


@pytest.mark.invariant("T1", column="http")
def test_security_grants_and_a_second_person_confirms(
    chen: Person, sun: Person, stranger: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    granted(enter(chen), company, ends_on="2999-12-31")
    grant = Grant.objects.get(person=stranger)
    auditor = enter(sun)
    assert f"/powers/{grant.pk}/confirm/" in auditor.get("/powers/", {"state": "waiting"}).content.decode()

    assert auditor.get("/audit/").context["to_confirm"] == 1
    answer = auditor.post(f"/powers/{grant.pk}/confirm/", command())

    grant.refresh_from_db()
    assert (answer.status_code, grant.confirmed_by) == (302, sun)
    assert grant.ends_at is not None
    assert queries.powers_of(stranger, noon + timedelta(hours=1)).has(Power.USE, company.pk)


def test_the_same_form_sent_twice_grants_once(chen: Person, stranger: Person, company: Company, enter: Enter) -> None:
    browser, sent = enter(chen), command(login="qiu", power="use", company=company.uid)

    assert [browser.post("/powers/grant/", sent).status_code for _ in range(2)] == [302, 302]

    assert Grant.objects.filter(person=stranger).count() == 1


def test_a_refusal_names_both_duties(chen: Person, zhao: Person, company: Company, enter: Enter) -> None:
    browser = enter(chen)

    answer = browser.post("/powers/grant/", command(login="zhao", power="use", company=company.uid))

    assert answer.status_code == 409
    assert "不能同时拥有“用印”和“印章管理”权限" in alert(answer)
    browser.cookies["django_language"] = "en"
    answer = browser.post("/powers/grant/", command(login="zhao", power="use", company=company.uid))
    assert "“Use of seals” together with “Seal management”" in alert(answer).replace("&quot;", '"')


@pytest.mark.invariant("T1", column="http")
def test_nobody_grants_to_themselves(chen: Person, company: Company, enter: Enter) -> None:
    answer = enter(chen).post("/powers/grant/", command(login="chen", power="use", company=company.uid))

    assert (answer.status_code, recorded()[-1]) == (403, "power.grant.refused")


@pytest.mark.parametrize("said", [{"login": "nobody"}, {"power": "everything"}, {"company": ""}, {"ends_on": "soon"}])
def test_a_form_that_names_nobody_or_nothing_grants_nothing(
    said: dict[str, str], chen: Person, stranger: Person, company: Company, enter: Enter
) -> None:
    sent = command(**{"login": "qiu", "power": "use", "company": company.uid, **said})

    assert enter(chen).post("/powers/grant/", sent).status_code in {400, 404}
    assert not Grant.objects.filter(person=stranger).exists()


def test_a_power_over_the_whole_group_is_confirmed_together(
    chen: Person, sun: Person, stranger: Person, company: Company, enter: Enter
) -> None:
    granted(enter(chen), company, whole_group="on")
    batch = Grant.objects.get(person=stranger).batch

    assert enter(sun).post(f"/powers/batches/{batch}/confirm/", command()).status_code == 302
    assert Grant.objects.get(person=stranger).confirmed_by == sun


def test_security_ends_a_power_at_once(
    waiting: int, chen: Person, stranger: Person, noon: datetime, enter: Enter
) -> None:
    browser, sent = enter(chen), command()

    assert [browser.post(f"/powers/{waiting}/end/", sent).status_code for _ in range(2)] == [302, 302]

    assert Grant.objects.get(pk=waiting).revoked_at is not None
    assert recorded()[-1] == "power.ended"


@pytest.mark.parametrize("step", ["confirm", "end"])
def test_others_neither_confirm_nor_end(step: str, waiting: int, wang: Person, enter: Enter) -> None:
    assert enter(wang).post(f"/powers/{waiting}/{step}/", command()).status_code == 403
    assert Grant.objects.get(pk=waiting).revoked_at is Grant.objects.get(pk=waiting).confirmed_at is None


def test_everybody_sees_their_own_powers_alone_and_security_all(
    waiting: int, wang: Person, li: Person, chen: Person, sun: Person, enter: Enter
) -> None:
    assert rows_of(enter(wang)) == [("wang", "用印")]
    assert len(rows_of(enter(chen))) == len(rows_of(enter(sun))) == Grant.objects.count()
    assert rows_of(enter(chen), state="waiting") == [("qiu", "用印")]
    assert rows_of(enter(chen), q="王用") == rows_of(enter(chen), person=wang.pseudonym) == [("wang", "用印")]
    assert rows_of(enter(wang), person=li.pseudonym) == []
    assert "没有授予过这样的权限" in enter(wang).get("/powers/", {"state": "ended"}).content.decode()


def test_a_power_that_ends_soon_is_said_beforehand(wang: Person, noon: datetime, enter: Enter) -> None:
    assert "30 天内到期" not in enter(wang).get("/powers/").content.decode()

    Grant.objects.filter(person=wang).update(ends_at=noon + timedelta(days=29))

    assert "30 天内到期" in enter(wang).get("/powers/").content.decode()


def test_a_long_list_has_pages_and_costs_the_same(
    company: Company, stranger: Person, chen: Person, long_ago: datetime, enter: Enter
) -> None:
    browser = enter(chen)
    few = queries_of(browser, "/powers/")
    day = timedelta(minutes=1)
    Grant.objects.bulk_create(
        Grant(
            person=stranger,
            power="use",
            company=company,
            granted_at=long_ago,
            starts_at=long_ago + number * day,
            ends_at=long_ago + (number + 1) * day,
        )
        for number in range(60)
    )

    first = browser.get("/powers/")

    assert queries_of(browser, "/powers/") == few
    second = browser.get("/powers/", {"before": first.context["older"]})
    assert len(first.context["rows"]) + len(second.context["rows"]) == Grant.objects.count()
    assert browser.get("/powers/", {"before": "x" * 40}).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        browser.get("/powers/", {"q": "x" * 5_000})
    assert not any("x" * 101 in query["sql"] for query in asked)


def test_the_list_is_a_file_in_which_nothing_is_a_formula(
    waiting: int, stranger: Person, sun: Person, chen: Person, enter: Enter
) -> None:
    Person.objects.filter(pk=stranger.pk).update(name="=HYPERLINK(1)")

    answer = enter(sun).get("/powers.csv", {"state": "waiting"})

    (header, row) = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert (header[0], row[0], row[1]) == ("人员", "'=HYPERLINK(1)", "qiu")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="powers.csv"'
    enter(chen).get("/powers.csv")
    assert recorded()[-1] == "register.copied"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t1", " =1", "＝1"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert harmless(cell) == "'" + cell
    assert harmless("王用") == "王用"


def test_a_cell_runs_nothing_either_where_a_semicolon_ends_it() -> None:
    assert harmless("甲;=1\n +2; 3 - 4") == "甲;'=1\n '+2; 3 - 4"


def test_security_maps_a_post_to_a_power_and_ends_it_again(
    chen: Person, sun: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    post = Post.objects.create(company=company, name="业务经理", office=Office.STAFF, opened_at=noon)
    browser, auditor = enter(chen), enter(sun)
    assert "还没有岗位或部门对应权限" in browser.get("/powers/mappings/").content.decode()

    sent = command(source=f"post {post.uid}", power="use", company=company.uid)
    assert browser.post("/powers/mappings/new/", sent).headers["Location"] == "/powers/mappings/"

    mapping = PowerMapping.objects.get()
    assert f"/powers/mappings/{mapping.pk}/confirm/" in auditor.get("/powers/mappings/").content.decode()
    assert auditor.get("/audit/").context["mappings"] == 1
    assert auditor.post(f"/powers/mappings/{mapping.pk}/confirm/", command()).status_code == 302
    assert auditor.get("/audit/").context["mappings"] == 0
    assert browser.post(f"/powers/mappings/{mapping.pk}/end/", command()).status_code == 302
    mapping.refresh_from_db()
    assert (mapping.confirmed_by, mapping.ended_at is None) == (sun, False)


def test_a_mapping_that_cannot_be_is_refused_on_its_page(
    chen: Person, zhao: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    unit = Unit.objects.create(company=company, name="综合部", opened_at=noon)
    Membership.objects.create(person=zhao, company=company, unit=unit, joined_on=noon.date())

    answer = enter(chen).post(
        "/powers/mappings/new/", command(source=f"unit {unit.uid}", power="use", company=company.uid)
    )

    assert answer.status_code == 409
    assert "不能同时拥有“用印”和“印章管理”权限" in alert(answer)


def test_a_power_is_granted_for_one_seal_by_its_number(
    chen: Person, stranger: Person, company: Company, official: Seal, enter: Enter
) -> None:
    granted(enter(chen), company, seal=official.number.lower())
    assert Grant.objects.get(person=stranger).seal_uid == official.uid

    sent = command(login="qiu", power="approve", company=company.uid, seal="S99999")
    assert enter(chen).post("/powers/grant/", sent).status_code == 404
    assert Grant.objects.filter(person=stranger).count() == 1


def test_a_mapping_is_narrowed_to_one_seal_by_its_number(
    chen: Person, stranger: Person, company: Company, official: Seal, noon: datetime, enter: Enter
) -> None:
    unit = Unit.objects.create(company=company, name="综合部", opened_at=noon)
    said = {"source": f"unit {unit.uid}", "power": "approve", "company": company.uid}

    enter(chen).post("/powers/mappings/new/", command(**said, seal=official.number))
    assert PowerMapping.objects.get().seal_uid == official.uid
    assert "示例科技有限公司 · 仅一枚印章" in enter(chen).get("/powers/mappings/").content.decode()

    twice = enter(chen).post("/powers/mappings/new/", command(**said, seal=official.number, only_unit=unit.uid))
    assert (twice.status_code, PowerMapping.objects.count()) == (409, 1)


def test_home_says_which_powers_and_seals_are_about_to_end(
    zhao: Person, company: Company, official: Seal, enter: Enter
) -> None:
    Seal.objects.filter(pk=official.pk).update(ends_on=localdate() + timedelta(days=10))
    page = enter(zhao).get("/").content.decode()
    assert "印章管理" not in page.partition("即将到期")[2].partition("</section>")[0]
    assert official.number in page.partition("即将到期")[2].partition("</section>")[0]

    Grant.objects.filter(person=zhao).update(ends_at=now() + timedelta(days=10))
    assert "印章管理" in enter(zhao).get("/").content.decode().partition("即将到期")[2].partition("</section>")[0]


def test_home_says_nothing_where_nothing_ends(zhao: Person, official: Seal, enter: Enter) -> None:
    assert "即将到期" not in enter(zhao).get("/").content.decode()
