"""Asking for a use of a seal, and for a new seal."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as product
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.request import UnreadablePostError
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.timezone import localdate, localtime
from PIL import Image
from pytest_django import Settings

from privyseal.approvals.models import Application, Line
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound
from privyseal.pdf.figures import line_svg_path
from privyseal.sealing.models import Document
from privyseal.seals.models import Seal
from privyseal.signer.documents import WRITING_HEIGHT
from tests.conftest import Use, recorded
from tests.disk import full_after
from tests.edges.conftest import Enter, alert, command
from tests.jobs import do_jobs
from tests.pdfs import one_page
from tests.signer.cast import pdf


def upload(data: bytes, name: str = "合同 2026-117.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def terms(seal: Seal, operator: Person, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  fields of every kind
    return (
        command(
            seal=seal.uid,
            how="at",
            page="1",
            x="150.5",
            y="60",
            following="nobody",
            reason="与乙方签订合同",
            starts_on=localdate().isoformat(),
            ends_on=(localdate() + timedelta(days=6)).isoformat(),
            operator=operator.pseudonym,
        )
        | changes
    )


def test_whoever_uses_seals_is_offered_a_use_and_whoever_manages_a_new_seal(
    wang: Person, zhao: Person, stranger: Person, enter: Enter
) -> None:
    offered = {person.login: enter(person).get("/apply/").content.decode() for person in (wang, zhao, stranger)}

    doors = {login: ("/apply/use/" in page, "/apply/seal/" in page) for login, page in offered.items()}
    assert doors == {"wang": (True, False), "zhao": (False, True), "qiu": (False, False)}
    assert "您暂时不能申请" in offered["qiu"]


def test_an_uploaded_file_is_taken_in_and_leads_to_the_terms(wang: Person, company: Company, enter: Enter) -> None:
    sent = command(company=company.uid, file=upload(one_page("Contract")))

    answer = enter(wang).post("/apply/use/", sent)

    document = Document.objects.get()
    assert answer.headers["Location"] == f"/apply/use/{company.uid}/{document.sha256}/"
    assert document.name == "合同 2026-117.pdf"
    assert recorded() == ["document.received"]


def test_the_same_file_sent_twice_is_one_document(wang: Person, company: Company, enter: Enter) -> None:
    browser, data = enter(wang), one_page("Contract")

    answers = [browser.post("/apply/use/", command(company=company.uid, file=upload(data))) for _ in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert recorded() == ["document.received"]


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 409, "文件是空的"),
        (b"not a pdf at all", 409, "这不是 PDF"),
        (one_page("Contract")[:300], 409, "已损坏或不完整"),
        (b"%PDF-1.7\n" + bytes(4_000_000), 413, "文件超过 3 MB"),
    ],
    ids=["empty", "no-pdf", "cut-off", "too-large"],
)
def test_a_file_that_cannot_be_sealed_is_refused_in_words(
    data: bytes, status: int, words: str, wang: Person, company: Company, enter: Enter, settings: Settings
) -> None:
    settings.DOCUMENT_BYTES = 3_000_000

    answer = enter(wang).post("/apply/use/", command(company=company.uid, file=upload(data)))

    assert (answer.status_code, Document.objects.count()) == (status, 0)
    assert words in answer.content.decode()


def test_a_picture_becomes_a_document_that_says_what_the_copy_is_for(
    wang: Person, company: Company, enter: Enter
) -> None:
    written = BytesIO()
    Image.new("L", (620, 877), 255).save(written, "PNG")
    copy = {"copy_for": "仅供投标使用", "copy_until": "2026-12-31"}

    enter(wang).post("/apply/use/", command(company=company.uid, file=upload(written.getvalue(), "执照.png"), **copy))

    assert Document.objects.get().changes == ["made-a-pdf", "watermarked"]


def test_without_libreoffice_an_office_file_is_refused_in_words(
    wang: Person, company: Company, enter: Enter, settings: Settings
) -> None:
    settings.OFFICE = ""

    answer = enter(wang).post("/apply/use/", command(company=company.uid, file=upload(b"PK\x03\x04", "合同.docx")))

    assert (answer.status_code, Document.objects.count()) == (409, 0)
    assert "另存为 PDF" in alert(answer)


def test_whoever_applies_and_whoever_approves_are_warned_of_missing_fonts(
    pending: Use, wang: Person, li: Person, company: Company, enter: Enter
) -> None:
    of_applicant = enter(wang).get(f"/apply/use/{company.uid}/{pending.document}/").content.decode()
    of_approver = enter(li).get(f"/applications/{pending.uid}/").content.decode()

    assert "未嵌入的字体" in of_applicant
    assert "未嵌入的字体" in of_approver


def test_a_form_without_a_file_asks_for_it(wang: Person, company: Company, enter: Enter) -> None:
    answer = enter(wang).post("/apply/use/", command(company=company.uid))

    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"file"})


def test_the_terms_show_the_file_and_suggest_the_usual(
    wang: Person, company: Company, contract: str, official: Seal, enter: Enter
) -> None:
    address = f"/apply/use/{company.uid}/{contract}/"
    page = enter(wang).get(address).content.decode()
    wrong = enter(wang).post(address, terms(official, wang, copies="0")).content.decode()

    folded = '<details class="field">\n        <summary>文号、份数'
    assert (folded in page, folded in wrong) == (True, False)  # what is wrong stays in sight
    assert contract in page
    assert f"/documents/{contract}/pages/1.png" in page
    assert official.uid in page
    assert f'value="{localdate().isoformat()}"' in page


def test_without_a_seal_in_force_the_terms_say_so(wang: Person, company: Company, contract: str, enter: Enter) -> None:
    assert "公司没有可用的印章" in enter(wang).get(f"/apply/use/{company.uid}/{contract}/").content.decode()


def test_an_application_says_what_the_form_said(
    wang: Person, company: Company, contract: str, official: Seal, enter: Enter
) -> None:
    answer = enter(wang).post(f"/apply/use/{company.uid}/{contract}/", terms(official, wang))

    application = Application.objects.get(purpose="use")
    line = Line.objects.get(application=application)
    assert answer.headers["Location"] == f"/applications/{application.uid}/"
    assert (line.seal, line.document_sha256) == (official, contract)
    assert (line.placements, line.following) == ([{"page": 1, "x": 150_500, "y": 60_000}], "nobody")
    assert localtime(application.starts_at).isoformat() == f"{localdate()}T00:00:00+08:00"
    assert application.expires_at - application.starts_at == timedelta(days=7)
    assert recorded()[-1] == "application.submitted"


@pytest.mark.invariant("T13", column="http")
def test_the_same_application_sent_twice_is_one(
    wang: Person, company: Company, contract: str, official: Seal, enter: Enter
) -> None:
    browser, said = enter(wang), terms(official, wang)

    answers = [browser.post(f"/apply/use/{company.uid}/{contract}/", said) for _ in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Application.objects.filter(purpose="use").count() == 1


def test_other_words_under_the_same_command_are_refused(
    wang: Person, company: Company, contract: str, official: Seal, enter: Enter
) -> None:
    browser, said = enter(wang), terms(official, wang)
    browser.post(f"/apply/use/{company.uid}/{contract}/", said)

    answer = browser.post(f"/apply/use/{company.uid}/{contract}/", said | {"reason": "另一份合同"})

    assert answer.status_code == 409
    assert "这张表单之前提交过" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"page": "2"}, "文件没有这一页"),
        ({"x": "5"}, "超出页面"),
        ({"starts_on": "2020-01-01", "ends_on": "2020-01-02"}, "日期不对"),
    ],
    ids=["no-such-page", "outside", "over"],
)
def test_impossible_terms_are_refused_and_kept_for_correction(
    changes: dict[str, str],
    words: str,
    wang: Person,
    company: Company,
    contract: str,
    official: Seal,
    enter: Enter,
) -> None:
    answer = enter(wang).post(f"/apply/use/{company.uid}/{contract}/", terms(official, wang, **changes))

    page = answer.content.decode()
    assert (answer.status_code, Application.objects.filter(purpose="use").count()) == (409, 0)
    assert words in page
    assert "与乙方签订合同" in page


@pytest.mark.parametrize(
    "field", ["seal", "how", "page", "x", "y", "following", "reason", "starts_on", "operator", "command_id"]
)
def test_a_field_that_is_missing_is_asked_for(
    field: str, wang: Person, company: Company, contract: str, official: Seal, enter: Enter
) -> None:
    answer = enter(wang).post(f"/apply/use/{company.uid}/{contract}/", terms(official, wang) | {field: ""})

    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {field})


def test_somebody_who_may_not_operate_cannot_be_named(
    wang: Person, zhao: Person, company: Company, contract: str, official: Seal, enter: Enter
) -> None:
    answer = enter(wang).post(f"/apply/use/{company.uid}/{contract}/", terms(official, zhao))

    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"operator"})


def test_a_document_that_is_not_there_and_a_company_of_others_are_not_found(
    wang: Person, company: Company, contract: str, enter: Enter
) -> None:
    browser = enter(wang)

    assert browser.get(f"/apply/use/{company.uid}/{'0' * 64}/").status_code == 404
    assert browser.get(f"/apply/use/{uuid4().hex}/{contract}/").status_code == 404


def test_a_manager_does_not_apply_for_a_use(zhao: Person, company: Company, enter: Enter) -> None:
    answer = enter(zhao).post("/apply/use/", command(company=company.uid, file=upload(one_page())))

    assert (answer.status_code, Document.objects.count()) == (403, 0)
    assert recorded() == ["page.open.refused"]


def test_nothing_of_a_refused_file_is_stored(wang: Person, company: Company, enter: Enter) -> None:
    data = f"not a pdf {uuid4()}".encode()

    enter(wang).post("/apply/use/", command(company=company.uid, file=upload(data)))

    with pytest.raises(NotFound):
        product.BLOBS.get(sha256(data))


def test_turning_the_pages_of_a_long_document_loses_nothing_that_was_filled_in(
    wang: Person, company: Company, official: Seal, enter: Enter
) -> None:
    browser = enter(wang)
    sent = browser.post("/apply/use/", command(company=company.uid, file=upload(one_page("Long", pages=25))))
    address = sent.headers["Location"]

    half = browser.post(address, terms(official, wang, reason="合同很长", ends_on="", x="", turn="21"))
    whole = browser.post(address, terms(official, wang, reason="合同很长", turn="21", page="22"))

    for answer in (half, whole):
        page = answer.content.decode()
        assert (answer.status_code, "合同很长" in page, 'id="page-25"' in page) == (200, True, True)
        assert 'name="turn" value="1"' in page
    assert "盖在这一页" in whole.content.decode()
    assert "必填" not in half.content.decode()
    assert not Line.objects.exclude(document_sha256="").exists()


def test_a_date_line_is_shown_where_it_will_stand_and_said_to_the_approver(
    wang: Person, li: Person, company: Company, contract: str, official: Seal, enter: Enter
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    row = {"writing": "2026年11月26日", "writing_page": "1", "writing_x": "100", "writing_y": "30"}

    shown = browser.post(address, terms(official, wang, **row, show="1")).content.decode()
    assert "预计办理时间" in shown
    missing = browser.post(address, terms(official, wang, **(row | {"writing_x": ""})))
    sent = browser.post(address, terms(official, wang, **row))

    assert line_svg_path("2026年11月26日", height=WRITING_HEIGHT) in shown
    assert (missing.status_code, sent.status_code) == (400, 302)
    assert "<dd>2026年11月26日</dd>" in enter(li).get(sent.headers["Location"]).content.decode()


class CutOff(BytesIO):
    """What a client sent before its network was gone."""

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if not part:
            raise ConnectionResetError
        return part


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have everything that does not stay in memory taken in by a job."""
    monkeypatch.setattr("privyseal.web.views.applying.is_large", lambda size: size > 2_500_000)


