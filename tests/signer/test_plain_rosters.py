"""Rosters, changes and statements on plain values: each wrong one differs from a right one by one thing."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.kernel.shapes import Misshapen
from privyseal.signer import changes
from privyseal.signer.bound import Paper, Secret
from privyseal.signer.certifying import Certify
from privyseal.signer.changes import Amend, ChangeUnreadable, Enter, Remove, Seat, Seated
from privyseal.signer.charters import (
    APPROVERS,
    SECURITY,
    Charter,
    InForce,
    RosterTooSmall,
    of_company,
    of_seal,
)
from privyseal.signer.checks import ApprovalsMissing
from privyseal.signer.database import Database
from privyseal.signer.documents import Document
from privyseal.signer.founding import may_begin
from privyseal.signer.governing import Members, may_change
from privyseal.signer.operations import Signer
from privyseal.signer.own_yes import OwnYesMissing, check_own_yes
from privyseal.signer.passkeys import PasskeyUnknown, web_octets
from privyseal.signer.requests import RequestUnreadable, parse_request
from privyseal.signer.statement import EXTERNAL, SESSION, StatementUnreadable, parse
from tests.signer.cast import LI, MAKING, NOON, SEAL, USE, WANG, ZHOU, approved, uid
from tests.signer.test_founding import ALL, CHEN, begun, pinned, said_to
from tests.signer.test_own_yes import BY_PASSKEY, GIVEN, KEY, ON_MANDATE, VOICES
from tests.signer.test_rosters import KEYS, QIAN, by_passkey, change, closed, entry, vouched

__all__ = ["closed"]  # a fixture that is asked for by its name

SECRET: Final = Secret(pages=2, title="董事会决议", envelope="E-7", impressions=2)
ENVELOPE: Final = Document(sha256="5" * 64, following="nobody", placements=(), bound=SECRET)


def test_an_envelope_is_sealed_so_often_and_nowhere_that_anybody_is_shown() -> None:
    (spot,) = USE.documents[0].placements
    said = replace(USE, documents=(ENVELOPE,), impressions=2)

    assert parse(said.to_bytes()) == said
    for wrong in (
        replace(ENVELOPE, bound=replace(SECRET, impressions=0)),
        replace(ENVELOPE, placements=(spot,)),
        replace(ENVELOPE, bound=Paper(pages=1, photographs=("5" * 64,))),
    ):
        with pytest.raises(StatementUnreadable):
            parse(replace(said, documents=(wrong,)).to_bytes())


def test_a_passkey_that_ends_before_it_begins_is_entered_by_nobody() -> None:
    held = pinned(LI)

    for wrong in (held.starts_at, held.starts_at - timedelta(seconds=1)):
        with pytest.raises(ChangeUnreadable):
            changes.parse(Enter(APPROVERS, replace(held, ends_at=wrong)).to_bytes())
    right = Enter(APPROVERS, replace(held, ends_at=held.starts_at + timedelta(seconds=1)))
    assert changes.parse(right.to_bytes()) == right


def test_a_seat_is_known_by_these_words() -> None:
    words = {"roster": "r", "credential": "AQ", "since": "2026-11-23T12:00:00.000000Z"}

    known = changes.uid_of_seat("r", b"\x01", NOON)

    assert sha256(canonical(words)).startswith(known)


def test_whoever_approves_and_keeps_the_rosters_is_one_person_too_many() -> None:
    first, *others = ALL.entries
    both = replace(ALL, entries=(replace(first, credential=replace(first.credential, person=CHEN)), *others))

    with pytest.raises(DutiesNotSeparate) as no:
        may_begin(begun(both), said_to(both), at=NOON)

    assert no.value.facts == {"part": "approver", "already": "person"}


def test_each_roster_has_enough_people_of_its_own() -> None:
    by_roster = {roster: [one for one in ALL.entries if one.roster == roster] for roster in (APPROVERS, SECURITY)}
    moved = replace(by_roster[SECURITY][1], roster=APPROVERS)
    lopsided = replace(ALL, entries=(*by_roster[APPROVERS], moved, by_roster[SECURITY][0]))

    with pytest.raises(RosterTooSmall):
        may_begin(begun(lopsided), said_to(lopsided), at=NOON)


def test_nobody_enters_themselves_and_the_refusal_says_why() -> None:
    entered = Enter(APPROVERS, pinned(LI))

    with pytest.raises(DutiesNotSeparate) as no:
        may_change(
            entered,
            approved(USE, by=(LI, ZHOU)),
            by=replace(ALL.charter, assurance="session"),
            in_force=InForce(of="", version=1, charter=ALL.charter),
            voices=replace(VOICES, page=None),
            members=Members(9, 9),
            at=NOON,
        )

    assert no.value.facts == {"part": "approver", "already": "person"}


@pytest.mark.parametrize(("late", "counts"), [(-1, False), (0, True), (1, True)])
def test_a_mandate_counts_from_its_first_moment(late: int, *, counts: bool) -> None:
    given = replace(GIVEN, starts_at=NOON, expires_at=NOON + timedelta(days=1))
    said = given.to_bytes()
    by = replace(approved(given, by=(WANG,)), assertions=(KEY.says_yes(said),))
    at = NOON + timedelta(microseconds=late)

    def check() -> object:
        return check_own_yes(ON_MANDATE, (by,), kind="personal", charter=BY_PASSKEY, voices=VOICES, at=at)

    if counts:
        assert check() is not None
    else:
        with pytest.raises(OwnYesMissing):
            check()


def test_nothing_is_no_id_and_no_certificate() -> None:
    assert web_octets("AQ", most=1) == b"\x01"
    for wrong in ("", "AQI", "AQ==", None):
        with pytest.raises(Misshapen):
            web_octets(wrong, most=1)

    asked = Certify(seal=SEAL, certificate=b"\x01", between=())
    assert parse_request(asked.header()) == asked
    with pytest.raises(RequestUnreadable):
        parse_request(replace(asked, certificate=b"").header())


def test_who_changed_a_roster_or_a_charter_is_kept_and_what_was_done_so_is_done(
    sealing: Signer, database: Database
) -> None:
    change(sealing, Amend(of_company(MAKING.uscc), 1, Charter(1, EXTERNAL)), vouched(LI, ZHOU))
    change(sealing, entry(LI), vouched(QIAN, CHEN))
    change(sealing, Amend(of_seal(SEAL), 1, Charter(1, SESSION)), vouched(LI, ZHOU, assurance=EXTERNAL))
    gone = Remove(APPROVERS, KEYS[LI].id)
    change(sealing, gone, vouched(CHEN))
    change(sealing, gone, vouched())  # it is gone: nobody has to say so twice

    assert database.every("SELECT entered_by, removed_by FROM roster_entry") == [(" ".join(sorted((CHEN, QIAN))), CHEN)]
    assert of_company("X") == "company:X"
    assert ChangeUnreadable.code == "change-unreadable"


def test_a_seat_takes_two_of_security_who_are_not_its_owners_and_a_passkey_of_an_approver(
    closed: Signer,
) -> None:
    def seat(person: str, roster: str = "company-1") -> Seat:
        return Seat(NOON, (Seated(roster, person, KEYS[person].id),))

    with pytest.raises(ApprovalsMissing):
        change(closed, seat(LI), by_passkey(CHEN))
    with pytest.raises(PasskeyUnknown):
        change(closed, seat(LI), by_passkey(LI, ZHOU))
    with pytest.raises(DutiesNotSeparate):
        change(closed, seat(CHEN), by_passkey(CHEN, QIAN))
    with pytest.raises(PasskeyUnknown):
        change(closed, Seat(NOON, (Seated("company-1", ZHOU, KEYS[LI].id),)), by_passkey(CHEN, QIAN))
    for unreadable in (seat(LI, "security"), Seat(NOON, ()), Seat(NOON, seat(LI).seats * 2)):
        with pytest.raises(ChangeUnreadable):
            changes.parse(unreadable.to_bytes())
    for people in ((CHEN, QIAN), (LI,)):  # asked again, it is as it was, whoever says so
        change(closed, seat(LI), by_passkey(*people))
    with pytest.raises(PasskeyUnknown):  # of security: on no other roster
        change(closed, Seat(NOON, (Seated("company-1", uid("x"), KEYS[CHEN].id),)), by_passkey(CHEN, QIAN))
