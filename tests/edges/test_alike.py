"""Many documents of one use that are sealed alike: brought file by file, sent in together, shown a few at a time."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from privyseal.approvals.models import Application, Draft, Line
from privyseal.approvals.wishes import LineWish
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.placement import PageSize, Placement
from privyseal.seals.models import Seal
from tests.conftest import apply, bring, say_yes
from tests.edges.conftest import Enter, alert, command
from tests.edges.test_applying import terms
from tests.pdfs import one_page

pytestmark = pytest.mark.documents
BY_ITSELF = {"X-By-Itself": "1"}


def file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.pdf", one_page(name), content_type="application/pdf")


def brought() -> list[str]:
    return (Draft.objects.get().alike or "").split()


def sent(browser: Browser, address: str, *names: str) -> int:
    return browser.post(f"{address}alike/", command(brought=[file(name) for name in names])).status_code


def test_what_is_brought_is_sent_in_with_the_seal_and_the_place_of_the_first(
    company: Company, contract: str, official: Seal, wang: Person, enter: Enter
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"

    assert [sent(browser, address, *names) for names in (("A-1", "A-2"), ("A-2",))] == [302, 302]
    first, *_ = brought()
    left = browser.post(f"{address}alike/leave/", command(document=first))
    page = browser.get(f"{address}alike/").content.decode()
    of_form = browser.get(address).content.decode()
    shown = sha256(" ".join(brought()).encode())
    browser.post(address, terms(official, wang, alike_sha256=shown))

    assert (left.status_code, page.count("A-2.pdf") > 0, page.count("A-1.pdf")) == (302, True, 0)
    assert ("另有 1 份文件" in of_form, shown in of_form) == (True, True)
    lines = Line.objects.filter(application__purpose="use").order_by("position")
    assert [line.document_name for line in lines] == ["contract.pdf", "A-2.pdf"]
    assert len({str(line.placements) for line in lines}) == 1
    assert not Draft.objects.exists()


def test_a_script_hears_of_each_file_and_nothing_is_sent_in_that_the_page_did_not_show(
    company: Company, contract: str, official: Seal, wang: Person, enter: Enter
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    broken = SimpleUploadedFile("坏.pdf", b"%PDF-", content_type="application/pdf")

    taken = browser.post(f"{address}alike/", command(brought=file("A-1")), headers=BY_ITSELF)
    refused = browser.post(f"{address}alike/", command(brought=broken), headers=BY_ITSELF)
    unseen = browser.post(address, terms(official, wang))

    assert (taken.json(), refused.json()["taken"], len(brought())) == ({"taken": True}, False, 1)
    assert (unseen.status_code, "不一致" in alert(unseen)) == (409, True)
    assert not Application.objects.filter(purpose="use").exists()


def test_the_pages_of_a_long_series_stay_small(
    company: Company, official: Seal, wang: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    size, data = PageSize(width=209_903, height=297_039), one_page("在职证明")
    documents = [
        bring(wang, noon, company, Accepted(data + b"%d\n" % number, pages=(size,), changes=(), signed=False))
        for number in range(60)
    ]
    spot = (Placement(1, 150_000, 60_000),)
    lines = tuple(LineWish(official.uid, document, "nobody", spot) for document in documents)
    uid = apply(wang, noon, official, documents[0], lines=lines)
    say_yes(li, noon, uid)
    browser = enter(wang)

    pages = [browser.get(f"/applications/{uid}/{path}") for path in ("", "documents/?from=41", "seal/?from=21")]

    assert [page.status_code for page in pages] == [200] * 3
    application, last, sealing = (page.content.decode() for page in pages)
    assert "另有 59 份文件" in application
    assert (documents[1] in application, documents[59] in last, documents[39] in last) == (False, True, False)
    assert ("from=21" in last, "from=61" in last, "from=41" in sealing) == (True, False, True)
    assert max(len(page.content) for page in pages) < 120_000
