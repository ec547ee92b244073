"""Rosters of a group: one a company, 100,000 people in all, and what a hundred leavers a day ask of the signer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from privyseal.kernel.canonical import utc_text
from privyseal.signer import requests
from privyseal.signer.changes import Amend, Enter, Seat, Seated
from privyseal.signer.charters import Charter, RosterTooSmall, of_company, of_seal, roster_of_company
from privyseal.signer.database import Database
from privyseal.signer.denials import Denial, PasskeyDenied, What, of_passkey
from privyseal.signer.operations import Signer
from privyseal.signer.passkeys import PASSKEY, PasskeyUnknown
from privyseal.signer.rosters import Grounds, Rosters, said_in
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import Approved
from tests.signer.cast import CONTRACT, LI, MAKING, NOON, SEAL, USE, ZHOU, to_seal, uid
from tests.signer.test_rosters import (
    BY_PASSKEY,
    CHEN,
    KEYS,
    QIAN,
    by_passkey,
    change,
    closed,  # noqa: F401  the fixture
    entry,
    passkey_of,
    said_by,
)

COMPANIES: Final = 500
PEOPLE: Final = 100_000
LEAVERS: Final = 100
AT_ONCE: Final = 50  # as the product tells of them
ROW: Final = "INSERT INTO roster_entry VALUES (?, ?, ?, ?, 1, ?, NULL, 'chen qian', 'x', NULL, NULL)"


def filled(database: Database) -> None:
    """Put everybody of the group on the roster of their company."""
    since, key = utc_text(NOON.replace(year=2025)), KEYS[LI].key
    rows = ((credential(n), f"company-{n % COMPANIES}", f"{n:032x}", key, since) for n in range(PEOPLE))
    with database.writing() as connection:
        connection.executemany(ROW, rows)


def credential(number: int) -> bytes:
    return b"credential" + number.to_bytes(22, "big")


def milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def test_a_group_of_a_hundred_thousand_costs_no_ceremony_a_day(
    closed: Signer,  # noqa: F811  the fixture
    database: Database,
    capsys: pytest.CaptureFixture[str],
) -> None:
    filled(database)
    requested = to_seal(said_by(USE, LI))
    leavers = [of_passkey(credential(number)) for number in range(LEAVERS)]
    days = [leavers[first : first + AT_ONCE] for first in range(0, LEAVERS, AT_ONCE)]

    took = {
        "one use, looked at": milliseconds(lambda: closed.seal(requested, CONTRACT)),
        "a hundred leavers": milliseconds(lambda: deny(closed, days)),
        "people of one company": milliseconds(lambda: members(database, "company-0")),
        "a new passkey": milliseconds(lambda: entered(closed, uid("new"), roster="company-0")),
    }
    with capsys.disabled():
        print("", *(f"{what}: {each:.1f} ms" for what, each in took.items()), size(database), sep="\n  ")  # noqa: T201  the figures of ADR 68

    assert len(days) == 2
    assert members(database, "company-0") == PEOPLE // COMPANIES  # one of them left, and one came
    plan = str(
        database.every("EXPLAIN QUERY PLAN SELECT person FROM roster_entry WHERE credential = x'00' AND roster = 'r'")
    )
    assert "SEARCH roster_entry USING" in plan
    counted = "EXPLAIN QUERY PLAN SELECT person, credential FROM roster_entry WHERE roster = 'r' AND removed_at IS NULL"
    assert "entry_of_roster" in str(database.every(counted))


def test_a_passkey_of_another_companys_roster_moves_no_seal_of_this_one(closed: Signer) -> None:  # noqa: F811  the fixture
    own = [entered(closed, person, roster="company-1") for person in (uid("one"), uid("two"))]
    change(closed, Amend(of_company(MAKING.uscc), 1, Charter(1, PASSKEY, roster="company-1")), by_passkey(LI, ZHOU))

    for stranger in (LI, ZHOU):
        with pytest.raises(PasskeyUnknown):
            closed.seal(to_seal(said_by(USE, stranger)), CONTRACT)
    with pytest.raises(PasskeyUnknown):
        change(closed, Amend(of_seal(SEAL), 1, BY_PASSKEY), by_passkey(LI, ZHOU))
    said = USE.to_bytes()
    assert closed.seal(to_seal(Approved(said, (own[0].says_yes(said),))), CONTRACT).appended
    closed.deny(requests.Deny(denied=(of_passkey(own[1].id),)))
    with pytest.raises(PasskeyDenied):
        closed.seal(to_seal(Approved(said, (own[1].says_yes(said),)), intent="after"), CONTRACT)


def test_a_passkey_has_a_seat_in_several_companies_and_each_is_denied_by_itself(
    closed: Signer,  # noqa: F811  the fixture
    database: Database,
) -> None:
    own, other = roster_of_company(MAKING.uscc), "company-2"
    seat = Seat(
        NOON, tuple(Seated(roster, person, KEYS[person].id) for person in (LI, ZHOU) for roster in (own, other))
    )
    own_charter = Charter(1, PASSKEY, roster=own)

    with pytest.raises(RosterTooSmall):
        change(closed, Amend(of_company(MAKING.uscc), 1, own_charter), by_passkey(LI, ZHOU))
    for _ in range(2):  # asked again, it is as it was
        change(closed, seat, by_passkey(CHEN, QIAN))
    change(closed, Amend(of_company(MAKING.uscc), 1, own_charter), by_passkey(LI, ZHOU))
    first = closed.seal(to_seal(said_by(USE, LI)), CONTRACT)
    grounds = Grounds(said=said_in([said_by(USE, LI)]), roster=own)
    closed.deny(requests.Deny(denied=(Denial(What.SEAT, seat.uids()[0]),)))

    assert first.appended
    with pytest.raises(PasskeyUnknown):
        closed.seal(to_seal(said_by(USE, LI), intent="after"), CONTRACT)
    with pytest.raises(PasskeyUnknown), database.writing() as connection:
        grounds.hold(connection)  # the seat ended while the use was under way
    assert [members(database, roster) for roster in (own, other)] == [1, 2]
    again = Seat(NOON + timedelta(seconds=1), seat.seats[:1])
    change(closed, again, by_passkey(CHEN, QIAN))
    assert members(database, own) == 2


def deny(signer: Signer, days: Sequence[Sequence[Denial]]) -> None:
    for one in days:
        signer.deny(requests.Deny(denied=tuple(one)))


def entered(signer: Signer, person: str, *, roster: str) -> SoftwarePasskey:
    """Have security put somebody's new passkey onto a roster."""
    held = passkey_of(person)
    pinned = replace(entry(LI).credential, id=held.id, person=person, key=held.key)
    change(signer, Enter(roster, pinned), by_passkey(CHEN, QIAN))
    return held


def members(database: Database, roster: str) -> int:
    return Rosters(database).members(Charter(1, PASSKEY, roster=roster), at=NOON).approvers


def size(database: Database) -> str:
    row = database.one("SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%roster%'") or (0,)
    return f"{PEOPLE} entries: {row[0] / 1_000_000:.1f} MB"
