"""Attaching papers to an application, and reading them."""

import re

import pytest

from privyseal.approvals.models import Application
from privyseal.identity.models import Company, Person
from privyseal.sealing.models import Document
from privyseal.seals.models import Seal
from tests.edges.conftest import Enter, alert
from tests.edges.test_applying import terms, upload
from tests.pdfs import one_page, protected

RESOLUTION = "董事会决议.pdf"


@pytest.fixture
def address(company: Company, contract: str) -> str:
    return f"/apply/use/{company.uid}/{contract}/"


def test_a_paper_is_attached_before_anything_else_is_filled_in_and_read_by_the_approver(
    address: str, official: Seal, wang: Person, li: Person, enter: Enter
) -> None:
    browser, chosen = enter(wang), {"paper_kind": "board-resolution", "attach": "1"}

    page = browser.post(
        address, chosen | {"reason": "对外担保", "paper_file": upload(one_page("Resolved"), RESOLUTION)}
    )

    resolution = Document.objects.get(name=RESOLUTION).sha256
    said = page.content.decode()
    assert page.status_code == 200
    assert f'value="board-resolution:{resolution}"' in said
    assert "对外担保" in said
    assert f"董事会决议：{RESOLUTION}" in said

    sent = browser.post(address, terms(official, wang, attached=f"board-resolution:{resolution}"))

    uid = Application.objects.get(purpose="use").uid
    assert sent.headers["Location"] == f"/applications/{uid}/"
    reading = enter(li)
    assert f"/applications/{uid}/papers/{resolution}/" in reading.get(f"/applications/{uid}/").content.decode()
    assert (
        f"/applications/{uid}/papers/{resolution}/1/"
        in reading.get(f"/applications/{uid}/papers/{resolution}/").content.decode()
    )
    assert reading.get(f"/applications/{uid}/papers/{resolution}/1/").headers["Content-Type"] == "image/png"
    assert b"".join(reading.get(f"/applications/{uid}/papers/{resolution}/file/").streaming_content)[:5] == b"%PDF-"  # type: ignore[attr-defined]  # it streams


def test_a_paper_chosen_at_the_last_moment_goes_along(address: str, official: Seal, wang: Person, enter: Enter) -> None:
    brought = upload(one_page("Quotation"), "报价单.pdf")

    enter(wang).post(address, terms(official, wang, paper_kind="quotation", paper_file=brought))

    assert Application.objects.get(purpose="use").attached_kinds == ["quotation"]


def test_what_is_folded_opens_where_there_is_something_to_see_and_the_password_where_it_is_missing(
    address: str, contract: str, official: Seal, wang: Person, enter: Enter
) -> None:
    browser, locked = enter(wang), upload(protected(one_page("Protected")), "合同附件.pdf")

    def opened(sent: dict[str, object]) -> list[str]:
        page = (browser.post(address, sent) if sent else browser.get(address)).content.decode()
        return re.findall(r"<details class=\"field[^>]* open>\s*<summary>(.*?)</summary>", page)

    bare, unsaid = opened({}), opened(terms(official, wang, reason=""))
    attached = opened({"attached": f"quotation:{contract}", "show": "1"})
    asked = opened({"paper_kind": "quotation", "attach": "1", "paper_file": locked})

    assert "供审批人查阅的附件" in attached
    assert {"供审批人查阅的附件", "本申请单的其他文件", "PDF 有密码保护"} <= set(asked)
    assert not {"供审批人查阅的附件", "本申请单的其他文件", "PDF 有密码保护"} & {*bare, *unsaid}


def test_a_paper_is_taken_away_again(address: str, contract: str, official: Seal, wang: Person, enter: Enter) -> None:
    sent = terms(official, wang, attached=f"quotation:{contract}", detach=contract)

    page = enter(wang).post(address, sent)

    assert f"quotation:{contract}" not in page.content.decode()
    assert not Application.objects.filter(purpose="use").exists()


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"attach": "1"}, 409, "文件是空的"),
        ({"attached": "quotation:nonsense"}, 404, "这里没有您能看到的内容"),
        ({"attached": f"quotation:{'0' * 64}"}, 404, "这里没有您能看到的内容"),
    ],
    ids=["no file", "nonsense", "never brought"],
)
def test_what_was_never_brought_is_not_attached(
    changes: dict[str, str], status: int, words: str, address: str, official: Seal, wang: Person, enter: Enter
) -> None:
    answer = enter(wang).post(address, terms(official, wang, **changes))

    assert answer.status_code == status
    assert words in alert(answer)
    assert not Application.objects.filter(purpose="use").exists()
