"""The register of seals, and the sheets that practice files."""

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.papers import Papers
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act, hand_over, rubber
from tests.conftest import Use, apply, holding, new_person, recorded, say_yes
from tests.edges.conftest import Enter, queries_of

pytestmark = pytest.mark.documents
SEALS = "/registers/seals/"


@pytest.fixture
def ke(company: Company, long_ago: datetime) -> Person:
    """Is to keep it."""
    return holding(new_person("ke", "柯管"), Power.CUSTODY, company, long_ago)


@pytest.fixture
def kept(zhao: Person, gu: Person, company: Company, noon: datetime) -> Seal:
    return rubber(zhao, noon, company, gu, name="+公章")


@pytest.fixture
def handed(kept: Seal, zhao: Person, li: Person, gu: Person, ke: Person, ma: Person, noon: datetime) -> Permit:
    """The permit by which gu handed the rubber to ke before ma."""
    permit = approved_act(zhao, [li], noon, kept, Purpose.HAND_OVER, receiver=ke, witnesses=(ma,))
    hand_over(permit, noon, giver=gu, receiver=ke, witness=ma)
    return permit


def test_a_seal_stands_in_its_register_with_keeper_and_state(kept: Seal, zhao: Person, enter: Enter) -> None:
    (row,) = enter(zhao).get(SEALS).context["rows"]

    assert (row.place, row.number, row.keeper, row.entered_by) == (1, kept.number, "顾守", "赵管")
    assert row.since is not None


def test_three_seals_cost_as_many_queries_as_one(
    kept: Seal, zhao: Person, gu: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    browser = enter(zhao)
    one = queries_of(browser, SEALS)

    for name in ("合同专用章", "人事专用章"):
        rubber(zhao, noon, company, gu, name=name)

    assert queries_of(browser, SEALS) == one
    assert [row.place for row in browser.get(SEALS).context["rows"]] == [1, 2, 3]
    assert [row.place for row in browser.get(SEALS, {"after": "1"}).context["rows"]] == [2, 3]


def test_the_register_of_seals_leaves_as_a_table_and_on_paper(kept: Seal, zhao: Person, enter: Enter) -> None:
    browser = enter(zhao)
    book = b"".join(browser.get("/registers/seals.xlsx").streaming_content)  # type: ignore[attr-defined]  # Django's stream

    rows = list(load_workbook(BytesIO(book)).active.iter_rows(values_only=True))
    assert (rows[0][0], rows[1][0], rows[1][2]) == ("编号", "1", "+公章")
    assert "印章台账 示例科技有限公司" in browser.get("/registers/seals/print/").content.decode()
    assert recorded()[-2:] == ["register.copied", "register.copied"]


def test_whoever_sees_no_seal_finds_none_in_the_register(kept: Seal, stranger: Person, enter: Enter) -> None:
    assert enter(stranger).get(SEALS).context["rows"] == []
    assert enter(stranger).get(f"/sheets/seals/{kept.uid}/").status_code == 404


def test_an_approval_sheet_says_who_asked_who_decided_and_under_which_number_it_was_used(
    approved: Use, wang: Person, noon: datetime, signer: Client, enter: Enter
) -> None:
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)

    answer = enter(wang).get(f"/sheets/applications/{approved.uid}/")

    page = answer.content.decode()
    assert answer.context["uses"] == [f"{noon.astimezone().year}-000001"]
    assert "与乙方签订合同" in page
    assert "李批" in page
    assert approved.document in page
    assert f"/sheets/application/{approved.uid}/code.svg" in page


def test_a_use_outside_the_company_has_a_sheet_to_take_the_seal_out_with(
    approved: Use, official: Seal, contract: str, wang: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    outside = apply(wang, noon, official, contract, papers=Papers(off_site="上海分公司"))
    browser, sheet = enter(wang), f"/sheets/applications/{outside}/take-out/"
    assert browser.get(sheet).status_code == 404
    say_yes(li, noon, outside)

    page = browser.get(sheet).content.decode()

    wanted = ("印章外带单", "上海分公司", "携章人", "陪同人", "王用", "公章")
    assert [words for words in wanted if words not in page] == []
    assert sheet in browser.get(f"/applications/{outside}/").content.decode()
    assert browser.get(f"/sheets/applications/{approved.uid}/take-out/").status_code == 404


def test_a_hand_over_sheet_says_who_gave_who_received_and_who_saw_it(
    handed: Permit, zhao: Person, stranger: Person, enter: Enter
) -> None:
    answer = enter(zhao).get(f"/sheets/acts/{handed.uid}/")

    assert "<h1>印章交接单</h1>" in answer.content.decode()
    assert [word.name for word in answer.context["sheet"].words] == ["顾守", "柯管", "马行"]
    assert len(answer.context["lines"]) == 3
    assert enter(stranger).get(f"/sheets/acts/{handed.uid}/").status_code == 404


def test_what_has_no_sheet_is_not_found(approved: Use, wang: Person, enter: Enter) -> None:
    assert enter(wang).get(f"/sheets/acts/{approved.permit.uid}/").status_code == 404
    assert enter(wang).get(f"/sheets/company/{'0' * 32}/code.svg").status_code == 404


def test_the_sheet_of_a_seal_tells_every_change(handed: Permit, kept: Seal, zhao: Person, enter: Enter) -> None:
    answer = enter(zhao).get(f"/sheets/seals/{kept.uid}/")

    assert [fact.kind for fact in answer.context["facts"]][:2] == ["seal.suspended", "seal.kept"]
    assert [custody.keeper.name for custody in answer.context["custodies"]] == ["顾守", "柯管"]


def test_an_imprint_card_shows_an_electronic_seal_in_its_true_size(official: Seal, zhao: Person, enter: Enter) -> None:
    browser = enter(zhao)

    page = browser.get(f"/sheets/seals/{official.uid}/imprint/").content.decode()
    face = browser.get(f"/seals/{official.uid}/face.svg").content.decode()

    assert f'class="true-size" src="/seals/{official.uid}/face.svg"' in page
    assert 'width="42mm" height="42mm"' in face


def test_the_code_on_a_sheet_is_a_picture(official: Seal, zhao: Person, enter: Enter) -> None:
    answer = enter(zhao).get(f"/sheets/seal/{official.uid}/code.svg")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert b"<svg" in answer.content
