"""What happened to real companies, and what stops it here. What each still waits for stands in docs/invariants.md."""

from datetime import datetime

import pytest
from django.conf import settings
from django.db import connection

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Grant, Installation, Person
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound
from privyseal.ledger.book import LedgerUnwritable
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.seal import Following, seal
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.actions import SealNameTaken
from privyseal.seals.models import Permit, Seal
from privyseal.seals.permits import ApproverNoLongerEntitled, NotTheHolder, PermitSpent, WrongDocument
from privyseal.seals.rules import SealNotInForce, SealType
from privyseal.signer.client import Client
from privyseal.verification.checks import check_file
from tests.conftest import FACE, Use, apply, permit_of, recorded, say_yes
from tests.engine.conftest import FACE as DRAWN
from tests.engine.conftest import SEALED_AT, authority_named
from tests.pdfs import one_page


def press(person: Person, at: datetime, use: Use, signer: Client) -> None:
    sealing.seal_document(person, at, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)


def end_powers(chen: Person, person: Person, at: datetime) -> None:
    for grant in Grant.objects.filter(person=person, revoked_at=None).order_by("pk"):
        identity.end_grant(chen, at, grant_id=grant.pk)


@pytest.mark.incident("dangdang-2020")
def test_dangdang_2020_whoever_leads_a_raid_finds_the_seals_stopped_and_cannot_wake_them(
    approved: Use, wang: Person, zhao: Person, sun: Person, noon: datetime, signer: Client
) -> None:
    official = approved.permit.seal
    seals.suspend(sun, noon, seal_uid=official.uid, reason="抢夺", signer=signer)

    with pytest.raises(SealNotInForce):
        press(wang, noon, approved, signer)
    resuming = approvals.apply_to_resume(zhao, noon, seal_uid=official.uid, reason="我说了算")
    with pytest.raises(DutiesNotSeparate):
        say_yes(zhao, noon, resuming)

    assert Seal.objects.get().state == "suspended"


def carved(document: bytes, company: str, at: datetime) -> bytes:
    """Return the document under a seal that looks like the company's and has another key."""
    key = authority_named(company).key("公章")
    return document + seal(
        document, face=DRAWN, spots=(SEALED_AT,), following=Following.NOBODY, key=key, field="Seal_1", at=at
    )


@pytest.mark.incident("laoganma-2019")
def test_laoganma_2019_a_contract_under_a_forged_seal_is_not_ours(
    installation: Installation, company: Company, noon: datetime
) -> None:
    answer = check_file(carved(one_page("推广合同"), company.name, noon), address="192.0.2.1", at=noon)

    assert (answer.judgement.verdict is Verdict.VALID, answer.record) == (False, None)


