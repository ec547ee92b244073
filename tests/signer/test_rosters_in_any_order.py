"""Passkeys come, leave, get seats and lose them, charters change, in any order: the key counts whom it should."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from privyseal.kernel.errors import Refused
from privyseal.signer import requests
from privyseal.signer.changes import Amend, Change, Enter, Remove, Seat, Seated
from privyseal.signer.charters import APPROVERS, INSTALLATION, SECURITY, Charter, of_company, roster_of_company
from privyseal.signer.database import Database, open_durably
from privyseal.signer.denials import Denial, What, of_passkey
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import Approved
from tests.signer.cast import CONTRACT, FOUNDING, LI, MAKING, MASTER, NOON, USE, ZHOU, to_make, to_seal, uid
from tests.signer.conftest import Clock
from tests.signer.test_rosters import CHEN, KEYS, PAGE, QIAN, change, entry, frame, vouched

PEOPLE: Final = tuple(uid(name) for name in ("li", "zhou", "wu", "ma"))
OF_COMPANY: Final = roster_of_company(MAKING.uscc)
TWO: Final = 2
# Li, zhou, chen and qian are the first; most acts are tried by those who may.
_ANYBODY: Final = st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True)
_USUAL: Final = st.sampled_from(([2, 3], [2, 3], [0, 1], [0], [1, 4], [4, 5]))
WHO: Final = _USUAL | _ANYBODY


@dataclass
class Known:
    """A passkey, and what this test knows of it."""

    key: SoftwarePasskey
    roster: str
    is_gone: bool = False
    seat: Seat | None = None


@dataclass
class Model:
    passkeys: list[Known] = field(default_factory=list)
    charter: Charter = field(default_factory=lambda: Charter(1, PASSKEY))
    version: int = 0

    def counts(self, one: Known, roster: str) -> bool:
        return not one.is_gone and (one.roster == roster or (one.seat is not None and roster == OF_COMPANY))

    def are_enough(self, said: Sequence[Known], *, roster: str, needed: int) -> bool:
        return all(self.counts(one, roster) for one in said) and len({one.key.person for one in said}) >= needed


class Rosters(RuleBasedStateMachine):
    """Whatever is tried, it is done if and only if the model says that it may."""

    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="rosters-")
        self.database = Database(open_durably(Path(self.folder.name) / "signer.sqlite"))
        self.signer = Signer(self.database, Clock(NOON), Keys(self.database, MASTER))
        self.signer.found(FOUNDING)
        self.signer.make(to_make())
        self.signer.answer(frame(requests.PinPage(PAGE)))
        for person, roster in ((LI, APPROVERS), (ZHOU, APPROVERS), (CHEN, SECURITY), (QIAN, SECURITY)):
            change(self.signer, entry(person, roster=roster), vouched(uid("zhao"), uid("sun")))
        change(self.signer, Amend(INSTALLATION, 2, Charter(1, PASSKEY)), vouched(LI, ZHOU))
        rosters = {LI: APPROVERS, ZHOU: APPROVERS, CHEN: SECURITY, QIAN: SECURITY}
        self.model = Model([Known(KEYS[person], roster) for person, roster in rosters.items()])
        self.number = 0

    def teardown(self) -> None:
        with closing(self.database), self.folder:
            pass

    @initialize(goes_by_seats=st.booleans())
    def begin(self, *, goes_by_seats: bool) -> None:
        """Have one more approver, and in half of the histories a charter by seats: few came to either."""
        self.enter(person=PEOPLE[2], by=[2, 3])
        if goes_by_seats:
            self.seat(which=[0, 1], by=[2, 3])
            self.amend(approvals=1, roster=OF_COMPANY, by=[0, 1])

    @rule(person=st.sampled_from(PEOPLE), by=WHO)
    def enter(self, *, person: str, by: list[int]) -> None:
        held = SoftwarePasskey(person=person, page=PAGE, id=bytes.fromhex(uid(f"passkey {self._next()}")))
        pinned = replace(entry(LI).credential, id=held.id, person=person, key=held.key)
        may = self._may(by, SECURITY, TWO)
        if self._is_done(Enter(APPROVERS, pinned), by, may=may):
            self.model.passkeys.append(Known(held, APPROVERS))

    @rule(which=st.integers(0, 5), by=WHO)
    def remove(self, *, which: int, by: list[int]) -> None:
        one = self._one(which)
        if one.roster == APPROVERS and not one.is_gone:
            one.is_gone = self._is_done(Remove(APPROVERS, one.key.id), by, may=self._may(by, SECURITY, 1))

    @rule(which=st.integers(0, 5), is_seat=st.booleans())
    def leave(self, *, which: int, is_seat: bool) -> None:
        one = self._one(which)
        if is_seat and one.seat is not None:
            self.signer.deny(requests.Deny(denied=(Denial(What.SEAT, one.seat.uids()[0]),)))
            one.seat = None
        elif one.roster == APPROVERS and not is_seat:
            self.signer.deny(requests.Deny(denied=(of_passkey(one.key.id),)))
            one.is_gone = True

    @rule(which=st.sampled_from(([0, 1], [0, 1], [1], [4], [2, 5])), by=WHO)
    def seat(self, *, which: list[int], by: list[int]) -> None:
        ones = {self._one(one).key.id: self._one(one) for one in which}.values()
        if all(one.seat is None and not one.is_gone for one in ones):
            since = NOON.replace(microsecond=self._next())
            seats = tuple(Seated(OF_COMPANY, one.key.person, one.key.id) for one in ones)
            may = self._may(by, SECURITY, TWO) and all(one.roster == APPROVERS for one in ones)
            if self._is_done(Seat(since, seats), by, may=may):
                for one, seat in zip(ones, seats, strict=True):
                    one.seat = Seat(since, (seat,))

    @rule(approvals=st.integers(1, 2), roster=st.sampled_from((APPROVERS, OF_COMPANY)), by=WHO)
    def amend(self, *, approvals: int, roster: str, by: list[int]) -> None:
        wish, before = Charter(approvals, PASSKEY, roster=roster), self.model.charter
        members = {one.key.person for one in self.model.passkeys if self.model.counts(one, roster)}
        may = self._may(by, before.roster, max(TWO, before.approvals)) and len(members) >= max(TWO, approvals)
        if self._is_done(Amend(of_company(MAKING.uscc), self.model.version + 1, wish), by, may=may):
            self.model.charter, self.model.version = wish, self.model.version + 1

    @rule(by=WHO)
    def use(self, *, by: list[int]) -> None:
        statement = replace(USE, application=uid(f"application {self._next()}"))
        asked = to_seal(self._said(statement.to_bytes(), by), intent=f"intent {self.number}")
        charter = self.model.charter
        if self._may(by, charter.roster, charter.approvals):
            assert self.signer.seal(asked, CONTRACT).appended
            self.done["use"] += 1
        else:
            with pytest.raises(Refused):
                self.signer.seal(asked, CONTRACT)

    def _one(self, which: int) -> Known:
        return self.model.passkeys[which % len(self.model.passkeys)]

    def _may(self, by: list[int], roster: str, needed: int) -> bool:
        return self.model.are_enough([self._one(one) for one in by], roster=roster, needed=needed)

    def _said(self, said: bytes, by: list[int]) -> Approved:
        keys = {self._one(one).key.id: self._one(one).key for one in by}
        return Approved(said, tuple(key.says_yes(said) for key in keys.values()))

    def _is_done(self, what: Change, by: list[int], *, may: bool) -> bool:
        asked = frame(requests.ChangeRule(self._said(what.to_bytes(), by)))
        if not may:
            with pytest.raises(Refused):
                self.signer.answer(asked)
            return False
        self.signer.answer(asked)
        self.done[type(what).__name__] += 1
        return True

    def _next(self) -> int:
        self.number += 1
        return self.number


def test_whoever_leaves_or_comes_and_whatever_charter_holds_the_key_counts_whom_it_should() -> None:
    # The same histories each time: whether every act is reached in so few is no matter of luck.
    few = settings(max_examples=10, stateful_step_count=40, deadline=None, database=None, derandomize=True)
    Rosters.done.clear()

    run_state_machine_as_test(Rosters, settings=few)

    assert set(Rosters.done) == {"Enter", "Remove", "Seat", "Amend", "use"}
