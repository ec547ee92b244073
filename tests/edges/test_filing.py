"""Papers owed to the file, on their pages."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from privyseal.identity.models import Person
from privyseal.seals.models import Filing
from tests.actions.filing import SCAN
from tests.edges.conftest import Enter, alert, command

pytestmark = pytest.mark.documents


def test_one_finds_what_one_owes_and_files_it(owed: Filing, wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    assert "contract.pdf" in browser.get("/filing/").content.decode()

    sent = {"archive_number": "XS-1", "scan": SimpleUploadedFile("s.pdf", SCAN), "is_copy_back": "on"}
    answer = browser.post(f"/filing/{owed.pk}/file/", sent)

    assert answer.status_code == 302
    assert "XS-1" in browser.get(f"/registers/uses/{owed.pk}/").content.decode()
    assert b"".join(browser.get(f"/filing/{owed.pk}/scan/").streaming_content) == SCAN  # type: ignore[attr-defined]  # Django's stream
    assert "没有待归档的文件" in browser.get("/filing/").content.decode()


def test_a_refusal_is_said_and_nothing_is_filed(owed: Filing, wang: Person, enter: Enter) -> None:
    sent = {"archive_number": "XS-1", "scan": SimpleUploadedFile("s.exe", b"MZ")}

    answer = enter(wang).post(f"/filing/{owed.pk}/file/", sent)

    assert "PDF" in alert(answer)
    assert Filing.objects.get().filed_at is None
    assert enter(wang).get(f"/filing/{owed.pk}/scan/").status_code == 404


def test_a_manager_waives_and_sends_a_year_to_the_archive(
    owed: Filing,
    zhao: Person,
    noon: datetime,
    enter: Enter,
) -> None:
    browser = enter(zhao)
    assert "contract.pdf" in browser.get("/filing/?all=1").content.decode()
    assert "contract.pdf" not in browser.get("/filing/").content.decode()

    nothing = browser.post(
        "/filing/transfers/", command(company=owed.entry.book.company.uid, year=localdate(noon).year, archive="档案室")
    )
    assert "没有已归档而未移交" in alert(nothing)
    assert browser.post(f"/filing/{owed.pk}/waive/", command(reason="合同作废")).status_code == 302
    assert "合同作废" in browser.get(f"/filing/{owed.pk}/").content.decode()


def test_a_transfer_is_a_list_to_sign(owed: Filing, zhao: Person, noon: datetime, enter: Enter) -> None:
    browser = enter(zhao)
    browser.post(f"/filing/{owed.pk}/file/", {"archive_number": "XS-1", "scan": SimpleUploadedFile("s.pdf", SCAN)})

    answer = browser.post(
        "/filing/transfers/", command(company=owed.entry.book.company.uid, year=localdate(noon).year, archive="档案室")
    )

    page = browser.get(answer.headers["Location"]).content.decode()
    assert "XS-1" in page
    assert "移交人" in page
    assert "30" in page
