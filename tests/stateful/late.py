"""Deadlines in random histories, and turns of others: late is never a yes, and no duty goes round by another hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import Term
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.deadlines import Deadline, Lapse
from privyseal.approvals.rules.policies import Row
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.identity.rules.working_days import Counted, Span
from privyseal.kernel.errors import Refused
from tests.actions.policies import GRAVE, ONE, asks_for
from tests.stateful.between import snapshot
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.named import Named
from tests.stateful.world import attempted

_NEXT: Final = "SELECT next_at FROM application_due WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1"
_LATE: Final = (
    "SELECT encode(a.uid, 'hex') FROM application a JOIN application_due d ON d.application_id = a.id"
    " AND d.stage = a.stage WHERE a.state = 'pending' ORDER BY d.lapsed_at IS NULL, a.id DESC"
)
# What keeps a duty from being passed on through whoever decides for another.
_KEEPS_APART: Final = {"duties-not-separate", "representation-not-apart", "acts-for-applicant", "delegated-further"}


class Late(Named):
    @rule(
        who=WHO,
        rightly=RIGHTLY,
        lapse=st.sampled_from(Lapse),
        asked=st.sampled_from(("li", "wu")),
        to=st.sampled_from(("wu", "li", "wang", "zhao", "ke")),
        hours=st.sampled_from((2, 4)),
    )
    def ask_in_time(self, *, who: str, rightly: bool, lapse: Lapse, asked: str, to: str, hours: int) -> None:
        """Have one person decide within hours, and whoever is told of it when they do not."""
        told = Seat(Who.PERSON, self.world.people[to].pseudonym)
        deadline = Deadline(Span(hours, Counted.HOURS), (1,), lapse, told)
        stage = (Seat(Who.PERSON, self.world.people[asked].pseudonym),)
        rows = [asks_for(stage, deadlines=(deadline,)), GRAVE, Row(stages=((ONE,),))]
        self.put_in_force(who, rows, rightly=rightly)

    @rule(times=st.integers(1, 3))
    def keep_time(self, *, times: int) -> None:
        """Let time go on until something comes of deadlines, so many times; what waits for somebody goes on waiting."""
        for _ in range(times):
            coming = self.world.moment(_NEXT)
            if coming is not None:
                self.world.wait(max(coming - self.world.now, timedelta()) + timedelta(seconds=1))
            before = snapshot(self.world.eyes)
            approvals.sweep_deadlines(self.world.now)
            assert snapshot(self.world.eyes) == before
            self.every_promise_holds()

    @rule(who=WHO, which=WHICH, step=st.sampled_from((Step.APPROVE, Step.APPROVE, Step.REJECT)))
    def decide_late(self, *, who: str, which: int, step: Step) -> None:
        """Have somebody decide what is late: one of those asked, or anybody else who may approve there."""
        uid, at = self.pick(_LATE, which) or "", self.world.now
        actor = self.hand(who, Power.APPROVE, rightly=True, near=company_of("application", uid))
        shown = self.shown(uid)
        self.reach("late-vote", lambda: approvals.vote(actor, at, application_uid=uid, step=step, shown_sha256=shown))

    @rule(who=WHO, lapse=st.sampled_from(Lapse))
    def come_late_in_good_order(self, *, who: str, lapse: Lapse) -> None:
        """Let one who was asked be reminded and be late, and both of those who could decide then."""
        self.ask_in_time(who=who, rightly=True, lapse=lapse, asked="li", to="wu", hours=4)
        self.apply_in_good_order(who)
        self.keep_time(times=2)
        for approver in ("wu", "li"):
            self.decide_late(who=approver, which=0, step=Step.APPROVE)

    @rule(who=WHO, giver=st.sampled_from(("li", "wu")), is_own=st.booleans())
    def launder_in_good_order(self, *, who: str, giver: str, is_own: bool) -> None:
        """Have an approver ask for a use, or be to make it, be given another's vote over it, and pass that on."""
        company = self.world.companies[0]
        near = f"SELECT {company.pk}"
        approvers = self.world.entitled(Power.APPROVE, near)
        taker = next((one for one in approvers if one.login != giver), self.world.people["wu"])
        if taker not in self.world.entitled(Power.USE, near):
            security = self.hand(who, Power.SECURITY, rightly=True)
            self.one(self._grant(security, taker.login, Power.USE, company.uid))
            self.confirm(who=who, rightly=True, which=0)
        self.change_policy(who=who, rightly=True, stages=(giver,))
        self.delegate(who=giver, rightly=True, to=taker.login, days=1)
        seal = self.usable(who, 0)
        user = taker if is_own else self.hand(who, Power.USE, rightly=True, near=near)
        self.one(self._apply(user, taker, seal, (-60, 10_000)))
        self.every_promise_holds()
        self._refused(self._vote(taker, 0, Step.APPROVE))
        others = [one for one in self.world.people.values() if one.login in {"li", "wu"} and one != taker]
        self._refused(self._passed_on(taker, others[0]))
        self.end_delegation(who=giver, rightly=True, which=0)

    def apply_in_good_order(self, who: str) -> None:
        """Ask for a use where the policies change, by somebody who may."""
        seal = self.usable(who, 0)
        user = self.hand(who, Power.USE, rightly=True, near=company_of("seal", seal))
        self.one(self._apply(user, user, seal, (-60, 10_000)))
        self.every_promise_holds()

    def _passed_on(self, giver: Person, taker: Person) -> Callable[[], object]:
        company, at = self.world.companies[0].uid, self.world.now
        term = Term(at, at + timedelta(days=1))
        return lambda: approvals.delegate(giver, at, company_uid=company, taker_pseudonym=taker.pseudonym, term=term)

    def _refused(self, act: Callable[[], object]) -> None:
        """Do what would carry a duty on, and count it where it is refused for that."""
        result = attempted(act)
        self.every_promise_holds()
        if isinstance(result, Refused) and result.code in _KEEPS_APART:
            type(self).reached["laundering-refused"] += 1
