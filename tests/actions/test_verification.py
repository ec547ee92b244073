from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from privyseal.approvals.wishes import LineWish
from privyseal.identity import attempts
from privyseal.identity.models import Person
from privyseal.pdf import confined, figures, marks
from privyseal.pdf.confined import Task
from privyseal.pdf.judgement import Outcome, Reason, Step, Verdict
from privyseal.pdf.marks import Forms, Mark
from privyseal.pdf.placement import Placement
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.revision import Revision
from privyseal.pdf.slots import Busy, one_of
from privyseal.pdf.spots import whole
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from privyseal.verification.checks import TooManyChecks, check_file
from tests.conftest import Use, apply, say_yes
from tests.pdfs import one_page

pytestmark = pytest.mark.documents


@pytest.fixture
def sealed(approved: Use, wang: Person, noon: datetime, signer: Client) -> bytes:
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)
    content: bytes = settings.BLOBS.get(Intent.objects.get().result_sha256)
    return content


def test_a_stranger_learns_that_a_file_is_ours_and_whose_seal_it_bears(sealed: bytes, noon: datetime) -> None:
    answer = check_file(sealed, address="192.0.2.1", at=noon)

    assert answer.judgement.verdict is Verdict.VALID
    assert answer.record is not None
    assert (answer.record.company, answer.record.seal_name, answer.record.seal_state) == (
        "示例科技有限公司",
        "公章",
        "active",
    )


def test_a_stranger_learns_that_the_seal_is_suspended_since(
    sealed: bytes, zhao: Person, noon: datetime, signer: Client
) -> None:
    uid = Intent.objects.get().permit.seal.uid
    seals.suspend(zhao, noon, seal_uid=uid, reason="遗失", signer=signer)

    answer = check_file(sealed, address="192.0.2.1", at=noon)

    assert answer.record is not None
    assert (answer.judgement.verdict, answer.record.seal_state) == (Verdict.VALID, "suspended")


def test_a_stranger_learns_of_each_seal_that_a_file_bears(
    official: Seal, second: Seal, contract: str, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    beside = (Placement(1, 100_000, 60_000), Placement(1, 150_000, 60_000))
    lines = tuple(
        LineWish(seal.uid, contract, "others", (place,)) for seal, place in zip((official, second), beside, strict=True)
    )
    uid = apply(wang, noon, official, contract, lines=lines)
    say_yes(li, noon, uid)
    permit = Permit.objects.get(application_uid=uid, seal=second)
    sealing.seal_document(wang, noon, permit_uid=permit.uid, document_sha256=contract, signer=signer)
    data = settings.BLOBS.get(Intent.objects.latest("pk").result_sha256)

    answer = check_file(data, address="192.0.2.1", at=noon)

    assert answer.record is not None
    assert [one.seal_name for one in (*answer.earlier, answer.record)] == ["公章", "财务专用章"]


@pytest.mark.parametrize("place", [200, -2])
def test_one_flipped_byte_is_not_ours(sealed: bytes, place: int, noon: datetime) -> None:
    bent = bytearray(sealed)
    bent[place] ^= 1

    answer = check_file(bytes(bent), address="192.0.2.1", at=noon)

    assert answer.judgement.verdict is not Verdict.VALID
    assert answer.record is None


def test_an_unsigned_file_is_called_unsigned(installation: object, noon: datetime) -> None:
    answer = check_file(one_page(), address="192.0.2.1", at=noon)

    assert (answer.judgement.verdict, answer.judgement.reasons) == (Verdict.UNSUPPORTED, (Reason.UNSIGNED,))


def test_before_the_founding_nothing_is_trusted(db: None, noon: datetime) -> None:
    assert check_file(one_page(), address="192.0.2.1", at=noon).record is None


def test_one_address_is_answered_so_often_a_minute(db: None, noon: datetime) -> None:
    minute = noon.replace(second=1)
    for _ in range(settings.VERIFICATIONS_PER_MINUTE):
        attempts.count("verify", "192.0.2.1", minute)

    with pytest.raises(TooManyChecks):
        check_file(one_page(), address="192.0.2.1", at=minute)
    check_file(one_page(), address="192.0.2.2", at=minute)
    check_file(one_page(), address="192.0.2.1", at=minute + timedelta(minutes=1))


def test_only_so_many_files_are_checked_at_once(db: None, noon: datetime) -> None:
    folder, most = settings.DATA / "slots", settings.CHECKS_AT_ONCE
    with ExitStack() as held:
        for _ in range(most):
            held.enter_context(one_of(most, folder))
        with pytest.raises(Busy):
            check_file(one_page(), address="192.0.2.1", at=noon)
        assert attempts.seen("verify", "192.0.2.1", noon) == 0

    check_file(one_page(), address="192.0.2.1", at=noon)


def test_counts_name_nobody_and_are_forgotten(db: None, noon: datetime) -> None:
    assert [attempts.count("verify", "192.0.2.1", noon) for _ in range(3)] == [1, 2, 3]
    assert attempts.seen("verify", "192.0.2.1", noon) == 3

    assert attempts.forget_before(noon + attempts.LONG_WINDOW) == 0
    attempts.forget_before(noon + attempts.LONG_WINDOW + timedelta(minutes=2))

    assert attempts.seen("verify", "192.0.2.1", noon) == 0


def test_the_list_of_revoked_certificates_is_the_signers_own(sealed: bytes, noon: datetime) -> None:
    (seal,) = check_file(sealed, address="192.0.2.1", at=noon).judgement.signatures

    assert {check.step: check.outcome for check in seal.checks}[Step.REVOCATION] is Outcome.PASSED


def test_a_page_that_looks_otherwise_is_shown_beside_the_sealed_one(sealed: bytes, noon: datetime) -> None:
    covering = drawn_over_by(sealed, "示例科技有限公司")

    (as_sealed,) = check_file(sealed, address="192.0.2.1", at=noon).pages
    (drawn_over,) = confined.run(Task.COMPARE, sealed + covering, end=len(sealed))

    assert (as_sealed.number, as_sealed.is_alike) == (1, True)
    assert (drawn_over.number, drawn_over.is_alike) == (1, False)
    assert drawn_over.sealed == as_sealed.sealed


def drawn_over_by(document: bytes, words: str) -> bytes:
    """Return a revision that draws words over the first page of a sealed document."""
    file = PdfFile.open(document)
    revision = Revision(file)
    figure = figures.line(words, height=9_000)
    mark = Mark(figure, whole(Placement(1, 60_000, 150_000), figure.size))
    marks.draw(revision, [mark], marks.shown(file, [1]), Forms(revision))
    return revision.written()
