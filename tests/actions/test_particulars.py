"""What an applicant says a document is filed by: shown to approvers, kept as it was."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from privyseal.approvals.models import Application
from privyseal.approvals.papers import Papers, Particulars
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.statements import shown_digest
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Seal
from tests.conftest import apply, recorded, say_yes

NUMBERED = Particulars("采购〔2026〕117号", originals=2, duplicates=3)


def test_a_documents_number_and_its_originals_are_kept_and_nothing_where_nobody_said_so(
    official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(particulars={contract: NUMBERED}))
    silent = apply(wang, noon, official, contract, papers=Papers(particulars={contract: Particulars()}))

    kept = Application.objects.get(uid=uid).particulars
    assert kept == {contract: {"number": "采购〔2026〕117号", "originals": 2, "duplicates": 3}}
    assert Particulars.of(kept, contract) == NUMBERED
    assert Application.objects.get(uid=silent).particulars is None


def test_a_yes_is_a_yes_to_the_number_too(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(particulars={contract: NUMBERED}))
    view = application_visible_to(li, noon, uid)

    view.application.particulars = {contract: {"number": "another"}}

    assert shown_digest(view.application, view.statements, view.lines) != view.shown_sha256
    assert say_yes(li, noon, uid) == "approved"


def test_nothing_is_said_of_a_document_that_is_not_asked_for(
    official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    before = recorded()

    with pytest.raises(NotFound):
        apply(wang, noon, official, contract, papers=Papers(particulars={"7" * 64: NUMBERED}))

    assert recorded() == [*before, "application.apply-for-use.refused"]
    assert Application.objects.filter(purpose="use").count() == 0
    for impossible in ({"number": "x" * 65}, {"originals": -1}, {"duplicates": 1000}):
        with pytest.raises(ValueError, match="document"):
            Particulars(**impossible)


def test_what_was_said_of_a_document_stays(official: Seal, contract: str, wang: Person, noon: datetime) -> None:
    uid = apply(wang, noon, official, contract, papers=Papers(particulars={contract: NUMBERED}))

    with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
        Application.objects.filter(uid=uid).update(particulars=None)
