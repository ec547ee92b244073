"""Rosters of companies: followed by themselves, put there by two of security, asked at the key, ended by nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import CharterWish
from privyseal.approvals.models import ApprovalPasskey, CharterVersion, RosterSeat, SeatList
from privyseal.approvals.own_passkeys import asked_of_passkeys, fitting
from privyseal.approvals.queries.rosters import approvers_in, of_people, sizes
from privyseal.approvals.rules.charters import CharterAsksMore
from privyseal.approvals.rules.passkeys import PasskeyConfirmedByOwn
from privyseal.approvals.rules.rosters import Counts, PasskeyNotSeated, SeatsNotWaiting
from privyseal.approvals.seating import lists_open, seats_waiting
from privyseal.identity.models import Grant, Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Seal
from privyseal.signer.client import Client
from privyseal.signer.passkeys import PasskeyUnknown
from privyseal.signer.software_passkeys import SoftwarePasskey
from tests.actions.keepers import forbidden
from tests.actions.test_charters import keys, public, qian, signer, vote  # noqa: F401  the fixtures
from tests.conftest import Use, recorded

pytestmark = pytest.mark.documents


@pytest.fixture
def waiting(keys: dict[str, SoftwarePasskey], official: Seal, li: Person, noon: datetime) -> list[RosterSeat]:  # noqa: F811  the fixture
    """Seats of both approvers, waiting since one of them proposed to go by the company’s own roster."""
    wish = CharterWish(approvals=1, assurance="passkey", is_own_roster=True)
    approvals.propose_charter(li, noon, seal_uid=official.uid, is_for_company=True, wish=wish)
    assert [approvals.follow_seats(noon) for _ in range(2)] == [2, 0]
    return list(seats_waiting())


def listed(people: Sequence[Person], at: datetime, seats: Sequence[RosterSeat]) -> SeatList:
    uid = approvals.list_seats(people[0], at, seats=tuple(seat.uid for seat in seats))
    for person in people:
        approvals.agree_seats(person, at, list_uid=uid)
    return SeatList.objects.get(uid=uid)


def settle(people: Sequence[Person], at: datetime, key: Client) -> None:
    for person in people:
        approvals.agree_charter(person, at, charter_uid=CharterVersion.objects.get().uid)
    assert approvals.tell_charters(at, signer=key, page=settings.APPROVAL_URL) == 1


def test_whoever_is_on_the_companys_own_roster_moves_its_seals_until_they_approve_there_no_more(
    *,
    waiting: list[RosterSeat],
    keys: dict[str, SoftwarePasskey],  # noqa: F811  the fixture
    pending: Use,
    official: Seal,
    li: Person,
    wu: Person,
    wang: Person,
    chen: Person,
    qian: Person,  # noqa: F811  the fixture
    noon: datetime,
    signer: Client,  # noqa: F811  the fixture
) -> None:
    made = listed((chen, qian), noon, waiting)
    told = [approvals.tell_seats(noon, signer=signer, page=settings.APPROVAL_URL) for _ in range(2)]
    settle((li, wu), noon, signer)
    assert (told, made.change.uids()) == ([1, 0], tuple(seat.denied_by for seat in made.seats.order_by("pk")))
    assert {one.counts for one in approvers_in(chen, noon, official.company)} == {Counts.COUNTS}

    RosterSeat.objects.filter(passkey__person=li).update(entered_at=None)
    asks = asked_of_passkeys("use", [official])
    with pytest.raises(PasskeyNotSeated):
        vote(li, noon, pending.uid, keys["li"])
    with pytest.raises(PasskeyNotSeated):  # and before anybody is asked for a finger
        fitting(li, noon, asks)
    assert [one.person for one in fitting(wu, noon, asks)] == [wu]
    assert {one.person.login: one.counts for one in of_people(chen, noon, [li, wu])} == {
        "li": Counts.SEAT_AGREED,
        "wu": Counts.COUNTS,
    }
    RosterSeat.objects.filter(passkey__person=li).update(entered_at=noon)
    assert vote(li, noon, pending.uid, keys["li"]) == "approved"
    Grant.objects.filter(person=li, power="approve").update(revoked_at=noon)
    assert approvals.follow_seats(noon) == 1
    assert [approvals.deny_seats(noon, signer=signer) for _ in range(2)] == [1, 0]
    Grant.objects.filter(person=li, power="approve").update(revoked_at=None)  # as whoever owns the database would

    with pytest.raises(PasskeyUnknown):
        sealing.seal_document(
            wang, noon, permit_uid=pending.permit.uid, document_sha256=pending.document, signer=signer
        )
    assert recorded().count("passkey.seat-denied-at-signer") == 1
    assert sizes(chen, noon) == {"approvers": 2, "security": 2}  # elsewhere their passkey counts as before
    later = noon + timedelta(seconds=1)
    approvals.follow_seats(later)
    again = approvals.list_seats(chen, later, seats=(seats_waiting().get().uid,))
    with pytest.raises(CharterAsksMore):
        approvals.agree_seats(chen, later, list_uid=again)
    body = SeatList.objects.get(uid=again).change.to_bytes()
    for person in (chen, qian):
        approvals.agree_seats(person, later, list_uid=again, assertions=(keys[person.login].says_yes(body),))
    assert approvals.tell_seats(later, signer=signer, page=settings.APPROVAL_URL) == 1
    assert [one.counts for one in of_people(chen, later, [li])] == [Counts.COUNTS]


def test_a_list_takes_two_of_security_and_what_the_key_does_not_take_waits_again(
    waiting: list[RosterSeat],
    li: Person,
    chen: Person,
    qian: Person,  # noqa: F811  the fixture
    noon: datetime,
    signer: Client,  # noqa: F811  the fixture
) -> None:
    uids = tuple(seat.uid for seat in waiting)
    rows = RosterSeat.objects.filter(pk=waiting[0].pk)
    with forbidden("seat_is_entered_by_a_list"):
        rows.update(entered_at=noon)
    with forbidden("seat_is_denied_once_it_ended"):
        rows.update(denied_at=noon)
    with forbidden("one_seat_of_a_passkey_in_a_company"):
        RosterSeat.objects.create(passkey=waiting[0].passkey, company=waiting[0].company, waits_from=noon)
    with pytest.raises(NotEntitled):
        approvals.list_seats(li, noon, seats=uids)
    for nothing in ((), (*uids, "0" * 32)):
        with pytest.raises(SeatsNotWaiting):
            approvals.list_seats(chen, noon, seats=nothing)
    uid = approvals.list_seats(chen, noon, seats=uids)
    with pytest.raises(SeatsNotWaiting):
        approvals.list_seats(qian, noon, seats=uids)
    with forbidden("seats_are_agreed_before_they_are_told"):
        SeatList.objects.update(told_at=noon)
    approvals.agree_seats(chen, noon, list_uid=uid)
    with pytest.raises(PasskeyConfirmedByOwn):
        approvals.agree_seats(chen, noon, list_uid=uid)
    approvals.drop_seats(qian, noon, list_uid=uid)
    with pytest.raises(OutOfTurn):
        approvals.agree_seats(qian, noon, list_uid=uid)
    assert seats_waiting().count() == 2

    made = listed((chen, qian), noon, waiting)
    held = ApprovalPasskey.objects.get(person=li)
    approvals.remove_passkey(chen, noon, passkey_uid=held.uid)
    approvals.tell_rosters(noon, signer=signer, page=settings.APPROVAL_URL)
    assert approvals.tell_seats(noon, signer=signer, page=settings.APPROVAL_URL) == 1

    made.refresh_from_db()
    assert (made.failure, made.told_at, lists_open().count()) == ("passkey-unknown", None, 0)
    assert recorded()[-1] == "passkey.seats-not-taken"
    assert approvals.follow_seats(noon) == 1
    assert [seat.passkey.person.login for seat in seats_waiting()] == ["wu"]
