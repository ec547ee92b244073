"""Charters: agreed to by several, told to the key, and asked of every yes before the key has to refuse it."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import CharterWish, MandateWish
from privyseal.approvals.models import Application, ApprovalPasskey, CharterVersion, Vote
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.queries.charters import asks_passkey_anywhere, charters_at_the_key, holds_for
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.charters import (
    CharterAgreedAlready,
    CharterAsksMore,
    CharterNeedsMachine,
    CharterUnchanged,
)
from privyseal.identity import actions as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.sealing import actions as sealing
from privyseal.sealing.signing import web_key
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealType
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.passkeys import AssertionForAnother, Page, PasskeyNotBound
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import Purpose
from tests.actions.keepers import forbidden
from tests.at_machine import Bench, opened
from tests.by_hand import line, watched
from tests.conftest import Use, apply, holding, new_person, one_more_seal, permit_of, recorded
from tests.signers import inside

pytestmark = pytest.mark.documents


@pytest.fixture
def signer(signer: Client) -> Iterator[Client]:
    """A signer of the test's own, in the place of the shared one: asking for passkeys closes its rosters."""
    assert signer.status().version
    with tempfile.TemporaryDirectory(prefix="privyseal-signer-") as folder, inside(Path(folder)) as own:
        yield own


@pytest.fixture
def public(signer: Client) -> Public:
    key = web_key().public_key().public_bytes_raw()
    address, origin = "http://localhost:8000", "localhost:8000/ledger"
    return signer.found(public_url=address, origin=origin, web_key=key, is_demo=True)


@pytest.fixture
def qian(long_ago: datetime) -> Person:
    return holding(new_person("qian", "钱安"), Power.SECURITY, None, long_ago)


@pytest.fixture
def keys(
    li: Person, wu: Person, chen: Person, qian: Person, sun: Person, noon: datetime, signer: Client
) -> dict[str, SoftwarePasskey]:
    """Passkeys of both approvers and of both of security, which the key was told of."""
    made = {}
    for person in (li, wu, chen, qian):
        held = SoftwarePasskey(person=person.pseudonym, page=Page(settings.APPROVAL_URL), id=person.login.encode())
        said = {"credential": held.id, "key": held.key, "is_bound": True}
        uid = approvals.offer_passkey(person, noon, name="手机", **said)  # type: ignore[arg-type]  # by name
        for other in [one for one in (chen, qian, sun) if one != person][:2]:
            approvals.confirm_passkey(other, noon, passkey_uid=uid)
        made[person.login] = held
    assert approvals.tell_rosters(noon, signer=signer, page=settings.APPROVAL_URL) == len(made)
    return made


def propose(
    person: Person, at: datetime, seal: Seal, *, assurance: str, approvals_: int = 1, is_for_company: bool = True
) -> CharterVersion:
    wish = CharterWish(approvals=approvals_, assurance=assurance)
    uid = approvals.propose_charter(person, at, seal_uid=seal.uid, is_for_company=is_for_company, wish=wish)
    return CharterVersion.objects.get(uid=uid)


def settle(
    people: Sequence[Person], at: datetime, seal: Seal, signer: Client, *, assurance: str, is_for_company: bool = True
) -> CharterVersion:
    proposed = propose(people[0], at, seal, assurance=assurance, is_for_company=is_for_company)
    for person in people:
        approvals.agree_charter(person, at, charter_uid=proposed.uid)
    approvals.tell_charters(at, signer=signer, page=settings.APPROVAL_URL)
    proposed.refresh_from_db()
    return proposed


def vote(person: Person, at: datetime, uid: str, key: SoftwarePasskey | None = None) -> str:
    shown = application_visible_to(person, at, uid)
    said = tuple(key.says_yes(one.to_bytes()) for one in shown.statements) if key else ()
    return approvals.vote(
        person, at, application_uid=uid, step=Step.APPROVE, shown_sha256=shown.shown_sha256, assertions=said
    )


def test_a_yes_that_the_key_would_not_count_is_not_taken_and_a_passkey_moves_the_seal(
    keys: dict[str, SoftwarePasskey],
    pending: Use,
    official: Seal,
    li: Person,
    wu: Person,
    wang: Person,
    noon: datetime,
    signer: Client,
) -> None:
    settled = settle((li, wu), noon, official, signer, assurance="passkey")

    with pytest.raises(CharterAsksMore):
        vote(li, noon, pending.uid)

    assert (settled.told_at, settled.failure) == (noon, "")
    assert asks_passkey_anywhere()
    assert not Vote.objects.filter(application__uid=pending.uid).exists()
    assert vote(li, noon, pending.uid, keys["li"]) == "approved"
    sealing.seal_document(wang, noon, permit_uid=pending.permit.uid, document_sha256=pending.document, signer=signer)
    assert recorded()[-1] == "document.sealed"


