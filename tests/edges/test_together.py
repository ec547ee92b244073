"""Asking for several seals on one document, and what the pages say of it."""

import pytest
from django.utils.timezone import now

from privyseal.approvals.models import Line
from privyseal.identity.models import Company, Person
from privyseal.sealing.actions import receive_document
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from tests.conftest import say_yes
from tests.edges.conftest import Enter, alert
from tests.edges.test_applying import terms
from tests.pdfs import one_page

pytestmark = pytest.mark.documents


def test_one_form_asks_for_several_seals_and_one_button_puts_them_on(
    company: Company,
    contract: str,
    official: Seal,
    second: Seal,
    wang: Person,
    li: Person,
    enter: Enter,
    signer: Client,
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    row = {"seal1_seal": second.uid, "seal1_page": "1", "seal1_x": "60", "seal1_y": "60"}

    shown = browser.post(address, terms(official, wang, **row, show="1"))
    sent = browser.post(address, terms(official, wang, **row))

    assert (shown.status_code, shown.content.decode().count("盖在这一页")) == (200, 2)
    assert "left-place" not in shown.content.decode()
    assert [line.seal for line in Line.objects.filter(document_sha256=contract).order_by("position")] == [
        official,
        second,
    ]
    uid = sent.headers["Location"].rstrip("/").rsplit("/", 1)[1]
    say_yes(li, Line.objects.latest("pk").application.submitted_at, uid)
    assert browser.get(f"/applications/{uid}/").content.decode().count("立即盖章") == 1
    permit = Permit.objects.filter(application_uid=uid).earliest("pk")
    browser.post(f"/applications/{uid}/seal/{permit.uid}/{contract}/")
    done = browser.get(f"/applications/{uid}/").content.decode()
    assert (done.count("下载盖章文件"), done.count("没有全部盖上")) == (1, 0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"seal1_page": "1"}, "必填"),
        ({"seal1_words": "没有这些字"}, "找不到这些字"),
        ({"seal1_page": "1", "seal1_x": "5", "seal1_y": "60"}, "超出页面"),
    ],
    ids=["no-place", "no-words", "outside"],
)
def test_a_further_seal_without_a_possible_place_is_refused_in_words(
    row: dict[str, str],
    words: str,
    company: Company,
    contract: str,
    official: Seal,
    second: Seal,
    wang: Person,
    enter: Enter,
) -> None:
    answer = enter(wang).post(
        f"/apply/use/{company.uid}/{contract}/", terms(official, wang, seal1_seal=second.uid, **row)
    )

    assert answer.status_code in {400, 409, 404}
    assert words in answer.content.decode()
    assert not Line.objects.filter(document_sha256=contract).exists()


def test_a_further_seal_stands_on_every_place_of_its_words_or_beside_the_second(
    wang: Person, company: Company, official: Seal, second: Seal, enter: Enter
) -> None:
    browser, data = enter(wang), one_page("here", pages=3)
    document = receive_document(wang, now(), company_uid=company.uid, name="合同.pdf", data=data)
    row = {"seal1_seal": second.uid, "seal1_words": "here", "seal1_which": "all"}
    beside = {
        "seal1_seal": second.uid,
        "seal1_words": "here",
        "seal1_which": "2",
        "seal1_right": "10",
        "seal1_up": "-5",
    }

    for said in (row, beside):
        answer = browser.post(f"/apply/use/{company.uid}/{document}/", terms(official, wang, **said))
        assert answer.status_code == 302, alert(answer)

    everywhere, one = (
        line.placements
        for line in Line.objects.filter(seal=second, document_sha256=document).order_by("application_id", "pk")
    )
    assert (len(everywhere), len(one)) == (3, 1)
    assert (one[0]["x"], one[0]["y"]) == (everywhere[1]["x"] + 10_000, everywhere[1]["y"] - 5_000)
