"""Drafts and copies of earlier applications, at the browser."""

from datetime import datetime
from decimal import Decimal

import pytest
from pytest_django import Settings

from privyseal.approvals.models import Application, Draft
from privyseal.approvals.papers import Papers
from privyseal.identity.models import Company, Person
from privyseal.pdf.looks import Look, Note, Seen
from privyseal.sealing.models import Document, Intake
from privyseal.seals.models import Seal
from privyseal.web.proposing import is_taken, overruled
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
    browser, half = enter(wang), {"reason": "写到一半", "counterparty": "乙方\u202e科技\u2067", "x": "33.5"}

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


def test_what_the_new_document_says_wins_over_the_copy_and_words_of_ones_own_stay() -> None:
    before, new = (
        Document(look=Look(1, heading=title, amount=amount, originals=2, notes=(note,)).to_json())
        for title, amount, note in (
            ("采购合同", "1234.50", Note(Seen.SIGNATORY, 1, "乙方科技")),
            ("补充协议", "99.00", Note(Seen.SIGNATORY, 1, "丙方科技")),
        )
    )
    copy = {"reason": "年度采购合同，照旧", "counterparty": "乙方科技", "amount": "1234.50", "duplicates": "3"}

    said = overruled(copy, new, before=before, owner="示例科技有限公司")

    other = {"reason": "年度补充协议，照旧", "counterparty": "丙方科技", "amount": "99.00"}
    assert said == {**other, "originals": "2", "duplicates": "3"}
    assert overruled(copy, Document(), before=before, owner="") == copy
    assert overruled({}, new, before=None, owner="丙方科技")["reason"] == "办理《补充协议》用印"
    assert is_taken({"amount": "99.00"}, said)
    assert not is_taken({"amount": "99.00"}, copy)


def test_a_document_that_came_before_so_much_was_read_proposes_once_it_comes_again(
    company: Company, wang: Person, enter: Enter
) -> None:
    browser, file = enter(wang), one_page("Supply Agreement")
    browser.post("/apply/use/", command(company=company.uid, file=upload(file, "a.pdf")))
    read = Document.objects.get().look
    Document.objects.update(look=None)

    browser.post("/apply/use/", command(company=company.uid, file=upload(file, "a.pdf")))

    assert Document.objects.get().look == read
    assert read is not None


def test_what_one_cannot_see_is_not_copied(
    company: Company, official: Seal, contract: str, wang: Person, ma: Person, noon: datetime, enter: Enter
) -> None:
    uid = apply(wang, noon, official, contract)

    sent = command(company=company.uid, file=upload(one_page("Renewed")), earlier=uid)
    answer = enter(ma).post("/apply/use/", sent)

    assert answer.status_code == 404
    assert not Draft.objects.exists()
    assert Application.objects.filter(purpose="use").count() == 1


def test_an_earlier_application_is_copied_for_a_large_file_as_well_and_what_was_written_since_stays(
    company: Company,
    official: Seal,
    contract: str,
    wang: Person,
    noon: datetime,
    enter: Enter,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(Decimal("1234.50"), "乙方科技"))
    browser, file = enter(wang), one_page("Renewed")
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    monkeypatch.setattr("privyseal.sealing.arrivals.MAX_BYTES", len(file) - 1)

    sent = command(company=company.uid, file=upload(file, "续签.pdf"), earlier=uid)
    waits = browser.post("/apply/use/", sent).headers["Location"]
    Intake.objects.update(state="accepted", document_sha256=contract, ended_at=noon)  # as its job leaves it
    terms_at = browser.get(waits).headers["Location"]

    page = browser.get(terms_at).content.decode()
    assert all(words in page for words in ("与乙方签订合同", 'value="乙方科技"', 'value="1234.50"'))
    browser.post(f"/apply/use/{company.uid}/{contract}/draft/", {"counterparty": "丙方科技"}, headers={"X-Draft": "1"})
    assert 'value="丙方科技"' in browser.get(terms_at).content.decode()
