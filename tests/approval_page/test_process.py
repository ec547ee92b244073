"""The page as a browser and the web application meet it, by plain HTTP and by its socket."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from privyseal.approval_page.enrolling import Enrol
from privyseal.approval_page.keeping import (
    ApprovalCodeUnknown,
    ApprovalCodeUsed,
    ShownDocumentDiffers,
)
from privyseal.pdf.accepted import NotSealable
from privyseal.signer.passkeys import web_text
from tests.approval_page.asked import CONTRACT, LI, OTHER, Passkey, ask_for, digest, lent, use_of
from tests.approval_page.conftest import HOME, Desk


def opened(desk: Desk, passkey: Passkey, *, language: str = "zh-hans") -> str:
    """Hand over a contract to be approved and return the path of the page that shows it."""
    code = desk.client.show(
        ask_for(use_of(CONTRACT), passkey=passkey.name, language=language), lambda _: lent(CONTRACT)
    )
    return desk.get(f"/o/{code}").headers["location"]


@pytest.fixture
def passkey(desk: Desk) -> Passkey:
    return Passkey(desk.origin)


def test_the_page_shows_the_pages_it_hashed_and_the_statement_in_words(desk: Desk, passkey: Passkey) -> None:
    path = opened(desk, passkey)

    page = desk.get(path)
    images = re.findall(r'src="(/a/[^"]+\.png)"', page.text)
    drawn = [desk.get(image) for image in images]

    assert page.status == 200
    assert [(one.status, one.headers["content-type"], one.body[:4]) for one in drawn] == [
        (200, "image/png", b"\x89PNG")
    ] * 2
    for said in (
        "合同专用章",
        "王用",
        "采购合同.pdf",
        digest(CONTRACT),
        "120,000.00",
        "乙方有限公司",
        "2026-11-23 12:00",
    ):
        assert said in page.text
    assert page.text.count("<circle") == 1


def test_the_page_is_closed_to_everything_else(desk: Desk, passkey: Passkey) -> None:
    page = desk.get(opened(desk, passkey))

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page.text) == []
    elsewhere = [link for link in re.findall(r'(?:src|href)="([^"]+)"', page.text) if not link.startswith(("/", HOME))]
    assert elsewhere == []


@pytest.mark.parametrize("count", [11, pytest.param(1_000, marks=pytest.mark.long)])
def test_many_documents_stand_on_pages_that_a_phone_can_read_and_one_yes_is_to_all(
    count: int, desk: Desk, passkey: Passkey
) -> None:
    letters = [CONTRACT + b"%d\n" % number for number in range(count)]
    stated, by_digest = use_of(*letters), {digest(one): one for one in letters}
    code = desk.client.show(ask_for(stated, passkey=passkey.name), lambda sha256: lent(by_digest[sha256]))
    path = desk.get(f"/o/{code}").headers["location"]

    last = -(-count // 10)
    first, end = desk.get(path).text, desk.get(f"{path}/part-{last}").text
    seen = re.findall(r'id="file-([0-9a-f]{64})"', first + end)
    answer = desk.post(f"{path}/answer", json.dumps([passkey.yes(stated.to_bytes().decode())]).encode())

    assert seen == [digest(one) for one in (*letters[:10], *letters[(last - 1) * 10 :])]
    assert f'href="{path}/part-{last}"' in first
    assert f'href="{path}/part-{last}"' not in end
    assert (len(first) < 30_000, desk.get(f"{path}/part-{last + 1}").status, answer.status) == (True, 303, 200)


def test_a_yes_is_fetched_by_its_code_until_it_is_counted(desk: Desk, passkey: Passkey) -> None:
    path, stated = opened(desk, passkey), use_of(CONTRACT).to_bytes().decode()

    answer = desk.post(f"{path}/answer", json.dumps([passkey.yes(stated)]).encode())
    to = json.loads(answer.body)["to"]
    code = to.partition("?code=")[2]
    first, again = desk.client.fetch(code), desk.client.fetch(code)
    desk.client.counted(code)
    desk.client.counted(code)

    assert to.startswith(f"{HOME}/approve/back/?code=")
    assert first == again
    assert first.context == "signed-note"
    assert [(one["assurance"], one["approver"], one["credential"]) for one in first.answers] == [
        ("passkey", "11" * 16, passkey.name)
    ]
    with pytest.raises(ApprovalCodeUsed):
        desk.client.fetch(code)


def test_an_answer_sent_again_after_a_lost_network_is_the_same_answer(desk: Desk, passkey: Passkey) -> None:
    path, stated = opened(desk, passkey), use_of(CONTRACT).to_bytes().decode()
    first, second = passkey.yes(stated), passkey.yes(stated)

    sent = desk.post(f"{path}/answer", json.dumps([first]).encode())
    again = desk.post(f"{path}/answer", json.dumps([first]).encode())
    another = desk.post(f"{path}/answer", json.dumps([second]).encode())

    to = json.loads(sent.body)["to"]
    back = desk.get(path)
    desk.client.counted(to.partition("?code=")[2])

    assert again.body == sent.body
    assert (another.status, json.loads(another.body)["code"]) == (410, "approval-code-used")
    assert (back.status, back.headers["location"]) == (303, to)
    assert desk.get(path).status == 410


def test_a_link_opens_once(desk: Desk, passkey: Passkey) -> None:
    code = desk.client.show(ask_for(use_of(CONTRACT), passkey=passkey.name), lambda _: lent(CONTRACT))

    statuses = [desk.get(f"/o/{code}").status for _ in range(2)]

    assert statuses == [303, 410]
    assert "[approval-code-used]" in desk.get(f"/o/{code}").text


def test_inside_another_application_the_link_waits_for_a_browser(desk: Desk, passkey: Passkey) -> None:
    code = desk.client.show(ask_for(use_of(CONTRACT), passkey=passkey.name), lambda _: lent(CONTRACT))
    inside = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1"

    waits = desk.get(f"/o/{code}", User_Agent=inside)
    drawn = desk.get(f"/o/{code}/code.svg")
    opens = desk.get(f"/o/{code}", User_Agent="Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.0 Safari/604.1")

    assert (waits.status, drawn.status, opens.status) == (200, 200, 303)
    assert f"{desk.origin}/o/{code}" in waits.text
    assert drawn.headers["content-type"] == "image/svg+xml"


def test_a_swapped_document_is_never_shown(desk: Desk, passkey: Passkey) -> None:
    other = use_of(OTHER + b"\n%swapped")

    with pytest.raises(ShownDocumentDiffers) as refusal:
        desk.client.show(ask_for(other, passkey=passkey.name), lambda _: lent(OTHER))

    assert refusal.value.facts["found"] == digest(OTHER)


def test_what_cannot_be_drawn_is_not_asked_about(desk: Desk, passkey: Passkey) -> None:
    rubbish = b"no pdf at all"

    with pytest.raises(NotSealable):
        desk.client.show(ask_for(use_of(rubbish), passkey=passkey.name), lambda _: lent(rubbish))


@pytest.mark.parametrize(
    ("changes", "headers", "code"),
    [
        ({"origin": "http://localhost:8000"}, {}, "passkey-answer-refused"),
        ({"host": "example.com"}, {}, "passkey-answer-refused"),
        ({"flags": 0x01}, {}, "passkey-answer-refused"),
        ({"name": "bm90LWVucm9sbGVk"}, {}, "passkey-answer-refused"),
        ({}, {"Origin": "http://localhost:8000"}, "passkey-answer-refused"),
        ({}, {"Content_Type": "text/plain"}, "passkey-answer-refused"),
    ],
    ids=["origin", "rp", "not-verified", "credential", "sent-from-elsewhere", "sent-as-a-form"],
)
def test_an_answer_from_elsewhere_is_refused_and_the_page_still_asks(
    desk: Desk, passkey: Passkey, changes: dict[str, object], headers: dict[str, str], code: str
) -> None:
    path, stated = opened(desk, passkey), use_of(CONTRACT).to_bytes().decode()
    lying = Passkey(**{"origin": desk.origin, "name": passkey.name, **changes})  # type: ignore[arg-type]  # by name

    answer = desk.post(f"{path}/answer", json.dumps([lying.yes(stated)]).encode(), **headers)

    assert (answer.status, json.loads(answer.body)["code"]) == (400, code)
    assert desk.get(path).status == 200


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"[1]", b'[{"credential": 1}]', b"[" * 10_000, b"x" * 500_000])
def test_what_is_no_answer_is_refused(desk: Desk, passkey: Passkey, body: bytes) -> None:
    assert desk.post(f"{opened(desk, passkey)}/answer", body).status == 400


def test_a_yes_to_another_statement_is_refused(desk: Desk, passkey: Passkey) -> None:
    more = use_of(CONTRACT, impressions=100).to_bytes().decode()

    answer = desk.post(f"{opened(desk, passkey)}/answer", json.dumps([passkey.yes(more)]).encode())

    assert (answer.status, json.loads(answer.body)["code"]) == (400, "passkey-answer-refused")


@pytest.mark.parametrize(
    "path", ["/", "/o/x", f"/o/{'a' * 43}", f"/a/{'a' * 43}", "/a/../../etc/passwd", "/approve.js/"]
)
def test_a_foreign_code_or_address_shows_nothing(desk: Desk, path: str) -> None:
    assert desk.get(path).status == 404


def test_codes_of_one_step_do_not_serve_another(desk: Desk, passkey: Passkey) -> None:
    code = desk.client.show(ask_for(use_of(CONTRACT), passkey=passkey.name), lambda _: lent(CONTRACT))

    with pytest.raises(ApprovalCodeUnknown):
        desk.client.fetch(code)
    assert desk.get(f"/a/{code}").status == 404


def test_a_passkey_for_approvals_is_made_on_the_page_to_which_it_is_bound(desk: Desk) -> None:
    enrol = Enrol(
        person=LI, name="李批", login="li", challenge="c" * 43, excluded=("cGFzc2tleQ",), language="zh-hans",
        back="/enrolled/", context="note",
    )  # fmt: skip
    path = desk.get(f"/o/{desk.client.enrol(enrol)}").headers["location"]
    said = {"type": "webauthn.create", "challenge": "c" * 43, "origin": desk.origin, "crossOrigin": False}
    made = {"attestation_object": "AAAA", "transports": ["internal"]}

    page = desk.get(path)
    elsewhere = {**made, "client_data": web_text(json.dumps({**said, "origin": HOME}).encode())}
    refused = desk.post(f"{path}/answer", json.dumps(elsewhere).encode())
    taken = desk.post(
        f"{path}/answer", json.dumps({**made, "client_data": web_text(json.dumps(said).encode())}).encode()
    )
    code = json.loads(taken.body)["to"].partition("?code=")[2]

    assert "李批" in page.text
    assert (refused.status, taken.status) == (400, 200)
    assert desk.client.fetch(code).answers[0]["person"] == LI


def test_under_another_name_there_is_no_page(desk: Desk, passkey: Passkey) -> None:
    assert desk.get(opened(desk, passkey), Host="attacker.example").status == 421


def test_the_process_knows_no_database_no_key_and_no_django(desk: Desk) -> None:
    knows = Path(f"/proc/{desk.pid}/environ").read_bytes().split(b"\0")
    look = "print(sorted({'django', 'psycopg', 'allauth'} & sys.modules.keys()))"
    load = f"import sys, privyseal.config.approvalserver; {look}"
    loads = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=True)

    ours = {line.partition(b"=")[0].decode() for line in knows if line.startswith(b"PRIVYSEAL_")}
    assert {name for name in ours if "APPROVAL" not in name} == {"PRIVYSEAL_PUBLIC_URL"}
    assert loads.stdout.strip() == "[]"