def test_a_machine_that_holds_a_rubber_seal_is_opened_by_the_passkeys_that_the_seals_own_charter_asks_for(
    *,
    keys: dict[str, SoftwarePasskey],
    bench: Bench,
    stamp: Seal,
    contract: str,
    li: Person,
    wu: Person,
    wang: Person,
    jian: Person,
    noon: datetime,
    signer: Client,
) -> None:
    settled = settle((li, wu), noon, stamp, signer, assurance="passkey", is_for_company=False)
    assert (settled.told_at, settled.failure) == (noon, "")
    use = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=watched(jian))

    with pytest.raises(CharterAsksMore):
        vote(li, noon, use)
    assert vote(li, noon, use, keys["li"]) == "approved"
    assert opened(bench, permit_of(use), wang, noon).allowed_at == noon
    bench.device.places.all().delete()
    assert charters_at_the_key(Purpose.USE, [stamp]) == {}
    with pytest.raises(CharterNeedsMachine):
        propose(li, noon, stamp, assurance="session", is_for_company=False)


def test_a_passkey_in_software_is_not_taken_where_the_charter_asks_for_one_bound_to_its_device(
    keys: dict[str, SoftwarePasskey],
    pending: Use,
    official: Seal,
    li: Person,
    wu: Person,
    noon: datetime,
    signer: Client,
) -> None:
    uid = approvals.propose_charter(
        li,
        noon,
        seal_uid=official.uid,
        is_for_company=True,
        wish=CharterWish(approvals=1, assurance="passkey", is_bound=True),
    )
    for person in (li, wu):
        approvals.agree_charter(person, noon, charter_uid=uid)
    approvals.tell_charters(noon, signer=signer, page=settings.APPROVAL_URL)
    ApprovalPasskey.objects.filter(person=li).update(is_software=True)

    with pytest.raises(PasskeyNotBound):
        vote(li, noon, pending.uid, keys["li"])

    assert not Vote.objects.filter(application__uid=pending.uid).exists()
    assert vote(wu, noon, pending.uid, keys["wu"]) == "approved"


def test_once_passkeys_are_asked_for_the_next_charter_and_the_rosters_take_them(
    keys: dict[str, SoftwarePasskey],
    official: Seal,
    li: Person,
    wu: Person,
    chen: Person,
    qian: Person,
    noon: datetime,
    signer: Client,
) -> None:
    settle((li, wu), noon, official, signer, assurance="passkey")
    looser = propose(li, noon, official, assurance="session")

    with pytest.raises(CharterAsksMore):
        approvals.agree_charter(li, noon, charter_uid=looser.uid)
    for person in (li, wu):
        said = (keys[person.login].says_yes(looser.change.to_bytes()),)
        approvals.agree_charter(person, noon, charter_uid=looser.uid, assertions=said)
    newcomer = SoftwarePasskey(person=li.pseudonym, page=Page(settings.APPROVAL_URL), id=b"another")
    uid = approvals.offer_passkey(li, noon, name="新手机", credential=b"another", key=newcomer.key, is_bound=True)
    entry = ApprovalPasskey.objects.get(uid=uid).entry.to_bytes()
    for person in (chen, qian):
        said = (keys[person.login].says_yes(entry),)
        approvals.confirm_passkey(person, noon, passkey_uid=uid, assertions=said)

    assert approvals.tell_rosters(noon, signer=signer, page=settings.APPROVAL_URL) == 1
    assert approvals.tell_charters(noon, signer=signer, page=settings.APPROVAL_URL) == 1
    assert holds_for([official])[official.uid].charter.assurance == "session"
    assert not asks_passkey_anywhere()


def test_a_charter_that_would_lock_everybody_out_is_not_taken_and_says_why(
    official: Seal, li: Person, wu: Person, noon: datetime, signer: Client
) -> None:
    refused = settle((li, wu), noon, official, signer, assurance="passkey")

    assert (refused.told_at, refused.ended_at, refused.failure) == (None, noon, "roster-too-small")
    assert holds_for([official])[official.uid].said is None
    assert recorded()[-1] == "charter.not-taken"


