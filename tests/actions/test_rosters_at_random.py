"""Passkeys, charters and rosters in any order, by anybody: register and key agree about whose yes counts, and why."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final

import pytest
from django.conf import settings
from django.db import connection

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import CharterWish
from privyseal.approvals.models import ApprovalPasskey, CharterVersion, SeatList
from privyseal.approvals.seating import seats_waiting
from privyseal.identity.models import Grant, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.sealing.signing import web_key
from privyseal.seals.models import Seal
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.copying import FILE
from privyseal.signer.denials import of_passkey
from privyseal.signer.passkeys import Page
from privyseal.signer.software_passkeys import SoftwarePasskey
from tests.actions.test_charters import qian
from tests.conftest import holding, recorded
from tests.signers import inside

__all__ = ["qian"]

STEPS: Final = 150
# Each is broken by the rows that it yields; ``agreed`` are those who said so, by their own word.
_AGREED: Final = "SELECT DISTINCT one ->> 'approver' FROM jsonb_array_elements(made.said) one"
PROMISES: Final = {
    "a passkey counts by two others": """
        SELECT uid FROM approval_passkey WHERE confirmed_at IS NOT NULL AND (first_by_id IS NULL OR second_by_id IS NULL
        OR first_by_id = second_by_id OR person_id IN (first_by_id, second_by_id)) OR entered_at < confirmed_at""",
    "a list of seats is agreed to by two of security, none of them on it": f"""
        SELECT uid FROM seat_list made WHERE agreed_at IS NOT NULL AND (SELECT count(*) FROM ({_AGREED}) said) < 2
        OR EXISTS (SELECT 1 FROM ({_AGREED}) AS said (who) JOIN person ON person.pseudonym = who WHERE NOT EXISTS (
            SELECT 1 FROM power_grant held WHERE held.person_id = person.id AND power = 'security')
        OR EXISTS (SELECT 1 FROM roster_seat seat JOIN approval_passkey key ON key.id = seat.passkey_id
            WHERE seat.of_list_id = made.id AND key.person_id = person.id))""",
    "a charter is agreed to by as many approvers as the one before takes": f"""
        SELECT uid FROM charter_version made WHERE agreed_at IS NOT NULL
        AND (SELECT count(*) FROM ({_AGREED}) said) < takes
        OR EXISTS (SELECT 1 FROM ({_AGREED}) AS said (who) JOIN person ON person.pseudonym = who WHERE NOT EXISTS (
            SELECT 1 FROM power_grant held WHERE held.person_id = person.id AND power = 'approve'))""",
    "nothing is entered that was not agreed to": """
        SELECT seat.uid FROM roster_seat seat JOIN seat_list made ON made.id = seat.of_list_id
        WHERE seat.entered_at IS NOT NULL AND made.agreed_at IS NULL""",
}  # fmt: skip
REACHED: Final = {
    "passkey.confirmed", "passkey.entered", "passkey.removed", "passkey.denied-at-signer", "passkey.seats-followed",
    "passkey.seats-listed", "passkey.seats-agreed", "passkey.seats-dropped", "charter.proposed", "charter.agreed",
}  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="privyseal-signer-") as made:
        yield Path(made)


@pytest.fixture
def signer(signer: Client, folder: Path) -> Iterator[Client]:
    """A signer of the test's own, whose file can be asked."""
    assert signer.status().version
    with inside(folder) as own:
        yield own


@pytest.fixture
def public(signer: Client) -> Public:
    key = web_key().public_key().public_bytes_raw()
    address, origin = "http://localhost:8000", "localhost:8000/ledger"
    return signer.found(public_url=address, origin=origin, web_key=key, is_demo=True)


def broken() -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for promise, query in PROMISES.items():
            cursor.execute(query)
            found += [promise for _ in cursor.fetchall()]
    return found


def counting_at_the_key(folder: Path) -> set[bytes]:
    with closing(sqlite3.connect(folder / FILE)) as file:
        entered = {row[0] for row in file.execute("SELECT credential FROM roster_entry WHERE removed_at IS NULL")}
        denied = {row[0] for row in file.execute("SELECT uid FROM denial")}
    return {credential for credential in entered if of_passkey(credential).uid not in denied}


