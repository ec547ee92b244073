"""A signed code, from the application to a stranger with a photograph of the paper."""

import json
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client as Browser

from privyseal.__main__ import main
from privyseal.approvals.models import Line
from privyseal.identity.models import Company, Person
from privyseal.kernel import paper_code
from privyseal.paper.codes import texts_on
from privyseal.pdf.asking import At
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Seal
from privyseal.signer import authority
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from tests.actions.test_placing import Desk, asked, sealed
from tests.edges.test_statuses import judged
from tests.outside_ca import OutsideCa
from tests.pdfs import one_page
from tests.photographed import blank, jpeg, printed, taken

pytestmark = pytest.mark.documents
CODE = "ab" * 16


def photograph(data: bytes) -> bytes:
    """Return the lower left quarter of a paper, printed, as it lies slightly turned on a table."""
    paper = printed(data, 1, dpi=200)
    quarter = paper[paper.shape[0] // 2 :, : paper.shape[1] // 2]
    return jpeg(taken(quarter, Random(22376), long_side=1_400), quality=75)  # noqa: S311  not a secret


def brought(browser: Browser, photo: bytes) -> tuple[int, str]:
    answer = browser.post("/verify/", {"file": SimpleUploadedFile("paper.jpg", photo)})
    return answer.status_code, answer.content.decode()


def test_a_photograph_of_a_paper_says_whose_it_is_and_one_of_a_forgery_that_it_is_one(
    wang: Person,
    li: Person,
    company: Company,
    official: Seal,
    noon: datetime,
    signer: Client,
    public: Public,
    outside: Browser,
    tmp_path: Path,
) -> None:
    document = sealing.receive_document(
        wang, noon, company_uid=company.uid, name="报告.pdf", data=one_page("Report", pages=2)
    )
    at = At("1", 40_000, 60_000)
    wish = asked(official, document, At("1", 150_000, 60_000), code_at=at, code=CODE, is_code_signed=True)

    photo = photograph(sealed(Desk(wang, li, noon, signer, public), official, wish))

    # what the paper says
    status, page = brought(outside, photo)
    assert (status, 'data-paper="genuine"' in page, f"/r/{CODE}/" in page) == (200, True, True)
    assert official.company.name in page
    (text,) = texts_on(np.asarray(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)))
    assert 'data-paper="genuine"' in told(outside, text)[1]
    # forged, for another house, cut off, and by nobody
    said, key = paper_code.read_text(text).said, authority.private_key(authority.in_software()[0])
    forged, foreign = (paper_code.signed(one, key) for one in (said, replace(said, certificate="A" * 8)))
    for wrong, words in (
        (paper_code.text_of(forged, address=text), "签名码不实"),
        (paper_code.text_of(foreign, address=text), "并非由本系统签名"),
        (text[:-8], "不是本格式的签名码"),
    ):
        status, page = told(outside, wrong)
        assert (status, words in page, "data-paper" in page) == (409, True, False)
    pem = outside.get("/pki/paper.pem").content
    assert pem.count(b"BEGIN CERTIFICATE") == 2
    handed_in = outside.get("/pki/paper.json").content
    another = OutsideCa(noon).root_certificate.public_bytes(Encoding.PEM)
    assert in_the_shell(tmp_path, photo, pem) == (0, "genuine", official.company.name)
    assert in_the_shell(tmp_path, photo, handed_in + b"\n", trust=pem) == (0, "genuine", official.company.name)
    assert in_the_shell(tmp_path, photo, handed_in, trust=another)[:2] == (2, "cannot-say")
    assert names_published(outside) == [paper_code.read_text(text).said.certificate]
    # what is genuine and not on record is not called genuine
    Line.objects.filter(code=CODE).update(code="cd" * 16)
    assert 'data-paper="not-on-record"' in told(outside, text)[1]


def in_the_shell(folder: Path, photo: bytes, paper: bytes, *, trust: bytes = b"") -> tuple[int, str, str]:
    """Return what the command says of a photograph, with nothing but the published certificates or the manifest."""
    for name, data in (("photo.jpg", photo), ("paper", paper), ("trust.pem", trust)):
        (folder / name).write_bytes(data)
    authority = ["--trust", str(folder / "trust.pem")] if trust else []
    with redirect_stdout(StringIO()) as said:
        code = main(["verify", str(folder / "photo.jpg"), "--paper", str(folder / "paper"), "--json", *authority])
    answer = json.loads(said.getvalue())
    return code, answer["verdict"], answer["said"]["company"]


def names_published(browser: Browser) -> list[str]:
    """Return how the keys are named as they are published, judged by somebody else's reader of signed answers."""
    (key,) = browser.get("/status/keys.json").json()["keys"]
    answer: HttpResponse = browser.get("/pki/paper.json")  # type: ignore[assignment]  # a test response is one
    assert judged(key, answer, tag="privyseal-paper").parameters["keyid"] == key["kid"]
    return [one["kid"] for one in json.loads(answer.content)["keys"]]


def told(browser: Browser, text: str) -> tuple[int, str]:
    """Return what the page says that a camera opens."""
    answer = browser.get("/V/" + text.rpartition("/")[2])
    return answer.status_code, answer.content.decode()


def test_a_picture_without_a_code_is_told_so(outside: Browser) -> None:
    status, page = brought(outside, jpeg(blank()))

    assert (status, "未能从图片中识别出签名码" in page) == (409, True)
