"""Sealed files that stay checkable: what is fetched, what is put behind the seal, and what waits."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from django.conf import settings as product
from django.db import IntegrityError
from pyhanko.sign.ades.report import AdESPassed
from pytest_django import Settings

from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.verifying import evidence as found_evidence
from privyseal.sealing import actions
from privyseal.sealing.actions import keeping
from privyseal.sealing.models import Intent
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.verification.checks import check_file
from tests.actions.test_time_stamps import Authority, authority, pki
from tests.conftest import Use, recorded
from tests.engine.ades import ades_says

__all__ = ["authority", "pki"]

pytestmark = pytest.mark.documents

SHORTLY_BEFORE = datetime(2029, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def lasting(authority: Authority, settings: Settings) -> Authority:
    """An installation that keeps its seals for decades, and its time stamp authority with list and responder."""
    settings.TSA_ROOTS = (authority.pki.certificate("root").dump(),)
    settings.SEAL_LEVEL = "b-lta"
    settings.CRL_URLS = (f"{settings.TSA_URL}crl",)
    settings.OCSP_URL = f"{settings.TSA_URL}ocsp"
    return authority


@pytest.fixture
def intent(lasting: Authority, approved: Use, wang: Person, noon: datetime, signer: Client) -> Intent:
    return sealed(approved, wang, noon, signer)


def sealed(use: Use, wang: Person, at: datetime, signer: Client) -> Intent:
    uid = actions.seal_document(wang, at, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)
    return Intent.objects.get(uid=uid)


def kept(intent: Intent) -> bytes:
    intent.refresh_from_db()
    data: bytes = product.BLOBS.get(intent.file_sha256)
    return data


@pytest.mark.parametrize(("level", "stamps"), [("b-lt", 0), ("b-lta", 1)])
def test_the_evidence_is_put_behind_the_seal(
    level: str,
    stamps: int,
    intent: Intent,
    settings: Settings,
    noon: datetime,
    signer: Client,
    public: Public,
) -> None:
    settings.SEAL_LEVEL = level

    done = actions.keep_sealed(noon, signer=signer)

    data = kept(intent)
    judged = judge(data, trust=[public.ca], time_trust=product.TSA_ROOTS, at=noon)
    held = found_evidence.gathered(PdfFile.open(data), roots=(), time_roots=())
    assert (done, judged.verdict, sum(one.is_time_stamp for one in judged.signatures)) == (1, Verdict.VALID, stamps)
    assert (len(held.knowledge.crls), len(held.knowledge.ocsps)) == (2, 2)  # of the stamps, and our own
    issuers = {x509.load_der_x509_crl(one).issuer for one in held.knowledge.crls}
    assert x509.load_der_x509_certificate(public.ca).subject in issuers
    assert (intent.kept_level, recorded()[-1]) == (level, "document.kept")


def test_a_stranger_learns_of_the_kept_file_what_they_learn_of_the_sealed_one(
    intent: Intent, noon: datetime, signer: Client
) -> None:
    actions.keep_sealed(noon, signer=signer)

    first, second = (
        check_file(data, address="192.0.2.1", at=noon)
        for data in (product.BLOBS.get(intent.result_sha256), kept(intent))
    )

    assert (first.judgement.verdict, second.judgement.verdict) == (Verdict.VALID, Verdict.VALID)
    assert first.record is not None
    assert second.record is not None
    assert (first.record.seal_number, first.record.sealed_at) == (second.record.seal_number, second.record.sealed_at)
    assert first.record.fact_id != second.record.fact_id


def test_kept_once_is_kept(intent: Intent, noon: datetime, signer: Client) -> None:
    actions.keep_sealed(noon, signer=signer)
    data = kept(intent)

    assert actions.keep_sealed(noon, signer=signer) == 0
    actions.put_kept(keeping.KEEPER, noon, intent_uid=intent.uid, kept_sha256="0" * 64, level="b-lt")

    assert kept(intent) == data
    assert recorded().count("document.kept") == 1


@pytest.mark.parametrize("missing", ["/crl", "/ocsp", "/"])
def test_what_cannot_be_had_is_recorded_once_and_tried_again(
    missing: str, intent: Intent, lasting: Authority, noon: datetime, signer: Client
) -> None:
    lasting.away = {missing}
    before = kept(intent)

    done = [actions.keep_sealed(noon + minutes * timedelta(minutes=1), signer=signer) for minutes in (0, 5, 11)]
    assert (done, kept(intent), recorded().count("document.evidence-missing")) == ([0, 0, 0], before, 1)
    lasting.away = set()

    assert actions.keep_sealed(noon + timedelta(minutes=22), signer=signer) == 1
    assert kept(intent).startswith(before)


def test_without_its_authority_a_seal_goes_on_where_that_is_allowed_and_gets_its_time_later(
    lasting: Authority, settings: Settings, approved: Use, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    settings.WITHOUT_TSA, settings.SEAL_LEVEL, lasting.status = "seal", "b-t", 503

    intent = sealed(approved, wang, noon, signer)

    assert (intent.state, intent.is_unstamped) == ("sealed", True)
    assert recorded()[-2:] == ["document.time-stamp-missing", "document.sealed"]
    lasting.status = 200
    assert actions.keep_sealed(noon, signer=signer) == 1
    judged = judge(kept(intent), trust=[public.ca], time_trust=product.TSA_ROOTS, at=noon + timedelta(hours=1))
    assert (judged.verdict, judged.signatures[0].proven_at is not None) == (Verdict.VALID, True)


def test_evidence_that_would_change_the_verdict_is_not_put_in(
    intent: Intent, settings: Settings, noon: datetime, signer: Client
) -> None:
    settings.TSA_ROOTS = ()  # then nobody here trusts the stamp of the document

    assert actions.keep_sealed(noon, signer=signer) == 0

    fact = last_fact_about("document.evidence-missing", "intent", intent.uid)
    assert fact is not None
    assert (fact.data["code"], intent.kept_sha256) == ("evidence-spoils", "")


def test_roots_of_time_stamps_vouch_for_no_seal_and_the_other_way_round(
    intent: Intent, noon: datetime, public: Public
) -> None:
    data, time_root = kept(intent), product.TSA_ROOTS[0]

    swapped = judge(data, trust=[time_root], time_trust=[public.ca], at=noon)
    both_for_seals = judge(data, trust=[public.ca, time_root], time_trust=[], at=noon)

    assert swapped.verdict is Verdict.CANNOT_VALIDATE
    assert (both_for_seals.verdict, both_for_seals.signatures[0].proven_at) == (Verdict.VALID, None)


def test_with_a_lower_level_nothing_is_asked(
    intent: Intent, settings: Settings, lasting: Authority, noon: datetime, signer: Client
) -> None:
    settings.SEAL_LEVEL = "b-t"
    asked = len(lasting.asked)

    assert (actions.keep_sealed(noon, signer=signer), len(lasting.asked)) == (0, asked)


def test_the_database_knows_only_sealed_files_as_kept(intent: Intent, noon: datetime) -> None:
    with pytest.raises(IntegrityError, match="only_a_sealed_file_is_kept"):
        Intent.objects.filter(pk=intent.pk).update(
            kept_level="b-lt", kept_at=noon, state="failed", kept_sha256="0" * 64
        )


def stamps_of(data: bytes) -> int:
    return sum(one.is_time_stamp for one in judge(data, trust=[], at=datetime.now(UTC)).signatures)


def test_an_archived_file_gets_a_new_time_stamp_before_the_last_one_ends(
    lasting: Authority, approved: Use, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    lasting.name = "old-tsa"  # its certificate ends with 2029
    intent = sealed(approved, wang, noon, signer)
    actions.keep_sealed(noon, signer=signer)
    first = kept(intent)
    lasting.name, lasting.at = "tsa", SHORTLY_BEFORE

    early, due, again = (
        actions.renew_kept(at, signer=signer) for at in (noon, SHORTLY_BEFORE, SHORTLY_BEFORE + timedelta(days=2))
    )

    renewed = kept(intent)
    judged = judge(renewed, trust=[public.ca], time_trust=product.TSA_ROOTS, at=datetime(2031, 6, 1, tzinfo=UTC))
    assert (early, due, again) == (0, 1, 0)
    assert renewed.startswith(first)
    assert (stamps_of(first), stamps_of(renewed)) == (1, 2)
    assert judged.verdict is Verdict.VALID
    assert intent.kept_until == datetime(2080, 1, 1, tzinfo=UTC)
    fact = last_fact_about("document.kept", "intent", intent.uid)
    assert fact is not None
    assert fact.data["renewed_sha256"] == sha256(first)


def test_a_time_stamp_that_would_last_no_longer_is_not_put_around_it_and_asked_for_once_a_day(
    lasting: Authority, approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    lasting.name, lasting.at = "old-tsa", None
    intent = sealed(approved, wang, noon, signer)
    actions.keep_sealed(noon, signer=signer)
    before = kept(intent)
    asked = len(lasting.asked)

    hours = [actions.renew_kept(SHORTLY_BEFORE + hour * timedelta(hours=1), signer=signer) for hour in range(3)]

    assert (hours, kept(intent)) == ([0, 0, 0], before)
    assert lasting.asked[asked:].count("/") == 1
    assert recorded()[-1] == "document.evidence-missing"


def test_pyhanko_finds_what_the_product_archived_fit_to_last(
    intent: Intent, lasting: Authority, noon: datetime, signer: Client, public: Public
) -> None:
    actions.keep_sealed(noon, signer=signer)

    said = ades_says(kept(intent), [public.ca, *product.TSA_ROOTS], datetime.now(UTC) + timedelta(hours=1))

    assert said is AdESPassed.OK
