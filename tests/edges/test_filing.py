"""Papers owed to the file, on their pages."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from privyseal.identity.models import Company, Person
from privyseal.seals.models import Filing
from tests.actions.filing import SCAN
from tests.conftest import recorded
from tests.edges.conftest import Enter, alert, command

pytestmark = pytest.mark.documents


def test_one_finds_what_one_owes_and_files_it(owed: Filing, wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    assert "contract.pdf" in browser.get("/filing/").content.decode()

    sent = {"archive_number": "XS-1", "scan": SimpleUploadedFile("s.pdf", SCAN), "is_copy_back": "on"}
    answer = browser.post(f"/filing/{owed.pk}/file/", sent)

    assert answer.status_code == 302
    assert "XS-1" in browser.get(f"/registers/uses/{owed.pk}/").content.decode()
    assert "最后一日 20" in browser.get(f"/filing/{owed.pk}/").content.decode()
    assert b"".join(browser.get(f"/filing/{owed.pk}/scan/").streaming_content) == SCAN  # type: ignore[attr-defined]  # Django's stream
    assert "没有待归档的文件" in browser.get("/filing/").content.decode()


def test_a_refusal_is_said_and_nothing_is_filed(owed: Filing, wang: Person, enter: Enter) -> None:
    sent = {"archive_number": "XS-1", "scan": SimpleUploadedFile("s.exe", b"MZ")}

    answer = enter(wang).post(f"/filing/{owed.pk}/file/", sent)

    assert "PDF" in alert(answer)
    assert Filing.objects.get().filed_at is None
    assert enter(wang).get(f"/filing/{owed.pk}/scan/").status_code == 404


def test_a_waiver_is_asked_for_and_decided_on_pages(
    owed: Filing, wang: Person, zhao: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    browser = enter(zhao)
    assert "contract.pdf" in browser.get("/filing/?all=1").content.decode()
    assert "contract.pdf" not in browser.get("/filing/").content.decode()

    nothing = browser.post(
        "/filing/transfers/", command(company=owed.entry.book.company.uid, year=localdate(noon).year, archive="档案室")
    )
    assert "没有已归档而未移交" in alert(nothing)
    assert alert(browser.post(f"/filing/{owed.pk}/ask-waiver/", command(reason=" ")))
    assert browser.post(f"/filing/{owed.pk}/ask-waiver/", command(reason="合同作废")).status_code == 302
    assert "合同作废" in enter(wang).get(f"/filing/{owed.pk}/").content.decode()
    decider = enter(li)
    assert "/filing/waivers/" in decider.get("/").content.decode()
    assert "合同作废" in decider.get("/filing/waivers/").content.decode()
    decider.post(f"/filing/{owed.pk}/keep-owed/", command())
    assert "没有等待您决定的免归档" in decider.get("/filing/waivers/").content.decode()
    browser.post(f"/filing/{owed.pk}/ask-waiver/", command(reason="合同作废"))
    assert decider.post(f"/filing/{owed.pk}/waive/", command()).headers["Location"] == "/filing/waivers/"
    assert li.name in browser.get(f"/filing/{owed.pk}/").content.decode()


def test_what_an_archivist_confirmed_goes_to_the_archive_with_a_list_to_sign_and_to_save(
    owed: Filing, wang: Person, zhao: Person, noon: datetime, enter: Enter
) -> None:
    scan = {"archive_number": "XS-1", "scan": SimpleUploadedFile("s.pdf", SCAN)}
    enter(wang).post(f"/filing/{owed.pk}/file/", scan)
    browser = enter(zhao)
    assert "contract.pdf" in browser.get("/filing/?all=1&which=to-confirm").content.decode()
    digest = Filing.objects.get().scan_sha256
    assert "相对方" in alert(browser.post(f"/filing/{owed.pk}/confirm/", command(scan_sha256=digest)))
    enter(wang).post(f"/filing/{owed.pk}/copy-back/", command())
    browser.post(f"/filing/{owed.pk}/confirm/", command(scan_sha256=digest))

    answer = browser.post(
        "/filing/transfers/", command(company=owed.entry.book.company.uid, year=localdate(noon).year, archive="档案室")
    )

    place = answer.headers["Location"]
    page = browser.get(place).content.decode()
    assert "XS-1" in page
    assert "移交人" in page
    assert "30" in page
    saved = b"".join(browser.get(f"{place}list.csv")).decode("utf-8-sig")
    assert "已归档并确认" in saved
    assert recorded()[-1] == "register.copied"


def test_who_is_late_sees_what_holds_up_the_next_use_and_a_table_of_it_can_be_saved(
    owed: Filing, wang: Person, zhao: Person, noon: datetime, enter: Enter
) -> None:
    Filing.objects.update(due_on=localdate(noon) - timedelta(days=9))

    assert f'href="/filing/{owed.pk}/"' in enter(wang).get("/apply/").content.decode()
    saved = b"".join(enter(zhao).get("/filing/papers.csv?all=1&which=late")).decode("utf-8-sig")
    assert ",9,待归档," in saved
    answer = enter(zhao).post(f"/filing/{owed.pk}/chase/", command())
    assert answer.status_code == 302
    assert "24" in alert(enter(zhao).post(f"/filing/{owed.pk}/chase/", command()))


def test_a_manager_sends_papers_back_and_sets_what_the_company_has_owed(
    owed: Filing, company: Company, wang: Person, zhao: Person, enter: Enter
) -> None:
    enter(wang).post(f"/filing/{owed.pk}/file/", {"archive_number": "XS-1", "scan": SimpleUploadedFile("s.pdf", SCAN)})
    enter(zhao).post(f"/filing/{owed.pk}/return/", command(reason="扫描件缺页"))
    assert "扫描件缺页" in enter(wang).get(f"/filing/{owed.pk}/").content.decode()

    sent = command(company=company.uid, days="15", retention="ten-years", is_blocking="on")
    assert enter(zhao).post("/filing/rules/", sent).status_code == 302
    page = enter(wang).get("/filing/rules/").content.decode()
    assert "15 个工作日" in page
