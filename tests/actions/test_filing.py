"""Papers owed to the file after a use: filed, waived by another hand, sent to the archive, chased when late."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import get_current_timezone, localdate
from pytest_django import Settings

from privyseal.approvals import actions
from privyseal.approvals.models import Application
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries import filing as queries
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.filing import (
    ChasedAlready,
    ConfirmationNotOwn,
    CopyNotBack,
    FilingRuleNotPossible,
    PapersOverdue,
    WaiverNotOwn,
)
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import calendar_of
from privyseal.identity.rules import Power, TakesNoPart
from privyseal.identity.rules.working_days import day_after
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.notification.models import Message
from privyseal.notification.reminding import remind
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Filing, Seal, Transfer
from privyseal.signer.client import Client
from privyseal.vault import Vault, VaultKeyMissing
from tests.actions.filing import SCAN
from tests.conftest import Use, apply, holding, permit_of, recorded, say_yes

pytestmark = pytest.mark.documents
DAY = timedelta(days=1)


def confirm(actor: Person, at: datetime, filing: Filing) -> int:
    filing.refresh_from_db()
    return actions.confirm_filing(actor, at, entry_id=filing.pk, scan_sha256=filing.scan_sha256)


def file(
    actor: Person,
    at: datetime,
    filing: Filing,
    *,
    number: str = "2026-XS-017",
    scan: bytes = SCAN,
    is_copy_back: bool = True,
) -> int:
    said = {"archive_number": number, "scan": scan, "is_copy_back": is_copy_back}
    return actions.file_papers(actor, at, entry_id=filing.pk, **said)  # type: ignore[arg-type]  # each is of its kind


def test_a_category_has_its_applicant_owe_the_papers(
    owed: Filing, company: Company, wang: Person, ma: Person, noon: datetime
) -> None:
    assert (owed.owed_by, owed.due_on) == (wang, day_after(localdate(noon), 20, calendar_of(company.pk)))
    assert (owed.retention, owed.is_blocking, owed.needs_copy_back) == ("thirty-years", True, True)
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


def ask(actor: Person, at: datetime, filing: Filing, reason: str = "合同未生效") -> int:
    return actions.ask_to_waive_filing(actor, at, entry_id=filing.pk, reason=reason)


def test_a_waiver_is_asked_for_with_a_reason_and_agreed_to_by_whoever_may_approve(
    owed: Filing, wang: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(actions.WaiverMissing):
        ask(wang, noon, owed, " ")
    ask(wang, noon, owed)

    assert list(queries.waivers_to_decide(li, noon)) == [owed]
    assert list(queries.filings_owed(wang, noon, by=wang)) == [owed]
    actions.waive_filing(li, noon, entry_id=owed.pk)

    owed.refresh_from_db()
    assert (owed.waiver_asked_by, owed.waived_by, owed.waiver) == (wang, li, "合同未生效")
    assert recorded()[-2:] == ["register.waiver-asked", "register.filing-waived"]
    assert not queries.waivers_to_decide(li, noon).exists()
    with pytest.raises(OutOfTurn):
        ask(wang, noon, owed)
    with pytest.raises(OutOfTurn):
        actions.keep_owed(li, noon, entry_id=owed.pk)


def test_nobody_waives_alone_or_what_nobody_asked_for(
    owed: Filing, wang: Person, zhao: Person, li: Person, ma: Person, company: Company, noon: datetime,
    long_ago: datetime,
) -> None:  # fmt: skip
    with pytest.raises(NotFound):
        actions.waive_filing(li, noon, entry_id=owed.pk)
    with pytest.raises(NotFound):
        ask(ma, noon, owed)
    ask(zhao, noon, owed)  # a manager asks for somebody, and does not decide

    for who in (zhao, wang, ma):
        with pytest.raises(NotFound):
            actions.waive_filing(who, noon, entry_id=owed.pk)
    holding(wang, Power.APPROVE, company, long_ago)  # whoever owes them approves other uses
    for decide in (actions.waive_filing, actions.keep_owed):
        with pytest.raises(WaiverNotOwn):
            decide(wang, noon, entry_id=owed.pk)
    assert not queries.waivers_to_decide(wang, noon).exists()
    assert Filing.objects.get().waived_at is None


def test_papers_whose_waiver_is_declined_are_owed_as_before_and_it_may_be_asked_again(
    owed: Filing, wang: Person, li: Person, noon: datetime
) -> None:
    ask(wang, noon, owed)

    actions.keep_owed(li, noon, entry_id=owed.pk)

    owed.refresh_from_db()
    assert (owed.waiver, owed.waiver_asked_by) == ("", None)
    assert recorded()[-1] == "register.waiver-declined"
    assert ask(wang, noon, owed, "原件已被法院调取") == owed.pk


def test_what_is_filed_after_all_needs_no_waiver_and_asking_puts_nothing_off(
    owed: Filing, official: Seal, contract: str, wang: Person, li: Person, zhao: Person, noon: datetime
) -> None:
    late = noon + 40 * DAY
    first = Application.objects.get(uid=owed.entry.line.permit.application_uid)
    ask(wang, late, owed)
    with pytest.raises(PapersOverdue):
        apply(wang, late, official, contract, papers=Papers(category_uid=first.category.uid))  # type: ignore[union-attr]  # it is of the category that asks for them
    actions.chase_papers(zhao, late, entry_id=owed.pk)

    file(wang, late, owed)

    owed.refresh_from_db()
    assert (owed.waiver, owed.waiver_asked_at, owed.filed_by) == ("", None, wang)
    with pytest.raises(NotFound):
        actions.waive_filing(li, late, entry_id=owed.pk)


def test_the_database_waives_nothing_that_was_not_asked_for_by_another(
    owed: Filing, wang: Person, zhao: Person, li: Person, noon: datetime
) -> None:
    alone = {"waived_by": li, "waived_at": noon, "waiver": "x"}
    with pytest.raises(IntegrityError, match="asked for before"), transaction.atomic():
        Filing.objects.update(**alone)
    with pytest.raises(IntegrityError, match="asked for before"), transaction.atomic():
        Filing.objects.update(waiver_asked_by=zhao, waiver_asked_at=noon, **alone)
    ask(zhao, noon, owed)
    with pytest.raises(IntegrityError, match="filing_is_waived_by_another"), transaction.atomic():
        Filing.objects.update(waived_by=zhao, waived_at=noon)
    with pytest.raises(IntegrityError, match="asked for before"), transaction.atomic():
        Filing.objects.update(waived_by=li, waived_at=noon, waiver="another reason")


def test_the_database_lets_nobody_off_their_own_duty_and_keeps_what_has_ended(
    owed: Filing, wang: Person, noon: datetime
) -> None:
    ask(wang, noon, owed)
    with pytest.raises(IntegrityError, match="filing_is_waived_by_another"), transaction.atomic():
        Filing.objects.update(waived_by=wang, waived_at=noon)
    with pytest.raises(IntegrityError, match="what_is_filed_needs_no_waiver"), transaction.atomic():
        Filing.objects.update(filed_by=wang, filed_at=noon, archive_number="1", scan_sha256="0" * 64)
    with pytest.raises(IntegrityError, match="filed_papers_have_number_and_scan"), transaction.atomic():
        Filing.objects.update(filed_by=wang, filed_at=noon, archive_number="1")
    file(wang, noon, owed)

    for changed in ({"archive_number": "another"}, {"is_copy_back": False, "copy_back_by": None, "copy_back_at": None}):
        with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
            Filing.objects.update(**changed)
    for other in ({"confirmed_by": wang, "confirmed_at": noon}, {"confirmed_by": None, "confirmed_at": noon}):
        with pytest.raises(IntegrityError, match="confirmed"), transaction.atomic():
            Filing.objects.update(**other)


def test_an_archivist_confirms_what_somebody_else_filed(
    owed: Filing, wang: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(OutOfTurn):
        actions.confirm_filing(zhao, noon, entry_id=owed.pk, scan_sha256="0" * 64)
    file(wang, noon, owed)
    with pytest.raises(ConfirmationNotOwn):
        confirm(wang, noon, owed)
    with pytest.raises(OutOfTurn):
        actions.confirm_filing(zhao, noon, entry_id=owed.pk, scan_sha256="0" * 64)

    confirm(zhao, noon, owed)

    owed.refresh_from_db()
    assert owed.confirmed_by == zhao
    assert recorded()[-1] == "register.filing-confirmed"
    with pytest.raises(OutOfTurn):
        confirm(zhao, noon, owed)


def test_whoever_filed_for_somebody_does_not_confirm_it_either(owed: Filing, zhao: Person, noon: datetime) -> None:
    file(zhao, noon, owed)

    with pytest.raises(ConfirmationNotOwn):
        confirm(zhao, noon, owed)

    assert Filing.objects.get().confirmed_at is None


def test_papers_whose_copy_has_to_come_back_wait_for_it(
    owed: Filing, wang: Person, zhao: Person, noon: datetime
) -> None:
    file(wang, noon, owed, is_copy_back=False)
    with pytest.raises(CopyNotBack):
        confirm(zhao, noon, owed)

    actions.say_copy_is_back(wang, noon, entry_id=owed.pk)

    owed.refresh_from_db()
    assert (owed.is_copy_back, owed.copy_back_by) == (True, wang)
    assert recorded()[-1] == "register.copy-back"
    with pytest.raises(OutOfTurn):
        actions.say_copy_is_back(wang, noon, entry_id=owed.pk)
    assert confirm(zhao, noon, owed) == owed.pk


def test_papers_that_are_sent_back_are_owed_again_by_the_same_day(
    owed: Filing, wang: Person, zhao: Person, noon: datetime
) -> None:
    due_on = owed.due_on
    file(wang, noon, owed)
    with pytest.raises(actions.NotSaidWhatIsWrong):
        actions.return_filing(zhao, noon, entry_id=owed.pk, reason=" ")
    with pytest.raises(ConfirmationNotOwn):
        actions.return_filing(wang, noon, entry_id=owed.pk, reason="缺页")

    actions.return_filing(zhao, noon, entry_id=owed.pk, reason="缺页")

    owed.refresh_from_db()
    assert (owed.returned, owed.filed_at, owed.due_on) == ("缺页", None, due_on)
    assert recorded()[-1] == "register.filing-returned"
    assert file(wang, noon, owed, number="2026-XS-018") == owed.pk


def test_a_manager_reminds_whoever_owes_papers_once_a_day(
    owed: Filing, wang: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.chase_papers(wang, noon, entry_id=owed.pk)

    actions.chase_papers(zhao, noon, entry_id=owed.pk)

    assert recorded()[-1] == "register.chased"
    with pytest.raises(ChasedAlready):
        actions.chase_papers(zhao, noon + DAY / 2, entry_id=owed.pk)
    assert actions.chase_papers(zhao, noon + DAY, entry_id=owed.pk) == owed.pk


def test_papers_that_are_late_hold_up_the_next_use_until_they_are_filed(
    owed: Filing, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    first, late = Application.objects.get(uid=owed.entry.line.permit.application_uid), noon + 40 * DAY
    papers = Papers(category_uid=first.category.uid)  # type: ignore[union-attr]  # it is of the category that asks for them
    before = Application.objects.count()
    with pytest.raises(PapersOverdue) as refused:
        apply(wang, late, official, contract, papers=papers)

    assert refused.value.facts == {"numbers": f"{localdate(noon).year}-000001"}
    assert Application.objects.count() == before
    assert list(queries.filings_holding_up(wang, late)) == [owed]
    file(wang, late, owed)
    assert apply(wang, late, official, contract, papers=papers)


def test_a_company_has_uses_without_a_category_owe_papers_by_its_rule(
    company: Company, official: Seal, contract: str, wang: Person, li: Person, zhao: Person, noon: datetime,
    signer: Client,
) -> None:  # fmt: skip
    def rule(actor: Person, days: int) -> None:
        said = {"company_uid": company.uid, "retention": Retention.TEN_YEARS, "is_blocking": True}
        actions.set_filing_rule(actor, noon, days=days, needs_copy_back=False, **said)  # type: ignore[arg-type]  # each is of its kind

    with pytest.raises(NotEntitled):
        rule(wang, 15)
    with pytest.raises(FilingRuleNotPossible):
        rule(zhao, 0)

    rule(zhao, 15)

    assert recorded()[-1] == "register.filing-rule-set"
    uid = apply(wang, noon, official, contract)
    say_yes(li, noon, uid)
    sealing.seal_document(wang, noon, permit_uid=permit_of(uid).uid, document_sha256=contract, signer=signer)
    owed = Filing.objects.get()
    assert (owed.due_on, owed.is_blocking) == (day_after(localdate(noon), 15, calendar_of(company.pk)), True)


def test_what_is_confirmed_of_a_year_goes_to_the_archive_once(
    owed: Filing, wang: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    def send() -> str:
        return actions.transfer_filed(zhao, noon, company_uid=company.uid, year=localdate(noon).year, archive="档案室")

    with pytest.raises(actions.NothingToTransfer):
        send()
    file(wang, noon, owed)
    with pytest.raises(actions.NothingToTransfer):
        send()
    confirm(zhao, noon, owed)

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

    due = datetime.combine(owed.due_on, time(), get_current_timezone())
    for days in (-10, -2, 2, 2, 16):
        remind(due + days * DAY)

    assert heard(wang) == ["filing.due", "filing.overdue", "filing.long-overdue"]
    assert heard(zhao) == ["filing.long-overdue"]


def test_what_is_filed_is_not_chased(owed: Filing, wang: Person, noon: datetime) -> None:
    remind(noon)
    file(wang, noon, owed)

    remind(noon + 46 * DAY)

    assert not Message.objects.filter(kind__startswith="filing.").exists()
