"""People join, leave, are given powers, apply, vote, seal, suspend and resume, in any order and at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Step
from privyseal.approvals.wishes import LineWish
from privyseal.identity import actions as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.rules import SealType
from privyseal.signer.statement import Purpose
from tests.conftest import FACE
from tests.stateful.between import Snapshot, broken_between, snapshot
from tests.stateful.promises import broken
from tests.stateful.world import Stage, World, attempted

LOGINS = ("wang", "ma", "li", "wu", "zhao", "sun", "chen", "dong", "zhou", "qiu", "he", "lu", "tian", "gu", "ke")
WHO = st.sampled_from(LOGINS)
# Which of the newest; most acts are on what has just come about.
WHICH = st.integers(min_value=0, max_value=3)
# How often the person who may is the one who tries.
RIGHTLY = st.sampled_from((True, True, True, False))
WINDOWS = st.sampled_from(((-2880, 10_000), (-60, 10_000), (-60, 10_000), (-60, 45), (60, 10_000)))
CORNERS = st.sampled_from(("", "", "", "seal", "营销中心", "北方区", "法务部"))
ACTS = st.sampled_from(("press", "intend", "suspend", "approve", "reject", "withdraw", "grant", "apply"))
NAMES = st.sampled_from(("合同专用章", "财务专用章"))
USUAL = (SealType.CONTRACT, SealType.HR, SealType.DEPARTMENT, SealType.PROJECT, SealType.INVOICE)
TYPES = st.sampled_from(USUAL)
LOST = (
    "SELECT uid FROM seal WHERE type = '{kind}' AND state IN ('lost', 'stolen', 'robbed', 'disputed', 'void')"
    " AND company_id = {company}"
)
# Seals that documents can be sealed with now, and that ask for nobody's own yes, in one company.
_USABLE = (
    "SELECT uid FROM seal WHERE state = 'active' AND kind = 'electronic' AND type NOT IN ('personal',"
    " 'legal-representative') AND company_id = {company} ORDER BY id DESC"
)


class Histories(RuleBasedStateMachine):
    stage: ClassVar[Stage]
    steps: ClassVar[int] = 0
    done: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.stage)
        self.before: Snapshot = snapshot(self.world.eyes)

    def teardown(self) -> None:
        self.world.close()

    @invariant()
    def every_promise_holds(self) -> None:
        type(self).steps += 1
        after = snapshot(self.world.eyes)
        found = [*broken(self.world.eyes), *broken_between(self.before, after, self.world.eyes)]
        assert not found, found
        self.before = after

    # -- people and their powers

    @rule(who=WHO, rightly=RIGHTLY, to=WHO, power=st.sampled_from(Power), where=st.integers(0, 1), corner=CORNERS)
    def grant(self, *, who: str, rightly: bool, to: str, power: Power, where: int, corner: str) -> None:
        is_office = power in {Power.SYSTEM, Power.SECURITY, Power.AUDIT}
        company = None if is_office else self.world.companies[where].uid
        narrowed = None if is_office else self._narrowed(corner)
        self.one(self._grant(self.hand(who, Power.SECURITY, rightly=rightly), to, power, company, narrowed))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def confirm(self, *, who: str, rightly: bool, which: int) -> None:
        grant = self.pick("SELECT id FROM power_grant WHERE confirmed_at IS NULL ORDER BY id DESC", which)
        actor = self.hand(who, Power.AUDIT, rightly=rightly)
        if grant is not None:
            self.one(lambda: identity.confirm_grant(actor, self.world.now, grant_id=int(grant)))

    @rule(who=WHO, rightly=RIGHTLY, which=st.integers(0, 40))
    def end(self, *, who: str, rightly: bool, which: int) -> None:
        grants = self.world.newest("SELECT id FROM power_grant ORDER BY id DESC")
        actor = self.hand(who, Power.SECURITY, rightly=rightly)
        if which < len(grants):
            self.one(lambda: identity.end_grant(actor, self.world.now, grant_id=int(grants[which])))

    @rule(who=WHO, number=st.integers(0, 999), leaves=st.sampled_from((*(7 * (False,)), True)))
    def join_or_leave(self, *, who: str, number: int, leaves: bool) -> None:
        actor, at = self.hand(who, Power.SECURITY, rightly=True), self.world.now
        person = self.world.people[who]
        if leaves:
            self.one(lambda: identity.leave_group(actor, at, person_pseudonym=person.pseudonym, left_on=at.date()))
        else:
            login = f"new{number}"
            self.one(
                lambda: identity.enrol_person(actor, at, login=login, name=login, password="correct horse battery")
            )
        self.world.people |= {one.login: one for one in Person.objects.filter(login=who)}

    # -- applications

    @rule(who=WHO, rightly=RIGHTLY, operator=WHO, is_own=st.booleans(), which=WHICH, window=WINDOWS)
    def apply(
        self,
        *,
        who: str,
        rightly: bool,
        operator: str,
        is_own: bool,
        which: int,
        window: tuple[int, int],
    ) -> None:
        seal = self.usable(who, which) if rightly else self.seal(which)
        actor = self.hand(who, Power.USE, rightly=rightly, near=company_of("seal", seal))
        self.one(self._apply(actor, actor if is_own else self.world.people[operator], seal, window))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, step=st.sampled_from((Step.APPROVE, Step.APPROVE, Step.REJECT)))
    def vote(self, *, who: str, rightly: bool, which: int, step: Step) -> None:
        near = company_of("application", self.pending(which) or "")
        self.one(self._vote(self.hand(who, Power.APPROVE, rightly=rightly, near=near), which, step))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def withdraw(self, *, who: str, rightly: bool, which: int) -> None:
        self.one(self._withdraw(self.hand(who, Power.USE, rightly=rightly), which))

    @rule(who=WHO, which=WHICH, number=st.uuids(version=4))
    def vote_twice(self, *, who: str, which: int, number: UUID) -> None:
        """Send the same form twice: one effect, one answer."""
        uid, at = self.pending(which), self.world.now
        actor = self.hand(who, Power.APPROVE, rightly=True, near=company_of("application", uid or ""))
        if uid is None:
            return
        shown = self.shown(uid)

        def send() -> str:
            said = {"application_uid": uid, "step": Step.APPROVE, "shown_sha256": shown}
            return approvals.vote.once(number, actor, at, **said)  # type: ignore[arg-type]  # each is of its kind

        first = attempted(send)
        between = snapshot(self.world.eyes)
        second = attempted(send)
        if not isinstance(first, Refused):
            assert (second, snapshot(self.world.eyes)) == (first, between)

    # -- seals

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def press(self, *, who: str, rightly: bool, which: int) -> None:
        """Seal through the real signer."""
        attempted(self._press(self.holder(who, which, rightly=rightly), which))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def crash_after_intending(self, *, who: str, rightly: bool, which: int) -> None:
        self.one(self._intend(self.holder(who, which, rightly=rightly), which))

    @rule()
    def sweep(self) -> None:
        """End what a crash left open, a minute later."""
        at = self.world.now + timedelta(minutes=1)
        sealing.finish_open_intents(at, signer=self.world.signer)
        seals.finish_open_acts(at, signer=self.world.signer)
        seals.tell_signer(at, signer=self.world.signer)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_audit=st.booleans())
    def suspend(self, *, who: str, rightly: bool, which: int, is_audit: bool) -> None:
        near = "" if is_audit else company_of("seal", self.seal(which))
        power = Power.AUDIT if is_audit else Power.MANAGE
        self.one(self._suspend(self.hand(who, power, rightly=rightly, near=near), which))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def apply_to_resume(self, *, who: str, rightly: bool, which: int) -> None:
        seal = self.pick("SELECT uid FROM seal ORDER BY state = 'suspended' DESC, id DESC", which) or ""
        actor = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("seal", seal))
        self.one(lambda: approvals.apply_to_resume(actor, self.world.now, seal_uid=seal, reason="盘点完毕"))

    @rule(who=WHO, rightly=RIGHTLY, where=st.integers(0, 1), name=NAMES, kind=TYPES)
    def apply_for_seal(self, *, who: str, rightly: bool, where: int, name: str, kind: SealType) -> None:
        company = self.world.companies[where]
        actor = self.hand(who, Power.MANAGE, rightly=rightly, near=f"SELECT {company.pk}")
        said = {"company_uid": company.uid, "reason": "需要", "name": name, "type": kind, "face": FACE}
        self.one(lambda: approvals.apply_for_seal(actor, self.world.now, **said))  # type: ignore[arg-type]  # as above

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def carry_out(self, *, who: str, rightly: bool, which: int) -> None:
        """Make, resume or retire a seal by its permit, at the signer too."""
        permit = (
            self.pick(
                "SELECT encode(uid, 'hex') FROM permit WHERE purpose <> 'use' AND used = 0 ORDER BY id DESC", which
            )
            or ""
        )
        near = f"SELECT s.company_id FROM permit p JOIN seal s ON s.id = p.seal_id WHERE p.uid = '\\x{permit}'"
        actor = self.hand(who, Power.MANAGE, rightly=rightly, near=near)
        attempted(lambda: seals.carry_out(actor, self.world.now, permit_uid=permit, signer=self.world.signer))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def apply_to_retire(self, *, who: str, rightly: bool, which: int) -> None:
        seal = self.seal(which)
        actor = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("seal", seal))
        self.one(
            lambda: approvals.apply_for_act(
                actor, self.world.now, seal_uid=seal, purpose=Purpose.RETIRE, reason="公司注销"
            )
        )

    # -- what mostly happens

    @rule(who=WHO, which=WHICH)
    def use_in_good_order(self, *, who: str, which: int) -> None:
        seal = self.usable(who, which)
        near = company_of("seal", seal)
        user = self.hand(who, Power.USE, rightly=True, near=near)
        self.one(self._apply(user, user, seal, (-2880, 10_000)))
        self.every_promise_holds()
        self.one(self._vote(self.hand(who, Power.APPROVE, rightly=True, near=near), 0, Step.APPROVE))
        self.every_promise_holds()
        attempted(self._press(user, 0))

    # -- time and chance

    @rule(minutes=st.sampled_from((1, 20, 50)))
    def wait(self, *, minutes: int) -> None:
        self.world.wait(timedelta(minutes=minutes))

    @rule(one=ACTS, other=ACTS, who=WHO, which=WHICH)
    def at_once(self, *, one: str, other: str, who: str, which: int) -> None:
        """Let two people do something at the same moment, each on a connection of their own."""
        acts = [self._act(name, who, which) for name in (one, other)]
        start = threading.Barrier(len(acts))

        def run(act: Callable[[], object]) -> object:
            start.wait(10)
            try:
                return attempted(act)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as pool:
            list(pool.map(run, acts))

    # -- how each is done

    def one(self, act: Callable[[], object]) -> None:
        """Do one thing; where it is refused, nothing has changed but the record, which has one refusal more."""
        before = snapshot(self.world.eyes)
        result = attempted(act)
        if isinstance(result, Refused):
            assert snapshot(self.world.eyes) == replace(before, refusals=before.refusals + 1), result
        else:
            type(self).done += 1

    def hand(self, who: str, power: Power, *, rightly: bool, near: str = "") -> Person:
        """Return the person, or one who may, there where a query says."""
        able = self.world.entitled(power, near) if rightly else []
        return able[LOGINS.index(who) % len(able)] if able else self.world.people[who]

    def holder(self, who: str, which: int, *, rightly: bool) -> Person:
        """Return the person, or one who holds the permit."""
        permit, _ = self._permit(which)
        held = self.pick(
            "SELECT h.login FROM permit p JOIN permit_part q ON q.permit_id = p.id JOIN person h ON h.id = q.person_id"
            f" WHERE q.part = 'holder' AND p.uid = '\\x{permit}'",
            0,
        )
        return self.world.people[held if rightly and held else who]

    def pick(self, query: str, which: int) -> str | None:
        """Return one of the first few that the query yields, or nothing where it yields none."""
        found = self.world.newest(f"{query} LIMIT 4")
        return found[which % len(found)] if found else None

    def seal(self, which: int) -> str:
        return self.pick("SELECT uid FROM seal ORDER BY state = 'active' DESC, id DESC", which) or ""

    def usable(self, who: str, which: int, *, where: int = 0) -> str:
        """Return a seal that documents can be sealed with; where there is none, have one made."""
        usable = _USABLE.format(company=self.world.companies[where].pk)
        if self.pick(usable, which) is None:
            # Where one is lost, another of its type takes more than an application.
            kind = next((one for one in USUAL if self.pick(self.lost(one, where), 0) is None), SealType.CONTRACT)
            name = f"{kind}章{len(self.world.newest('SELECT 1 FROM seal'))}"
            self.apply_for_seal(who=who, rightly=True, where=where, name=name, kind=kind)
            self.every_promise_holds()
            self.vote(who=who, rightly=True, which=0, step=Step.APPROVE)
            self.every_promise_holds()
            self.carry_out(who=who, rightly=True, which=0)
            self.every_promise_holds()
        return self.pick(usable, which) or ""

    def lost(self, kind: SealType, where: int = 0) -> str:
        return LOST.format(kind=kind, company=self.world.companies[where].pk)

    def pending(self, which: int) -> str | None:
        return self.pick("SELECT encode(uid, 'hex') FROM application WHERE state = 'pending' ORDER BY id DESC", which)

    def shown(self, uid: str | None) -> str:
        """Return what is shown of an application, whoever may see it: a refusal is to name what else forbids it."""
        query = f"SELECT encode(shown_sha256, 'hex') FROM application WHERE uid = '\\x{uid or ''}'"
        return self.pick(query, 0) or "0" * 64

    def _act(self, name: str, who: str, which: int) -> Callable[[], object]:
        """Return one of two that are to happen at once, by somebody who may."""
        seal, application = self.seal(which), self.pending(which) or ""
        user = self.hand(who, Power.USE, rightly=True, near=company_of("seal", seal))
        approver = self.hand(who, Power.APPROVE, rightly=True, near=company_of("application", application))
        return {
            "press": lambda: self._press(self.holder(who, which, rightly=True), which),
            "intend": lambda: self._intend(self.holder(who, which, rightly=True), which),
            "suspend": lambda: self._suspend(self.hand(who, Power.AUDIT, rightly=True), which),
            "approve": lambda: self._vote(approver, which, Step.APPROVE),
            "reject": lambda: self._vote(approver, which, Step.REJECT),
            "withdraw": lambda: self._withdraw(user, which),
            "grant": lambda: self._grant(
                self.hand(who, Power.SECURITY, rightly=True), who, Power.USE, self.world.companies[0].uid
            ),
            "apply": lambda: self._apply(user, user, seal, (-60, 10_000)),
        }[name]()

    def _grant(
        self, actor: Person, to: str, power: Power, company: str | None, narrowed: identity.Narrowed | None = None
    ) -> Callable[[], object]:
        person, at = self.world.people[to].pseudonym, self.world.now
        said = {"person_pseudonym": person, "power": power, "company_uid": company, "narrowed": narrowed}
        return lambda: identity.grant_power(actor, at, **said)  # type: ignore[arg-type]  # each is of its kind

    def _narrowed(self, corner: str) -> identity.Narrowed | None:
        """Return the corner of a company that is meant: the newest seal, a unit by its name, or all of it."""
        if corner == "seal":
            return identity.Narrowed(seal_uid=self.seal(0) or None)
        return identity.Narrowed(unit_uid=self.pick(f"SELECT uid FROM unit WHERE name = '{corner}'", 0))

    def _apply(self, actor: Person, operator: Person, seal: str, window: tuple[int, int]) -> Callable[[], object]:
        at = self.world.now
        company = self.pick(f"SELECT c.uid FROM seal s JOIN company c ON c.id = s.company_id WHERE s.uid = '{seal}'", 0)
        document = self.pick("SELECT encode(sha256, 'hex') FROM document ORDER BY id", 0)
        lines = (LineWish(seal, document or "", "nobody", (Placement(1, 150_000, 60_000),)),)
        return lambda: approvals.apply_for_use(
            actor,
            at,
            company_uid=company or "",
            reason="与乙方签订合同",
            starts_at=at + timedelta(minutes=window[0]),
            expires_at=at + timedelta(minutes=window[1]),
            operator_pseudonyms=(operator.pseudonym,),
            lines=lines,
        )

    def _vote(self, actor: Person, which: int, step: Step) -> Callable[[], object]:
        uid, at = self.pending(which), self.world.now
        shown = self.shown(uid)
        return lambda: approvals.vote(actor, at, application_uid=uid or "", step=step, shown_sha256=shown)

    def _withdraw(self, actor: Person, which: int) -> Callable[[], object]:
        uid, at = self.pending(which), self.world.now
        return lambda: approvals.withdraw(actor, at, application_uid=uid or "")

    def _permit(self, which: int) -> tuple[str, str]:
        query = (
            "SELECT encode(p.uid, 'hex') FROM permit p JOIN seal s ON s.id = p.seal_id WHERE p.purpose = 'use'"
            " ORDER BY p.used = p.impressions, s.kind <> 'electronic', s.state = 'active' DESC, p.id DESC"
        )
        permit = self.pick(query, which) or ""
        query = (
            "SELECT encode(l.document_sha256, 'hex') FROM permit_line l JOIN permit p ON p.id = l.permit_id"
            f" WHERE p.uid = '\\x{permit}'"
        )
        return permit, self.pick(query, 0) or "0" * 64

    def _intend(self, actor: Person, which: int) -> Callable[[], object]:
        (permit, document), at = self._permit(which), self.world.now
        return lambda: sealing.intend_to_seal(actor, at, permit_uid=permit, document_sha256=document)

    def _press(self, actor: Person, which: int) -> Callable[[], object]:
        (permit, document), at = self._permit(which), self.world.now
        return lambda: sealing.seal_document(
            actor, at, permit_uid=permit, document_sha256=document, signer=self.world.signer
        )

    def _suspend(self, actor: Person, which: int) -> Callable[[], object]:
        seal, at = self.seal(which), self.world.now
        return lambda: seals.suspend_seal(actor, at, seal_uid=seal, reason="盘点")


def company_of(table: str, uid: str) -> str:
    # Of an application the id is kept as bytes.
    column = "encode(uid, 'hex')" if table == "application" else "uid"
    return f"SELECT company_id FROM {table} WHERE {column} = '{uid}'"
