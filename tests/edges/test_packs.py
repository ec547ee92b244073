"""Evidence packs: what is in one, that it fits, and who gets how much of it."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import Final
from zipfile import ZipFile

import pytest
from django.utils.timezone import localdate, localtime
from django.utils.translation import override
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.__main__ import main
from privyseal.approvals.models import Application
from privyseal.device import logged
from privyseal.devices.models import DeviceEvent
from privyseal.identity.actions import record_reading
from privyseal.identity.models import Company, Person
from privyseal.kernel import merkle, receipt
from privyseal.kernel.canonical import parse
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.ledger.models import CheckpointRow, FactRow, Leaf
from privyseal.pdf.report import Table
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit
from privyseal.signer import proving
from privyseal.signer.client import Client
from privyseal.verification import months, packs
from privyseal.verification.month_logs import Logs
from privyseal.web.shown import logs
from tests.at_machine import Bench, opened
from tests.conftest import Use, recorded
from tests.edges.conftest import Enter
from tests.logs import Log

pytestmark = pytest.mark.documents
NOBODY_ELSE: Final = Quorum((), Needed.NONE)


def pack_of(enter: Enter, person: Person, uid: str) -> ZipFile:
    answer = enter(person).get(f"/applications/{uid}/evidence.zip")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    return ZipFile(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]  # Django's stream


@pytest.fixture
def sealed(approved: Use, wang: Person, noon: datetime, signer: Client) -> Intent:
    uid = sealing.seal_document(
        wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer
    )
    return Intent.objects.get(uid=uid)


@pytest.fixture
def log(sealed: Intent) -> Log:
    """Everything on record has its index, under a head of this log."""
    rows = list(FactRow.objects.order_by("pk"))
    made = Log([bytes(row.body) for row in rows])
    Leaf.objects.bulk_create([Leaf(index=index, fact=row) for index, row in enumerate(rows)])
    head = made.head(len(rows))
    CheckpointRow.objects.create(size=len(rows), root=b64decode(head.splitlines()[2]), note=head)
    return made


def test_a_pack_holds_what_shows_the_authority_and_every_part_fits(
    approved: Use, sealed: Intent, log: Log, wang: Person, enter: Enter
) -> None:
    pack = pack_of(enter, wang, approved.uid)

    names = pack.namelist()
    sums = {line[66:]: line[:64] for line in pack.read("SHA256SUMS").decode().splitlines()}
    assert {name: hashlib.sha256(pack.read(name)).hexdigest() for name in names if name != "SHA256SUMS"} == sums
    assert (sums["documents/1-approved.pdf"], sums["documents/1-sealed-1.pdf"]) == (
        approved.document,
        sealed.file_sha256,
    )
    assert {"certificates/authority.cer", "keys.txt", "证据包-zh-hans.pdf", "Evidence pack-en.pdf"} <= sums.keys()
    proved = [receipt.check(pack.read(name).decode(), log.key, NOBODY_ELSE).fact for name in names if "record/" in name]
    kinds = [parse(fact)["kind"] for fact in proved]
    assert [
        kind
        for kind in ("application.submitted", "application.voted", "permit.issued", "document.sealed")
        if kind not in kinds
    ] == []
    (use,) = (name for name in names if name.startswith("uses/"))
    text, yeses = proving.split(pack.read(use).decode())
    assert len(proving.check(parse(receipt.check(text, log.key, NOBODY_ELSE).fact), yeses)) == 1
    assert recorded()[-1] == "evidence.taken"


def test_a_pack_is_of_what_was_done_and_says_where_that_is_more_than_it_holds(
    approved: Use, sealed: Intent, log: Log, wang: Person, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        record_reading(wang, noon, page="application", about={"application": approved.uid})
    kinds = [fact.kind for fact in packs.gather(wang, noon, approved.uid).facts]
    monkeypatch.setattr(packs, "_MOST_FACTS", 2)

    pack = packs.gather(wang, noon, approved.uid)

    assert "audit.page-read" not in kinds
    assert (len(kinds) > 2 and [fact.kind for fact in pack.facts][:2]) == kinds[:2]
    assert (packs.Missing.TOO_MUCH, approved.uid) in {(one.why, one.name) for one in pack.left_out}


def test_a_report_says_in_plain_words_who_agreed_and_what_is_missing(
    approved: Use, sealed: Intent, wang: Person, enter: Enter
) -> None:
    asked = Application.objects.filter(uid=approved.uid)
    first = localtime(asked.get().starts_at).replace(hour=0, minute=0, second=0, microsecond=0)
    asked.update(starts_at=first, expires_at=first + timedelta(days=8))  # asked for in days

    answer = enter(wang).get(f"/applications/{approved.uid}/evidence.pdf")

    words = text_of(answer.content)
    last = first + timedelta(days=7)
    wanted = (
        "王用于",
        "李批已同意",
        "电子印章已加盖1次",
        "与乙方签订合同",
        approved.document,
        "尚未被已签名的检查点覆盖",
        f"{last.year}年{last.month}月{last.day}日（含当日）",
        "第1页：",
    )
    assert [word for word in wanted if word not in words] == []


def test_whoever_sees_no_documents_gets_their_digests(
    approved: Use, sealed: Intent, log: Log, zhao: Person, sun: Person, stranger: Person, noon: datetime, enter: Enter
) -> None:
    """A seal manager sees the application, not what stands in the papers; an auditor sees all, and it is on record."""
    report = f"/applications/{approved.uid}/evidence.pdf"

    assert [one for one in packs.gather(zhao, noon, approved.uid).enclosed if one.path.startswith("documents/")] == []
    assert approved.document in text_of(enter(zhao).get(report).content)
    assert "documents/1-sealed-1.pdf" in text_of(enter(sun).get(report).content)
    assert enter(stranger).get(f"/applications/{approved.uid}/evidence.zip").status_code == 404


def test_what_a_machine_signed_is_in_a_pack_and_checked_by_a_command(
    bench: Bench, permit: Permit, wang: Person, noon: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is None
    for _ in range(2):
        bench.stamp(noon)
        bench.sync(noon)

    found = packs.gather(wang, noon, permit.application_uid)

    files = {one.path.rpartition("/")[2]: one.data for one in found.enclosed if one.path.startswith("machines/1/")}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    command = ["prove", "device", str(tmp_path / "log.txt"), "--authority", str(tmp_path / "authority.cer"), "--json"]
    assert main(command) == 0
    said = json.loads(capsys.readouterr().out)
    fired = [event["said"]["counter"] for event in said["events"] if event["type"] == "fired"]
    assert (said["device"], fired, said["gaps"]) == (bench.device.serial, [1, 2], [])
    record = packs.facts_of(found.logs[0], found.facts)
    assert record[0].data["certificate_sha256"] == said["certificates_sha256"][0]
    assert [fact.data["head"] for fact in record[1:]] == [head["digest"] for head in said["heads"]]
    with override("zh-hans"):
        shown = list(logs.blocks(found.logs, found.enclosed))
    assert isinstance(shown[-1], Table)
    assert [row[2] for row in shown[-1].rows][:4] == ["已为操作人开启", "已预占一次用印", "印章落下", "拍照结果"]
    (tmp_path / "log.txt").write_bytes(files["log.txt"].replace(b"frame ey", b"frame eyA", 1))
    assert main(command) == 1

    event = DeviceEvent.objects.get(device=bench.device, type="fired", said__said__impression=2)
    event.said["said"]["counter"] = 9
    event.save(update_fields=["said"])
    missing = packs.gather(wang, noon, permit.application_uid).left_out
    assert packs.Missing.ALTERED in {one.why for one in missing}


def test_a_month_leaves_with_its_uses_and_the_heads_of_the_record(
    sealed: Intent, log: Log, company: Company, zhao: Person, noon: datetime, enter: Enter
) -> None:
    browser, asked = enter(zhao), {"company": company.uid}
    CheckpointRow.objects.create(
        size=2, root=b64decode(log.head(2).splitlines()[2]), note=log.head(2), signed_at=noon - timedelta(days=40)
    )

    answer = browser.get("/registers/month.zip", {**asked, "month": f"{localtime(noon):%Y-%m}"})

    pack = ZipFile(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]  # Django's stream
    rows = list(load_workbook(BytesIO(pack.read("uses.xlsx"))).active.iter_rows(values_only=True))
    proof = [b64decode(line) for line in pack.read("growth.txt").split()]
    words = text_of(pack.read("自查-zh-hans.pdf"))
    assert len(rows) == 2
    old, new = (b64decode(log.head(size).splitlines()[2]) for size in (2, len(log.facts)))
    merkle.verify_consistency(2, old, len(log.facts), new, proof)
    assert [word for word in ("合计11", "已通过2", "没有发生事件", f"{len(log.facts)}条") if word not in words] == []
    assert recorded()[-1] == "evidence.month-taken"
    for month, why in (("2999-01", "month-not-begun"), ("1999-12", "month-too-early")):
        refused = browser.get("/registers/month.zip", {**asked, "month": month})
        assert (refused.status_code, why in refused.content.decode()) == (409, True)


def text_of(pdf: bytes) -> str:
    return "".join(
        run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().split()
    )


def test_a_month_has_what_its_machines_signed_and_says_what_of_it_is_not_there(
    bench: Bench, permit: Permit, company: Company, zhao: Person, wang: Person, noon: datetime, enter: Enter
) -> None:
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    for _ in range(3):
        bench.stamp(noon)
        bench.stamp(noon)
        bench.sync(noon)
    bench.machine.close("done", noon)
    bench.sync(noon)
    told = bench.device.events.exclude(ticket="").order_by("number").values_list("number", flat=True)

    asked = {"company": company.uid, "month": f"{localtime(noon):%Y-%m}"}
    answer = enter(zhao).get("/registers/month.zip", asked)
    pack = ZipFile(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]  # Django's stream

    found = logged.check(pack.read("machines/1/log-1.txt").decode())
    numbers = [event.number for event in found.events]
    assert (found.device, found.gaps) == (bench.device.serial, [])
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert (set(told) <= set(numbers), numbers[-1]) == (True, told[len(told) - 1])
    words = text_of(pack.read("自查-zh-hans.pdf"))
    assert [word for word in (bench.device.serial, "machines/1/log-1.txt", "尚未被已签名") if word not in words] == []
    month = months.gather_month(zhao, noon, company.uid, localdate(noon))
    parts = list(logs_of_month(Logs(zhao, noon, month, a_file=1, at_once=8)))
    assert [event.number for part in parts for event in part.events] == numbers
    assert len(parts) > 1
    cut = Logs(zhao, noon, month, most=1, at_once=8)
    assert [event.number for part in logs_of_month(cut) for event in part.events] == numbers[: len(parts[0].events)]
    assert cut.packed[0].missing == {packs.Missing.TOO_MUCH, packs.Missing.NOT_YET}
    event = DeviceEvent.objects.get(device=bench.device, type="fired", said__said__impression=4)
    event.said["said"]["counter"] = 9
    event.save(update_fields=["said"])
    altered = Logs(zhao, noon, month)
    assert [part.gaps for part in logs_of_month(altered)] != [[]]
    assert packs.Missing.ALTERED in altered.packed[0].missing


def logs_of_month(logs: Logs) -> Iterator[logged.Logged]:
    """Yield each log as it is checked without us, in the order in which they are written."""
    for path, parts in logs.files():
        text = b"".join(parts).decode()
        if "/log-" in path:
            yield logged.check(text)
