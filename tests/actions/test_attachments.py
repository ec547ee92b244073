"""Papers beside a document: read by approvers, part of what they say yes to, never sealed."""

import json
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from privyseal.approvals.models import Application
from privyseal.approvals.papers import Attached, Papers
from privyseal.approvals.queries import application_visible_to, attachment_visible_to
from privyseal.approvals.rules.attachments import Kind, TooManyAttached
from privyseal.approvals.statements import FACES, shown_digest
from privyseal.identity.models import Company, Person, new_uid
from privyseal.kernel.errors import NotFound
from privyseal.ledger.models import FactRow
from privyseal.pdf import confined
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.confined import Task
from privyseal.seals.models import Seal
from tests.conftest import Use, apply, bring, recorded, say_yes
from tests.pdfs import one_page


@pytest.fixture(scope="session")
def accepted_resolution() -> Accepted:
    return confined.run(Task.ACCEPT, one_page("Resolution of the board"))


@pytest.fixture
def resolution(company: Company, wang: Person, noon: datetime, accepted_resolution: Accepted) -> str:
    return bring(wang, noon, company, accepted_resolution)


def test_what_lies_beside_a_document_is_kept_with_its_kind_and_recorded_by_its_digest(
    official: Seal, contract: str, resolution: str, wang: Person, noon: datetime
) -> None:
    attached = Attached(Kind.BOARD_RESOLUTION, resolution)

    uid = apply(wang, noon, official, contract, papers=Papers(attached=(attached, attached)))

    kept = Application.objects.get(uid=uid)
    assert kept.attached == [{"kind": "board-resolution", "name": "contract.pdf", "sha256": resolution}]
    assert kept.attached_kinds == ["board-resolution"]
    submitted = FactRow.objects.filter(kind="application.submitted").order_by("pk")[1]
    assert json.loads(bytes(submitted.body))["data"]["attached"] == [resolution]


def test_a_yes_is_a_yes_to_the_papers_too(
    official: Seal, contract: str, resolution: str, wang: Person, li: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(attached=(Attached(Kind.OTHER, resolution),)))
    view = application_visible_to(li, noon, uid)

    view.application.attached = [{**view.application.attached[0], "kind": "board-resolution"}]

    assert shown_digest(view.application, view.statements, view.lines) != view.shown_sha256
    assert say_yes(li, noon, uid) == "approved"


def test_whoever_may_read_the_application_reads_its_papers_and_nobody_else_does(
    official: Seal, contract: str, resolution: str, wang: Person, li: Person, zhao: Person, ma: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(attached=(Attached(Kind.OTHER, resolution),)))

    assert {attachment_visible_to(person, noon, uid, resolution).sha256 for person in (wang, li, zhao)} == {resolution}
    for person, sha256 in ((ma, resolution), (li, contract)):
        with pytest.raises(NotFound):
            attachment_visible_to(person, noon, uid, sha256)


def test_nobody_attaches_what_they_cannot_see_or_more_than_anybody_reads(
    official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    before = recorded()
    unseen = tuple(Attached(Kind.OTHER, f"{number:064x}") for number in range(21))

    with pytest.raises(NotFound):
        apply(wang, noon, official, contract, papers=Papers(attached=unseen[:1]))
    with pytest.raises(TooManyAttached):
        apply(wang, noon, official, contract, papers=Papers(attached=unseen))

    assert recorded()[len(before) :] == ["application.apply-for-use.refused"] * 2
    assert not Application.objects.filter(purpose="use").exists()


def test_the_database_keeps_the_papers_and_lets_none_be_missing(
    official: Seal, contract: str, resolution: str, wang: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(attached=(Attached(Kind.OTHER, resolution),)))
    kept = Application.objects.filter(uid=uid)
    again = kept.get()
    again.pk, again.uid, again.required_kinds = None, new_uid(), ["minutes"]

    with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
        kept.update(attached=[])
    with pytest.raises(IntegrityError, match="required_papers_are_attached"), transaction.atomic():
        again.save(force_insert=True)
    again.attached = again.attached_kinds = []
    with pytest.raises(IntegrityError, match="required_papers_are_attached"), transaction.atomic():
        again.save(force_insert=True)


def test_an_application_keeps_nothing_of_what_it_has_none_of(pending: Use) -> None:
    sparse = ("entered", "remarks", "attached", "attached_kinds", "required_kinds")
    kept = Application.objects.filter(uid=pending.uid)

    assert kept.filter(**{f"{name}__isnull": True for name in sparse}).exists()
    assert [getattr(kept.get(), name) for name in sparse] == [{}, [], [], [], []]
    assert kept.get().terms == {FACES: True}