def test_it_takes_two_approvers_of_the_company_and_one_of_them_once(
    official: Seal, pending: Use, li: Person, wu: Person, zhao: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(NotEntitled):
        propose(zhao, noon, official, assurance="session")
    proposed = propose(li, noon, official, assurance="session", approvals_=2)
    with pytest.raises(OutOfTurn):
        propose(wu, noon, official, assurance="session")
    approvals.agree_charter(li, noon, charter_uid=proposed.uid)
    with pytest.raises(CharterAgreedAlready):
        approvals.agree_charter(li, noon, charter_uid=proposed.uid)
    with pytest.raises(NotEntitled):
        approvals.agree_charter(zhao, noon, charter_uid=proposed.uid)
    assert approvals.tell_charters(noon, signer=signer, page=settings.APPROVAL_URL) == 0

    approvals.agree_charter(wu, noon, charter_uid=proposed.uid)
    told = [approvals.tell_charters(noon, signer=signer, page=settings.APPROVAL_URL) for _ in range(2)]

    assert told == [1, 0]
    with pytest.raises(CharterUnchanged):
        propose(li, noon, official, assurance="session", approvals_=2)
    assert vote(li, noon, pending.uid) == "approved"
    assert Application.objects.get(uid=pending.uid).state == "approved"


def test_a_proposal_is_thrown_away_and_the_database_holds_charters_to_their_order(
    official: Seal, li: Person, noon: datetime
) -> None:
    proposed = propose(li, noon, official, assurance="session")
    rows = CharterVersion.objects.filter(pk=proposed.pk)
    with forbidden("charter_is_agreed_before_it_is_told"):
        rows.update(told_at=noon)
    with forbidden("charter_asks_for_people"):
        rows.update(approvals=0)
    with forbidden("one_charter_proposed_at_a_time"):
        CharterVersion.objects.create(
            company=official.company,
            version=1,
            approvals=1,
            assurance="session",
            is_bound=False,
            takes=2,
            proposed_by=li,
            proposed_at=noon,
        )

    approvals.drop_charter(li, noon, charter_uid=proposed.uid)

    with pytest.raises(OutOfTurn):
        approvals.agree_charter(li, noon, charter_uid=proposed.uid)
    assert recorded()[-2:] == ["charter.dropped", "charter.agree.refused"]


def test_where_the_charter_asks_for_passkeys_whose_name_a_seal_bears_says_yes_by_their_own(
    *,
    keys: dict[str, SoftwarePasskey],
    official: Seal,
    contract: str,
    li: Person,
    wu: Person,
    wang: Person,
    zhao: Person,
    chen: Person,
    qian: Person,
    noon: datetime,
    long_ago: datetime,
    signer: Client,
) -> None:
    ma = new_person("ma", "马行")
    post = identity.open_post(
        chen, long_ago, company_uid=official.company.uid, name="法定代表人", office=Office.LEGAL_REPRESENTATIVE
    )
    identity.fill_post(chen, long_ago, post_uid=post, person_pseudonym=ma.pseudonym, starts_at=long_ago)
    held = SoftwarePasskey(person=ma.pseudonym, page=Page(settings.APPROVAL_URL), id=b"ma's")
    uid = approvals.offer_passkey(ma, noon, name="手机", credential=held.id, key=held.key, is_bound=True)
    for person in (chen, qian):
        approvals.confirm_passkey(person, noon, passkey_uid=uid)
    approvals.tell_rosters(noon, signer=signer, page=settings.APPROVAL_URL)
    named = one_more_seal(zhao, li, noon, official.company, "法定代表人章", SealType.LEGAL_REPRESENTATIVE, signer)
    wish = MandateWish(purpose="合同", paper_sha256="5" * 64, starts_at=noon, ends_at=noon + timedelta(days=30))
    approvals.give_mandate(ma, noon, seal_uid=named.uid, wish=wish)
    settle((li, wu), noon, official, signer, assurance="passkey")
    uses = [apply(wang, noon, named, contract)]
    shown = application_visible_to(ma, noon, uses[0])
    consent = partial(approvals.consent, ma, noon, application_uid=uses[0], shown_sha256=shown.shown_sha256)

    with pytest.raises(CharterAsksMore):
        consent()
    with pytest.raises(CharterAsksMore):
        approvals.give_mandate(ma, noon, seal_uid=named.uid, wish=replace(wish, uid="b" * 32))
    own = approvals.own_statements_of(shown.application.own_yeses.all(), shown.statements, shown.lines)
    consent(assertions=(held.says_yes(own[0].to_bytes()),))
    said = approvals.mandate_statement_of(approvals.mandate_of(ma, noon, seal_uid=named.uid, wish=wish)).to_bytes()
    again = replace(wish, uid="c" * 32)
    with pytest.raises(AssertionForAnother):
        approvals.give_mandate(ma, noon, seal_uid=named.uid, wish=again, assertions=(held.says_yes(said),))
    said = approvals.mandate_statement_of(approvals.mandate_of(ma, noon, seal_uid=named.uid, wish=again)).to_bytes()
    approvals.give_mandate(ma, noon, seal_uid=named.uid, wish=again, assertions=(held.says_yes(said),))
    uses.append(apply(wang, noon, named, contract))

    for use in uses:
        vote(li, noon, use, keys["li"])
        permit = permit_of(use)
        sealing.seal_document(wang, noon, permit_uid=permit.uid, document_sha256=contract, signer=signer)
    assert (permit.mandate and permit.mandate.uid, recorded()[-1]) == ("c" * 32, "document.sealed")
