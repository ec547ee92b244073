"""Rosters and charters at the signer: who changes them, what they let pass, and what stops at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from privyseal.kernel.errors import DutiesNotSeparate, Refused
from privyseal.signer import requests
from privyseal.signer.changes import Amend, Change, ChangeUnreadable, Enter, Remove, parse
from privyseal.signer.charters import APPROVERS, INSTALLATION, SECURITY, Charter, RosterTooSmall, of_company, of_seal
from privyseal.signer.checks import ApprovalsMissing, AssuranceTooLow, SealUnknown
from privyseal.signer.database import Database, open_durably
from privyseal.signer.denials import PasskeyDenied, PasskeyOfSecurity, of_passkey
from privyseal.signer.governing import CharterOutOfStep
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.passkeys import Credential, Page, PasskeyCopied, PasskeyNotBound, PasskeyUnknown
from privyseal.signer.protocol import Frame
from privyseal.signer.rosters import Grounds, PageAlreadyPinned, PasskeyOnRoster, Rosters, said_in
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import EXTERNAL, SESSION, Approved, Statement, vouch
from tests.signer.cast import (
    CONTRACT,
    DESTROY,
    FOUNDING,
    LI,
    MAKE,
    MAKING,
    MASTER,
    NOON,
    RESUME,
    SEAL,
    USE,
    WEB_KEY,
    ZHOU,
    approved,
    to_destroy,
    to_make,
    to_resume,
    to_seal,
    uid,
)
from tests.signer.conftest import Clock

PAGE: Final = Page("https://approve.example")
CHEN, QIAN, SUN = uid("chen"), uid("qian"), uid("sun")


def passkey_of(person: str) -> SoftwarePasskey:
    return SoftwarePasskey(person=person, page=PAGE, id=bytes.fromhex(person))


KEYS: Final = {person: passkey_of(person) for person in (LI, ZHOU, CHEN, QIAN)}
BY_PASSKEY: Final = Charter(approvals=1, assurance="passkey")


def entry(person: str, *, roster: str = APPROVERS, is_bound: bool = True, key: bytes = b"") -> Enter:
    pinned = Credential(
        id=KEYS[person].id,
        person=person,
        key=key or KEYS[person].key,
        is_bound=is_bound,
        starts_at=NOON - timedelta(days=1),
    )
    return Enter(roster, pinned)


Yes = Callable[[bytes], Approved]


def vouched(*people: str, assurance: str = SESSION) -> Yes:
    """These people's yes to any bytes, by the word of the web application."""
    return lambda said: Approved(
        said, tuple(vouch(said, approver=each, web_key=WEB_KEY, assurance=assurance) for each in people)
    )


def by_passkey(*people: str) -> Yes:
    return lambda said: Approved(said, tuple(KEYS[person].says_yes(said) for person in people))


def change(signer: Signer, what: Change, yes: Yes) -> None:
    signer.answer(frame(requests.ChangeRule(yes(what.to_bytes()))))


def frame(request: requests.Request) -> Frame:
    return Frame(request.header())


def said_by(statement: Statement, *people: str, counter: int = 0) -> Approved:
    said = statement.to_bytes()
    return Approved(said, tuple(KEYS[person].says_yes(said, counter=counter) for person in people))


@pytest.fixture
def closed(sealing: Signer) -> Signer:
    """A signer with one seal, li and zhou on the approvers' roster, chen and qian on security's, by passkeys alone."""
    sealing.answer(frame(requests.PinPage(PAGE)))
    for person in (LI, ZHOU):
        change(sealing, entry(person), vouched(CHEN, QIAN))
    for person in (CHEN, QIAN):
        change(sealing, entry(person, roster=SECURITY), vouched(uid("zhao"), SUN))
    change(sealing, Amend(INSTALLATION, 2, BY_PASSKEY), vouched(LI, ZHOU))
    return sealing


def test_a_seal_is_used_by_the_yes_of_a_passkey_alone(closed: Signer) -> None:
    with pytest.raises(AssuranceTooLow):
        closed.seal(to_seal(), CONTRACT)

    assert closed.seal(to_seal(said_by(USE, LI)), CONTRACT).appended


@pytest.mark.parametrize(
    "request_",
    [to_resume(), to_destroy(), to_make(approved(replace(DESTROY, purpose=USE.purpose)))],
    ids=["resume", "destroy", "a use"],
)
def test_what_the_web_application_vouches_for_moves_nothing_any_more(
    closed: Signer, request_: requests.Resume | requests.Destroy | requests.Make
) -> None:
    with pytest.raises(Refused):
        closed.answer(frame(request_))

    assert closed.seal(to_seal(said_by(USE, LI)), CONTRACT).appended


