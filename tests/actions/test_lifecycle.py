"""Change, retire, destroy, declare void, expire: what an approval takes, and what nothing brings back."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import override

from privyseal.approvals.actions import TooFewApprovers
from privyseal.approvals.wishes import TermsIncomplete, WitnessesMissing
from privyseal.identity.models import Person
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal, SealVersion
from privyseal.seals.rules import ProofMissing, Role, SealNotInForce, WordsMissing
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from privyseal.web.shown import certificates
from tests.actions.keepers import approved_act, forbidden, photo
from tests.conftest import Use, recorded

NEW_FACE = {"ring": "示例科技集团有限公司"}


def carry(permit: Permit, person: Person, at: datetime, signer: Client) -> None:
    seals.carry_out(person, at, permit_uid=permit.uid, signer=signer)


def revoked(signer: Client) -> set[str]:
    return {f"{entry.serial_number:x}" for entry in x509.load_der_x509_crl(signer.public().crl)}


def why_revoked(version: SealVersion, signer: Client) -> str:
    """Return what the certificate's page says."""
    with override("en"):
        shown = certificates.show(bytes(version.certificate or b""), signer.public().crl)
        return str(shown.revocation and shown.revocation.reason)


@pytest.fixture
def retired(official: Seal, zhao: Person, li: Person, noon: datetime, signer: Client) -> Seal:
    carry(approved_act(zhao, [li], noon, official, Purpose.RETIRE), zhao, noon, signer)
    official.refresh_from_db()
    return official


@pytest.fixture
def ending(retired: Seal, zhao: Person, li: Person, wu: Person, wang: Person, ma: Person, noon: datetime) -> Permit:
    """Return the permit to destroy a retired seal, which two may witness."""
    return approved_act(zhao, [li, wu], noon, retired, Purpose.DESTROY, witnesses=(wang, ma))


def witness(permit: Permit, at: datetime, *people: Person) -> None:
    for number, person in enumerate(people):
        picture = photo(person, at, permit.seal, b"\xff\xd8\xff the end, seen by " + str(number).encode())
        seals.attest(person, at, permit_uid=permit.uid, role=Role.WITNESS, photo_sha256=picture)


