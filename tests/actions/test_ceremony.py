"""Answers that will not do are refused before anything is made."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import connection

from privyseal.approval_page.client import ApprovalPageUnavailable
from privyseal.approvals.models import ApprovalPasskey, Policy
from privyseal.approvals.queries.charters import asks_passkey_anywhere
from privyseal.config import ceremony, demo, demo_story
from privyseal.config.beginning import NOT_FOR_PRODUCTION, SoftwareCast
from privyseal.config.ceremony import Answers, AnswersUnreadable, make_web_key, read_answers
from privyseal.config.commands import init
from privyseal.config.demo_story import Place, Story
from privyseal.identity.founding import AlreadyFounded
from privyseal.identity.models import Company, Grant, Installation, Person
from privyseal.identity.queries import installation
from privyseal.kernel.canonical import parse, sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger.models import FactRow
from privyseal.sealing.signing import client, web_key
from privyseal.seals.models import Seal
from privyseal.signer.charters import Charter, RosterTooSmall
from privyseal.signer.client import Client
from privyseal.signer.passkeys import PASSKEY, Page, PasskeyInSoftware
from tests.conftest import recorded
from tests.pdfs import one_page
from tests.running.test_ceremony import ANSWERS, write
from tests.signers import inside

CHARTER: Final = {"approvals": 2, "assurance": "passkey", "is_bound": False}
APPROVING: Final = [
    *ANSWERS["colleagues"],
    {"login": "wu", "name": "吴准", "password": "correct horse 7", "powers": ["approve"]},
]
ROSTERS: Final = [("chen", "security"), ("he", "security"), ("li", "approvers"), ("wu", "approvers")]


def of_passkeys(folder: Path) -> Answers:
    said = {**ANSWERS, "colleagues": APPROVING, "charter": CHARTER, "custodians": ["1.share", "2.share", "3.share"]}
    return replace(read_answers(write(folder, said)), is_demo=True)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Client]:
    with inside(tmp_path) as client:
        yield client


def test_the_list_of_revoked_certificates_is_laid_out_whole_and_only_where_the_rest_is(tmp_path: Path) -> None:
    ceremony.publish_revocations(tmp_path, b"nothing is founded here")
    before = [file.name for file in tmp_path.iterdir()]
    (tmp_path / "public").mkdir()

    for crl in (b"first", b"second", b"second"):
        ceremony.publish_revocations(tmp_path, crl)

    assert "public" not in before
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "public").iterdir()] == [("ca.crl", b"second")]


def test_a_ceremony_seats_everybody_in_their_own_office(
    db: None, fresh: Client, noon: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    web_key.cache_clear()

    ceremony.hold(noon, read_answers(write(tmp_path, ANSWERS)), signer=fresh)
    web_key.cache_clear()

    founded = installation()
    assert founded is not None
    assert (founded.origin, founded.is_demo) == ("seals.example.com/ledger", False)
    assert (tmp_path / "public" / "log.vkey").read_text().strip() == founded.log_key
    assert (tmp_path / "secrets" / "web.key").stat().st_mode & 0o077 == 0
    company = Company.objects.get()
    assert (company.registered_by.login, company.verified_by and company.verified_by.login) == ("chen", "he")
    held = Grant.objects.filter(company=company).order_by("pk").values_list("person__login", "power")
    assert list(held) == [("zhao", "manage"), ("li", "approve"), ("li", "use")]
    assert set(Grant.objects.filter(company=company).values_list("granted_by__login", "confirmed_by__login")) == {
        ("chen", "he")
    }


def test_whether_an_outside_system_may_ever_count_is_settled_at_the_founding(
    db: None, fresh: Client, noon: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    web_key.cache_clear()

    ceremony.hold(noon, read_answers(write(tmp_path, {**ANSWERS, "assurance": "external"})), signer=fresh)
    web_key.cache_clear()

    founded = installation()
    assert founded is not None
    assert founded.assurance == "external"
    with pytest.raises(AnswersUnreadable):
        read_answers(write(tmp_path, {**ANSWERS, "assurance": "none"}))


def test_a_ceremony_cut_off_in_the_middle_leaves_nothing_and_is_held_again(
    db: None, fresh: Client, noon: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    web_key.cache_clear()
    answers = read_answers(write(tmp_path, ANSWERS))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE company ADD CONSTRAINT cut_off CHECK (false)")

    with pytest.raises(Refused):
        ceremony.hold(noon, answers, signer=fresh)
    assert installation() is None

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE company DROP CONSTRAINT cut_off")
    ceremony.hold(noon, answers, signer=fresh)
    web_key.cache_clear()

    with pytest.raises(AlreadyFounded):
        ceremony.hold(noon, answers, signer=fresh)
    assert Company.objects.count() == 1


def test_a_ceremony_by_passkey_begins_with_its_charter_and_hands_the_keys_to_custodians(
    db: None, fresh: Client, noon: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    web_key.cache_clear()
    wrong = replace(of_passkeys(tmp_path), public_url="https://wrong.example.com")
    cast = SoftwareCast(tmp_path / "passkeys.json", Page("https://approve.example.com"))
    with pytest.raises(ApprovalPageUnavailable):
        ceremony.hold(noon, wrong, signer=fresh)
    with pytest.raises(PasskeyInSoftware):
        ceremony.hold(noon, replace(wrong, is_demo=False), signer=fresh, passkeys=cast)
    make_web_key(tmp_path)
    fresh.found(public_url=wrong.public_url, origin="wrong/ledger", web_key=bytes(32), is_demo=True)  # cut off here

    answers = of_passkeys(tmp_path)
    (tmp_path / "2.share").write_text("in the way")
    with pytest.raises(FileExistsError):
        ceremony.hold(noon, answers, signer=fresh, passkeys=cast)
    for share in answers.custodians:
        share.unlink(missing_ok=True)
    held = installation()
    ceremony.hold(noon, answers, signer=fresh, passkeys=cast)  # what was cut off is made up for
    web_key.cache_clear()

    assert held is not None
    assert (held.public_url, held.assurance, held.approvals, held.is_demo) == (answers.public_url, "passkey", 2, True)
    rosters = ApprovalPasskey.objects.order_by("person__login").values_list("person__login", "roster", "is_bound")
    assert list(rosters) == [(who, roster, False) for who, roster in ROSTERS]
    assert recorded()[-2:] == ["ceremony.held", "ceremony.entrusted"]
    fact = parse(bytes(FactRow.objects.get(kind="ceremony.held").body))
    assert fact["subjects"] == {"person": Person.objects.get(login="sun").pseudonym}
    assert (fact["data"]["is_software"], fact["data"]["assurance"], fact["data"]["count"]) == (True, "passkey", 5)
    transcript = parse(settings.BLOBS.get(fact["data"]["transcript_sha256"]))
    assert transcript["authority_sha256"] == sha256(bytes(held.authority))
    assert asks_passkey_anywhere()
    fresh.lock()
    fresh.open(answers.custodians[2].read_text().strip())
    assert fresh.status().missing == 1
    fresh.open(answers.custodians[0].read_text().strip())
    assert fresh.status().is_open
    with pytest.raises(AlreadyFounded):
        ceremony.hold(noon, answers, signer=fresh, passkeys=cast)


def test_init_with_passkeys_in_software_founds_a_demonstration_and_says_so_on_all_it_makes(
    db: None, fresh: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(settings, "SIGNER_SOCKET", str(tmp_path / "signer.sock"))
    web_key.cache_clear()
    client.cache_clear()
    said = {**ANSWERS, "colleagues": APPROVING, "charter": CHARTER, "custodians": ["1.share", "2.share", "3.share"]}

    done = init.run(Namespace(answers=write(tmp_path, said), passkeys="software"))
    web_key.cache_clear()
    client.cache_clear()

    held, told = installation(), capsys.readouterr()
    assert (done, held is not None and held.is_demo) == (0, True)
    assert [NOT_FOR_PRODUCTION in text for text in (told.err, told.out)] == [True, True]
    assert NOT_FOR_PRODUCTION in (tmp_path / "ceremony" / "transcript.txt").read_text()
    assert ApprovalPasskey.objects.filter(confirmed_at__isnull=False).count() == len(ROSTERS)


@pytest.mark.documents
def test_the_demo_approves_by_passkeys_in_software_under_a_charter_of_passkeys_and_its_record_says_so(
    db: None, fresh: Client, noon: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(demo, "ANSWERS", replace(demo.ANSWERS, assurance=PASSKEY, charter=Charter(1, PASSKEY)))
    web_key.cache_clear()
    demo.found(noon, signer=fresh)
    for _ in range(2):  # the second finds it all there
        demo.furnish(noon, signer=fresh)
    monkeypatch.setattr(demo_story, "client", lambda: fresh)
    story = Story("contract.pdf", one_page("Contract"))

    told = [*story.ceremony(), story.receive(), story.apply(Place()), story.approve(), story.seal()]
    web_key.cache_clear()

    fact = parse(bytes(FactRow.objects.filter(kind="document.sealed").latest("pk").body))
    assert fact["data"]["assurance"] == "passkey"
    assert (NOT_FOR_PRODUCTION in story.made_of, "passkey" in told[-2][2]) == (True, True)
    assert list(Seal.objects.order_by("pk").values_list("type", "state")) == [
        ("official", "active"),
        ("contract", "active"),
    ]
    assert [row.get("is_together", False) for row in Policy.objects.get().rows] == [False, True, False]
    assert NOT_FOR_PRODUCTION in (tmp_path / "ceremony" / "transcript.txt").read_text()
    Installation.objects.update(is_demo=False)
    with pytest.raises(demo.NotADemo):
        demo.found(noon, signer=fresh)


@pytest.mark.parametrize(
    "change",
    [
        {"founders": [one for one in ANSWERS["founders"] if one["login"] != "he"]},  # one of security
        {"colleagues": ANSWERS["colleagues"]},  # one who approves
        {"charter": {"approvals": 4, "assurance": "passkey", "is_bound": False}},
    ],
)
def test_a_ceremony_that_leaves_too_few_to_change_its_rule_is_not_begun(
    change: dict[str, Any], db: None, fresh: Client, noon: datetime, tmp_path: Path
) -> None:
    said = {**ANSWERS, "colleagues": APPROVING, "charter": CHARTER, **change}

    with pytest.raises(RosterTooSmall):
        ceremony.hold(noon, read_answers(write(tmp_path, said)), signer=fresh)

    assert not fresh.status().is_founded


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"company": {**ANSWERS["company"], "uscc": "91350100M000100Y44"}}, "wrong-credit-code"),
        ({"company": {**ANSWERS["company"], "name": "示例\u202e司公"}}, "name-not-plain"),
        ({"founders": ANSWERS["founders"][:3]}, "office-missing"),
        ({"colleagues": [{**ANSWERS["colleagues"][0], "login": "sun"}]}, "already-registered"),
        ({"colleagues": [{**ANSWERS["colleagues"][0], "powers": ["manage", "use"]}]}, "powers-conflict"),
        ({"colleagues": [{**ANSWERS["colleagues"][0], "password": "short"}]}, "weak-password"),
    ],
)
def test_wrong_answers_found_nothing(
    change: dict[str, Any], code: str, db: None, noon: datetime, signer: Client, tmp_path: Path
) -> None:
    answers = read_answers(write(tmp_path, {**ANSWERS, **change}))

    with pytest.raises(Refused) as refused:
        ceremony.hold(noon, answers, signer=signer)

    assert refused.value.code == code
    assert installation() is None
    assert not Person.objects.exists()


@pytest.mark.parametrize("change", [{"founders": "nobody"}, {"company": {}}, {"colleagues": [{"login": "x"}]}])
def test_answers_out_of_form_are_unreadable(change: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(AnswersUnreadable):
        read_answers(write(tmp_path, {**ANSWERS, **change}))


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_file_that_is_no_answers_is_unreadable(text: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text)

    with pytest.raises(AnswersUnreadable):
        read_answers(path)
    with pytest.raises(AnswersUnreadable):
        read_answers(tmp_path / "nowhere.json")
    with pytest.raises(AnswersUnreadable):
        Answers.from_json({}, tmp_path)