def test_a_seal_is_resumed_and_ended_by_passkeys(closed: Signer) -> None:
    closed.suspend(requests.Suspend(seal=SEAL))

    closed.resume(to_resume(said_by(RESUME, LI)))
    closed.destroy(to_destroy(said_by(DESTROY, LI, ZHOU)))

    with pytest.raises(Refused, match="seal-destroyed"):
        closed.seal(to_seal(said_by(USE, LI)), CONTRACT)


def test_whoever_is_removed_says_yes_to_nothing_any_more(closed: Signer) -> None:
    change(closed, Remove(APPROVERS, KEYS[LI].id), by_passkey(CHEN))
    change(closed, Remove(APPROVERS, KEYS[LI].id), by_passkey(CHEN))

    with pytest.raises(PasskeyUnknown):
        closed.seal(to_seal(said_by(USE, LI)), CONTRACT)
    with pytest.raises(PasskeyOnRoster):
        change(closed, entry(LI), by_passkey(CHEN, QIAN))
    assert closed.seal(to_seal(said_by(USE, ZHOU)), CONTRACT).appended


def test_a_leaver_is_denied_without_a_yes_and_security_is_not(closed: Signer) -> None:
    closed.deny(requests.Deny(denied=(of_passkey(KEYS[LI].id),)))

    with pytest.raises(PasskeyDenied):
        closed.seal(to_seal(said_by(USE, LI)), CONTRACT)
    with pytest.raises(PasskeyDenied):
        change(closed, Amend(INSTALLATION, 3, Charter(1, SESSION)), by_passkey(LI, ZHOU))
    with pytest.raises(PasskeyOfSecurity):
        closed.deny(requests.Deny(denied=(of_passkey(KEYS[CHEN].id), of_passkey(KEYS[ZHOU].id))))
    assert closed.seal(to_seal(said_by(USE, ZHOU)), CONTRACT).appended


def test_whoever_is_denied_counts_no_more_where_people_are_counted(sealing: Signer) -> None:
    sealing.answer(frame(requests.PinPage(PAGE)))
    for person, roster in ((LI, APPROVERS), (ZHOU, APPROVERS), (CHEN, SECURITY), (QIAN, SECURITY)):
        change(sealing, entry(person, roster=roster), vouched(uid("zhao"), SUN))
    sealing.deny(requests.Deny(denied=(of_passkey(KEYS[LI].id),)))

    with pytest.raises(RosterTooSmall):
        change(sealing, Amend(INSTALLATION, 2, BY_PASSKEY), vouched(LI, ZHOU))


def test_a_removal_wins_against_a_use_that_was_checked_already(closed: Signer, database: Database) -> None:
    grounds = Grounds(said=said_in([said_by(USE, LI)]))
    change(closed, Remove(APPROVERS, KEYS[LI].id), by_passkey(CHEN))

    with database.reading() as connection, pytest.raises(PasskeyUnknown):
        grounds.hold(connection)


def test_an_amendment_wins_against_a_use_that_was_checked_already(closed: Signer, database: Database) -> None:
    in_force = Rosters(database).in_force(company=MAKING.uscc, seal=SEAL)
    grounds = Grounds(in_force=in_force, company=MAKING.uscc, seal=SEAL)
    change(closed, Amend(of_seal(SEAL), 1, replace(BY_PASSKEY, approvals=2)), by_passkey(LI, ZHOU))

    with database.reading() as connection, pytest.raises(CharterOutOfStep):
        grounds.hold(connection)


def test_a_passkey_that_counts_answers_one_question_a_count(closed: Signer) -> None:
    first = to_seal(said_by(USE, LI, counter=5))
    other = replace(USE, application=uid("application 70"))
    earlier = replace(USE, application=uid("application 71"))

    closed.seal(first, CONTRACT)

    assert closed.seal(to_seal(said_by(earlier, LI, counter=4), intent="earlier"), CONTRACT).appended
    with pytest.raises(PasskeyCopied):
        closed.seal(to_seal(said_by(other, LI, counter=5), intent="copied"), CONTRACT)


