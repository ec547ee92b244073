"""Policies that change under what runs, and what is done on its way: sent back, handed on, asked further, delegated."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import Term
from privyseal.approvals.models import Policy
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.course import Turn
from privyseal.approvals.rules.policies import Row
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from tests.actions.policies import GRAVE, ONE, TWO, asks_for
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.troubles import Troubles
from tests.stateful.world import attempted

_ALL: Final = Seat(Who.APPROVER, needed=0)
_TABLES: Final = st.sampled_from(
    (((ONE,),), ((ONE,), (ONE,)), ((TWO,),), ((_ALL,),), ((ONE, ONE),), ("li", "wu"), ("li",))
)
_DELEGATIONS: Final = "SELECT uid FROM delegation ORDER BY ended_at IS NULL DESC, id DESC"
_LATE: Final = "SELECT encode(uid, 'hex') FROM application WHERE state = 'pending' ORDER BY stage DESC, id DESC"


class Courses(Troubles):
    @rule(who=WHO, rightly=RIGHTLY, stages=_TABLES)
    def change_policy(self, *, who: str, rightly: bool, stages: tuple[object, ...]) -> None:
        """Put another table into force, under whatever runs: by number, or by name, one after the other."""
        named = [(Seat(Who.PERSON, self.world.people[one].pseudonym),) for one in stages if isinstance(one, str)]
        asked = named or [tuple(one) for one in stages if isinstance(one, tuple)]
        self.put_in_force(who, [asks_for(*asked), GRAVE, Row(stages=((ONE,),))], rightly=rightly)

    def put_in_force(self, who: str, rows: Sequence[Row], *, rightly: bool) -> None:
        """Have a table written and confirmed in the first company."""
        company, at = self.world.companies[0], self.world.now
        manager = self.hand(who, Power.MANAGE, rightly=rightly, near=f"SELECT {company.pk}")
        draft = Policy.objects.filter(company=company, confirmed_at=None, ended_at=None).first()
        digest = draft.rows_sha256 if draft else ""
        name, uid = "用印审批规则", company.uid
        self.one(lambda: approvals.write_policy(manager, at, company_uid=uid, name=name, rows=rows, rows_sha256=digest))
        self.every_promise_holds()
        draft = Policy.objects.filter(company=company, confirmed_at=None, ended_at=None).first()
        if draft is not None:
            written, shown, security = draft.uid, draft.rows_sha256, self.hand(who, Power.SECURITY, rightly=rightly)
            self.reach("policy", lambda: approvals.confirm_policy(security, at, policy_uid=written, rows_sha256=shown))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, to_stage=st.integers(1, 2))
    def send_back(self, *, who: str, rightly: bool, which: int, to_stage: int) -> None:
        uid, actor, shown = self._turn(who, which, rightly=rightly)
        said = {"application_uid": uid, "shown_sha256": shown, "reason": "请补充"}
        self.reach("return", lambda: approvals.send_back(actor, self.world.now, to_stage=to_stage, **said))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, to=WHO, turn=st.sampled_from(Turn))
    def ask_further(self, *, who: str, rightly: bool, which: int, to: str, turn: Turn) -> None:
        uid, actor, shown = self._turn(who, which, rightly=rightly)
        said = {"application_uid": uid, "person_pseudonym": self._other(to, actor).pseudonym, "shown_sha256": shown}
        self.reach(
            "ask-further", lambda: approvals.ask_further(actor, self.world.now, **said, turn=turn, reason="请会签")
        )

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, to=WHO)
    def forward(self, *, who: str, rightly: bool, which: int, to: str) -> None:
        uid, actor, shown = self._turn(who, which, rightly=rightly)
        said = {"application_uid": uid, "person_pseudonym": self._other(to, actor).pseudonym, "shown_sha256": shown}
        self.reach("forward", lambda: approvals.forward(actor, self.world.now, **said, reason="请代为审批"))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, to=WHO, act=st.sampled_from(("comment", "urge", "copy")))
    def talk(self, *, who: str, rightly: bool, which: int, to: str, act: str) -> None:
        uid, at = self._waiting(who, which), self.world.now
        power = Power.USE if act == "urge" else Power.APPROVE
        actor, reader = (
            self.hand(who, power, rightly=rightly, near=company_of("application", uid)),
            self.world.people[to],
        )
        acts: dict[str, Callable[[], object]] = {
            "comment": lambda: approvals.comment(actor, at, application_uid=uid, text="请说明"),
            "urge": lambda: approvals.urge(actor, at, application_uid=uid),
            "copy": lambda: approvals.give_to_read(actor, at, application_uid=uid, person_pseudonym=reader.pseudonym),
        }
        self.reach(act, acts[act])

    @rule(who=WHO, rightly=RIGHTLY, to=WHO, days=st.sampled_from((1, 30, 91)))
    def delegate(self, *, who: str, rightly: bool, to: str, days: int) -> None:
        company, at = self.world.companies[0], self.world.now
        near = f"SELECT {company.pk}"
        giver = self.hand(who, Power.APPROVE, rightly=rightly, near=near)
        taker = self._other(to, giver)
        term = Term(at, at + timedelta(days=days))
        uid, whom = company.uid, taker.pseudonym
        self.reach("delegate", lambda: approvals.delegate(giver, at, company_uid=uid, taker_pseudonym=whom, term=term))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def end_delegation(self, *, who: str, rightly: bool, which: int) -> None:
        uid, at = self.pick(_DELEGATIONS, which) or "", self.world.now
        giver = self.pick(
            f"SELECT p.login FROM delegation d JOIN person p ON p.id = d.giver_id WHERE d.uid = '{uid}'", 0
        )
        actor = self.world.people[giver if rightly and giver else who]
        self.reach("end-delegation", lambda: approvals.end_delegation(actor, at, delegation_uid=uid))

    @rule(which=WHICH)
    def vote_for_another(self, *, which: int) -> None:
        """Let whoever may decide for another try to, mostly where only the other could."""
        pair = "SELECT t.login FROM delegation d JOIN person t ON t.id = d.taker_id WHERE d.ended_at IS NULL"
        taker = self.pick(f"{pair} ORDER BY d.id DESC", which)
        if taker is not None:
            before = len(self.world.newest("SELECT 1 FROM application_vote WHERE for_person_id IS NOT NULL"))
            self.one(self._vote(self.world.people[taker], which, Step.APPROVE))
            after = len(self.world.newest("SELECT 1 FROM application_vote WHERE for_person_id IS NOT NULL"))
            type(self).reached["vote-for"] += after - before

    @rule(who=WHO)
    def vote_for_another_in_good_order(self, *, who: str) -> None:
        """Have a yes asked of one person by name, and have the other approver say it for them."""
        self.change_policy(who=who, rightly=True, stages=("li",))
        self.delegate(who="li", rightly=True, to="wu", days=1)
        seal = self.usable(who, 0)
        user = self.hand(who, Power.USE, rightly=True, near=company_of("seal", seal))
        self.one(self._apply(user, user, seal, (-60, 10_000)))
        self.every_promise_holds()
        self.vote_for_another(which=0)

    @rule(who=WHO, which=WHICH)
    def pass_a_stage_in_good_order(self, *, who: str, which: int) -> None:
        """Apply in the company whose policies change, and let one approver say yes."""
        seal = self.usable(who, which)
        near = company_of("seal", seal)
        user = self.hand(who, Power.USE, rightly=True, near=near)
        self.one(self._apply(user, user, seal, (-60, 10_000)))
        self.every_promise_holds()
        attempted(self._vote(self.hand(who, Power.APPROVE, rightly=True, near=near), 0, Step.APPROVE))

    @rule(who=WHO, which=WHICH)
    def send_back_in_good_order(self, *, who: str, which: int) -> None:
        """Have two stages asked for, pass the first, and have whoever comes next send it back."""
        self.change_policy(who=who, rightly=True, stages=((ONE,), (ONE,)))
        self.pass_a_stage_in_good_order(who=who, which=which)
        for approver in ("li", "wu"):  # one of the two has said yes, and the other's turn it is
            self.send_back(who=approver, rightly=True, which=0, to_stage=1)

    def _turn(self, who: str, which: int, *, rightly: bool) -> tuple[str, Person, str]:
        """Return an application that waits, the furthest ones first, with somebody and what they are shown."""
        uid = self._waiting(who, which)
        actor = self.hand(who, Power.APPROVE, rightly=rightly, near=company_of("application", uid))
        return uid, actor, self.shown(uid)

    def _waiting(self, who: str, which: int) -> str:
        """Return an application that waits; where none does, somebody applies first."""
        if self.pending(0) is None:
            seal = self.usable(who, 0)
            user = self.hand(who, Power.USE, rightly=True, near=company_of("seal", seal))
            self.one(self._apply(user, user, seal, (-60, 10_000)))
            self.every_promise_holds()
        return self.pick(_LATE, which) or ""

    def _other(self, to: str, actor: Person) -> Person:
        """Return another who may approve where the policies change, or anybody."""
        able = self.world.entitled(Power.APPROVE, f"SELECT {self.world.companies[0].pk}")
        others = [one for one in able if one != actor]
        return others[0] if others and to in {"wang", "ma", "li", "wu"} else self.world.people[to]
