"""Passkeys for approvals: offered, confirmed by two, counted at the key, gone at once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, ApprovalPasskey, Vote
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.queries.passkeys import confirmable, passkeys_of, passkeys_visible_to
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.passkeys import PasskeyConfirmedByOwn, PasskeyNotOffered, counts_from
from privyseal.identity.actions import AlreadyEnrolled
from privyseal.identity.models import Grant, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import parse
from privyseal.kernel.errors import NotEntitled, NotFound, Refused
from privyseal.ledger.models import FactRow
from privyseal.sealing import actions as sealing
from privyseal.seals.actions import evidence_of
from privyseal.signer.client import Client
from privyseal.signer.denials import PasskeyDenied
from privyseal.signer.passkeys import AssertionForAnother, AssertionInvalid, Page, PasskeyCopied, PasskeyUnknown
from privyseal.signer.proving import digests
from privyseal.signer.software_passkeys import SoftwarePasskey
from tests.actions.keepers import forbidden
from tests.conftest import Use, holding, new_person, recorded

KINDS = ("application.voted", "document.sealed")

pytestmark = pytest.mark.documents


@pytest.fixture
def qian(long_ago: datetime) -> Person:
    """A second security person."""
    return holding(new_person("qian", "钱安"), Power.SECURITY, None, long_ago)


@pytest.fixture
def key_of_li(li: Person) -> SoftwarePasskey:
    return SoftwarePasskey(person=li.pseudonym, page=Page(settings.APPROVAL_URL), id=li.pseudonym.encode())


@pytest.fixture
def offered(li: Person, key_of_li: SoftwarePasskey, noon: datetime) -> str:
    return offer(li, key_of_li, noon)


@pytest.fixture
def entered(offered: str, chen: Person, qian: Person, noon: datetime, signer: Client) -> str:
    confirm(offered, chen, qian, at=noon)
    approvals.tell_rosters(noon, signer=signer, page=settings.APPROVAL_URL)
    return offered


def offer(person: Person, passkey: SoftwarePasskey, at: datetime) -> str:
    return approvals.offer_passkey(person, at, name="工作手机", credential=passkey.id, key=passkey.key, is_bound=True)


def confirm(uid: str, *people: Person, at: datetime) -> None:
    for person in people:
        approvals.confirm_passkey(person, at, passkey_uid=uid)


def vote(person: Person, at: datetime, uid: str, passkey: SoftwarePasskey, *, counter: int = 0) -> str:
    shown = application_visible_to(person, at, uid)
    said = tuple(passkey.says_yes(one.to_bytes(), counter=counter) for one in shown.statements)
    return approvals.vote(
        person, at, application_uid=uid, step=Step.APPROVE, shown_sha256=shown.shown_sha256, assertions=said
    )


def test_a_yes_by_passkey_moves_the_seal_and_the_record_says_so(
    entered: str, key_of_li: SoftwarePasskey, pending: Use, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    assert vote(li, noon, pending.uid, key_of_li, counter=3) == "approved"
    sealing.seal_document(wang, noon, permit_uid=pending.permit.uid, document_sha256=pending.document, signer=signer)

    assert passkeys_of(li, noon)[0].counter == 3
    assert Vote.objects.get(application__uid=pending.uid).approved[0]["assertions"][0]["assurance"] == "passkey"
    voted, used = (parse(bytes(FactRow.objects.filter(kind=kind).latest("pk").body))["data"] for kind in KINDS)
    assert voted["assurance"] == used["assurance"] == "passkey"
    assert voted["yes_sha256"] == used["votes"] == digests(evidence_of(pending.permit))


def test_what_a_passkey_said_to_something_else_is_no_vote(
    entered: str, key_of_li: SoftwarePasskey, pending: Use, li: Person, noon: datetime
) -> None:
    shown = application_visible_to(li, noon, pending.uid)
    elsewhere = (key_of_li.says_yes(replace(shown.statements[0], impressions=9).to_bytes()),)

    for said, refusal in ((elsewhere, AssertionForAnother), (elsewhere * 2, AssertionInvalid)):
        with pytest.raises(refusal):
            approvals.vote(
                li,
                noon,
                application_uid=pending.uid,
                step=Step.APPROVE,
                shown_sha256=shown.shown_sha256,
                assertions=said,
            )

    assert Application.objects.get(uid=pending.uid).state == "pending"
    assert not Vote.objects.filter(application__uid=pending.uid).exists()


def test_a_passkey_whose_counter_falls_is_a_copy(
    entered: str, key_of_li: SoftwarePasskey, pending: Use, li: Person, noon: datetime
) -> None:
    ApprovalPasskey.objects.update(counter=8)

    with pytest.raises(PasskeyCopied):
        vote(li, noon, pending.uid, key_of_li, counter=8)

    assert not Vote.objects.filter(application__uid=pending.uid).exists()


def test_a_passkey_counts_for_its_owner_alone(
    entered: str, key_of_li: SoftwarePasskey, pending: Use, wu: Person, noon: datetime
) -> None:
    with pytest.raises(PasskeyUnknown):
        vote(wu, noon, pending.uid, replace(key_of_li, person=wu.pseudonym))


def test_before_two_have_confirmed_it_and_the_key_knows_it_says_nothing(
    offered: str, key_of_li: SoftwarePasskey, pending: Use, li: Person, chen: Person, noon: datetime, signer: Client
) -> None:
    confirm(offered, chen, at=noon)
    approvals.tell_rosters(noon, signer=signer, page=settings.APPROVAL_URL)

    assert passkeys_of(li, noon) == []
    with pytest.raises(PasskeyUnknown):
        vote(li, noon, pending.uid, key_of_li)


def test_a_removed_passkey_says_nothing_from_then_on_here_and_at_the_key(
    entered: str,
    key_of_li: SoftwarePasskey,
    pending: Use,
    li: Person,
    wang: Person,
    chen: Person,
    noon: datetime,
    signer: Client,
) -> None:
    vote(li, noon, pending.uid, key_of_li)
    approvals.remove_passkey(chen, noon, passkey_uid=entered)
    told = [approvals.tell_rosters(noon, signer=signer, page=settings.APPROVAL_URL) for _ in range(2)]

    with pytest.raises(Refused):
        sealing.seal_document(
            wang, noon, permit_uid=pending.permit.uid, document_sha256=pending.document, signer=signer
        )
    assert (told, passkeys_of(li, noon)) == ([1, 0], [])
    assert recorded().count("passkey.taken-off") == 1
    with pytest.raises(NotFound):
        approvals.remove_passkey(chen, noon, passkey_uid=entered)
    with pytest.raises(AlreadyEnrolled):
        offer(li, key_of_li, noon)


@pytest.mark.parametrize(
    ("people", "refusal"),
    [
        (("chen", "chen"), PasskeyConfirmedByOwn),
        (("sun",), NotEntitled),
        (("li",), NotEntitled),
        (("chen", "zhao"), NotEntitled),
        (("chen", "qian", "sun"), PasskeyNotOffered),
    ],
)
def test_two_others_confirm_it_the_first_of_them_of_security(
    offered: str, people: tuple[str, ...], refusal: type[Refused], noon: datetime, request: pytest.FixtureRequest
) -> None:
    *before, last = (request.getfixturevalue(name) for name in people)
    confirm(offered, *before, at=noon)

    with pytest.raises(refusal):
        confirm(offered, last, at=noon)

    assert len(ApprovalPasskey.objects.get().said) == len(before)


def test_the_auditor_is_a_second_pair_of_eyes_where_there_are_no_two_of_security(
    offered: str, chen: Person, sun: Person, noon: datetime, long_ago: datetime
) -> None:
    confirm(offered, chen, at=noon)
    he = holding(new_person("he", "何全"), Power.SECURITY, None, long_ago)
    with pytest.raises(NotEntitled):
        confirm(offered, sun, at=noon)
    Grant.objects.filter(person=he).update(revoked_at=noon)

    confirm(offered, sun, at=noon)

    assert ApprovalPasskey.objects.get().confirmed_at == noon


def test_nobody_confirms_their_own(chen: Person, noon: datetime) -> None:
    own = SoftwarePasskey(person=chen.pseudonym, page=Page(settings.APPROVAL_URL), id=b"chen's")
    uid = offer(chen, own, noon)

    with pytest.raises(PasskeyConfirmedByOwn):
        confirm(uid, chen, at=noon)


def test_its_owner_and_one_of_security_may_remove_it_and_nobody_else(
    offered: str, li: Person, wu: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        approvals.remove_passkey(wu, noon, passkey_uid=offered)

    approvals.remove_passkey(li, noon, passkey_uid=offered)

    with pytest.raises(PasskeyNotOffered):
        confirm(offered, wu_of_security(noon), at=noon)


def wu_of_security(at: datetime) -> Person:
    return holding(new_person("qiu", "邱安"), Power.SECURITY, None, at - timedelta(days=30))


def test_everybody_sees_their_own_and_security_all_of_them(
    offered: str, li: Person, wu: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    seen = {person.login: [one.uid for one in passkeys_visible_to(person, noon)] for person in (li, wu, chen, sun)}

    assert seen == {"li": [offered], "wu": [], "chen": [offered], "sun": [offered]}


def test_whoever_may_confirm_now_is_offered_it(
    offered: str, li: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    def who() -> list[str]:
        everybody = (li, chen, sun, *Person.objects.filter(login="qian"))
        return [person.login for person in everybody if confirmable(person, noon, ApprovalPasskey.objects.all())]

    assert who() == ["chen"]
    confirm(offered, chen, at=noon)
    assert who() == ["sun"]
    holding(new_person("qian", "钱安"), Power.SECURITY, None, noon)
    assert who() == ["qian"]


def test_where_it_is_meant_a_new_passkey_waits_a_day(noon: datetime) -> None:
    assert counts_from(noon, is_demo=False) == noon + timedelta(hours=24)
    assert counts_from(noon, is_demo=True) == noon


def test_the_database_keeps_a_passkey_as_two_confirmed_it(
    offered: str, chen: Person, li: Person, noon: datetime
) -> None:
    rows = ApprovalPasskey.objects
    with forbidden("approval_passkey_stays"):
        rows.update(key=b"another")
    with forbidden("approval_passkey_stays"):
        rows.all().delete()
    with forbidden("nobody_confirms_their_own_passkey"):
        rows.update(first_by=li)
    with forbidden("passkey_is_confirmed_by_two"):
        rows.update(first_by=chen, second_by=chen)
    with forbidden("passkey_is_entered_once_confirmed"):
        rows.update(entered_at=noon)
    with forbidden("passkey_is_removed_by_somebody"):
        rows.update(removed_at=noon)


def test_who_leaves_takes_no_ceremony_and_says_yes_no_more(
    entered: str, key_of_li: SoftwarePasskey, pending: Use, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    vote(li, noon, pending.uid, key_of_li)
    Person.objects.filter(pk=li.pk).update(is_active=False)

    told = [approvals.deny_passkeys(noon, signer=signer) for _ in range(2)]

    Person.objects.filter(pk=li.pk).update(is_active=True)
    assert told == [1, 0]
    with pytest.raises(PasskeyDenied):
        sealing.seal_document(
            wang, noon, permit_uid=pending.permit.uid, document_sha256=pending.document, signer=signer
        )
    assert recorded().count("passkey.denied-at-signer") == 1
    assert (passkeys_of(li, noon), list(passkeys_visible_to(li, noon))) == ([], [])
    with pytest.raises(AlreadyEnrolled):
        offer(li, key_of_li, noon)