@pytest.mark.invariant("T14", column="database")
def test_a_change_makes_a_new_version_and_voids_the_one_before(
    approved: Use, zhao: Person, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    seal = approved.permit.seal
    first = SealVersion.objects.get()

    carry(approved_act(zhao, [li], noon, seal, Purpose.CHANGE, name="集团公章", face=NEW_FACE), zhao, noon, signer)

    seal.refresh_from_db()
    versions = list(SealVersion.objects.order_by("version"))
    assert (seal.version, seal.name, seal.face["ring"], seal.state) == (2, "集团公章", NEW_FACE["ring"], "active")
    assert [version.voided_at for version in versions] == [noon, None]
    assert first.serial in revoked(signer)
    assert why_revoked(first, signer) == "A newer version of the seal took its place"
    assert recorded()[-1] == "seal.changed"
    with pytest.raises(Refused) as refused:
        sealing.seal_document(
            wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer
        )
    assert refused.value.code == "seal-version-differs"


def test_a_change_needs_its_face_and_an_active_seal(retired: Seal, zhao: Person, noon: datetime) -> None:
    with pytest.raises(OutOfTurn):
        approved_act(zhao, [], noon, retired, Purpose.CHANGE, name="公章", face=NEW_FACE)
    Seal.objects.update(state="active")
    with pytest.raises(TermsIncomplete):
        approved_act(zhao, [], noon, retired, Purpose.CHANGE, name="公章")


def test_a_retired_seal_is_out_of_use_for_good(retired: Seal, zhao: Person, noon: datetime, signer: Client) -> None:
    assert retired.state == "retired"
    assert seals.tell_signer(noon, signer=signer) == 1
    with pytest.raises(OutOfTurn):
        approved_act(zhao, [], noon, retired, Purpose.RESUME)


@pytest.mark.invariant("T3", column="database")
def test_a_seal_is_destroyed_before_two_witnesses_and_nothing_brings_it_back(
    ending: Permit, retired: Seal, zhao: Person, wang: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    witness(ending, noon, wang, ma)
    carry(ending, zhao, noon, signer)

    retired.refresh_from_db()
    assert (retired.state, retired.signer_state) == ("destroyed", "destroyed")
    assert SealVersion.objects.get().serial in revoked(signer)
    assert why_revoked(SealVersion.objects.get(), signer) == "The seal was destroyed or declared void"
    assert SealVersion.objects.get().voided_at == noon
    assert recorded()[-2:] == ["seal.destroy.intended", "seal.destroyed"]
    for state in ("active", "suspended", "retired", "void"):
        with forbidden("final_seal_stays_final"):
            Seal.objects.update(state=state)
    with forbidden("seal_is_never_deleted"):
        connection.cursor().execute("DELETE FROM seal")


def test_one_witness_is_not_two_and_a_word_without_its_picture_is_none(
    ending: Permit, zhao: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(ProofMissing):
        seals.attest(wang, noon, permit_uid=ending.uid, role=Role.WITNESS)
    witness(ending, noon, wang)

    with pytest.raises(WordsMissing):
        carry(ending, zhao, noon, signer)

    assert Seal.objects.get().state == "retired"
    assert Permit.objects.get(pk=ending.pk).used == 0


def test_a_destruction_names_two_witnesses_and_takes_two_approvers(
    retired: Seal, zhao: Person, li: Person, wang: Person, ma: Person, noon: datetime
) -> None:
    with pytest.raises(WitnessesMissing):
        approved_act(zhao, [], noon, retired, Purpose.DESTROY, witnesses=(wang,))
    with pytest.raises(TooFewApprovers):
        approved_act(zhao, [], noon, retired, Purpose.DESTROY, witnesses=(wang, ma))


def test_a_destruction_that_a_crash_left_open_is_ended_by_the_sweep(
    ending: Permit, zhao: Person, wang: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    witness(ending, noon, wang, ma)
    seals.intend_act(zhao, noon, permit_uid=ending.uid)
    assert Seal.objects.get().state == "retired"

    assert (seals.finish_open_acts(noon, signer=signer), seals.finish_open_acts(noon, signer=signer)) == (1, 0)

    assert Seal.objects.get().state == "destroyed"


def test_nothing_else_is_begun_while_an_act_is_open(
    official: Seal, zhao: Person, li: Person, noon: datetime, signer: Client
) -> None:
    one, other = (
        approved_act(zhao, [li], noon, official, Purpose.CHANGE, name=name, face=NEW_FACE) for name in ("甲", "乙")
    )
    seals.intend_act(zhao, noon, permit_uid=one.uid)

    with pytest.raises(seals.ActUnderWay):
        seals.intend_act(zhao, noon, permit_uid=other.uid)

    assert Permit.objects.get(pk=other.pk).used == 0


@pytest.mark.invariant("T6", column="database")
def test_a_seal_past_its_last_day_is_not_used_and_rests_by_itself(approved: Use, wang: Person, noon: datetime) -> None:
    Seal.objects.update(ends_on=localdate(noon) - timedelta(days=1))

    with pytest.raises(SealNotInForce):
        sealing.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)
    assert (seals.expire_seals(noon), seals.expire_seals(noon)) == (1, 0)

    assert Seal.objects.get().state == "suspended"


@pytest.mark.invariant("T8", column="database")
def test_the_database_moves_no_seal_that_is_not_in_force(approved: Use) -> None:
    Seal.objects.update(state="suspended")

    with forbidden("used_seal_is_in_force"):
        Permit.objects.filter(pk=approved.permit.pk).update(used=1)


def test_a_number_and_its_owner_are_for_life(official: Seal) -> None:
    with forbidden("seal_number_is_for_life"):
        Seal.objects.update(number="S99999")