@pytest.mark.usefixtures("small_is_large")
def test_a_large_file_is_taken_in_by_a_job_whose_page_looks_again(wang: Person, company: Company, enter: Enter) -> None:
    browser = enter(wang)
    bid = pdf("bid", filler_bytes=3_000_000)

    answer = browser.post("/apply/use/", command(company=company.uid, file=upload(bid, "标书.pdf")))
    waiting = browser.get(answer.headers["Location"])
    do_jobs()
    arrived = browser.get(answer.headers["Location"])

    document = Document.objects.get()
    assert (waiting.headers["Refresh"], "：0%" in waiting.content.decode()) == ("2", True)
    assert arrived.headers["Location"] == f"/apply/use/{company.uid}/{document.sha256}/"
    assert document.received_sha256 == sha256(bid)


@pytest.mark.usefixtures("small_is_large")
def test_a_large_file_that_is_turned_away_says_why(wang: Person, company: Company, enter: Enter) -> None:
    browser = enter(wang)
    cut = pdf("bid", filler_bytes=3_000_000)[:-300]

    answer = browser.post("/apply/use/", command(company=company.uid, file=upload(cut)))
    do_jobs()

    assert "已损坏或不完整" in alert(browser.get(answer.headers["Location"]))


def test_only_where_documents_are_handed_in_a_file_may_be_large(
    wang: Person, company: Company, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("privyseal.web.uploads.MAX_BYTES", 3_000_000)
    browser, data = enter(wang), pdf("bid", filler_bytes=4_000_000)

    handed_in = browser.post("/apply/use/", command(company=company.uid, file=upload(data)))
    to_verify = browser.post("/verify/", {"file": upload(data)})

    assert (handed_in.status_code, to_verify.status_code) == (302, 413)


def arriving() -> set[Path]:
    return set((product.BLOBS.root / "arriving").glob("*"))


def test_a_full_disk_is_said_and_leaves_nothing_of_the_file(wang: Person, company: Company, enter: Enter) -> None:
    before = arriving()

    with full_after(1_000_000):
        answer = enter(wang).post("/apply/use/", command(company=company.uid, file=upload(bytes(4_000_000))))

    assert (answer.status_code, "磁盘已满" in alert(answer)) == (503, True)
    assert arriving() == before


def test_a_connection_that_is_lost_leaves_nothing_of_the_file(wang: Person, company: Company, enter: Enter) -> None:
    before, browser = arriving(), enter(wang)
    whole = encode_multipart(BOUNDARY, command(company=company.uid, file=upload(bytes(4_000_000))))

    lost: dict[str, Any] = {"wsgi.input": CutOff(whole[:3_500_000])}
    with pytest.raises(UnreadablePostError):
        browser.generic("POST", "/apply/use/", whole, MULTIPART_CONTENT, **lost)

    assert (arriving(), Document.objects.count()) == (before, 0)
