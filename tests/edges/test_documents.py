"""Pages, approved bytes, sealed files and receipts: handed out inert, and to those who may see them."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date, datetime

import pytest
from django.conf import settings
from django.test import Client as Browser

from privyseal.identity.models import Company, Person
from privyseal.keeping.models import Clearance, ClearedPaper
from privyseal.kernel.canonical import sha256
from privyseal.ledger.models import FactRow
from privyseal.pdf.slots import one_of
from privyseal.sealing import actions
from privyseal.sealing.models import Document, Intent
from privyseal.seals.models import Permit
from privyseal.signer.client import Client
from privyseal.web.views.documents import DRAWN_AT_ONCE, WAITING, slots_of
from tests.conftest import Use
from tests.edges.conftest import Enter
from tests.pdfs import one_page


@pytest.fixture
def sealed(approved: Use, wang: Person, noon: datetime, signer: Client) -> Intent:
    uid = actions.seal_document(
        wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer
    )
    return Intent.objects.get(uid=uid)


def is_inert(headers: Mapping[str, str]) -> bool:
    return headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in headers["Content-Security-Policy"]


def test_a_page_is_shown_as_a_picture(contract: str, wang: Person, enter: Enter) -> None:
    answer = enter(wang).get(f"/documents/{contract}/pages/1.png")

    assert answer.getvalue().startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert is_inert(answer.headers)


def test_a_document_whose_time_was_over_says_that_it_was_deleted(
    permit: Permit, company: Company, wang: Person, zhao: Person, noon: datetime, enter: Enter
) -> None:
    data = one_page(f"Over {noon.isoformat()}")
    paper = actions.receive_document(wang, noon, company_uid=company.uid, name="合同.pdf", data=data)
    browser = enter(wang)
    assert browser.get(f"/documents/{paper}/").status_code == 200
    clearance = Clearance.objects.create(company=company, reason="保管期满", asked_by=zhao, asked_at=noon)
    ended = {"retention": "ten-years", "ended_on": date(2016, 1, 1), "permit": permit, "gone_at": noon}
    ClearedPaper.objects.create(clearance=clearance, paper="document", key=1, sha256=paper, **ended)
    settings.BLOBS.discard(paper)

    gone = [browser.get(f"/documents/{paper}/{page}").status_code for page in ("", "pages/1.png")]
    assert gone == [410, 410]


@pytest.mark.parametrize("number", [0, 2])
def test_a_page_that_does_not_exist_is_refused(number: int, contract: str, wang: Person, enter: Enter) -> None:
    answer = enter(wang).get(f"/documents/{contract}/pages/{number}.png")

    assert answer.status_code == 409
    assert "文件没有这一页" in answer.getvalue().decode()


def test_the_approved_bytes_are_handed_out_under_their_name(contract: str, wang: Person, enter: Enter) -> None:
    Document.objects.update(name='合同 "2026".pdf')

    answer = enter(wang).get(f"/documents/{contract}/")

    assert sha256(answer.getvalue()) == contract
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%E5%90%88%E5%90%8C%20%222026%22.pdf"
    assert is_inert(answer.headers)


def test_the_sealed_file_is_the_document_and_a_revision(sealed: Intent, wang: Person, enter: Enter) -> None:
    answer = enter(wang).get(f"/sealed/{sealed.uid}/")

    content = answer.getvalue()
    assert sha256(content) == sealed.result_sha256
    assert content.startswith(settings.BLOBS.get(sealed.line.document_sha256))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''contract")


def test_a_receipt_waits_for_its_place_in_the_record(sealed: Intent, wang: Person, enter: Enter) -> None:
    answer = enter(wang).get(f"/sealed/{sealed.uid}/receipt/")

    assert answer.status_code == 409
    assert "回执正在生成" in answer.getvalue().decode()


def test_without_its_fact_there_is_no_receipt(sealed: Intent, wang: Person, enter: Enter) -> None:
    sealed.uid = "0" * 32
    sealed.save(update_fields=["uid"])

    assert FactRow.objects.filter(kind="document.sealed").count() == 1
    assert enter(wang).get(f"/sealed/{sealed.uid}/receipt/").status_code == 404


@pytest.mark.parametrize("who", ["stranger", "zhou"])
def test_others_find_nothing(sealed: Intent, who: str, stranger: Person, zhou: Person, enter: Enter) -> None:
    browser: Browser = enter({"stranger": stranger, "zhou": zhou}[who])
    digest = sealed.line.document_sha256

    addresses = [f"/documents/{digest}/", f"/documents/{digest}/pages/1.png", f"/sealed/{sealed.uid}/"]
    assert [browser.get(address).status_code for address in addresses] == [404, 404, 404]


def test_the_auditor_reads_along(sealed: Intent, sun: Person, enter: Enter) -> None:
    assert enter(sun).get(f"/sealed/{sealed.uid}/").status_code == 200


def test_one_reader_has_only_so_many_pages_drawn_at_once_and_keeps_nobody_else(
    contract: str, wang: Person, zhao: Person, enter: Enter
) -> None:
    browser, page, line = enter(wang), f"/documents/{contract}/pages/1.png", slots_of(wang) / "line"
    with ExitStack() as held:
        for _ in range(DRAWN_AT_ONCE + WAITING):
            held.enter_context(one_of(DRAWN_AT_ONCE + WAITING, line))

        answer = browser.get(page)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert enter(zhao).get(page).status_code != 503

    assert browser.get(page).status_code == 200
