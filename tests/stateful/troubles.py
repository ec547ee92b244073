"""What goes wrong and what rubber needs: losses, freezes, words, keepers, posts that bring powers."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Step
from privyseal.custody import actions as custody
from privyseal.identity import actions as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.seals import actions as seals
from privyseal.seals.rules import Act, Role, SealType
from privyseal.seals.rules.incidents import Ending
from privyseal.signer.statement import Purpose
from tests.stateful.machine import RIGHTLY, WHICH, WHO, Histories, company_of
from tests.stateful.world import attempted

_OUT_OF_HAND: Final = (Act.LOSE, Act.STEAL, Act.ROB, Act.DISPUTE)
_SAID: Final = seals.Report(account="下班清点时不在保险柜内", place="北京")
_OPEN: Final = "SELECT uid FROM incident WHERE ended_at IS NULL ORDER BY id DESC"
_FIRST: Final = "SELECT min(id) FROM company"
_FROZEN: Final = "SELECT uid FROM incident WHERE ended_at IS NULL AND kind = 'freeze' ORDER BY is_drill, id DESC"
_RUBBER: Final = "SELECT uid FROM seal WHERE kind = 'physical' ORDER BY state IN ('active', 'suspended') DESC, id DESC"


class Troubles(Histories):
    reached: ClassVar[Counter[str]] = Counter()

    def reach(self, name: str, act: Callable[[], object]) -> None:
        """Do one thing, and count it where it was done."""
        before = type(self).done
        self.one(act)
        if type(self).done > before:
            type(self).reached[name] += 1
        self.every_promise_holds()

    # -- out of hand

    @rule(
        who=WHO,
        rightly=RIGHTLY,
        which=WHICH,
        act=st.sampled_from(_OUT_OF_HAND),
        power=st.sampled_from(("manage", "audit")),
    )
    def report(self, *, who: str, rightly: bool, which: int, act: Act, power: str) -> None:
        seal, at = self.seal(which), self.world.now
        near = "" if power == "audit" else company_of("seal", seal)
        actor = self.hand(who, Power(power), rightly=rightly, near=near)
        self.reach("report", lambda: custody.report_seal(actor, at, seal_uid=seal, act=act, said=_SAID))

    @rule(
        who=WHO,
        rightly=RIGHTLY,
        where=st.integers(0, 1),
        is_drill=st.booleans(),
        power=st.sampled_from(("manage", "audit")),
    )
    def freeze(self, *, who: str, rightly: bool, where: int, is_drill: bool, power: str) -> None:
        near = "" if power == "audit" else _FIRST if where == 0 else "SELECT max(id) FROM company"
        actor, at, company = (
            self.hand(who, Power(power), rightly=rightly, near=near),
            self.world.now,
            self.world.companies[where].uid,
        )
        self.reach(
            "drill" if is_drill else "freeze",
            lambda: seals.freeze_group(actor, at, company_uid=company, reason="演练", is_drill=is_drill),
        )

    @rule(who=WHO, which=WHICH)
    def raise_incident(self, *, who: str, which: int) -> None:
        actor, at, seal = self.world.people[who], self.world.now, self.seal(which)
        self.reach("raise", lambda: seals.raise_incident(actor, at, seal_uid=seal, said=_SAID))

    @rule(
        who=WHO,
        to=WHO,
        rightly=RIGHTLY,
        which=WHICH,
        step=st.sampled_from(("opine", "reassign", "propose-end", "end-incident")),
    )
    def handle(self, *, who: str, to: str, rightly: bool, which: int, step: str) -> None:
        uid, at = self.pick(_OPEN, which) or "", self.world.now
        power = Power.MANAGE if step in {"opine", "reassign"} else Power.APPROVE
        actor = self.hand(who, power, rightly=rightly, near=company_of("incident", uid))
        new_owner = self.hand(to, Power.MANAGE, rightly=rightly, near=company_of("incident", uid))
        steps: dict[str, Callable[[], object]] = {
            "opine": lambda: seals.give_opinion(actor, at, incident_uid=uid, opinion="核对监控"),
            "reassign": lambda: seals.reassign_incident(
                actor, at, incident_uid=uid, person_pseudonym=new_owner.pseudonym
            ),
            "propose-end": lambda: seals.propose_end(actor, at, incident_uid=uid, outcome=Ending.SETTLED),
            "end-incident": lambda: seals.end_incident(actor, at, incident_uid=uid),
        }
        self.reach(step, steps[step])

    @rule(who=WHO, other=WHO, which=WHICH)
    def end_in_good_order(self, *, who: str, other: str, which: int) -> None:
        uid, at = self.pick(_OPEN, which) or "", self.world.now
        near = company_of("incident", uid)
        proposer = self.hand(who, Power.MANAGE, rightly=True, near=near)
        ender = self.hand(other, Power.APPROVE, rightly=True, near=near)
        self.reach("propose-end", lambda: seals.propose_end(proposer, at, incident_uid=uid, outcome=Ending.SETTLED))
        self.reach("end-incident", lambda: seals.end_incident(ender, at, incident_uid=uid))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def unfreeze(self, *, who: str, rightly: bool, which: int) -> None:
        """Apply to bring a group back, have it approved, and carry it out."""
        uid, at = self.pick(_FROZEN, which) or "", self.world.now
        actor = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("incident", uid))
        self.reach("unfreeze", lambda: approvals.apply_to_unfreeze(actor, at, incident_uid=uid, reason="已查明"))
        self._carried_out(who)

    @rule(who=WHO, which=WHICH)
    def wake_in_good_order(self, *, who: str, which: int) -> None:
        self.sweep()
        self.every_promise_holds()
        self.apply_to_resume(who=who, rightly=True, which=which)
        self.every_promise_holds()
        self.vote(who=who, rightly=True, which=0, step=Step.APPROVE)
        self.every_promise_holds()
        self.carry_out(who=who, rightly=True, which=0)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def find(self, *, who: str, rightly: bool, which: int) -> None:
        seal = self.pick(
            "SELECT uid FROM seal ORDER BY state IN ('lost', 'stolen', 'robbed', 'disputed') DESC, id", which
        )
        self.reach("find", self._act_on(who, seal or "", Purpose.FIND, rightly=rightly))
        self._carried_out(who)

    @rule(who=WHO, rightly=RIGHTLY, to=WHO, which=WHICH)
    def share_custody(self, *, who: str, rightly: bool, to: str, which: int) -> None:
        seal, at = self.seal(which), self.world.now
        actor, person = (
            self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("seal", seal)),
            self.world.people[to],
        )
        self.reach(
            "co-custodian",
            lambda: seals.name_co_custodian(actor, at, seal_uid=seal, person_pseudonym=person.pseudonym),
        )

    @rule(who=WHO, which=WHICH)
    def leave_co_custody(self, *, who: str, which: int) -> None:
        newest = "SELECT {} FROM co_custodian c JOIN seal s ON s.id = c.seal_id JOIN person p ON p.id = c.person_id"
        order = " WHERE c.until IS NULL ORDER BY c.id DESC"
        seal, login = (self.pick(newest.format(column) + order, which) for column in ("s.uid", "p.login"))
        actor, at = self.world.people[login or who], self.world.now
        self.reach("leave-co-custody", lambda: seals.leave_co_custody(actor, at, seal_uid=seal or ""))

    # -- rubber

    @rule(who=WHO, rightly=RIGHTLY, number=st.integers(0, 9))
    def enter(self, *, who: str, rightly: bool, number: int) -> None:
        actor, at = self.hand(who, Power.MANAGE, rightly=rightly, near=_FIRST), self.world.now
        existing = seals.ExistingSeal(
            name=f"实体章{number}", type=SealType.OFFICIAL, keeper_pseudonym=self._keeper(number).pseudonym
        )
        company = self.world.companies[0].uid
        self.reach("enter", lambda: seals.enter_existing(actor, at, company_uid=company, existing=existing))

    @rule(who=WHO, number=st.integers(0, 9))
    def order(self, *, who: str, number: int) -> None:
        actor, at = self.hand(who, Power.MANAGE, rightly=True, near=_FIRST), self.world.now
        wish = approvals.RubberWish(
            name=f"新刻章{number}",
            type=SealType.FINANCE,
            maker="示例刻章店",
            maker_licence="110108-0001",
            keeper_pseudonym=self._keeper(number).pseudonym,
            witness_pseudonym=self.world.people["ma"].pseudonym,
        )
        company = self.world.companies[0].uid
        self.reach(
            "order", lambda: approvals.apply_for_rubber(actor, at, company_uid=company, reason="需要", wish=wish)
        )
        self._carried_out(who)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, number=st.integers(0, 9), covers=st.booleans())
    def pass_on(self, *, who: str, rightly: bool, which: int, number: int, covers: bool) -> None:
        """Have it approved that a rubber seal goes into another hand, for good or for some days."""
        seal, receiver, ma = self.pick(_RUBBER, which) or "", self._keeper(number), self.world.people["ma"]
        purpose = Purpose.COVER if covers else Purpose.HAND_OVER
        terms = {"due_at": self.world.now + timedelta(days=3)} if covers else {}
        named = {"receiver_pseudonym": receiver.pseudonym, "witness_pseudonyms": (ma.pseudonym,), "terms": terms}
        self.reach("cover" if covers else "hand-over", self._act_on(who, seal, purpose, rightly=rightly, **named))
        near = company_of("seal", seal)
        self.reach("vote", self._vote(self.hand(who, Power.APPROVE, rightly=True, near=near), 0, Step.APPROVE))
        self.words_in_good_order(which=0)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, role=st.sampled_from(Role))
    def word(self, *, who: str, rightly: bool, which: int, role: Role) -> None:
        permit = self.pick(
            "SELECT encode(p.uid, 'hex') FROM permit p JOIN seal s ON s.id = p.seal_id WHERE s.kind = 'physical'"
            " ORDER BY p.id DESC",
            which,
        )
        self._word(permit or "", role, self._asked(permit or "", role) if rightly else self.world.people[who])

    @rule(which=WHICH)
    def words_in_good_order(self, *, which: int) -> None:
        """Let giver, receiver and witness say so, one after the other."""
        permit = (
            self.pick(
                "SELECT encode(uid, 'hex') FROM permit WHERE purpose IN ('hand-over', 'cover') ORDER BY id DESC", which
            )
            or ""
        )
        for role in (Role.GIVER, Role.RECEIVER, Role.WITNESS) if permit else ():
            self._word(permit, role, self._asked(permit, role))

    # -- posts and units that bring powers

    @rule(
        who=WHO,
        rightly=RIGHTLY,
        power=st.sampled_from((Power.USE, Power.APPROVE, Power.CUSTODY)),
        is_post=st.booleans(),
    )
    def map_power(self, *, who: str, rightly: bool, power: Power, is_post: bool) -> None:
        actor, at, company = (
            self.hand(who, Power.SECURITY, rightly=rightly),
            self.world.now,
            self.world.companies[0].uid,
        )
        said: dict[str, Any] = {"power": power, "company_uid": company}
        if is_post:
            post = self.pick("SELECT uid FROM post ORDER BY id", 0) or ""
            self.reach("map-post", lambda: identity.map_post(actor, at, post_uid=post, **said))
        else:
            unit = self.pick("SELECT uid FROM unit ORDER BY id", 0) or ""
            self.reach("map-unit", lambda: identity.map_unit(actor, at, unit_uid=unit, **said))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def confirm_mapping(self, *, who: str, rightly: bool, which: int) -> None:
        mapping = self.pick("SELECT id FROM power_mapping ORDER BY confirmed_at IS NULL DESC, id DESC", which)
        actor, at = self.hand(who, Power.AUDIT, rightly=rightly), self.world.now
        if mapping is not None:
            self.reach("confirm-mapping", lambda: identity.confirm_mapping(actor, at, mapping_id=int(mapping)))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def end_mapping(self, *, who: str, rightly: bool, which: int) -> None:
        mapping = self.pick("SELECT id FROM power_mapping ORDER BY id", which)
        actor, at = self.hand(who, Power.SECURITY, rightly=rightly), self.world.now
        if mapping is not None:
            self.reach("end-mapping", lambda: identity.end_mapping(actor, at, mapping_id=int(mapping)))

    @rule(who=WHO, rightly=RIGHTLY, to=WHO)
    def fill_post(self, *, who: str, rightly: bool, to: str) -> None:
        actor, at, post = (
            self.hand(who, Power.SECURITY, rightly=rightly),
            self.world.now,
            self.pick("SELECT uid FROM post", 0),
        )
        person = self.world.people[to].pseudonym
        self.reach(
            "fill-post",
            lambda: identity.fill_post(actor, at, post_uid=post or "", person_pseudonym=person, starts_at=at),
        )
        self._count_brought()

    @rule(who=WHO, rightly=RIGHTLY, to=WHO, which=WHICH)
    def deputise(self, *, who: str, rightly: bool, to: str, which: int) -> None:
        """Let somebody stand in for whoever holds the post."""
        actor, at = self.hand(who, Power.SECURITY, rightly=rightly), self.world.now
        held = "SELECT person_id FROM post_holding WHERE deputy_for_id IS NULL AND revoked_at IS NULL ORDER BY id DESC"
        holder = self.pick(held, which)
        said: dict[str, Any] = {
            "post_uid": self.pick("SELECT uid FROM post", 0) or "",
            "person_pseudonym": self.world.people[to].pseudonym,
            "deputy_for": self.pick(f"SELECT pseudonym FROM person WHERE id = {holder or 0}", 0) or "",
        }
        ends_at = at + timedelta(days=9)
        self.reach("deputise", lambda: identity.fill_post(actor, at, starts_at=at, ends_at=ends_at, **said))
        self._count_brought()

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def vacate_post(self, *, who: str, rightly: bool, which: int) -> None:
        holding = self.pick("SELECT id FROM post_holding WHERE revoked_at IS NULL ORDER BY id DESC", which)
        actor, at = self.hand(who, Power.SECURITY, rightly=rightly), self.world.now
        if holding is not None:
            self.reach("vacate-post", lambda: identity.vacate_post(actor, at, holding_id=int(holding)))

    @rule(who=WHO, rightly=RIGHTLY, to=WHO)
    def join_unit(self, *, who: str, rightly: bool, to: str) -> None:
        actor, at, unit = (
            self.hand(who, Power.SECURITY, rightly=rightly),
            self.world.now,
            self.pick("SELECT uid FROM unit ORDER BY id", 0),
        )
        person, company = self.world.people[to].pseudonym, self.world.companies[0].uid
        said: dict[str, Any] = {"person_pseudonym": person, "company_uid": company, "unit_uid": unit}
        self.reach("join", lambda: identity.join_company(actor, at, joined_on=at.date(), **said))
        self._count_brought()

    # -- how each is done

    def _act_on(self, who: str, seal: str, purpose: Purpose, *, rightly: bool, **named: object) -> Callable[[], object]:
        actor, at = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("seal", seal)), self.world.now
        said: dict[str, Any] = {"seal_uid": seal, "purpose": purpose, "reason": "岗位调整", **named}
        return lambda: approvals.apply_for_act(actor, at, **said)

    def _carried_out(self, who: str) -> None:
        """Have the newest application approved by as many as it takes, and carry it out."""
        self._agreed(who)
        self.carry_out(who=who, rightly=True, which=0)
        self.every_promise_holds()

    def _agreed(self, who: str) -> None:
        """Have the newest application approved by as many as it takes."""
        for other in (who, "li", "wu"):
            near = company_of("application", self.pending(0) or "")
            approver = self.hand(other, Power.APPROVE, rightly=True, near=near)
            self.reach("vote", self._vote(approver, 0, Step.APPROVE))

    def _keeper(self, number: int) -> Person:
        keepers = self.world.entitled(Power.CUSTODY, _FIRST)
        return keepers[number % len(keepers)] if keepers else self.world.people["gu"]

    def _asked(self, permit: str, role: Role) -> Person:
        """Return who is asked for this word."""
        named = (
            "SELECT h.login FROM custody c JOIN permit p ON p.seal_id = c.seal_id JOIN person h ON h.id = c.keeper_id"
            f" WHERE c.until IS NULL AND p.uid = '\\x{permit}'"
            if role is Role.GIVER
            else "SELECT h.login FROM permit_part q JOIN permit p ON p.id = q.permit_id"
            " JOIN person h ON h.id = q.person_id"
            f" WHERE q.part = '{role}' AND p.uid = '\\x{permit}'"
        )
        return self.world.people[self.pick(named, 0) or "ma"]

    def _word(self, permit: str, role: Role, person: Person) -> None:
        at = self.world.now
        seal = (
            self.pick(f"SELECT s.uid FROM seal s JOIN permit p ON p.seal_id = s.id WHERE p.uid = '\\x{permit}'", 0)
            or ""
        )
        photo = attempted(lambda: seals.receive_photo(person, at, seal_uid=seal, data=b"\xff\xd8\xff\xe0 imprint"))
        digest = "" if isinstance(photo, Refused) else photo
        self.every_promise_holds()
        said: dict[str, Any] = {
            "permit_uid": permit,
            "role": role,
            "photo_sha256": digest,
            "counter": 7,
        }
        self.reach("word", lambda: seals.attest(person, at, filing_number="1101080001", **said))

    def _count_brought(self) -> None:
        type(self).reached["grant-by-mapping"] += len(
            self.world.newest("SELECT id FROM power_grant WHERE mapping_id IS NOT NULL LIMIT 1")
        )
