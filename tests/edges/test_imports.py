"""Tables of people, units and seals: a template, a dry run, then all or nothing."""

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils.timezone import localdate, now
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.identity import actions, sheets, tasks
from privyseal.identity.models import Company, Grant, Membership, Person, Post, PostHolding, TableImport, Unit
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import OutOfTurn
from privyseal.seals.actions import ExistingSeal, add_type, enter_existing
from privyseal.seals.models import Custody, Seal, SealVersion
from privyseal.seals.rules import OwnRule, SealKind, SealType
from tests.conftest import USCC, holding, new_person, recorded
from tests.edges.conftest import Enter, alert, command
from tests.jobs import do_jobs, forget_jobs

PEOPLE = ("登录名 (login)", "姓名 (name)", "company", "unit", "joined_on")
ERROR = re.compile(r"<tr><td>(\d+)</td><td>([^<]*)</td><td>([^<]*)</td></tr>")


@pytest.fixture
def desk(chen: Person, company: Company, enter: Enter) -> Browser:
    return enter(chen)


def table(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def sent(desk: Browser, name: str, data: bytes) -> Any:  # noqa: ANN401  the test client's answer with its context
    """Bring a table, have the job read it, and return the page that says what came of it."""
    answer = desk.post(f"/imports/{name}/", command(file=SimpleUploadedFile("table.xlsx", data)))
    if answer.status_code != 302:
        return answer
    assert desk.get(answer.headers["Location"]).headers["Refresh"] == "2"
    do_jobs()
    return desk.get(answer.headers["Location"])


def confirmed(desk: Browser, name: str, answer: Any) -> Any:  # noqa: ANN401  as above
    """Have a table entered, and return the page that says what came of it."""
    answer = desk.post(f"/imports/{name}/{answer.context['import'].uid}/enter/", command())
    assert answer.status_code == 302
    do_jobs()
    return desk.get(answer.headers["Location"])


def test_units_and_then_people_are_entered_as_a_whole(desk: Browser, company: Company) -> None:
    tried = sent(desk, "units", table(("company", "unit"), (USCC, "财务部/资金组"), (USCC, "法务部")))
    assert not Unit.objects.exists()
    assert "已录入 3 行" in confirmed(desk, "units", tried).content.decode()
    assert {(unit.name, unit.parent and unit.parent.name) for unit in Unit.objects.all()} == {
        ("财务部", None),
        ("资金组", "财务部"),
        ("法务部", None),
    }

    rows = [("zhang", "张一", USCC, "财务部/资金组", date(2024, 3, 1)), (10086, "李二", USCC, None, "2024/3/01")]
    tried = sent(desk, "people", table(PEOPLE, *rows))
    assert "没有错误" in tried.content.decode()
    assert "已录入 2 行" in confirmed(desk, "people", tried).content.decode()

    members = Membership.objects.select_related("person", "unit").order_by("pk")
    assert [(each.person.login, each.unit and each.unit.name, each.joined_on) for each in members] == [
        ("zhang", "资金组", date(2024, 3, 1)),
        ("10086", None, date(2024, 3, 1)),
    ]
    assert recorded()[-5:] == [*["person.enrolled"] * 2, *["person.joined"] * 2, "person.imported"]


def test_every_wrong_cell_is_named_by_row_and_column(desk: Browser, wang: Person) -> None:
    rows = [
        ("wang", "张一", USCC, "", "2024-03-01"),
        ("a", "", USCC, "财务部", "1 March"),
        ("a", "=1+1", "91350100M000100Y43", "", date(2024, 3, 1)),
        ("b", "李\u200b二", USCC, "甲//乙", 2.5),
    ]

    answer = sent(desk, "people", table(PEOPLE, *rows))

    assert ERROR.findall(answer.content.decode()) == [
        ("2", "登录名", "已经登记过。"),
        ("3", "姓名", "必填，不能为空。"),
        ("3", "加入日期", "不是日期，请写作 2026-01-31。"),
        ("3", "部门", "该公司没有此部门。"),
        ("4", "姓名", "这是公式，请改填数值。"),
        ("4", "登录名", "表中重复出现。"),
        ("4", "公司统一社会信用代码", "没有此信用代码的公司。"),
        ("5", "姓名", "含有不可见字符，或其中一段为空。"),
        ("5", "部门", "含有不可见字符，或其中一段为空。"),
        ("5", "加入日期", "既不是文字，也不是整数或日期。"),
        ("5", "部门", "该公司没有此部门。"),
    ]
    assert "有 11 处错误" in answer.content.decode()
    assert answer.context["confirm"] is None


def test_what_became_wrong_since_the_dry_run_enters_nothing(desk: Browser, chen: Person, noon: datetime) -> None:
    rows = [(login, "甲", USCC, "", "2024-03-01") for login in ("a", "b")]
    tried = sent(desk, "people", table(PEOPLE, *rows))
    actions.enrol_person(chen, noon, login="b", name="另一人")

    answer = confirmed(desk, "people", tried)

    assert ERROR.findall(answer.content.decode()) == [("3", "登录名", "已经登记过。")]
    assert not Person.objects.filter(login="a").exists()
    assert answer.context["confirm"] is None


def test_a_table_is_entered_once_however_often_it_is_sent_or_its_job_runs(desk: Browser, chen: Person) -> None:
    tried = sent(desk, "units", table(("company", "unit"), (USCC, "财务部")))
    uid, form = tried.context["import"].uid, command()

    codes = [desk.post(f"/imports/units/{uid}/enter/", form).status_code for _ in range(2)]
    assert do_jobs() == ["identity.go-on-with-table"]
    tasks.go_on_with_table(uid)

    assert (codes, Unit.objects.count()) == ([302, 302], 1)
    assert recorded().count("unit.imported") == 1
    assert desk.post(f"/imports/units/{uid}/enter/", command()).status_code == 409
    with pytest.raises(OutOfTurn):
        actions.enter_table(chen, now(), table=tasks.UNITS_TABLE, import_uid=uid)


def test_only_whoever_brought_a_table_has_it_entered(desk: Browser, enter: Enter, sun: Person, wang: Person) -> None:
    tried = sent(desk, "units", table(("company", "unit"), (USCC, "财务部")))
    uid = tried.context["import"].uid
    other = enter(holding(new_person("he", "何安"), Power.SECURITY, None, now() - timedelta(days=1)))

    assert other.post(f"/imports/units/{uid}/enter/", command()).status_code == 404
    assert enter(wang).get(f"/imports/units/{uid}/").status_code == 404
    assert enter(sun).get(f"/imports/units/{uid}/").status_code == 200
    assert desk.get(f"/imports/people/{uid}/").status_code == 404
    assert not Unit.objects.exists()


def test_whoever_lost_the_power_meanwhile_enters_nothing(desk: Browser, chen: Person) -> None:
    tried = sent(desk, "units", table(("company", "unit"), (USCC, "财务部")))
    uid = tried.context["import"].uid
    desk.post(f"/imports/units/{uid}/enter/", command())
    Grant.objects.filter(person=chen).update(revoked_at=now())

    do_jobs()

    assert (TableImport.objects.get(uid=uid).state, Unit.objects.count()) == ("refused", 0)
    assert recorded()[-1] == "table.carry-in.refused"
    assert "没有办理此事的权限" in alert(desk.get(f"/imports/units/{uid}/"))


POSTS = ("company", "unit", "post", "岗位类别 (office)")
HOLDINGS = ("login", "company", "unit", "post", "starts_on", "ends_on", "deputy_for")


def test_posts_and_then_their_holders_are_entered_as_a_whole(desk: Browser, wang: Person) -> None:
    confirmed(desk, "units", sent(desk, "units", table(("company", "unit"), (USCC, "财务部"))))
    rows = [(USCC, "财务部", "财务总监", "finance-head"), (USCC, "", "文员", "一般岗位")]
    assert "已录入 2 行" in confirmed(desk, "posts", sent(desk, "posts", table(POSTS, *rows))).content.decode()
    assert list(Post.objects.order_by("pk").values_list("name", "office", "unit__name")) == [
        ("财务总监", "finance-head", "财务部"),
        ("文员", "staff", None),
    ]

    held = [
        ("wang", USCC, "财务部", "财务总监", "2024-03-01", ""),
        ("wang", USCC, "", "文员", "2024-03-01", "2024-03-31"),
    ]
    entered = confirmed(desk, "holdings", sent(desk, "holdings", table(HOLDINGS, *held)))

    assert "已录入 2 行" in entered.content.decode()
    assert [(each.post.name, each.person, each.ends_at and localdate(each.ends_at)) for each in holdings()] == [
        ("财务总监", wang, None),
        ("文员", wang, date(2024, 4, 1)),
    ]
    assert recorded()[-3:] == ["post.filled", "post.filled", "post.holdings-imported"]


def test_wrong_posts_and_holdings_are_told_by_their_cells(desk: Browser, wang: Person) -> None:
    rows = [(USCC, "无此部", "甲", "staff"), (USCC, "", "乙", "皇帝"), ("91350100M000100Y43", "", "丙", "staff")]
    assert [
        (row, words) for row, _, words in ERROR.findall(sent(desk, "posts", table(POSTS, *rows)).content.decode())
    ] == [
        ("2", "该公司没有此部门。"),
        ("3", "没有这种岗位类别。"),
        ("4", "没有此信用代码的公司。"),
    ]

    held = [("nobody", USCC, "", "甲", "2024-03-01", "2024-02-01"), ("chen", USCC, "", "甲", "2024-03-01", "")]
    told = ERROR.findall(sent(desk, "holdings", table(HOLDINGS, *held)).content.decode())
    assert [(row, words) for row, _, words in told] == [
        ("2", "结束日期早于开始日期。"),
        ("2", "在职人员中没有这个登录名。"),
        ("2", "该公司没有此岗位。"),
        ("3", "不能给自己任职。"),
        ("3", "该公司没有此岗位。"),
    ]


def test_a_table_brings_deputies_beside_those_they_stand_in_for(
    desk: Browser, wang: Person, ma: Person, li: Person, company: Company
) -> None:
    confirmed(desk, "posts", sent(desk, "posts", table(POSTS, (USCC, "", "文员", "staff"))))
    rows = [
        ("ma", USCC, "", "文员", "2024-03-04", "2024-03-08", "wang"),
        ("wang", USCC, "", "文员", "2024-03-01", "", ""),
    ]

    entered = confirmed(desk, "holdings", sent(desk, "holdings", table(HOLDINGS, *rows)))

    assert "已录入 2 行" in entered.content.decode()
    assert [(each.person, each.deputy_for) for each in holdings()] == [(wang, None), (ma, wang)]

    wrong = [
        ("li", USCC, "", "文员", "2024-03-04", "", "wang"),
        ("li", USCC, "", "文员", "2024-02-01", "2024-02-02", "wang"),
        ("ma", USCC, "", "文员", "2024-03-08", "2024-03-09", "ma"),
    ]
    told = ERROR.findall(sent(desk, "holdings", table(HOLDINGS, *wrong)).content.decode())
    assert [(row, column, words) for row, column, words in told] == [
        ("2", "截止日期", "代理须写明结束日期。"),
        ("3", "岗位", "表中重复出现。"),
        ("3", "被代理人的登录名", "此人在开始日期当天不在该岗位。"),
        ("4", "岗位", "已经登记过。"),
        ("4", "被代理人的登录名", "此人在开始日期当天不在该岗位。"),
    ]


def test_a_post_brings_its_powers_to_whoever_a_table_puts_into_it_or_its_cell_is_told(
    desk: Browser, chen: Person, sun: Person, company: Company, ma: Person, zhao: Person, noon: datetime
) -> None:
    post = actions.open_post(chen, noon, company_uid=company.uid, name="经办", office=Office.STAFF)
    mapping = actions.map_post(chen, noon, post_uid=post, power=Power.CUSTODY, company_uid=company.uid)
    actions.confirm_mapping(sun, noon, mapping_id=mapping)
    confirmed(desk, "holdings", sent(desk, "holdings", table(HOLDINGS, ("ma", USCC, "", "经办", "2024-03-01"))))
    assert [(grant.power, grant.granted_by) for grant in Grant.objects.filter(holding__person=ma)] == [
        ("custody", chen)
    ]
    use = actions.map_post(chen, noon, post_uid=post, power=Power.USE, company_uid=company.uid)
    actions.confirm_mapping(sun, noon, mapping_id=use)

    rows = [("zhao", USCC, "", "经办", "2024-03-01")]
    told = ERROR.findall(sent(desk, "holdings", table(HOLDINGS, *rows)).content.decode())

    assert told == [("2", "岗位", "该岗位带来的权限与此人的另一项权限互斥。")]
    assert not PostHolding.objects.filter(person=zhao).exists()


def test_a_keeper_in_a_table_of_barred_posts_is_told_by_the_cell(
    desk: Browser, chen: Person, zhao: Person, wang: Person, company: Company, noon: datetime
) -> None:
    gu = holding(new_person("gu", "顾守"), Power.CUSTODY, company, noon - timedelta(days=1))
    kept = ExistingSeal(name="公章", type=SealType.OFFICIAL, keeper_pseudonym=gu.pseudonym)
    enter_existing(zhao, noon, company_uid=company.uid, existing=kept)
    for name, office in (("文员", Office.STAFF), ("财务总监", Office.FINANCE_HEAD)):
        actions.open_post(chen, noon, company_uid=company.uid, name=name, office=office)
    rows = [("wang", USCC, "", "文员", "2024-03-01"), ("gu", USCC, "", "财务总监", "2030-03-01")]

    told = ERROR.findall(sent(desk, "holdings", table(HOLDINGS, *rows)).content.decode())

    assert told == [("3", "岗位", "该岗位不得保管印章，而此人正在保管该公司的印章，请先交接。")]
    assert not PostHolding.objects.exists()


def holdings() -> list[PostHolding]:
    return list(PostHolding.objects.select_related("post", "person").order_by("pk"))


def test_a_unit_brings_its_powers_to_whoever_a_table_puts_into_it(
    desk: Browser, chen: Person, sun: Person, company: Company, noon: datetime
) -> None:
    unit = actions.open_unit(chen, noon, company_uid=company.uid, name="保管组")
    mapping = actions.map_unit(chen, noon, unit_uid=unit, power=Power.CUSTODY, company_uid=company.uid)
    actions.confirm_mapping(sun, noon, mapping_id=mapping)

    confirmed(desk, "people", sent(desk, "people", table(PEOPLE, ("gu", "顾守", USCC, "保管组", "2024-03-01"))))

    assert [(grant.power, grant.confirmed_by) for grant in Grant.objects.filter(person__login="gu")] == [
        ("custody", sun)
    ]


def test_a_template_is_read_as_it_was_given_out(desk: Browser) -> None:
    data = desk.get("/imports/people/template/").content
    headings = [cell.value for cell in load_workbook(BytesIO(data)).active[1]]

    assert headings[0] == "登录名 (login)"
    empty = sent(desk, "people", data)
    assert (empty.context["import"].state, empty.context["confirm"]) == ("refused", None)
    assert "表头下面没有数据" in alert(empty)
    assert desk.get("/imports/nothing/template/").status_code == 404


def test_a_table_whose_work_died_is_started_again_by_its_bringer(desk: Browser, chen: Person, noon: datetime) -> None:
    first = desk.post(
        "/imports/units/", command(file=SimpleUploadedFile("t.xlsx", table(("company", "unit"), (USCC, "财务部"))))
    )
    forget_jobs()
    actions.end_dead_tables(noon)
    died = desk.get(first.headers["Location"])
    assert "没有结果" in alert(died)

    again = desk.post(f"/imports/units/{died.context['import'].uid}/again/", command())
    do_jobs()

    assert desk.get(again.headers["Location"]).context["import"].state == "fine"
    assert desk.post(f"/imports/units/{TableImport.objects.latest('pk').uid}/again/", command()).status_code == 400


def part_replaced(data: bytes, name: str, text: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return out.getvalue()


FINE = table(PEOPLE, ("a", "甲", USCC, "", "2024-03-01"))
SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"name,login\n",
        b"PK\x03\x04 not a container",
        b"0" * (sheets.MOST_BYTES + 1),
        part_replaced(FINE, SHEET, BOMB),
        part_replaced(FINE, SHEET, b"\xff\xfe" + BOMB.decode().encode("utf-16-le")),
        part_replaced(FINE, SHEET, b" " * (21 * 1024 * 1024)),
        part_replaced(FINE, SHEET, b"<worksheet><sheetData><row><c"),
        part_replaced(FINE, "xl/workbook.xml", b"<workbook/>"),
    ],
    ids=["empty", "csv", "no-zip", "large", "entities", "utf-16", "zip-bomb", "cut", "no-sheet"],
)
def test_a_hostile_file_is_refused_and_nothing_else(hostile: bytes, desk: Browser) -> None:
    answer = sent(desk, "people", hostile)

    assert answer.status_code in {200, 400, 409}
    assert answer.status_code == 400 or "XLSX" in alert(answer)
    assert not Person.objects.filter(login="a").exists()


