"""Is this our stamp? Asked with a photograph, answered with no more than the asker may see."""

from datetime import datetime
from random import Random
from tempfile import TemporaryFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils.timezone import now

from privyseal.custody.models import PagePrint
from privyseal.custody.queries.stamps import LOOKS, LOOKS_A_MINUTE
from privyseal.identity import attempts
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.pdf.photographed import prints_of
from privyseal.seals.models import Permit
from tests.conftest import holding, new_person
from tests.edges.conftest import Enter
from tests.photographed import agreement, jpeg, printed, taken

pytestmark = pytest.mark.documents


def ask(browser: Browser, photo: bytes) -> tuple[int, str]:
    sent = {"photo": SimpleUploadedFile("page.jpg", photo, content_type="image/jpeg")}
    answer = browser.post("/is-this-our-stamp/", sent)
    return answer.status_code, answer.content.decode()


def test_whoever_asks_learns_that_there_was_a_use_and_only_who_may_see_it_gets_the_way_there(
    permit: Permit, company: Company, wang: Person, long_ago: datetime, enter: Enter
) -> None:
    document, pdf = permit.lines.get().document_sha256, agreement(1)
    with TemporaryFile() as file:
        file.write(pdf)
        file.flush()
        (kept,) = prints_of(file, first=1, last=1)
    PagePrint.objects.create(document_sha256=document, page=1, points=kept.points, words=list(kept.words))
    photo = jpeg(taken(printed(pdf, 1), Random(1), long_side=1_900))  # noqa: S311  not a secret
    stranger = holding(new_person("he", "何用"), Power.USE, company, long_ago)

    (mine, page), (theirs, told) = ask(enter(wang), photo), ask(enter(stranger), photo)

    assert (mine, theirs) == (200, 200)
    assert (company.name in page, company.name in told) == (True, True)
    assert (f"/by-hand/{permit.uid}/" in page, f"/by-hand/{permit.uid}/" in told) == (True, False)
    assert document not in told


def test_whoever_has_no_part_in_a_company_or_asks_too_often_is_told_nothing(
    wang: Person, stranger: Person, enter: Enter
) -> None:
    for _ in range(LOOKS_A_MINUTE):
        attempts.count(LOOKS, wang.pseudonym, now())

    answers = [ask(enter(person), b"\xff\xd8\xff a photograph") for person in (wang, stranger)]

    assert [status for status, _ in answers] == [429, 403]
