"""A file that is protected by a password: asked for where it is brought, used once, kept nowhere, said to approvers."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from bench.papers import paper
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.utils.timezone import now

from privyseal.approvals.models import Draft
from privyseal.identity import attempts
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.ledger.models import FactRow
from privyseal.sealing.actions.receiving import FAILED, PASSWORDS_TRIED
from privyseal.sealing.models import Document
from privyseal.seals.models import Seal
from tests.conftest import apply
from tests.edges.conftest import Enter, alert, command
from tests.edges.test_applying import upload
from tests.jobs import do_jobs
from tests.pdfs import PASSWORD, one_page, protected

pytestmark = pytest.mark.documents
OPEN: Final = "任何拿到的人都能打开"


def brought(browser: Browser, company: Company, password: str = "") -> tuple[int, str]:
    sent = command(company=company.uid, file=upload(protected(one_page("Protected"))), password=password)
    answer = browser.post("/apply/use/", sent)
    return answer.status_code, answer.content.decode()


def places_of(words: str) -> list[str]:
    """Return the tables of the database and the files of the installation that hold these words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            ways = (words, words.encode().hex())
            likes = " OR ".join("strpos(t::text, %s) > 0" for _ in ways)
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE {likes})', ways)
            found += [table] if cursor.fetchone() == (True,) else []
    files = [each for each in Path(settings.DATA).rglob("*") if each.is_file()]
    return [*found, *(str(each) for each in files if words.encode() in each.read_bytes())]


def test_the_password_is_asked_for_used_once_and_nowhere_afterwards(
    company: Company, official: Seal, wang: Person, li: Person, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    browser = enter(wang)
    caplog.set_level(logging.DEBUG)

    asked = brought(browser, company)
    wrong = brought(browser, company, PASSWORD.upper())
    taken, _ = brought(browser, company, PASSWORD)

    assert (asked[0], "这份 PDF 有密码保护。请选择文件并填写密码" in asked[1]) == (409, True)
    assert (wrong[0], "密码不正确" in wrong[1], PASSWORD.upper() in wrong[1]) == (409, True, False)
    assert all('<details class="field protected" open>' in page for _, page in (asked, wrong))
    assert attempts.seen_lately(FAILED, wang.pseudonym, now()) == 1
    document = Document.objects.get()
    assert (taken, document.changes, document.warnings[0]) == (302, ["protection-removed"], "protection-removed")
    received = FactRow.objects.filter(kind="document.received").latest("pk").body
    assert b'"changes":["protection-removed"]' in received
    uid = apply(wang, now(), official, document.sha256)
    for reader, page in ((wang, f"/apply/use/{company.uid}/{document.sha256}/"), (li, f"/applications/{uid}/")):
        assert OPEN in enter(reader).get(page).content.decode()
    assert "document" in places_of("protection-removed")  # what is there is found
    assert places_of(PASSWORD) == []
    assert not any(PASSWORD.encode() in body for body in FactRow.objects.values_list("body", flat=True))
    assert PASSWORD not in caplog.text


def test_too_many_wrong_ones_are_refused_also_where_the_next_were_right(
    company: Company, wang: Person, enter: Enter
) -> None:
    browser = enter(wang)
    for _ in range(PASSWORDS_TRIED):
        attempts.count(FAILED, wang.pseudonym, now())

    status, page = brought(browser, company, PASSWORD)

    assert (status, "文件密码错误次数过多" in page) == (429, True)
    assert not Document.objects.exists()


def test_a_large_one_is_taken_in_while_its_sender_waits_and_no_job_is_told_the_password(
    company: Company, wang: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for module in ("privyseal.web.forms", "privyseal.web.views.applying"):
        monkeypatch.setattr(f"{module}.is_large", lambda size: size > 2_500_000)
    browser, data = enter(wang), protected(paper(1, 3_000_000))
    caplog.set_level(logging.DEBUG)

    def bring(password: str) -> tuple[int, str, str]:
        answer = browser.post("/apply/use/", command(company=company.uid, file=upload(data), password=password))
        return answer.status_code, answer.content.decode(), answer.headers.get("Location", "")

    wrong, taken = bring("guess"), bring(PASSWORD)
    known = Document.objects.get()
    without = bring("")
    jobs = do_jobs()

    assert (wrong[0], "密码不正确" in wrong[1]) == (409, True)
    assert attempts.seen_lately(FAILED, wang.pseudonym, now()) == 1
    assert taken[2] == f"/apply/use/{company.uid}/{known.sha256}/"
    assert (known.changes, known.received_sha256) == (["protection-removed"], sha256(data))
    assert known.sha256 == sha256(settings.BLOBS.get(known.sha256))
    assert jobs == ["sealing.take-in"]
    assert "这份 PDF 有密码保护" in alert(browser.get(without[2]))
    assert places_of(PASSWORD) == []
    assert PASSWORD not in caplog.text


def test_no_draft_keeps_a_password(
    company: Company, contract: str, official: Seal, wang: Person, noon: datetime, enter: Enter
) -> None:
    fields = {"reason": "续约", "paper_password": PASSWORD, "further_password": PASSWORD}

    enter(wang).post(f"/apply/use/{company.uid}/{contract}/draft/", fields)

    assert (PASSWORD in Draft.objects.get().said, "续约" in Draft.objects.get().said) == (False, True)
