"""The register of uses on a screen, on paper and as a table."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client as Browser
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Line
from privyseal.approvals.papers import Papers, Particulars
from privyseal.identity.models import Company, Membership, Person, Post, PostHolding, Unit
from privyseal.identity.rules import Office
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Document
from privyseal.seals.actions import RemarkMissing
from privyseal.seals.entering_uses import enter_use
from privyseal.seals.models import PermitLine, Seal, SealRemark, UseEntry, UseRemark
from privyseal.signer.client import Client
from tests.conftest import apply, permit_of, recorded, say_yes
from tests.edges.conftest import Enter, alert, command, queries_of

pytestmark = pytest.mark.documents
REGISTER = "/registers/uses/"
FORMULA = '=HYPERLINK("http://example.com")'
# What a company's register of uses on paper has columns for.
_THE_PAPER_REGISTER = (
    "编号", "时间", "文件", "文号/合同编号", "对方单位", "金额", "印章", "页数", "份数", "盖章次数", "骑缝", "审批人",
    "用印人", "监印人", "用印地点", "正本/副本", "档案号", "保存期限", "备注",
)  # fmt: skip


@pytest.fixture
def sales(company: Company, wang: Person, noon: datetime) -> Unit:
    """The unit to which wang belongs."""
    unit = Unit.objects.create(company=company, name="市场部", opened_at=noon)
    Membership.objects.create(person=wang, company=company, unit=unit, joined_on=noon.date())
    return unit


@pytest.fixture
def used(
    official: Seal, contract: str, sales: Unit, wang: Person, li: Person, noon: datetime, signer: Client
) -> UseEntry:
    """A contract with somebody whose name is a formula, sealed."""
    particulars = Particulars("采购〔2026〕117号", originals=2, duplicates=3)
    papers = Papers(Decimal("1250000.00"), FORMULA, off_site="上海分公司", particulars={contract: particulars})
    return use(wang, li, noon, official, contract, signer, papers)


def use(
    wang: Person, li: Person, noon: datetime, seal: Seal, document: str, signer: Client, papers: Papers
) -> UseEntry:
    uid = apply(wang, noon, seal, document, papers=papers)
    say_yes(li, noon, uid)
    sealing.seal_document(wang, noon, permit_uid=permit_of(uid).uid, document_sha256=document, signer=signer)
    return UseEntry.objects.get(line__permit__application_uid=uid)


def shown(browser: Browser, **asked: str) -> list[str]:
    return [row.number for row in browser.get(REGISTER, asked).context["rows"]]


def test_a_row_says_all_that_the_paper_register_says(used: UseEntry, zhao: Person, enter: Enter) -> None:
    (row,) = enter(zhao).get(REGISTER).context["rows"]

    assert (row.title, row.counterparty, row.amount) == ("contract.pdf", FORMULA, "1,250,000.00")
    assert (row.seal, row.pages, row.copies, row.impressions, row.is_across_pages) == ("公章", 1, 1, 1, False)
    assert (row.applicant, row.unit, row.approvers, row.operator) == ("王用", "市场部", "李批", "王用")
    assert (row.document_number, row.exemplars, row.place) == (
        "采购〔2026〕117号",
        "正本 2 份、副本 3 份",
        "上海分公司",
    )


def test_one_sees_the_uses_of_what_one_manages_and_ones_own(
    used: UseEntry, zhao: Person, wang: Person, ma: Person, li: Person, sun: Person, stranger: Person, enter: Enter
) -> None:
    assert [len(shown(enter(who))) for who in (zhao, wang, sun, ma, li)] == [1, 1, 1, 0, 0]
    at_the_seal = [enter(who).get(f"/seals/{used.seal.uid}/").content.decode() for who in (zhao, wang, ma)]
    link, often = f'"/registers/uses/{used.pk}/"', "今年用印 1 次，累计 1 次"
    assert [(link in page, often in page) for page in at_the_seal] == [(True, True), (True, False), (False, False)]
    assert enter(stranger).get(REGISTER).status_code == 200


def test_whoever_heads_a_unit_sees_what_its_people_used(
    used: UseEntry, sales: Unit, company: Company, zhao: Person, ma: Person, noon: datetime, enter: Enter
) -> None:
    post = Post.objects.create(company=company, unit=sales, name="部长", office=Office.UNIT_HEAD, opened_at=noon)
    PostHolding.objects.create(post=post, person=ma, appointed_by=zhao, appointed_at=noon, starts_at=noon)

    assert len(shown(enter(ma))) == 1


def test_a_book_is_looked_through_by_seal_unit_time_and_counterparty(
    used: UseEntry, second: Seal, sales: Unit, zhao: Person, noon: datetime, enter: Enter
) -> None:
    browser = enter(zhao)

    assert len(shown(browser, seal=used.seal.uid)) == len(shown(browser, unit=sales.uid)) == 1
    assert len(shown(browser, counterparty="hyperlink")) == len(shown(browser, since="2020-01-01")) == 1
    assert shown(browser, seal=second.uid) == shown(browser, counterparty="另一家") == []
    assert shown(browser, until="2020-01-01") == shown(browser, since="2100-01-01") == []
    assert len(shown(browser, year="1999", since="crooked", before="x")) == 1


def test_a_long_book_has_pages_and_each_costs_the_same(
    used: UseEntry, zhao: Person, wang: Person, noon: datetime, enter: Enter
) -> None:
    browser, permit = enter(zhao), used.line.permit
    one = queries_of(browser, REGISTER)
    lines = PermitLine.objects.bulk_create(
        PermitLine(permit=permit, document_sha256=f"{n:064x}", impressions=1) for n in range(25)
    )
    for line in lines:
        _like(line, used)
        with transaction.atomic():
            enter_use(wang, noon, line=line, seal=used.seal)

    first = browser.get(REGISTER)
    second = browser.get(REGISTER, {"before": first.context["older"]})

    assert (len(first.context["rows"]), len(second.context["rows"])) == (25, 1)
    assert (first.context["rows"][0].number[-2:], second.context["rows"][0].number[-2:]) == ("26", "01")
    assert second.context["older"] is None
    assert queries_of(browser, REGISTER) == one


def test_a_use_of_a_document_that_its_application_did_not_name_stands_under_the_documents_name(
    used: UseEntry, company: Company, zhao: Person, wang: Person, noon: datetime, enter: Enter
) -> None:
    digest = "7" * 64
    Document.objects.create(
        sha256=digest, company=company, received_by=wang, received_at=noon, received_sha256=digest, size=1,
        name="在职证明.pdf", pages=[{}, {}], changes=[], is_signed=False,
    )  # fmt: skip
    line = PermitLine.objects.create(permit=used.line.permit, document_sha256=digest, impressions=1)
    with transaction.atomic():
        enter_use(wang, noon, line=line, seal=used.seal)

    first, _ = enter(zhao).get(REGISTER).context["rows"]

    assert (first.title, first.pages, first.copies) == ("在职证明.pdf", 2, 1)


def _like(line: PermitLine, used: UseEntry) -> None:
    """Let the application name one more document."""
    (model,) = Line.objects.filter(document_sha256=used.line.document_sha256)[:1]
    model.pk, model.position, model.document_sha256 = None, line.pk, line.document_sha256
    model.save(force_insert=True)


def test_no_cell_of_a_table_is_a_formula_and_whoever_takes_one_is_on_record(
    used: UseEntry, zhao: Person, sun: Person, enter: Enter
) -> None:
    browser = enter(zhao)
    book = b"".join(browser.get("/registers/uses.xlsx").streaming_content)  # type: ignore[attr-defined]  # Django's stream
    text = b"".join(browser.get("/registers/uses.csv").streaming_content).decode()  # type: ignore[attr-defined]  # as above

    rows = list(load_workbook(BytesIO(book)).active.iter_rows())
    assert (rows[1][4].value, rows[1][4].data_type) == (FORMULA, "s")
    said = {head.value: cell.value for head, cell in zip(*rows, strict=True)}
    assert set(_THE_PAPER_REGISTER) <= set(said)
    assert (said["文号/合同编号"], said["骑缝"], said["用印地点"]) == ("采购〔2026〕117号", "否", "上海分公司")
    assert text.startswith("\ufeff编号")
    assert "'=HYPERLINK" in text
    assert recorded()[-2:] == ["register.copied", "register.copied"]
    b"".join(enter(sun).get("/registers/uses.csv").streaming_content)  # type: ignore[attr-defined]  # as above
    assert recorded()[-1] == "audit.page-read"
    assert browser.get("/registers/uses.exe").status_code == 404


def test_the_paper_says_who_printed_what_and_under_which_checkpoint(used: UseEntry, zhao: Person, enter: Enter) -> None:
    page = enter(zhao).get("/registers/uses/print/").content.decode()

    assert "用印登记簿 示例科技有限公司" in page
    assert "赵管" in page
    assert [head for head in _THE_PAPER_REGISTER if f'<th scope="col">{head}</th>' not in page] == []
    assert "尚未编号" in page
    assert recorded()[-1] == "register.copied"


def test_a_remark_is_added_beside_the_row(used: UseEntry, zhao: Person, enter: Enter) -> None:
    browser, said = enter(zhao), command(text="份数应为 3", is_correction="on")

    answer = browser.post(f"{REGISTER}{used.pk}/remark/", said)
    browser.post(f"{REGISTER}{used.pk}/remark/", said)

    assert answer.status_code == 302
    assert [(one.text, one.is_correction, one.author) for one in UseRemark.objects.all()] == [
        ("份数应为 3", True, zhao)
    ]
    assert recorded()[-1] == "register.remarked"
    assert "份数应为 3" in browser.get(f"{REGISTER}{used.pk}/").content.decode()


def test_whoever_neither_manages_the_seal_nor_used_it_remarks_on_nothing(
    used: UseEntry, sun: Person, ma: Person, enter: Enter
) -> None:
    for who, status in ((ma, 404), (sun, 403)):
        assert enter(who).post(f"{REGISTER}{used.pk}/remark/", command(text="x")).status_code == status

    assert UseRemark.objects.count() == 0
    assert recorded()[-1] == "register.remark.refused"


def test_an_empty_remark_is_refused(used: UseEntry, zhao: Person, noon: datetime, enter: Enter) -> None:
    assert enter(zhao).post(f"{REGISTER}{used.pk}/remark/", command(text=" ")).status_code == 400
    with pytest.raises(RemarkMissing):
        approvals.remark_on_use(zhao, noon, entry_id=used.pk, text=" ", is_correction=False)

    assert UseRemark.objects.count() == 0


def test_a_remark_on_a_seal_stands_on_its_sheet_in_its_register_and_in_what_is_saved(
    official: Seal, zhao: Person, ma: Person, enter: Enter
) -> None:
    browser, sheet, said = enter(zhao), f"/sheets/seals/{official.uid}/", command(text="印面边缘缺损")
    assert alert(browser.post(f"{sheet}remark/", command(text=" ")))

    assert browser.post(f"{sheet}remark/", said).headers["Location"] == sheet
    browser.post(f"{sheet}remark/", said)

    assert SealRemark.objects.count() == 1
    saved = b"".join(browser.get("/registers/seals.csv").streaming_content).decode()  # type: ignore[attr-defined]  # Django's stream
    for shown in (browser.get(sheet), browser.get("/registers/seals/"), browser.get("/registers/seals/print/")):
        assert "印面边缘缺损" in shown.content.decode()
    assert "印面边缘缺损" in saved
    assert "<time>" in shown.content.decode()  # no day is broken over two lines
    assert "remark/" not in enter(ma).get(sheet).content.decode()
