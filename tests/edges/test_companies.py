"""The pages on which a company becomes known."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils.timezone import localdate

from privyseal.identity.models import Company, Person, Renaming
from privyseal.identity.rules import Standing
from tests.edges.conftest import Enter, alert, command

PDF, PNG = b"%PDF-1.7 a scan", b"\x89PNG\r\n\x1a\n a picture"


@pytest.fixture
def desk(chen: Person, enter: Enter) -> Browser:
    return enter(chen)


def wish(**changes: object) -> dict[str, object]:
    said = {"name": "另一示例有限公司", "name_en": "", "uscc": "91350100M000100Y43", "legal_representative": "钱正"}
    return command(**{**said, **changes})


def file(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan", data)


def test_a_company_is_registered_proved_examined_and_verified(desk: Browser, sun: Person, enter: Enter) -> None:
    address = desk.post("/companies/register/", wish(licence=file(PDF))).headers["Location"]
    assert "材料不全" in desk.get(address).content.decode()
    desk.post(f"{address}proofs/", command(proof="representative", file=file(PNG)))
    assert "核验证明材料" not in desk.get(address).content.decode()

    auditor = enter(sun)
    page, company = auditor.get(address), Company.objects.get()
    assert "核验证明材料" in page.content.decode()
    proof = auditor.get(f"{address}proofs/representative/")
    assert (proof.content, proof.headers["Content-Type"]) == (PNG, "image/png")
    shown = {name: getattr(company, name) for name in ("licence_sha256", "representative_sha256")}
    auditor.post(f"{address}examine/", command(decision="verify", reason="", **shown))

    company.refresh_from_db()
    assert (company.standing, company.verified_by) == (Standing.VERIFIED, sun)


def test_a_rejection_says_why(desk: Browser, sun: Person, enter: Enter) -> None:
    both = {"licence": file(PDF), "representative": file(PDF)}
    address = desk.post("/companies/register/", wish(**both)).headers["Location"]
    company = Company.objects.get()
    shown = {name: getattr(company, name) for name in ("licence_sha256", "representative_sha256")}

    answer = enter(sun).post(f"{address}examine/", command(decision="reject", reason=" ", **shown))
    assert answer.status_code == 409
    enter(sun).post(f"{address}examine/", command(decision="reject", reason="执照模糊", **shown))

    assert "执照模糊" in desk.get(address).content.decode()


@pytest.mark.parametrize("wrong", [b"<html>", b"GIF89a", PDF + b"0" * (10 * 1024 * 1024)])
def test_a_proof_is_a_document_or_a_picture(wrong: bytes, desk: Browser) -> None:
    answer = desk.post("/companies/register/", wish(licence=file(wrong)))

    assert answer.status_code == 409
    assert "10 MB" in alert(answer)
    assert not Company.objects.exists()


def test_a_wrong_code_and_a_name_that_looks_taken_are_said_on_the_page(desk: Browser, company: Company) -> None:
    assert "信用代码不对" in alert(desk.post("/companies/register/", wish(uscc="91350100M000100Y44")))
    assert "逐字核对" in alert(desk.post("/companies/register/", wish(name="示例科技有限公 司")))
    assert desk.post("/companies/register/", command()).status_code == 400
    assert Company.objects.count() == 1


def test_a_company_is_renamed_at_the_pages_and_found_by_its_earlier_name(
    desk: Browser, sun: Person, company: Company, enter: Enter
) -> None:
    address = f"/companies/{company.uid}/"
    today = localdate().isoformat()
    said = {"name": "新名科技有限公司", "name_en": "", "changed_on": today, "old_seals_until": today}
    assert desk.post(f"{address}names/", command(**said)).status_code == 400
    assert desk.post(f"{address}names/", command(**said, licence=file(PDF))).headers["Location"] == address
    assert "待核验的更名" in desk.get(address).content.decode()

    auditor, renaming = enter(sun), Renaming.objects.get()
    assert auditor.get(f"{address}names/{renaming.uid}/licence/").content == PDF
    shown = {"licence_sha256": renaming.licence_sha256, "reason": ""}
    auditor.post(f"{address}names/{renaming.uid}/", command(decision="confirm", **shown))

    assert "示例科技有限公司" in desk.get(address).content.decode()
    assert list(desk.get("/organisation/", {"q": "示例科技"}).context["found"]) == [company]
    assert not desk.get("/organisation/", {"q": "无此名"}).context["found"]
