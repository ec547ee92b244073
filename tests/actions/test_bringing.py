"""Large files: brought, made fit by a job with news, then received like any other, or turned away with the reason."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from os import utime
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings as product
from pytest_django import Settings

from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.pdf.accepted import FileTooLarge, NotAPdf
from privyseal.pdf.slots import Busy, one_of
from privyseal.sealing import actions, arrivals, tasks
from privyseal.sealing.actions.receiving import AT_ONCE_OF_ONE
from privyseal.sealing.models import Document, Intake
from privyseal.storage import Arrival
from tests.conftest import recorded
from tests.jobs import do_jobs
from tests.pdfs import one_page

pytestmark = pytest.mark.documents

BID = one_page("Bid")


def arrival(data: bytes = BID) -> Arrival:
    written: Arrival = product.BLOBS.arrival()
    written.write(data)
    return written


def brought(actor: Person, at: datetime, company: Company, data: bytes = BID) -> str:
    arrived = arrival(data)
    return actions.bring_document(
        actor,
        at,
        company_uid=company.uid,
        name="标书.pdf",
        arrival=arrivals.leave(arrived, copy_says=""),
        sha256=arrived.sha256,
        size=arrived.size,
    )


def refused_for(uid: str) -> str:
    return str((Intake.objects.get(uid=uid).refusal or {})["code"])


_LAY_THERE: Final = set[Path]()


@pytest.fixture(autouse=True)
def before() -> None:
    """Look what tests whose rows were taken back left behind."""
    _LAY_THERE.clear()
    _LAY_THERE.update(waiting())


def waiting() -> list[Path]:
    return sorted(set((product.BLOBS.root / "arriving").glob("*")) - _LAY_THERE)


def test_what_is_brought_is_received_by_a_job_with_the_same_digest_as_a_small_file(
    wang: Person, company: Company, noon: datetime
) -> None:
    uid = brought(wang, noon, company)
    done = do_jobs()

    intake = Intake.objects.get(uid=uid)
    small = actions.receive_document(wang, noon, company_uid=company.uid, name="标书.pdf", data=BID)
    assert done == ["sealing.take-in"]
    assert (intake.state, intake.percent, intake.document_sha256) == ("accepted", 100, small)
    assert Document.objects.get().received_sha256 == sha256(BID)
    assert recorded() == ["document.brought", "document.received"]
    assert waiting() == []


def test_the_job_may_run_twice(wang: Person, company: Company, noon: datetime) -> None:
    uid = brought(wang, noon, company)
    do_jobs()

    actions.take_in(noon, intake_uid=uid)

    assert recorded() == ["document.brought", "document.received"]


def test_what_cannot_be_sealed_is_turned_away_with_the_reason(wang: Person, company: Company, noon: datetime) -> None:
    uid = brought(wang, noon, company, BID[:300])
    do_jobs()

    assert (Intake.objects.get(uid=uid).state, refused_for(uid)) == ("refused", "pdf-damaged")
    assert recorded() == ["document.brought", "document.turned-away"]
    assert (waiting(), Document.objects.count()) == ([], 0)


def test_the_limits_are_those_of_the_installation(
    wang: Person, company: Company, noon: datetime, settings: Settings
) -> None:
    settings.DOCUMENT_BYTES = len(BID) - 1
    uid = brought(wang, noon, company)
    do_jobs()

    assert refused_for(uid) == "file-too-large"


def test_one_person_has_only_so_many_files_read_at_once(wang: Person, company: Company, noon: datetime) -> None:
    with ExitStack() as held:
        for _ in range(AT_ONCE_OF_ONE):
            held.enter_context(one_of(AT_ONCE_OF_ONE, product.DATA / "slots" / wang.pseudonym))
        with pytest.raises(Busy):
            actions.receive_document(wang, noon, company_uid=company.uid, name="合同.pdf", data=one_page("Too many"))

    assert not Document.objects.exists()


def test_whoever_may_not_use_seals_brings_nothing(li: Person, company: Company, noon: datetime) -> None:
    with pytest.raises(NotEntitled):
        brought(li, noon, company)

    assert (Intake.objects.count(), recorded()) == (0, ["document.bring.refused"])


def test_a_large_file_must_be_a_pdf_and_no_copy_for_a_purpose(settings: Settings) -> None:
    with pytest.raises(NotAPdf):
        arrivals.leave(arrival(b"PK\x03\x04 an office file"), copy_says="")
    large = arrival()
    large.size = 60_000_000
    with pytest.raises(FileTooLarge):
        arrivals.leave(large, copy_says="仅供投标使用")


def test_a_file_that_nobody_keeps_or_leaves_is_gone_with_whoever_wrote_it() -> None:
    lost = arrival()
    before = len(waiting())

    lost.close()

    assert len(waiting()) == before - 1


def test_what_no_job_comes_for_is_let_go_after_a_week(wang: Person, company: Company, noon: datetime) -> None:
    brought(wang, noon, company)
    kept = set(waiting())
    uid = brought(wang, noon, company)
    (forgotten,) = set(waiting()) - kept
    old = (datetime.now(noon.tzinfo) - timedelta(days=8)).timestamp()
    utime(forgotten, (old, old))

    tasks.forget_arrivals(0)

    assert set(waiting()) == kept
    actions.take_in(noon, intake_uid=uid)
    assert refused_for(uid) == NotFound.code
    for file in kept:
        file.unlink()
