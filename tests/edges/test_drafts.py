"""Drafts and copies of earlier applications, at the browser."""

from datetime import datetime
from decimal import Decimal

import pytest

from privyseal.approvals.models import Application, Draft
from privyseal.approvals.papers import Papers
from privyseal.identity.models import Company, Person
from privyseal.sealing.models import Document
from privyseal.seals.models import Seal
from tests.conftest import apply
from tests.edges.conftest import Enter, command
from tests.edges.test_applying import terms, upload
from tests.pdfs import one_page


@pytest.fixture
def address(company: Company, contract: str) -> str:
    return f"/apply/use/{company.uid}/{contract}/"


def test_a_form_is_kept_by_itself_found_again_and_gone_once_it_is_sent_in(
    address: str, official: Seal, wang: Person, enter: Enter
) -> None:
    browser, half = enter(wang), {"reason": "写到一半", "counterparty": "乙方科技", "x": "33.5"}

    kept = browser.post(f"{address}draft/", half, headers={"X-Draft": "1"})

    assert kept.status_code == 204
    assert f'href="{address}"' in browser.get("/apply/").content.decode()
    again = browser.get(address).content.decode()
    assert all(words in again for words in ("写到一半", 'value="乙方科技"', 'value="33.5"'))

    browser.post(address, terms(official, wang))
    assert not Draft.objects.exists()


def test_a_draft_is_kept_and_thrown_away_on_a_click(address: str, official: Seal, wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    assert browser.post(f"{address}draft/", terms(official, wang)).headers["Location"] == "/apply/"
    assert browser.post(f"/apply/drafts/{Draft.objects.get().uid}/drop/").headers["Location"] == "/apply/"

    assert not Draft.objects.exists()


def test_a_form_that_is_too_long_is_not_kept_and_says_so(address: str, wang: Person, enter: Enter) -> None:
    assert enter(wang).post(f"{address}draft/", {"reason": "长" * 60_000}, headers={"X-Draft": "1"}).status_code == 409


def test_an_earlier_application_is_copied_but_for_its_file_and_days(
    company: Company, official: Seal, contract: str, wang: Person, noon: datetime, enter: Enter
) -> None:
    papers = Papers(Decimal("1234.50"), "乙方科技", off_site="上海")
    uid = apply(wang, noon, official, contract, papers=papers)
    browser = enter(wang)
    assert f"?earlier={uid}" in browser.get(f"/applications/{uid}/").content.decode()
    assert f'value="{uid}"' in browser.get(f"/apply/use/?earlier={uid}").content.decode()

    sent = command(company=company.uid, file=upload(one_page("Renewed"), "续签.pdf"), earlier=uid)
    answer = browser.post("/apply/use/", sent)

    renewed = Document.objects.get(name="续签.pdf")
    assert answer.headers["Location"] == f"/apply/use/{company.uid}/{renewed.sha256}/"
    page = browser.get(answer.headers["Location"]).content.decode()
    for words in ("与乙方签订合同", 'value="乙方科技"', 'value="1234.50"', 'value="上海"', 'value="150.0"'):
        assert words in page


def test_what_one_cannot_see_is_not_copied(
    company: Company, official: Seal, contract: str, wang: Person, ma: Person, noon: datetime, enter: Enter
) -> None:
    uid = apply(wang, noon, official, contract)

    sent = command(company=company.uid, file=upload(one_page("Renewed")), earlier=uid)
    answer = enter(ma).post("/apply/use/", sent)

    assert answer.status_code == 404
    assert not Draft.objects.exists()
    assert Application.objects.filter(purpose="use").count() == 1
