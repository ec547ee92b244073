"""Answers that will not do are refused before anything is made."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from privyseal.config import ceremony
from privyseal.config.ceremony import Answers, AnswersUnreadable, read_answers
from privyseal.identity.founding import AlreadyFounded
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.queries import installation
from privyseal.kernel.errors import Refused
from privyseal.sealing.signing import web_key
from privyseal.signer.client import Client
from tests.running.test_ceremony import ANSWERS, write
from tests.signers import running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Client]:
    with running(tmp_path) as client:
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
