"""Documents that were approved for rubber seals go when their time is over, unless something else needs them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction

from privyseal.approvals.actions import withdraw
from privyseal.approvals.models import Draft
from privyseal.custody.models import PagePrint
from privyseal.identity.models import Company, Person
from privyseal.keeping import actions
from privyseal.keeping.documents import check_document_is_kept, is_document_needed
from privyseal.keeping.erased import done_so_far
from privyseal.keeping.models import Clearance
from privyseal.keeping.rules import Decision, Held
from privyseal.keeping.terms import NothingEnded, PaperDeleted
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.pdf.accepted import Accepted
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Permit, Seal
from tests.by_hand import line, watched
from tests.conftest import apply, permit_of, recorded, say_yes
from tests.pdfs import one_page

pytestmark = pytest.mark.documents
TEN_YEARS = timedelta(days=10 * 365 + 5)


@pytest.fixture
def paper(company: Company, wang: Person, noon: datetime) -> str:
    """A document of this test alone: what is deleted here, other tests would miss."""
    return sealing.receive_document(
        wang, noon, company_uid=company.uid, name="合同.pdf", data=one_page(f"Kept for ten years {noon.isoformat()}")
    )


@pytest.fixture
def used(stamp: Seal, paper: str, wang: Person, jian: Person, li: Person, noon: datetime) -> Permit:
    PagePrint.objects.create(document_sha256=paper, page=1, points=b"", words=[1, 2, 3])
    return approved(stamp, paper, wang, jian, li, noon)


def approved(stamp: Seal, paper: str, wang: Person, jian: Person, li: Person, at: datetime) -> Permit:
    uid = apply(wang, at, stamp, paper, lines=(line(stamp, paper),), papers=watched(jian))
    say_yes(li, at, uid)
    return permit_of(uid)


def cleared(zhao: Person, sun: Person, at: datetime, company: Company) -> int:
    uid = actions.ask_clearance(zhao, at, company_uid=company.uid, reason="保管期满")
    digest = Clearance.objects.get(uid=uid).list_sha256
    actions.decide_clearance(sun, at, clearance_uid=uid, decision=Decision.AGREED, list_sha256=digest)
    return actions.clear(at, clearance_uid=uid)


def is_there(sha256: str) -> bool:
    try:
        settings.BLOBS.size(sha256)
    except NotFound:
        return False
    return True


def test_a_document_goes_ten_years_after_its_permit_with_what_its_pages_are_found_by(
    used: Permit, paper: str, company: Company, zhao: Person, sun: Person, noon: datetime
) -> None:
    with pytest.raises(NothingEnded):
        cleared(zhao, sun, used.expires_at + timedelta(days=3640), company)
    check_document_is_kept(paper)
    data = settings.BLOBS.get(paper)
    then = used.expires_at + TEN_YEARS

    assert cleared(zhao, sun, then, company) == 1

    assert (is_there(paper), PagePrint.objects.exists(), recorded()[-1]) == (False, False, "paper.deleted")
    with pytest.raises(PaperDeleted):
        check_document_is_kept(paper)
    assert [json.loads(said) for said in done_so_far()] == [{"document": paper}]
    lines = list(done_so_far())
    settings.BLOBS.put(data)
    assert [actions.erase_again(then, lines).done for _ in range(2)] == [1, 0]
    assert not is_there(paper)


@pytest.fixture
def later(used: Permit, stamp: Seal, paper: str, wang: Person, jian: Person, li: Person, noon: datetime) -> Permit:
    """Another use of the same document, kept for ever."""
    permit = approved(stamp, paper, wang, jian, li, noon)
    Permit.objects.filter(pk=permit.pk).update(terms={"photographs": {"asks": "each", "retention": "permanent"}})
    return permit


def test_a_document_stays_while_another_use_or_a_draft_needs_it(
    used: Permit, later: Permit, paper: str, company: Company, wang: Person, zhao: Person, sun: Person, noon: datetime
) -> None:
    then = used.expires_at + TEN_YEARS

    assert (cleared(zhao, sun, then, company), is_there(paper)) == (1, True)

    Permit.objects.filter(pk=later.pk).update(terms={})
    Draft.objects.create(person=wang, company=company, document_sha256=paper, said="{}", saved_at=noon)
    assert (cleared(zhao, sun, then, company), is_there(paper), is_document_needed(paper)) == (1, True, True)


def test_a_document_that_is_brought_again_stays_and_is_there(
    used: Permit, paper: str, company: Company, wang: Person, zhao: Person, sun: Person
) -> None:
    then = used.expires_at + TEN_YEARS
    data = settings.BLOBS.get(paper)
    again = sealing.receive_document(wang, then, company_uid=company.uid, name="合同.pdf", data=data)
    assert (again, cleared(zhao, sun, then, company), is_there(paper)) == (paper, 1, True)

    # As if it had been deleted between its storing and its entry.
    settings.BLOBS.discard(paper)
    accepted = Accepted(data=data, pages=(), changes=(), warnings=(), signed=False)
    sealing.enter_document(
        wang, then, company_uid=company.uid, name="合同.pdf", received_sha256=paper, accepted=accepted
    )
    assert is_there(paper)


def test_a_hold_covers_the_documents_of_a_seal(
    used: Permit, paper: str, company: Company, zhao: Person, sun: Person, chen: Person
) -> None:
    then = used.expires_at + TEN_YEARS
    hold = actions.place_hold(sun, then, about=Held.SEAL, uid=used.seal.uid, reason="诉讼保全")
    with pytest.raises(NothingEnded):
        cleared(zhao, sun, then, company)
    actions.ask_lifting(sun, then, hold_uid=hold, reason="结案")
    actions.lift_hold(chen, then, hold_uid=hold)

    assert (cleared(zhao, sun, then, company), is_there(paper)) == (1, False)


def test_a_document_stays_as_a_sealed_file_as_a_proof_and_for_what_is_held_elsewhere(
    used: Permit, stamp: Seal, paper: str, company: Company, wang: Person, jian: Person, zhao: Person, sun: Person
) -> None:
    elsewhere = apply(wang, used.starts_at, stamp, paper, lines=(line(stamp, paper),), papers=watched(jian))
    withdraw(wang, used.starts_at, application_uid=elsewhere)
    then = used.expires_at + TEN_YEARS
    assert (cleared(zhao, sun, then, company), is_document_needed(paper)) == (1, False)

    with rolled_back():
        Company.objects.filter(pk=company.pk).update(licence_sha256=paper)
        assert is_document_needed(paper)
    with rolled_back():
        Draft.objects.create(
            person=wang, company=company, document_sha256="0" * 64, alike=paper, said="{}", saved_at=then
        )
        assert is_document_needed(paper)
    with rolled_back():
        book.record("document.sealed", by=wang, at=then, document=paper, seal=stamp.uid)
        assert is_document_needed(paper)
    actions.place_hold(sun, then, about=Held.APPLICATION, uid=elsewhere, reason="诉讼", company_uid=company.uid)
    assert is_document_needed(paper)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