@pytest.mark.parametrize(
    "hostile",
    [
        FINE[:60] + b"\xff" * 20 + FINE[80:],
        part_replaced(FINE, "xl/styles.xml", b"<xf/>" * 600_000),
    ],
    ids=["damaged", "swollen"],
)
def test_a_table_that_no_reader_gets_to_the_end_of_is_refused_before_it_is_read(hostile: bytes) -> None:
    with pytest.raises(sheets.SheetUnreadable):
        sheets.check_container(hostile)


def test_a_table_without_its_columns_or_too_long_is_refused(desk: Browser) -> None:
    assert "缺少必填的列" in alert(sent(desk, "people", table(("login", "name"), ("a", "甲"))))
    long = table(POSTS, *((USCC, "", f"岗位{number}", "staff") for number in range(10_001)))
    assert "超过 10000 行" in alert(sent(desk, "posts", long))


def test_a_number_that_looks_like_a_formula_in_disguise_stays_text(desk: Browser) -> None:
    answer = sent(desk, "units", table(("company", "unit"), (USCC, "'=1+1"), (USCC, True)))

    assert ERROR.findall(answer.content.decode()) == [("3", "部门", "既不是文字，也不是整数或日期。")]


SEALS = ("company", "name", "印章类型 (type)", "keeper", "filing_number", "made_on")