@pytest.mark.incident("midea-2016")
def test_midea_2016_a_bank_letter_that_nobody_approved_has_no_record(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    press(wang, noon, approved, signer)
    genuine = settings.BLOBS.get(Intent.objects.get().result_sha256)

    assert check_file(genuine, address="192.0.2.1", at=noon).record is not None
    assert check_file(genuine + b"\n", address="192.0.2.1", at=noon).record is None


@pytest.mark.incident("zhongchao-2018")
def test_zhongchao_2018_a_former_manager_has_no_further_seal_made(
    company: Company, zhao: Person, li: Person, chen: Person, noon: datetime, signer: Client
) -> None:
    wish = {"company_uid": company.uid, "reason": "需要", "type": SealType.OFFICIAL, "face": FACE}
    before = approvals.apply_for_seal(zhao, noon, name="公章", **wish)  # type: ignore[arg-type]  # each field is of its kind
    say_yes(li, noon, before)
    end_powers(chen, zhao, noon)

    with pytest.raises(NotFound):
        approvals.apply_for_seal(zhao, noon, name="公章二", **wish)  # type: ignore[arg-type]  # each field is of its kind
    with pytest.raises(NotEntitled):
        seals.carry_out(zhao, noon, permit_uid=permit_of(before).uid, signer=signer)

    assert [seal.state for seal in Seal.objects.order_by("pk")] == ["draft"]


@pytest.mark.incident("boya-2019")
def test_boya_2019_the_name_on_the_licence_is_no_power(
    official: Seal, contract: str, company: Company, stranger: Person, noon: datetime
) -> None:
    stranger.name = company.legal_representative
    stranger.save(update_fields=["name"])

    with pytest.raises(NotFound):
        apply(stranger, noon, official, contract)

    assert Application.objects.filter(purpose="use").count() == 0


@pytest.mark.incident("weilong-2019")
def test_weilong_2019_what_leaves_no_record_leaves_no_seal(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;"
            "CREATE TRIGGER no_record BEFORE INSERT ON ledger_fact FOR EACH ROW EXECUTE FUNCTION no_record()"
        )

    with pytest.raises(LedgerUnwritable):
        press(wang, noon, approved, signer)

    assert (Intent.objects.count(), approved.permit.used) == (0, 0)


@pytest.mark.incident("weilong-2019")
def test_weilong_2019_a_call_from_above_is_no_permit(
    pending: Use, wang: Person, zhao: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(NotEntitled):
        say_yes(zhao, noon, pending.uid)
    with pytest.raises(DutiesNotSeparate):
        say_yes(wang, noon, pending.uid)

    assert Permit.objects.filter(purpose="use").count() == 0
    assert recorded()[-2:] == ["application.vote.refused"] * 2


@pytest.mark.incident("shenwu-2019")
def test_shenwu_2019_a_keeper_who_turns_is_without_power_at_once(
    approved: Use, wang: Person, chen: Person, noon: datetime, signer: Client
) -> None:
    end_powers(chen, wang, noon)

    with pytest.raises(NotEntitled):
        press(wang, noon, approved, signer)


@pytest.mark.incident("lingda-2023")
def test_lingda_2023_managers_do_not_approve_for_their_own_company(pending: Use, zhao: Person, noon: datetime) -> None:
    with pytest.raises(NotEntitled):
        say_yes(zhao, noon, pending.uid)


@pytest.mark.incident("qidong")
def test_qidong_words_added_after_the_approval_are_another_document(
    approved: Use, wang: Person, company: Company, noon: datetime, signer: Client
) -> None:
    longer = sealing.receive_document(
        wang, noon, company_uid=company.uid, name="contract.pdf", data=one_page("Contract no. 2026-117, guaranteed")
    )

    with pytest.raises(WrongDocument):
        sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=longer, signer=signer)

    assert approved.permit.used == 0


@pytest.mark.incident("co-custody-2022")
def test_co_custody_2022_a_second_seal_of_the_same_name_is_not_to_be_had(
    official: Seal, zhao: Person, noon: datetime, signer: Client
) -> None:
    seals.suspend(zhao, noon, seal_uid=official.uid, reason="说是遗失", signer=signer)

    with pytest.raises(SealNameTaken):
        approvals.apply_for_seal(
            zhao,
            noon,
            company_uid=official.company.uid,
            reason="补刻",
            name=official.name,
            type=SealType.OFFICIAL,
            face=FACE,
        )


@pytest.mark.incident("finance-director-2021")
def test_finance_director_2021_one_permit_is_one_impression_in_the_holders_hand(
    approved: Use, wang: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(NotTheHolder):
        press(ma, noon, approved, signer)
    press(wang, noon, approved, signer)
    with pytest.raises(PermitSpent):
        press(wang, noon, approved, signer)

    assert recorded().count("document.sealed") == 1


@pytest.mark.incident("finance-director-2021")
def test_finance_director_2021_an_approval_falls_with_its_approver(
    approved: Use, wang: Person, li: Person, chen: Person, noon: datetime, signer: Client
) -> None:
    end_powers(chen, li, noon)

    with pytest.raises(ApproverNoLongerEntitled):
        press(wang, noon, approved, signer)
