"""Tables of people, units and seals: a template, a dry run, then all or nothing."""

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.identity import actions
from privyseal.identity.models import Company, Membership, Person, Unit
from privyseal.identity.rules import ImportHasErrors, PersonLine, Power
from privyseal.seals.actions import ExistingSeal, enter_existing
from privyseal.seals.models import Custody, SealVersion
from privyseal.seals.rules import SealType
from privyseal.web import sheets
from tests.conftest import USCC, holding, new_person, recorded
from tests.edges.conftest import Enter, alert, command

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
    return desk.post(f"/imports/{name}/", {"file": SimpleUploadedFile("table.xlsx", data)})


def confirmed(desk: Browser, name: str, answer: Any) -> Any:  # noqa: ANN401  as above
    return desk.post(f"/imports/{name}/confirm/", command(sha256=answer.context["confirm"]["sha256"].value()))


def test_units_and_then_people_are_entered_as_a_whole(desk: Browser, company: Company) -> None:
    tried = sent(desk, "units", table(("company", "unit"), (USCC, "财务部/资金组"), (USCC, "法务部")))
    assert not Unit.objects.exists()
    assert confirmed(desk, "units", tried).headers["Location"] == "/organisation/"
    assert {(unit.name, unit.parent and unit.parent.name) for unit in Unit.objects.all()} == {
        ("财务部", None),
        ("资金组", "财务部"),
        ("法务部", None),
    }

    rows = [("zhang", "张一", USCC, "财务部/资金组", date(2024, 3, 1)), (10086, "李二", USCC, None, "2024/3/01")]
    tried = sent(desk, "people", table(PEOPLE, *rows))
    assert "没有错误" in tried.content.decode()
    assert confirmed(desk, "people", tried).headers["Location"] == "/people/"

    members = Membership.objects.select_related("person", "unit").order_by("pk")
    assert [(each.person.login, each.unit and each.unit.name, each.joined_on) for each in members] == [
        ("zhang", "资金组", date(2024, 3, 1)),
        ("10086", None, date(2024, 3, 1)),
    ]
    assert recorded()[-5:] == [*(["person.enrolled", "person.joined"] * 2), "person.imported"]


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
    tried = sent(
        desk, "people", table(PEOPLE, ("a", "甲", USCC, "", "2024-03-01"), ("b", "乙", USCC, "", "2024-03-01"))
    )
    actions.enrol_person(chen, noon, login="b", name="另一人")

    assert confirmed(desk, "people", tried).status_code == 409
    assert not Person.objects.filter(login="a").exists()

    lines = tuple(PersonLine(2, login, "甲", USCC, (), date(2024, 3, 1)) for login in ("a", "b"))
    with pytest.raises(ImportHasErrors) as refused:
        actions.import_people(chen, noon, lines=lines, table_sha256="0" * 64)
    assert refused.value.facts == {"row": 2, "column": "login", "count": 1}


def test_a_table_sent_twice_by_one_click_is_entered_once(desk: Browser) -> None:
    tried = sent(desk, "units", table(("company", "unit"), (USCC, "财务部")))
    form = {"command_id": str(uuid4()), "sha256": tried.context["confirm"]["sha256"].value()}

    first, second = (desk.post("/imports/units/confirm/", form) for _ in range(2))

    assert (first.status_code, second.status_code, Unit.objects.count()) == (302, 409, 1)


def test_a_template_is_read_as_it_was_given_out(desk: Browser) -> None:
    data = desk.get("/imports/people/template/").content
    headings = [cell.value for cell in load_workbook(BytesIO(data)).active[1]]

    assert headings[0] == "登录名 (login)"
    empty = sent(desk, "people", data)
    assert (empty.status_code, empty.context["lines"], empty.context["confirm"]) == (200, 0, None)
    assert desk.get("/imports/nothing/template/").status_code == 404


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

    assert answer.status_code in {400, 409}
    assert answer.status_code == 400 or "XLSX" in alert(answer)
    assert recorded() == []


def test_a_table_without_its_columns_or_too_long_is_refused(desk: Browser) -> None:
    assert "缺少必填的列" in alert(sent(desk, "people", table(("login", "name"), ("a", "甲"))))
    long = table(("company", "unit"), *((USCC, f"部门{number}") for number in range(1001)))
    assert "超过 1,000 行" in alert(sent(desk, "units", long))


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
    assert confirmed(manager, "seals", tried).headers["Location"] == "/seals/"

    kept = Custody.objects.select_related("seal").order_by("pk")
    assert [(each.keeper, each.seal.name, each.seal.kind, each.seal.state) for each in kept] == [
        (gu, "公章", "physical", "suspended"),
        (gu, "合同专用章", "physical", "suspended"),
    ]
    version = SealVersion.objects.get(seal__name="公章")
    assert (version.filing_number, version.made_at.year) == ("1101080000001", 2019)
    assert recorded()[-1] == "seal.imported"


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


def test_whoever_does_not_manage_brings_in_no_seals(wang: Person, desk: Browser, enter: Enter) -> None:
    for browser in (enter(wang), desk):
        assert browser.get("/imports/seals/").status_code == 403
        assert sent(browser, "seals", FINE).status_code == 403