@pytest.mark.parametrize(
    ("what", "yes", "refusal"),
    [
        (entry(LI), vouched(CHEN), ApprovalsMissing),
        (entry(LI), vouched(CHEN, CHEN), ApprovalsMissing),
        (entry(LI), vouched(CHEN, LI), DutiesNotSeparate),
        (entry(LI), by_passkey(CHEN, QIAN), PasskeyUnknown),
        (entry(LI, key=b"no key"), vouched(CHEN, QIAN), Refused),
        (Remove(APPROVERS, b"nobody's"), vouched(CHEN), PasskeyUnknown),
        (Amend(INSTALLATION, 2, BY_PASSKEY), vouched(LI, ZHOU), RosterTooSmall),
        (Amend(INSTALLATION, 3, Charter(2, "session")), vouched(LI, ZHOU), CharterOutOfStep),
        (Amend(INSTALLATION, 1, Charter(2, "session")), vouched(LI, ZHOU), CharterOutOfStep),
        (Amend(of_company(MAKING.uscc), 2, Charter(2, "session")), vouched(LI, ZHOU), CharterOutOfStep),
        (Amend(of_seal(uid("nothing")), 1, Charter(2, "session")), vouched(LI, ZHOU), SealUnknown),
        (Amend(INSTALLATION, 2, Charter(2, "session")), vouched(LI), ApprovalsMissing),
    ],
)
def test_while_the_web_application_vouches_a_change_still_takes_the_right_people(
    sealing: Signer, what: Change, yes: Yes, refusal: type[Refused]
) -> None:
    sealing.answer(frame(requests.PinPage(PAGE)))

    with pytest.raises(refusal):
        change(sealing, what, yes)

    assert sealing.seal(to_seal(), CONTRACT).appended


@pytest.mark.invariant("C5", column="rule")
@pytest.mark.parametrize(
    ("what", "yes", "refusal"),
    [
        (Remove(APPROVERS, KEYS[LI].id), vouched(CHEN), AssuranceTooLow),
        (Remove(APPROVERS, KEYS[LI].id), by_passkey(LI), PasskeyUnknown),
        (Remove(APPROVERS, KEYS[LI].id), by_passkey(), ApprovalsMissing),
        (Remove(SECURITY, KEYS[CHEN].id), by_passkey(LI, ZHOU), PasskeyUnknown),
        (Amend(INSTALLATION, 3, Charter(1, "session")), vouched(LI, ZHOU), AssuranceTooLow),
        (Amend(INSTALLATION, 3, Charter(1, "session")), by_passkey(LI), ApprovalsMissing),
        (Amend(INSTALLATION, 3, Charter(1, "session")), by_passkey(CHEN, QIAN), PasskeyUnknown),
        (Amend(of_seal(SEAL), 1, Charter(1, "session")), by_passkey(LI), ApprovalsMissing),
        (Amend(INSTALLATION, 3, replace(BY_PASSKEY, roster="nobody")), by_passkey(LI, ZHOU), RosterTooSmall),
    ],
)
def test_once_passkeys_are_asked_for_the_web_application_changes_nothing(
    closed: Signer, what: Change, yes: Yes, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        change(closed, what, yes)

    assert closed.seal(to_seal(said_by(USE, LI)), CONTRACT).appended


def test_an_outside_system_changes_no_rule(sealing: Signer) -> None:
    with pytest.raises(AssuranceTooLow):
        change(sealing, entry(LI), vouched(CHEN, QIAN, assurance=EXTERNAL))


def test_a_charter_of_the_company_holds_for_its_seals_and_one_of_the_seal_before_it(closed: Signer) -> None:
    change(closed, Amend(of_company(MAKING.uscc), 1, replace(BY_PASSKEY, approvals=2)), by_passkey(LI, ZHOU))
    with pytest.raises(ApprovalsMissing):
        closed.seal(to_seal(said_by(USE, LI)), CONTRACT)

    change(closed, Amend(of_seal(SEAL), 1, BY_PASSKEY), by_passkey(LI, ZHOU))
    assert closed.seal(to_seal(said_by(USE, LI)), CONTRACT).appended


def test_a_charter_may_ask_for_passkeys_that_cannot_leave_their_device(sealing: Signer) -> None:
    sealing.answer(frame(requests.PinPage(PAGE)))
    for person in (LI, ZHOU):
        change(sealing, entry(person, is_bound=False), vouched(CHEN, QIAN))
    change(sealing, Amend(of_seal(SEAL), 1, Charter(1, "session", is_bound=True)), vouched(LI, ZHOU))
    may_be_copied = replace(KEYS[LI], flags=KEYS[LI].flags | 0x08)
    said = USE.to_bytes()

    with pytest.raises(PasskeyNotBound):
        sealing.seal(to_seal(Approved(said, (may_be_copied.says_yes(said),))), CONTRACT)


def test_every_change_is_safe_to_ask_again(closed: Signer, database: Database) -> None:
    before = rows(database)

    closed.answer(frame(requests.PinPage(PAGE)))
    change(closed, entry(ZHOU), by_passkey(CHEN, QIAN))
    change(closed, Amend(INSTALLATION, 2, BY_PASSKEY), by_passkey(LI, ZHOU))

    assert rows(database) == before


def test_the_approval_page_is_pinned_once(closed: Signer) -> None:
    with pytest.raises(PageAlreadyPinned):
        closed.answer(frame(requests.PinPage(Page("https://evil.example"))))


@pytest.mark.parametrize(
    "origin", ["https://approve.example/", "https://approve.example/x", "ftp://x", "https://A.example"]
)
def test_a_page_is_an_origin_and_nothing_more(sealing: Signer, origin: str) -> None:
    with pytest.raises(requests.RequestUnreadable):
        sealing.answer(frame(requests.PinPage(Page(origin))))


@pytest.mark.invariant("C5", column="database")
def test_what_is_on_a_roster_or_in_a_charter_stays_even_by_hand(closed: Signer, database: Database) -> None:
    for attempt in (
        "DELETE FROM roster_entry",
        "UPDATE roster_entry SET person = 'x'",
        "UPDATE charter SET assurance = 'session'",
        "DELETE FROM charter WHERE version = 2",
        "UPDATE page SET origin = 'https://evil.example'",
    ):
        with pytest.raises(Exception, match=r"stay|kept|only_removed"), database.writing() as connection:
            connection.execute(attempt)
    assert closed.seal(to_seal(said_by(USE, LI)), CONTRACT).appended


@pytest.mark.parametrize("what", [entry(LI), Remove(APPROVERS, b"x"), Amend(of_seal(SEAL), 3, BY_PASSKEY)])
def test_a_change_is_read_as_it_was_written(what: Change) -> None:
    assert parse(what.to_bytes()) == what


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{}",
        USE.to_bytes(),
        entry(LI).to_bytes()[:-1],
        entry(LI).to_bytes() + b" ",
        entry(LI).to_bytes().replace(b'"v":1', b'"v":2'),
        entry(LI).to_bytes().replace(b'"enter"', b'"remove"'),
        Amend(of_seal(SEAL), 3, BY_PASSKEY).to_bytes().replace(b"seal:", b"sea:"),
    ],
)
def test_nothing_else_is_a_change(said: bytes) -> None:
    with pytest.raises(ChangeUnreadable):
        parse(said)