@pytest.fixture
def gu(company: Company, noon: datetime) -> Person:
    """Keeps."""
    return holding(new_person("gu", "顾守"), Power.CUSTODY, company, noon - timedelta(days=1))


def test_an_existing_stock_of_seals_is_entered_at_rest_with_its_keepers(zhao: Person, gu: Person, enter: Enter) -> None:
    manager = enter(zhao)
    rows = [(USCC, "公章", "公章", "gu", "1101080000001", "2019-05-01"), (USCC, "合同专用章", "contract", "gu", "", "")]
    tried = sent(manager, "seals", table(SEALS, *rows))
    assert "没有错误" in tried.content.decode()
    assert "已录入 2 行" in confirmed(manager, "seals", tried).content.decode()

    kept = Custody.objects.select_related("seal").order_by("pk")
    assert [(each.keeper, each.seal.name, each.seal.kind, each.seal.state) for each in kept] == [
        (gu, "公章", "physical", "suspended"),
        (gu, "合同专用章", "physical", "suspended"),
    ]
    version = SealVersion.objects.get(seal__name="公章")
    assert (version.filing_number, version.made_at.year) == ("1101080000001", 2019)
    assert recorded()[-1] == "seal.imported"


def test_a_stock_of_seals_comes_with_its_units(
    zhao: Person, gu: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    above = Unit.objects.create(company=company, name="营销中心", opened_at=noon)
    unit = Unit.objects.create(company=company, name="北方区", parent=above, opened_at=noon)
    header = (*SEALS, "归属 (unit)")
    row = (USCC, "合同专用章", "contract", "gu", "", "")

    wrong = sent(enter(zhao), "seals", table(header, (*row, "南方区")))
    assert [words for *_, words in ERROR.findall(wrong.content.decode())] == ["该公司没有此部门。"]
    confirmed(enter(zhao), "seals", sent(enter(zhao), "seals", table(header, (*row, "营销中心/北方区"))))
    assert Seal.objects.get().unit == unit


def test_a_wrong_stock_of_seals_is_told_by_its_cells(
    zhao: Person, wang: Person, gu: Person, enter: Enter, noon: datetime
) -> None:
    gu_keeps = ExistingSeal(name="财务章", type=SealType.FINANCE, keeper_pseudonym=gu.pseudonym, filing_number="1")
    enter_existing(zhao, noon, company_uid=Company.objects.get().uid, existing=gu_keeps)
    rows = [
        (USCC, "财务 章", "finance", "gu", "1", ""),
        (USCC, "公章", "nothing", "wang", "", "2019-13-01"),
        (USCC, "公 章", "official", "nobody", "", ""),
        ("91350100M000100Y43", "合同章", "contract", "gu", "", ""),
    ]

    answer = sent(enter(zhao), "seals", table(SEALS, *rows))

    assert [(row, words) for row, _, words in ERROR.findall(answer.content.decode())] == [
        ("2", "该公司已有此名称或极为相似名称的印章。"),
        ("2", "已经登记过。"),
        ("3", "没有这种印章类型。"),
        ("3", "不是日期，请写作 2026-01-31。"),
        ("3", "该公司已有此名称或极为相似名称的印章。"),
        ("3", "此人没有该公司的保管权限。"),
        ("4", "该公司已有此名称或极为相似名称的印章。"),
        ("4", "在职人员中没有这个登录名。"),
        ("5", "没有此信用代码的公司。"),
    ]


def test_keepers_who_are_barred_or_have_a_seal_of_the_same_set_are_told_by_their_cells(
    zhao: Person, gu: Person, chen: Person, company: Company, enter: Enter, noon: datetime
) -> None:
    head = holding(new_person("hou", "侯总"), Power.CUSTODY, company, noon - timedelta(days=1))
    post = actions.open_post(chen, noon, company_uid=company.uid, name="总经理", office=Office.GENERAL_MANAGER)
    actions.fill_post(chen, noon, post_uid=post, person_pseudonym=head.pseudonym, starts_at=noon)
    rows = [
        (USCC, "公章", "official", "hou", "", ""),
        (USCC, "财务章", "finance", "gu", "", ""),
        (USCC, "法人章", "legal-representative", "gu", "", ""),
    ]

    told = ERROR.findall(sent(enter(zhao), "seals", table(SEALS, *rows)).content.decode())

    assert [(row, column, words) for row, column, words in told] == [
        ("2", "保管人登录名", "此人在该公司的岗位不得保管此印章。"),
        ("4", "保管人登录名", "此人保管着不得由同一人保管的另一枚印章（已登记或在本表中）。"),
    ]
    assert not Seal.objects.exists()


def test_a_stock_of_seals_names_types_of_the_groups_own(
    zhao: Person, gu: Person, company: Company, enter: Enter, noon: datetime
) -> None:
    for name, kind in (("投标章", None), ("电子投标章", SealKind.ELECTRONIC)):
        add_type(
            zhao,
            noon,
            company_uid=company.uid,
            name_zh=name,
            name_en=f"Tender seal {kind or ''}",
            rule=OwnRule(SealType.CONTRACT, kind),
        )
    manager = enter(zhao)
    wrong = sent(manager, "seals", table(SEALS, (USCC, "投标用章", "电子投标章", "gu", "", "")))
    assert [words for *_, words in ERROR.findall(wrong.content.decode())] == ["没有这种印章类型。"]

    confirmed(manager, "seals", sent(manager, "seals", table(SEALS, (USCC, "投标用章", "投标章", "gu", "", ""))))

    seal = Seal.objects.select_related("own_type").get()
    assert (seal.type, seal.own_type and seal.own_type.name_zh) == ("contract", "投标章")


def test_whoever_does_not_manage_brings_in_no_seals(wang: Person, desk: Browser, enter: Enter) -> None:
    for browser in (enter(wang), desk):
        assert browser.get("/imports/seals/").status_code == 403
        assert sent(browser, "seals", FINE).status_code == 403


def test_a_text_that_is_longer_than_a_cell_is_cut_with_a_mark() -> None:
    """A character outside the first plane counts twice, and is never cut in two."""
    table = load_workbook(BytesIO(sheets.filled(["备注"], [["长" * 40_000], ["印" * 32_767], ["𠮷" * 20_000]])))

    (_, long, full, rare) = (str(row[0]) for row in table.active.iter_rows(values_only=True))
    assert [long, full, rare] == ["长" * 32_763 + " […]", "印" * 32_767, "𠮷" * 16_381 + " […]"]
