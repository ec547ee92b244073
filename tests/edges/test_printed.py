"""The code on a sealed paper, and the pages that show where everything will stand."""

import re
from datetime import datetime
from uuid import UUID

from django.test import Client as Browser

from privyseal.approvals.models import Application, Line
from privyseal.approvals.placing import CODE_PATH, address_of, code_for
from privyseal.identity.models import Company, Person
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Document
from privyseal.seals.models import Seal
from privyseal.signer.client import Client
from tests.conftest import Use, recorded
from tests.edges.conftest import Enter
from tests.edges.test_applying import terms
from tests.pdfs import one_page

CODE = "ab" * 16


def test_whoever_reads_the_code_learns_of_the_use_once_it_is_made(
    approved: Use, wang: Person, noon: datetime, signer: Client, outside: Browser
) -> None:
    Line.objects.filter(application__uid=approved.uid).update(code=CODE)
    before = outside.get(f"{CODE_PATH}{CODE}/").content.decode()
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)

    after = outside.get(f"{CODE_PATH}{CODE}/").content.decode()

    assert "还没有对应的盖章" in before
    assert "公章" in after
    assert f"{CODE_PATH}{CODE}/receipt.txt" in after


def test_a_code_that_nobody_printed_is_not_found(outside: Browser) -> None:
    assert outside.get(f"{CODE_PATH}{CODE}/").status_code == 404
    assert outside.get(f"{CODE_PATH}{CODE}/receipt.txt").status_code == 404


def test_the_address_on_paper_is_the_page_that_answers(outside: Browser) -> None:
    assert address_of(CODE).endswith(f"{CODE_PATH}{CODE}/")


def test_a_code_is_its_applicants_own(wang: Person, li: Person) -> None:
    first, second = UUID(int=1), UUID(int=2)

    assert len({code_for(wang, first), code_for(wang, second), code_for(li, first)}) == 3
    assert code_for(wang, first) == code_for(wang, first)


def test_the_preview_shows_exactly_what_would_be_sealed_and_sends_nothing(
    wang: Person, company: Company, official: Seal, noon: datetime, enter: Enter
) -> None:
    document = sealing.receive_document(
        wang, noon, company_uid=company.uid, name="报告.pdf", data=one_page("Report", pages=3)
    )
    said = terms(official, wang, page="2", edge="right", edge_pages="all", edge_strip="4", code="on",
                 code_page="1", code_x="20", code_y="20")  # fmt: skip

    page = enter(wang).post(f"/apply/use/{company.uid}/{document}/", said | {"show": "1"}).content.decode()

    shown = re.findall(
        r'<svg(?: class="code-place")? x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)" viewBox="(\d+) 0', page
    )
    third, seam = 42_000 // 3, ("195903", "127520.0")  # the page is 209,903 wide and 297,039 high
    assert shown == [
        (*seam, f"{third}", "42000", "0"),
        ("9000.0", "266039.0", "22000", "22000", "0"),
        (*seam, f"{third}", "42000", f"{third}"),
        ("129500.0", "216039.0", "42000", "42000", "0"),
        (*seam, f"{third}", "42000", f"{2 * third}"),
    ]
    assert Application.objects.filter(purpose="use").count() == 0
    assert recorded()[-1] == "document.received"


def test_who_follows_is_not_asked_where_somebody_has_signed(
    wang: Person, company: Company, official: Seal, contract: str, enter: Enter
) -> None:
    address = f"/apply/use/{company.uid}/{contract}/"
    Document.objects.update(is_signed=True)
    browser = enter(wang)

    offered = re.findall(r'name="following" value="(\w+)"', browser.get(address).content.decode())

    assert offered == ["others"]
    assert browser.post(address, terms(official, wang)).status_code == 400
    assert browser.post(address, terms(official, wang, following="others")).status_code == 302


def test_an_application_carries_seam_and_code_to_whoever_approves(
    wang: Person, li: Person, company: Company, official: Seal, noon: datetime, enter: Enter
) -> None:
    document = sealing.receive_document(
        wang, noon, company_uid=company.uid, name="报告.pdf", data=one_page("Report", pages=3)
    )
    said = terms(official, wang, edge="right", code="on", code_page="1", code_x="20", code_y="20")

    address = enter(wang).post(f"/apply/use/{company.uid}/{document}/", said).headers["Location"]

    page = enter(li).get(address).content.decode()
    assert "骑缝（右边）：第 1–3 页" in page
    assert address_of(Line.objects.get(document_sha256=document).code) in page
    assert "<dd>2 次</dd>" in page
    assert page.count("viewBox=") >= 4
