"""Papers owed to the file after a use: filed, waived by another hand, sent to the archive, chased when late."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from pytest_django import Settings

from privyseal.approvals import actions
from privyseal.approvals.queries import filing as queries
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import TakesNoPart
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.notification.models import Message
from privyseal.notification.reminding import remind
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Filing, Transfer
from privyseal.signer.client import Client
from privyseal.vault import Vault, VaultKeyMissing
from tests.actions.filing import SCAN
from tests.conftest import Use, recorded

pytestmark = pytest.mark.documents
DAY = timedelta(days=1)


def file(actor: Person, at: datetime, filing: Filing, *, number: str = "2026-XS-017", scan: bytes = SCAN) -> int:
    return actions.file_papers(actor, at, entry_id=filing.pk, archive_number=number, scan=scan, is_copy_back=True)


def test_a_category_has_its_applicant_owe_the_papers(owed: Filing, wang: Person, ma: Person, noon: datetime) -> None:
    assert (owed.owed_by, owed.due_on) == (wang, localdate(noon) + 30 * DAY)
    assert owed.retention == "thirty-years"
    assert list(queries.filings_owed(wang, noon, by=wang)) == [owed]
    assert list(queries.filings_owed(ma, noon)) == []


def test_a_use_without_such_a_category_owes_nothing(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)

    assert Filing.objects.count() == 0


def test_papers_are_filed_with_number_and_scan(owed: Filing, wang: Person, noon: datetime) -> None:
    file(wang, noon, owed)

    owed.refresh_from_db()
    assert (owed.archive_number, owed.filed_by, owed.is_copy_back) == ("2026-XS-017", wang, True)
    assert recorded()[-1] == "register.filed"
    assert not queries.filings_owed(wang, noon).exists()
    with pytest.raises(OutOfTurn):
        file(wang, noon, owed, number="2")


def test_a_scan_lies_encrypted_and_without_the_key_nothing_is_filed(
    owed: Filing, wang: Person, noon: datetime, settings: Settings
) -> None:
    key = settings.VAULT
    settings.VAULT = Vault(key.root, ())
    with pytest.raises(VaultKeyMissing):
        file(wang, noon, owed)
    settings.VAULT = key

    file(wang, noon, owed)

    digest = Filing.objects.get().scan_sha256
    assert b"".join(key.parts(digest)) == SCAN
    assert SCAN not in (key.root / digest[:2] / digest).read_bytes()
    with pytest.raises(NotFound):
        settings.BLOBS.get(digest)


@pytest.mark.parametrize(
    ("number", "scan", "refusal"),
    [(" ", SCAN, actions.ArchiveNumberMissing), ("1", b"MZ a program", actions.NotAScan)],
)
def test_papers_without_number_or_scan_are_not_filed(
    number: str, scan: bytes, refusal: type[Exception], owed: Filing, wang: Person, noon: datetime
) -> None:
    with pytest.raises(refusal):
        file(wang, noon, owed, number=number, scan=scan)

    assert Filing.objects.get().filed_at is None


def test_only_whoever_owes_them_or_manages_the_seal_files_papers(
    owed: Filing, ma: Person, zhao: Person, sun: Person, noon: datetime
) -> None:
    with pytest.raises(NotFound):
        file(ma, noon, owed)
    with pytest.raises(TakesNoPart):
        file(sun, noon, owed)

    assert file(zhao, noon, owed) == owed.pk


def test_a_manager_waives_with_a_reason_what_somebody_else_owes(
    owed: Filing, wang: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(actions.WaiverNotOwn):
        actions.waive_filing(wang, noon, entry_id=owed.pk, reason="不需要")
    with pytest.raises(actions.WaiverMissing):
        actions.waive_filing(zhao, noon, entry_id=owed.pk, reason=" ")

    actions.waive_filing(zhao, noon, entry_id=owed.pk, reason="合同未生效")

    owed.refresh_from_db()
    assert (owed.waived_by, owed.waiver) == (zhao, "合同未生效")
    assert recorded()[-1] == "register.filing-waived"


def test_the_database_lets_nobody_off_their_own_duty_and_keeps_what_has_ended(
    owed: Filing, wang: Person, noon: datetime
) -> None:
    with pytest.raises(IntegrityError, match="filing_is_waived_by_another"), transaction.atomic():
        Filing.objects.update(waived_by=wang, waived_at=noon, waiver="x")
    with pytest.raises(IntegrityError, match="filed_papers_have_number_and_scan"), transaction.atomic():
        Filing.objects.update(filed_by=wang, filed_at=noon, archive_number="1")
    file(wang, noon, owed)

    with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
        Filing.objects.update(archive_number="another")


def test_what_is_filed_of_a_year_goes_to_the_archive_once(
    owed: Filing, wang: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    def send() -> str:
        return actions.transfer_filed(zhao, noon, company_uid=company.uid, year=localdate(noon).year, archive="档案室")

    with pytest.raises(actions.NothingToTransfer):
        send()
    file(wang, noon, owed)

    uid = send()

    assert Filing.objects.get().transfer == Transfer.objects.get(uid=uid)
    assert recorded()[-1] == "register.transferred"
    assert [each.uid for each in queries.transfers_visible_to(wang, noon)] == [uid]
    with pytest.raises(actions.NothingToTransfer):
        send()


def test_what_is_owed_is_chased_first_with_the_applicant_then_with_the_managers(
    owed: Filing, wang: Person, zhao: Person, noon: datetime
) -> None:
    def heard(person: Person) -> list[str]:
        told = Message.objects.filter(person=person, kind__startswith="filing.")
        return list(told.order_by("pk").values_list("kind", flat=True))

    for days in (0, 28, 32, 32, 46):
        remind(noon + days * DAY)

    assert heard(wang) == ["filing.due", "filing.overdue", "filing.long-overdue"]
    assert heard(zhao) == ["filing.long-overdue"]


def test_what_is_filed_is_not_chased(owed: Filing, wang: Person, noon: datetime) -> None:
    remind(noon)
    file(wang, noon, owed)

    remind(noon + 46 * DAY)

    assert not Message.objects.filter(kind__startswith="filing.").exists()
