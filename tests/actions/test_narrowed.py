"""A power narrowed to one seal, from the application to the use."""

from datetime import datetime

import pytest

from privyseal.approvals import queries as approvals
from privyseal.identity.models import Grant, Person
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals import queries
from privyseal.seals.models import Seal
from privyseal.signer.client import Client
from tests.actions.keepers import next_place
from tests.conftest import apply, permit_of, say_yes


@pytest.fixture
def other(official: Seal, zhao: Person, noon: datetime) -> Seal:
    """Another seal of the company, in force."""
    said = {"state": "active", "signer_state": "active", "face": official.face, "face_sha256": official.face_sha256}
    return Seal.objects.create(
        company=official.company,
        place=next_place(official.company),
        number="Z-1",
        name="合同专用章",
        skeleton="合同专用章",
        type="contract",
        created_by=zhao,
        created_at=noon,
        **said,
    )


def narrow(person: Person, seal: Seal) -> None:
    assert Grant.objects.filter(person=person).update(seal_uid=seal.uid) == 1


def test_powers_narrowed_to_a_seal_suffice_for_it_from_application_to_use(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    narrow(wang, official)
    narrow(li, official)

    application = apply(wang, noon, official, contract)
    assert [one.uid for one in approvals.waiting_for(li, noon, most=9, counted=9).oldest] == [application]
    assert "approve" in approvals.application_visible_to(li, noon, application).may
    say_yes(li, noon, application)
    sealing.seal_document(wang, noon, permit_uid=permit_of(application).uid, document_sha256=contract, signer=signer)

    assert Intent.objects.get().state == "sealed"


def test_a_power_narrowed_to_a_seal_reaches_no_other(
    official: Seal, other: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    narrow(wang, other)

    assert list(queries.usable_seals(wang, noon)) == [other]
    assert list(queries.seals_visible_to(wang, noon)) == [other]
    with pytest.raises(NotFound):
        apply(wang, noon, official, contract)


def test_an_operator_may_use_the_very_seal(
    official: Seal, other: Seal, contract: str, wang: Person, ma: Person, noon: datetime
) -> None:
    narrow(ma, other)

    with pytest.raises(NotEntitled):
        apply(wang, noon, official, contract, operator_pseudonyms=(ma.pseudonym,))


def test_an_approver_of_another_seal_neither_sees_it_waiting_nor_votes(
    official: Seal, other: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    narrow(wu, other)
    application = apply(wang, noon, official, contract)

    assert list(approvals.waiting_for(wu, noon, most=9, counted=9).oldest) == []
    with pytest.raises(NotEntitled):
        say_yes(wu, noon, application)


def test_a_holder_whose_power_was_narrowed_away_operates_no_more(
    official: Seal, other: Seal, contract: str, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    application = apply(wang, noon, official, contract)
    say_yes(li, noon, application)
    narrow(wang, other)

    with pytest.raises(NotEntitled):
        sealing.seal_document(
            wang, noon, permit_uid=permit_of(application).uid, document_sha256=contract, signer=signer
        )


def test_a_manager_of_one_seal_suspends_that_one_alone(
    official: Seal, other: Seal, zhao: Person, noon: datetime, signer: Client
) -> None:
    narrow(zhao, official)

    with pytest.raises(NotEntitled):
        seals.suspend(zhao, noon, seal_uid=other.uid, reason="盘点", signer=signer)
    assert seals.suspend(zhao, noon, seal_uid=official.uid, reason="盘点", signer=signer) == "suspended"
