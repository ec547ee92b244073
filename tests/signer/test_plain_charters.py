"""Charters, foundings and what papers are bound to, on plain values: each test where nothing else would notice."""

import json
from dataclasses import replace
from typing import Final

import pytest

from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.kernel.shapes import Misshapen
from privyseal.signer import changes, requests
from privyseal.signer.bound import Binding, Paper, Secret, binding_of, bound_from_json
from privyseal.signer.changes import Amend, ChangeUnreadable, Enter, Seat, Seated, uid_of_seat
from privyseal.signer.charters import (
    INSTALLATION,
    SECURITY,
    Charter,
    InForce,
    RosterTooSmall,
    looked_for,
    of_company,
    of_seal,
    roster_of_company,
)
from privyseal.signer.database import Database
from privyseal.signer.founding import may_begin
from privyseal.signer.governing import Members, may_change
from privyseal.signer.membership import Belonging
from privyseal.signer.operations import Signer
from privyseal.signer.passkeys import Page, PasskeyAssertion, PasskeyNotBound, PasskeyUnknown, web_text
from privyseal.signer.pinned import Pinned
from privyseal.signer.rosters import Grounds, Rosters, begun_with
from privyseal.signer.software_passkeys import MAY_BE_COPIED, PRESENT, VERIFIED
from privyseal.signer.statement import Approved, challenge
from privyseal.signer.store import NotFounded
from tests.signer.cast import LI, MAKING, NOON, USE, ZHOU, approved, uid
from tests.signer.test_founding import ALL, CHEN, KEYS, QIAN, SUN, begun, pinned, said_to, twice
from tests.signer.test_own_yes import VOICES
from tests.signer.test_rosters import PAGE, by_passkey, change, closed, entry, frame, passkey_of, vouched

__all__ = ["closed"]  # a fixture that is asked for by its name

IN_FORCE: Final = InForce(of=INSTALLATION, version=1, charter=ALL.charter)


# --- what a line is bound to --------------------------------------------------------------------------------


def test_an_envelope_of_one_page_says_no_number_of_impressions_unless_it_has_one() -> None:
    envelope = Secret(pages=1, title="t", envelope="e")

    assert envelope.impressions == 0
    assert dict(envelope.to_json()) == {"to": "secret", "pages": 1, "title": "t", "envelope": "e"}
    assert bound_from_json(envelope.to_json()) == envelope
    with pytest.raises(Misshapen):
        bound_from_json({**envelope.to_json(), "to": "file"})


def test_what_is_bound_to_nothing_is_a_file() -> None:
    assert [binding_of(one) for one in (None, Paper(pages=1, photographs=("5" * 64,)))] == [Binding.FILE, Binding.PAPER]


# --- words and names ----------------------------------------------------------------------------------------


def test_the_charters_that_may_hold_are_looked_for_from_near_to_far() -> None:
    assert looked_for(company="", seal="") == (INSTALLATION,)
    assert looked_for(company="C", seal="") == ("company:C", INSTALLATION)
    assert looked_for(company="C", seal="s") == ("seal:s", "company:C", INSTALLATION)
    assert roster_of_company("91A") == "company-91a"


def test_the_word_for_somebodys_unit_is_said_of_nothing_else() -> None:
    said = Belonging(operator=LI, unit=uid("u"), application=uid("a"), intent="i", document_sha256="5" * 64)

    assert said.signed_bytes().startswith(b"privyseal/member/v1\0")
    assert len(said.signed_bytes()) == len(b"privyseal/member/v1\0") + 32


def test_a_seat_has_a_short_name_and_the_web_application_a_key_of_32_bytes() -> None:
    assert len(uid_of_seat("company-1", b"1", NOON)) == 32
    one = replace(ALL, entries=ALL.entries[:1])
    assert changes.parse(one.to_bytes()) == one
    with pytest.raises(ChangeUnreadable):
        changes.parse(replace(ALL, web_key=bytes(33)).to_bytes())


# --- foundings ----------------------------------------------------------------------------------------------


def test_a_witness_is_on_no_roster_whatever_it_is_called() -> None:
    other = twice(SUN)
    named = replace(ALL, entries=(*ALL.entries, replace(other, roster="witness")))

    with pytest.raises(DutiesNotSeparate):
        may_begin(begun(named), said_to(named), at=NOON)


@pytest.mark.parametrize(("loose", "begins"), [(SUN, True), (LI, False)])
def test_all_but_the_witness_have_passkeys_that_cannot_leave_their_device(loose: str, *, begins: bool) -> None:
    held = replace(pinned(loose), is_bound=False)
    entries = tuple(replace(one, credential=held) if one.credential.person == loose else one for one in ALL.entries)
    bound = replace(
        ALL,
        charter=replace(ALL.charter, is_bound=True),
        entries=entries,
        witness=held if loose == SUN else ALL.witness,
    )
    said = bound.to_bytes()
    rule = Approved(said, tuple(hard(person, said, is_bound=person != loose) for person in (LI, ZHOU, CHEN, QIAN, SUN)))

    if begins:
        assert may_begin(begun(bound), rule, at=NOON) == bound
    else:
        with pytest.raises(PasskeyNotBound):
            may_begin(begun(bound), rule, at=NOON)


def test_a_roster_is_filled_by_its_own_people_alone() -> None:
    security = [one for one in ALL.entries if one.roster == SECURITY]
    elsewhere = [Enter("witness", pinned(person)) for person in (LI, ZHOU)]
    lopsided = replace(ALL, entries=(*security, *elsewhere))

    with pytest.raises(RosterTooSmall):
        may_begin(begun(lopsided), said_to(lopsided), at=NOON)