def test_a_signer_of_before_has_its_founding_as_first_charter_and_knows_whose_its_seals_are(
    tmp_path: Path, clock: Clock
) -> None:
    before = Database(open_durably(tmp_path / "before.sqlite"))
    old = Signer(before, clock, Keys(before, MASTER))
    old.found(replace(FOUNDING, charter=Charter(2, "session")))
    old.make(to_make(approved(MAKE, by=(LI, ZHOU))))
    with before.writing() as connection:
        for statement in _AS_BEFORE:
            connection.execute(statement)
    before.close()

    database = Database(open_durably(tmp_path / "before.sqlite"))

    in_force = Rosters(database).in_force(company=MAKING.uscc, seal=SEAL)
    assert (in_force.version, in_force.charter) == (1, Charter(2, "session"))
    assert database.one("SELECT company FROM seal") == (MAKING.uscc,)
    database.close()


def rows(database: Database) -> list[object]:
    return [database.every(f"SELECT * FROM {table}") for table in ("page", "roster_entry", "charter")]


_AS_BEFORE: Final = (
    "DROP TRIGGER revoked_outside_rests",
    *(f"DROP TABLE {name}" for name in ("page", "roster_entry", "charter", "passkey_count", "cosigner", "head")),
    *(
        f"DROP TABLE {name}"
        for name in (
            "keeping",
            "shown",
            "token_key",
            "responder",
            "device_home",
            "device",
            "device_order",
            "device_grant",
            "device_certificate",
            "roster_seat",
            "awaited",
            "quorum",
            "paper_key",
            "revoked_outside",
            "rubber",
            "device_anew",
            "clock_set",
        )
    ),
    "ALTER TABLE seal_version DROP COLUMN chain",
    "DROP INDEX version_of_serial",
    "ALTER TABLE seal DROP COLUMN company",
    "PRAGMA user_version = 7",
)
