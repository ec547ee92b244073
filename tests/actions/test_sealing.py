"""From the permit to the sealed file, and every way it is refused."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.queries import Progress, application_visible_to
from privyseal.identity.models import Grant, Person
from privyseal.kernel import receipt
from privyseal.kernel.canonical import sha256
from privyseal.kernel.cosignature import cosign, cosigner_key
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.kernel.note import Checkpoint, sign_note
from privyseal.kernel.quorum import CosignersStale, Needed, Quorum
from privyseal.ledger.book import LedgerUnwritable
from privyseal.ledger.models import CosignerRow, FactRow
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.sealing import actions, queries
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, PermitPart, Seal
from privyseal.seals.permits import (
    ApproverNoLongerEntitled,
    NotTheHolder,
    PermitExpired,
    PermitNotYetValid,
    PermitRevoked,
    PermitSpent,
    WrongDocument,
)
from privyseal.seals.rules import SealNotInForce, SealState, SealType
from privyseal.signer.answers import Public
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.epochs import SignerIsAnother
from privyseal.storage import StoredFileChanged
from tests.conftest import FACE, Use, apply, permit_of, recorded, say_yes
from tests.pdfs import one_page

pytestmark = pytest.mark.documents


def seal(actor: Person, at: datetime, use: Use, signer: Client) -> str:
    return actions.seal_document(actor, at, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)


def test_an_approved_document_is_sealed_and_on_record(
    approved: Use, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    uid = seal(wang, noon, approved, signer)

    intent = queries.sealed_visible_to(wang, noon, uid)
    sealed = settings.BLOBS.get(intent.result_sha256)
    assert judge(sealed, trust=(public.ca,), at=noon).verdict is Verdict.VALID
    assert sealed.startswith(settings.BLOBS.get(approved.document))
    assert recorded()[-2:] == ["document.seal.intended", "document.sealed"]
    fact = last_fact_about("document.sealed", "document", intent.result_sha256)
    assert fact is not None
    assert (fact.data["approved_sha256"], fact.data["impressions"]) == (approved.document, 1)
    assert application_visible_to(wang, noon, approved.uid).progress is Progress.DONE
    assert len(receipt_among_a_million(FactRow.objects.get(pk=fact.id).body)) <= 3_000


def receipt_among_a_million(fact: bytes) -> str:
    """Return what a receipt looks like in a log of a million facts, with two cosignatures; it proves nothing."""
    key, text = Ed25519PrivateKey.generate(), Checkpoint("seals.example.com/ledger", 1_000_000, bytes(32)).text
    names = ("management.example.com/cosigner", "audit.example.com/cosigner")
    lines = (cosign(text, name, key, seconds=1_795_665_600) for name in names)
    return receipt.write(
        fact, 999_999, [bytes(32)] * 20, sign_note(text, "seals.example.com/ledger", key) + "".join(lines)
    )


def test_a_permit_is_good_once(approved: Use, wang: Person, noon: datetime, signer: Client) -> None:
    seal(wang, noon, approved, signer)

    with pytest.raises(PermitSpent):
        seal(wang, noon, approved, signer)

    assert (approved.permit.used, Intent.objects.count()) == (1, 1)
    assert recorded()[-1] == "document.seal.refused"


def test_nothing_is_sealed_while_the_cosigners_have_not_seen_the_record(
    approved: Use, wang: Person, noon: datetime, signer: Client, settings: Settings
) -> None:
    auditors = cosigner_key("audit.example", Ed25519PrivateKey.generate())
    settings.QUORUM = Quorum((auditors,), Needed.ANY)

    with pytest.raises(CosignersStale):
        seal(wang, noon, approved, signer)

    assert (approved.permit.used, Intent.objects.count()) == (0, 0)
    assert recorded()[-1] == "document.seal.refused"
    CosignerRow.objects.create(name="audit.example", seconds=int(noon.timestamp()))
    assert seal(wang, noon, approved, signer)


def test_only_the_holder_operates(approved: Use, ma: Person, li: Person, noon: datetime, signer: Client) -> None:
    for who in (ma, li):
        with pytest.raises(NotTheHolder):
            seal(who, noon, approved, signer)

    assert approved.permit.used == 0


@pytest.mark.invariant("T8", column="database")
def test_a_holder_who_lost_the_power_operates_no_more(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    Grant.objects.filter(person=wang).update(revoked_at=noon)

    with pytest.raises(NotEntitled):
        seal(wang, noon, approved, signer)


@pytest.mark.invariant("T8", column="database")
def test_an_approver_who_lost_the_power_takes_the_permit_with_them(
    approved: Use, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    Grant.objects.filter(person=li).update(revoked_at=noon)

    with pytest.raises(ApproverNoLongerEntitled):
        seal(wang, noon, approved, signer)


@pytest.mark.invariant("T6", column="database")
@pytest.mark.parametrize(("days", "refusal"), [(-1, PermitNotYetValid), (7, PermitExpired), (8, PermitExpired)])
def test_a_permit_is_good_in_its_window(
    days: int,
    refusal: type[Exception],
    approved: Use,
    wang: Person,
    noon: datetime,
    signer: Client,
) -> None:
    with pytest.raises(refusal):
        seal(wang, noon + timedelta(days=days), approved, signer)

    assert approved.permit.used == 0


def test_a_revoked_permit_is_good_for_nothing(approved: Use, wang: Person, noon: datetime, signer: Client) -> None:
    Permit.objects.filter(pk=approved.permit.pk).update(revoked_at=noon)

    with pytest.raises(PermitRevoked):
        seal(wang, noon, approved, signer)


@pytest.mark.invariant("T7", column="database")
def test_another_document_is_not_sealed(approved: Use, wang: Person, noon: datetime, signer: Client) -> None:
    company = approved.permit.seal.company
    other = actions.receive_document(wang, noon, company_uid=company.uid, name="x.pdf", data=one_page("Other"))

    with pytest.raises(WrongDocument):
        actions.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=other, signer=signer)


def test_a_stored_file_that_was_changed_is_not_sealed(
    official: Seal, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    own = actions.receive_document(  # as others keep files in this folder too
        wang, noon, company_uid=official.company.uid, name="x.pdf", data=one_page("No. 2026-119")
    )
    use = Use(apply(wang, noon, official, own), own)
    say_yes(li, noon, use.uid)
    path = Path(settings.BLOBS.root) / own[:2] / own
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(StoredFileChanged):
        seal(wang, noon, use, signer)

    path.unlink()
    assert (use.permit.used, recorded()[-1]) == (0, "document.seal.refused")


def test_a_permit_for_something_else_seals_nothing(
    official: Seal, contract: str, wang: Person, noon: datetime, signer: Client
) -> None:
    making = Permit.objects.get(purpose="make")

    with pytest.raises(NotFound):
        actions.seal_document(wang, noon, permit_uid=making.uid, document_sha256=contract, signer=signer)


def test_a_suspended_seal_seals_nothing(
    approved: Use, wang: Person, zhao: Person, noon: datetime, signer: Client
) -> None:
    seals.suspend(zhao, noon, seal_uid=approved.permit.seal.uid, reason="遗失", signer=signer)

    with pytest.raises(SealNotInForce):
        seal(wang, noon, approved, signer)


def test_the_signer_itself_refuses_a_suspended_seal(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    signer.suspend(seal=approved.permit.seal.uid)

    with pytest.raises(Exception, match="seal-suspended"):
        seal(wang, noon, approved, signer)

    intent = Intent.objects.get()
    assert (intent.state, intent.failure, recorded()[-1]) == ("failed", "seal-suspended", "document.seal.failed")


def test_with_the_signer_down_the_intent_stays_and_the_sweep_ends_it(
    approved: Use, wang: Person, noon: datetime, signer: Client, tmp_path: Path
) -> None:
    with pytest.raises(SignerUnavailable):
        seal(wang, noon, approved, Client(tmp_path / "nobody.sock"))
    intent = Intent.objects.get()
    assert (intent.state, approved.permit.used) == ("intended", 1)

    assert actions.finish_open_intents(noon + timedelta(seconds=5), signer=signer) == 0
    assert actions.finish_open_intents(noon + timedelta(seconds=60), signer=signer) == 1

    intent.refresh_from_db()
    assert (intent.state, recorded()[-1]) == ("sealed", "document.sealed")


def test_with_a_signer_that_is_unsure_the_intent_stays_and_the_sweep_ends_it(
    approved: Use, wang: Person, noon: datetime, signer: Client, settings: Settings
) -> None:
    earlier = Client(Path(settings.SIGNER_SOCKET), epoch=lambda: 0)
    with pytest.raises(SignerIsAnother):
        seal(wang, noon, approved, earlier)
    intent = Intent.objects.get()

    assert actions.finish_open_intents(noon + timedelta(seconds=60), signer=earlier) == 0
    intent.refresh_from_db()
    assert (intent.state, intent.failure) == ("intended", "")

    assert actions.finish_open_intents(noon + timedelta(seconds=60), signer=signer) == 1
    intent.refresh_from_db()
    assert (intent.state, recorded()[-1]) == ("sealed", "document.sealed")


@pytest.mark.invariant("T11", column="database")
def test_where_the_ledger_cannot_be_written_nothing_is_sealed(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;"
            "CREATE TRIGGER full_up BEFORE INSERT ON ledger_fact FOR EACH ROW EXECUTE FUNCTION full_up()"
        )

    with pytest.raises(LedgerUnwritable):
        seal(wang, noon, approved, signer)

    assert (approved.permit.used, Intent.objects.count()) == (0, 0)


@pytest.mark.invariant("T11", column="database")
def test_a_crash_between_the_key_and_the_record_loses_nothing(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    uid = actions.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)
    before = transaction.savepoint()
    actions.finish_sealing(wang, noon, intent_uid=uid, signer=signer)
    first = Intent.objects.get().result_sha256
    transaction.savepoint_rollback(before)  # the key has sealed, and the record of it is lost
    assert Intent.objects.get().state == Intent.State.INTENDED

    actions.finish_sealing(actions.SWEEP, noon, intent_uid=uid, signer=signer)

    assert Intent.objects.get().result_sha256 == first


def test_a_second_confirmation_changes_nothing(approved: Use, wang: Person, noon: datetime, signer: Client) -> None:
    uid, facts = seal(wang, noon, approved, signer), recorded()

    actions.confirm_sealed(wang, noon, intent_uid=uid, result_sha256=sha256(b"forged"))
    actions.fail_sealing(wang, noon, intent_uid=uid, failure="late")
    actions.finish_sealing(wang, noon, intent_uid=uid, signer=signer)

    assert recorded() == facts
    with pytest.raises(NotFound):
        actions.confirm_sealed(wang, noon, intent_uid="0" * 32, result_sha256=sha256(b""))


@pytest.mark.invariant("T5", column="database")
def test_the_database_itself_refuses_more_than_was_permitted(approved: Use) -> None:
    with pytest.raises(IntegrityError, match="permit_not_overused"), transaction.atomic():
        Permit.objects.filter(pk=approved.permit.pk).update(used=2)


def test_the_database_itself_keeps_holder_and_approver_apart(approved: Use, li: Person) -> None:
    with pytest.raises(IntegrityError, match="holder_is_not_approver"), transaction.atomic():
        PermitPart.objects.create(permit=approved.permit, person=li, part="holder")


@pytest.mark.invariant("T4", column="database")
def test_a_suspended_seal_comes_back_by_approval_alone(
    official: Seal, zhao: Person, li: Person, noon: datetime, signer: Client
) -> None:
    seals.suspend(zhao, noon, seal_uid=official.uid, reason="盘点", signer=signer)
    uid = approvals.apply_to_resume(zhao, noon, seal_uid=official.uid, reason="盘点完毕")
    with pytest.raises(Exception, match="duties-not-separate"):
        say_yes(zhao, noon, uid)
    say_yes(li, noon, uid)

    seals.carry_out(zhao, noon, permit_uid=permit_of(uid).uid, signer=signer)

    official.refresh_from_db()
    assert (official.state, official.signer_state) == (SealState.ACTIVE.value, SealState.ACTIVE.value)


def test_a_second_suspension_ends_a_resuming_under_way(
    official: Seal, zhao: Person, li: Person, sun: Person, noon: datetime, signer: Client
) -> None:
    seals.suspend(zhao, noon, seal_uid=official.uid, reason="盘点", signer=signer)
    uid = approvals.apply_to_resume(zhao, noon, seal_uid=official.uid, reason="盘点完毕")
    say_yes(li, noon, uid)
    seals.intend_act(zhao, noon, permit_uid=permit_of(uid).uid)

    seals.suspend_seal(sun, noon, seal_uid=official.uid, reason="有疑")
    seals.finish_open_acts(noon, signer=signer)
    seals.tell_signer(noon, signer=signer)

    official.refresh_from_db()
    assert (official.state, official.signer_state) == (SealState.SUSPENDED.value, SealState.SUSPENDED.value)


@pytest.mark.parametrize("who", ["wang", "li", "chen", "zhou", "stranger"])
def test_a_seal_is_suspended_by_its_manager_or_the_auditor_alone(
    who: str, official: Seal, request: pytest.FixtureRequest, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        seals.suspend_seal(request.getfixturevalue(who), noon, seal_uid=official.uid, reason="x")
    with pytest.raises(NotFound):
        seals.suspend_seal(request.getfixturevalue(who), noon, seal_uid="0" * 32, reason="x")


def test_with_the_signer_down_a_suspension_holds_and_the_signer_is_told_later(
    official: Seal, sun: Person, noon: datetime, signer: Client, tmp_path: Path
) -> None:
    seals.suspend(sun, noon, seal_uid=official.uid, reason="遗失", signer=Client(tmp_path / "nobody.sock"))
    official.refresh_from_db()
    assert (official.state, official.signer_state) == (SealState.SUSPENDED.value, SealState.ACTIVE.value)

    assert seals.tell_signer(noon, signer=signer) == 1
    assert seals.tell_signer(noon, signer=signer) == 0


def test_an_active_seal_is_not_resumed(official: Seal, zhao: Person, noon: datetime) -> None:
    with pytest.raises(OutOfTurn):
        approvals.apply_to_resume(zhao, noon, seal_uid=official.uid, reason="x")


def test_with_the_signer_down_a_making_stays_open_and_the_sweep_ends_it(
    zhao: Person, li: Person, noon: datetime, signer: Client, public: Public, tmp_path: Path
) -> None:
    company = Grant.objects.get(person=zhao).company
    assert company is not None
    uid = approvals.apply_for_seal(
        zhao, noon, company_uid=company.uid, reason="需要", name="公章", type=SealType.OFFICIAL, face=FACE
    )
    say_yes(li, noon, uid)
    with pytest.raises(SignerUnavailable):
        seals.carry_out(zhao, noon, permit_uid=permit_of(uid).uid, signer=Client(tmp_path / "nobody.sock"))
    assert seals.finish_open_acts(noon, signer=Client(tmp_path / "nobody.sock")) == 0
    told = [actions.tell_of_lingering(noon + timedelta(minutes=minutes)) for minutes in (9, 10, 11)]

    assert (told, recorded()[-1]) == ([0, 1, 0], "seal.act.lingers")
    assert seals.finish_open_acts(noon, signer=signer) == 1

    assert Seal.objects.get().state == SealState.ACTIVE.value


def test_what_the_signer_refuses_to_make_needs_a_new_application(
    zhao: Person, li: Person, noon: datetime, signer: Client, public: Public
) -> None:
    company = Grant.objects.get(person=zhao).company
    assert company is not None
    uid = approvals.apply_for_seal(
        zhao, noon, company_uid=company.uid, reason="需要", name="公章", type=SealType.OFFICIAL, face=FACE
    )
    say_yes(li, noon, uid)
    Seal.objects.update(face={"ring": "别家有限公司"})

    with pytest.raises(Exception, match="face-not-approved"):
        seals.carry_out(zhao, noon, permit_uid=permit_of(uid).uid, signer=signer)

    assert (Seal.objects.get().state, recorded()[-1]) == (SealState.DRAFT.value, "seal.make.failed")
    assert seals.finish_open_acts(noon, signer=signer) == 0


def test_a_use_asks_the_database_no_more_than_it_takes(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    with CaptureQueriesContext(connection) as asked:
        intent = actions.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)
    with CaptureQueriesContext(connection) as finished:
        actions.finish_sealing(wang, noon, intent_uid=intent, signer=signer)

    statements = [
        sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in made.captured_queries)
        for made in (asked, finished)
    ]
    assert statements == [13, 5]