def hard(person: str, said: bytes, *, is_bound: bool) -> PasskeyAssertion:
    """Return a yes of a passkey that does not say that it is of software."""
    flags = PRESENT | VERIFIED | (0 if is_bound else MAY_BE_COPIED)
    key = replace(KEYS[person].on(Page(ALL.page)), flags=flags)
    client = {"type": "webauthn.get", "challenge": web_text(challenge(said)), "origin": ALL.page, "crossOrigin": False}
    return key.signs(json.dumps(client).encode())


# --- changes ------------------------------------------------------------------------------------------------


def test_nobody_seats_themselves_and_the_refusal_says_why() -> None:
    with pytest.raises(DutiesNotSeparate) as no:
        may_change(
            Seat(NOON, (Seated("company-1", LI, KEYS[LI].id),)),
            approved(USE, by=(LI, ZHOU)),
            by=Charter(2, "session", SECURITY),
            in_force=IN_FORCE,
            voices=replace(VOICES, page=None),
            members=Members(9, 9),
            at=NOON,
        )

    assert no.value.facts == {"part": "approver", "already": "person"}


def test_what_an_installation_begins_with_is_kept_as_no_change(closed: Signer, database: Database) -> None:
    rosters = Rosters(database)

    with pytest.raises(ChangeUnreadable):
        rosters.is_kept(ALL, b"")
    with pytest.raises(ChangeUnreadable):
        rosters.keep(ALL, b"", by=(), grounds=Grounds(), at=NOON)


def test_a_seat_was_made_by_the_very_change_that_said_so(closed: Signer, database: Database) -> None:
    own = roster_of_company(MAKING.uscc)
    seats = tuple(Seated(own, person, KEYS_OF_ROSTER[person]) for person in (LI, ZHOU))
    made, wider = Seat(NOON, seats[:1]), Seat(NOON, seats)
    change(closed, made, by_passkey(CHEN, QIAN))

    assert [Rosters(database).is_kept(one, one.to_bytes()) for one in (made, wider)] == [True, False]
    change(closed, wider, by_passkey(CHEN, QIAN))
    assert Rosters(database).members(Charter(1, "passkey", roster=own), at=NOON).approvers == 2


KEYS_OF_ROSTER: Final = {person: passkey_of(person).id for person in (LI, ZHOU)}


def test_a_founding_by_charter_alone_was_begun_with_nothing(
    signer: Signer, founded: Signer, database: Database
) -> None:
    with database.reading() as connection:
        assert begun_with(connection) == ""
    assert database.every("SELECT of, version, amended_by, change_sha256 FROM charter") == [("", 1, "", "")]
    assert Rosters(database).latest(INSTALLATION) == Rosters(database).in_force()
    assert Rosters(database).latest(of_company(MAKING.uscc)) is None


def test_before_a_founding_nothing_was_begun_and_no_page_is_pinned(signer: Signer, database: Database) -> None:
    with database.reading() as connection:
        assert begun_with(connection) == ""
    with pytest.raises(NotFounded):
        signer.answer(frame(requests.PinPage(PAGE)))
    assert database.every("SELECT origin FROM page") == []


def test_who_began_an_installation_is_kept_by_name(signer: Signer, database: Database) -> None:
    signer.found(begun(ALL))

    people = " ".join(sorted((LI, ZHOU, CHEN, QIAN)))
    assert database.every("SELECT DISTINCT entered_by FROM roster_entry") == [(people,)]
    assert database.every("SELECT amended_by FROM charter") == [(people,)]


def test_security_counts_where_a_charter_asks_approvers_for_bound_passkeys(sealing: Signer, database: Database) -> None:
    sealing.answer(frame(requests.PinPage(PAGE)))
    change(sealing, entry(CHEN, roster=SECURITY, is_bound=False), vouched(uid("zhao"), SUN))
    change(sealing, entry(LI, is_bound=False), vouched(CHEN, QIAN))

    assert Rosters(database).members(Charter(1, "passkey", is_bound=True), at=NOON) == Members(0, 1)


def test_the_charter_of_a_rubber_seal_is_changed_by_its_company(closed: Signer, database: Database) -> None:
    rubber, own = uid("rubber"), Charter(1, "passkey", roster="company-1")
    for person in (uid("one"), uid("two")):
        held = passkey_of(person)
        pinned_ = replace(entry(LI).credential, id=held.id, person=person, key=held.key)
        change(closed, Enter("company-1", pinned_), by_passkey(CHEN, QIAN))
    change(closed, Amend(of_company(MAKING.uscc), 1, own), by_passkey(LI, ZHOU))
    with database.writing() as connection:
        row = ("m", 1, MAKING.uscc, b"", b"", json.dumps([rubber]), None, 0, "", 0)
        connection.execute("INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    with pytest.raises(PasskeyUnknown):
        change(closed, Amend(of_seal(rubber), 1, own), by_passkey(LI, ZHOU))


# --- cosigners ----------------------------------------------------------------------------------------------


def test_every_quorum_that_was_pinned_is_told_the_first_one_first(database: Database) -> None:
    pinned_ = Pinned(database, told=Quorum())
    every = [Quorum((), needed) for needed in (Needed.ANY, Needed.ALL)]
    for one in every:
        pinned_.pin(one)

    assert pinned_.every() == [(1, every[0]), (2, every[1])]
