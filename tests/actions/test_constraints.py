"""What the rules forbid the database forbids too, whoever writes: each by the constraint that is named after it."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from privyseal.approvals.models import Application, Vote
from privyseal.identity.models import Grant, Person
from privyseal.identity.rules import Power
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit, PermitLine, Seal, SealVersion
from privyseal.signer.client import Client
from tests.conftest import Use


@pytest.mark.invariant("S5", column="database")
def test_nobody_is_counted_twice_at_a_stage(approved: Use) -> None:
    vote = Vote.objects.get(application__uid=approved.uid)

    with pytest.raises(IntegrityError, match="one_vote_a_person"), transaction.atomic():
        vote.save(force_insert=True)


@pytest.mark.invariant("T1", column="database")
@pytest.mark.parametrize("confirmer", ["chen", "qiu"])
def test_neither_grantor_nor_beneficiary_confirms(
    confirmer: str, chen: Person, stranger: Person, noon: datetime
) -> None:
    grant = Grant.objects.create(
        person=stranger, power=Power.SYSTEM.value, granted_by=chen, granted_at=noon, starts_at=noon
    )

    with pytest.raises(IntegrityError, match="confirmer_is_a_second_person"), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(
            confirmed_by=Person.objects.get(login=confirmer), confirmed_at=noon + timedelta(seconds=1)
        )


@pytest.mark.invariant("T6", column="database")
def test_a_permit_without_a_window_cannot_be(approved: Use) -> None:
    with pytest.raises(IntegrityError, match="permit_has_a_window"), transaction.atomic():
        Permit.objects.filter(uid=approved.permit.uid).update(expires_at=approved.permit.starts_at)


@pytest.mark.invariant("T7", column="database")
def test_a_permit_names_a_document_once(approved: Use) -> None:
    line = PermitLine.objects.get(permit=approved.permit)
    line.pk = None

    with pytest.raises(IntegrityError, match="one_line_a_document_a_permit"), transaction.atomic():
        line.save(force_insert=True)


@pytest.mark.invariant("T11", column="database")
def test_a_line_is_sealed_once(approved: Use, wang: Person, noon: datetime, signer: Client) -> None:
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)
    intent = Intent.objects.get()
    intent.pk, intent.uid = None, "f" * 32

    with pytest.raises(IntegrityError, match="line_is_sealed_once"), transaction.atomic():
        intent.save(force_insert=True)


@pytest.mark.invariant("T13", column="database")
def test_an_application_yields_one_permit_a_seal(approved: Use) -> None:
    permit = approved.permit
    permit.pk, permit.uid = None, "f" * 32

    with pytest.raises(IntegrityError, match="one_permit_a_seal_an_application"), transaction.atomic():
        permit.save(force_insert=True)


@pytest.mark.invariant("T14", column="database")
def test_a_number_is_given_once_and_a_version_made_once(official: Seal) -> None:
    version = SealVersion.objects.get()
    version.pk = None
    with pytest.raises(IntegrityError, match="seal_version_is_made_once"), transaction.atomic():
        version.save(force_insert=True)

    official.pk, official.uid, official.name = None, "f" * 32, "另一枚"
    with pytest.raises(IntegrityError, match="number"), transaction.atomic():
        official.save(force_insert=True)


@pytest.mark.invariant("T4", column="database")
def test_a_decision_has_its_time(pending: Use) -> None:
    with pytest.raises(IntegrityError, match="decided_application_has_its_time"), transaction.atomic():
        Application.objects.filter(uid=pending.uid).update(state="approved")


@pytest.mark.invariant("T3", column="database")
@pytest.mark.parametrize("final", ["void", "destroyed"])
def test_a_final_state_is_final(final: str, official: Seal) -> None:
    Seal.objects.filter(pk=official.pk).update(state=final)

    with pytest.raises(IntegrityError, match="for good"), transaction.atomic():
        Seal.objects.filter(pk=official.pk).update(state="active")


@pytest.mark.invariant("T14", column="database")
def test_a_seal_keeps_its_number_and_stays_in_the_register(official: Seal) -> None:
    with pytest.raises(IntegrityError, match="keeps number"), transaction.atomic():
        Seal.objects.filter(pk=official.pk).update(number="S00099")
    with pytest.raises(IntegrityError, match="stays in the register"), transaction.atomic():
        connection.cursor().execute("DELETE FROM seal")


@pytest.mark.invariant("T8", "T12", column="database")
def test_no_permit_is_spent_on_a_seal_that_is_not_in_force(approved: Use) -> None:
    Seal.objects.filter(pk=approved.permit.seal.pk).update(state="suspended")

    with pytest.raises(IntegrityError, match="not in force"), transaction.atomic():
        Permit.objects.filter(uid=approved.permit.uid).update(used=1)