@dataclass
class Walk:
    """Whoever is there tries what is theirs to do, and now and then what is not."""

    random: Random
    seal: Seal
    people: dict[str, Person]
    at: datetime
    signer: Client

    def one_of(self, *names: str) -> Person:
        return self.people[self.random.choice([*names, *names, *names, *self.people])]

    def uid_of(self, kind: type[ApprovalPasskey | SeatList | CharterVersion]) -> str:
        latest: list[str] = list(kind.objects.order_by("-pk").values_list("uid", flat=True)[:4])
        return self.random.choice([*latest, "0" * 32])

    def begin(self) -> None:
        """Have both approvers' passkeys confirmed, and their seats on a list."""
        for owner in ("li", "wu"):
            self.offer(self.people[owner])
            for by in ("chen", "qian"):
                made = ApprovalPasskey.objects.latest("pk").uid
                approvals.confirm_passkey(self.people[by], self.at, passkey_uid=made)
        self.tell()
        self.propose(self.people["li"])
        self.follow()
        self.list_some(self.people["chen"])
        approvals.drop_seats(self.people["chen"], self.at, list_uid=SeatList.objects.get().uid)

    def end(self) -> None:
        """Have everything that is open agreed to by those whom it takes, a passkey removed, and the key told."""
        approvals.remove_passkey(self.people["chen"], self.at, passkey_uid=self._entered())
        if not CharterVersion.objects.filter(ended_at=None).exists():
            self.propose(self.people["li"])
        if not Grant.objects.filter(person=self.people["wu"], power=Power.APPROVE.value, revoked_at=None).exists():
            self.give_or_end_a_power()
        self.follow()
        with suppress(Refused):
            self.list_some(self.people["chen"])
        for name in ("chen", "qian", "li", "wu"):
            for made in SeatList.objects.filter(agreed_at=None, ended_at=None):
                with suppress(Refused):
                    approvals.agree_seats(self.people[name], self.at, list_uid=made.uid)
            for charter in CharterVersion.objects.filter(agreed_at=None, ended_at=None):
                with suppress(Refused):
                    approvals.agree_charter(self.people[name], self.at, charter_uid=charter.uid)
        self.tell()

    def _entered(self) -> str:
        entered = ApprovalPasskey.objects.filter(entered_at__isnull=False, removed_at=None)
        return entered.latest("pk").uid

    def offer(self, owner: Person | None = None) -> None:
        owner = owner or self.one_of("li", "wu")
        name = f"{owner.login} {self.random.random()}".encode()
        held = SoftwarePasskey(person=owner.pseudonym, page=Page(settings.APPROVAL_URL), id=name)
        said = {"credential": held.id, "key": held.key, "is_bound": True}
        approvals.offer_passkey(owner, self.at, name="手机", **said)  # type: ignore[arg-type]  # by name

    def confirm(self) -> None:
        by = self.one_of("chen", "qian")
        approvals.confirm_passkey(by, self.at, passkey_uid=self.uid_of(ApprovalPasskey))

    def remove(self) -> None:
        by = self.one_of("chen", "qian")
        approvals.remove_passkey(by, self.at, passkey_uid=self.uid_of(ApprovalPasskey))

    def give_or_end_a_power(self) -> None:
        held = Grant.objects.filter(person=self.people["wu"], power=Power.APPROVE.value, revoked_at=None)
        if not held.update(revoked_at=self.at):
            holding(self.people["wu"], Power.APPROVE, self.seal.company, self.at)

    def propose(self, by: Person | None = None) -> None:
        wish = CharterWish(approvals=self.random.randint(1, 2), assurance="passkey", is_own_roster=True)
        by = by or self.one_of("li", "wu")
        approvals.propose_charter(by, self.at, seal_uid=self.seal.uid, is_for_company=True, wish=wish)

    def agree(self) -> None:
        approvals.agree_charter(self.one_of("li", "wu"), self.at, charter_uid=self.uid_of(CharterVersion))

    def drop(self) -> None:
        approvals.drop_charter(self.one_of("li", "wu"), self.at, charter_uid=self.uid_of(CharterVersion))

    def follow(self) -> None:
        approvals.follow_seats(self.at)

    def list_some(self, by: Person | None = None) -> None:
        waiting = [seat.uid for seat in seats_waiting()]
        some = self.random.sample(waiting, k=min(len(waiting), 2))
        approvals.list_seats(by or self.one_of("chen", "qian"), self.at, seats=tuple(some))

    def agree_to_seats(self) -> None:
        approvals.agree_seats(self.one_of("chen", "qian"), self.at, list_uid=self.uid_of(SeatList))

    def drop_seats(self) -> None:
        approvals.drop_seats(self.one_of("chen", "qian"), self.at, list_uid=self.uid_of(SeatList))

    def tell(self) -> None:
        approvals.tell_rosters(self.at, signer=self.signer, page=settings.APPROVAL_URL)
        approvals.tell_seats(self.at, signer=self.signer, page=settings.APPROVAL_URL)
        approvals.deny_passkeys(self.at, signer=self.signer)
        approvals.deny_seats(self.at, signer=self.signer)


OFTEN: Final = (Walk.confirm, Walk.confirm, Walk.agree, Walk.agree, Walk.agree_to_seats, Walk.agree_to_seats)
ACTS: Final = (
    *(Walk.offer, Walk.remove, Walk.give_or_end_a_power, Walk.propose, Walk.drop, Walk.follow, Walk.list_some),
    *(Walk.drop_seats, Walk.drop_seats, Walk.list_some, Walk.tell, *OFTEN, *OFTEN),
)


@pytest.fixture
def walk(
    official: Seal, li: Person, wu: Person, chen: Person, qian: Person, sun: Person, wang: Person, noon: datetime,
    signer: Client,
) -> Walk:  # fmt: skip
    people = {one.login: one for one in (li, wu, chen, qian, sun, wang)}
    return Walk(Random(1), official, people, noon, signer)  # noqa: S311  a history that can be told again


@pytest.mark.invariant("C5", column="stateful")
def test_in_any_order_nobody_counts_whom_not_two_others_put_there(walk: Walk, folder: Path) -> None:
    walk.begin()
    for number in range(STEPS):
        with suppress(Refused):
            walk.random.choice(ACTS)(walk)
        if number % 10 == 0:
            assert broken() == []
    walk.end()

    counts = ApprovalPasskey.objects.filter(confirmed_at__isnull=False, removed_at=None)
    assert broken() == []
    assert counting_at_the_key(folder) == {bytes(one.credential) for one in counts}
    assert sorted(REACHED - set(recorded())) == []
    SeatList.objects.filter(agreed_at__isnull=False).update(said=[])
    CharterVersion.objects.filter(agreed_at__isnull=False).update(takes=3)
    assert len(set(broken())) == 2  # and would be seen
