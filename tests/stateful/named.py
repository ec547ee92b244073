"""Seals that bear a person's name: made, named, used with that person's own yes or by a mandate that ends."""

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import MandateWish
from privyseal.approvals.rules import Step
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.seals import actions as seals
from privyseal.seals.rules import SealType
from privyseal.seals.rules.persons import Limits
from tests.conftest import FACE
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.standing import Standing
from tests.stateful.world import attempted

_NAMED: Final = (
    "SELECT s.uid FROM seal s LEFT JOIN seal_person n ON n.seal_id = s.id WHERE s.type = 'personal'"
    " ORDER BY s.state = 'active' DESC, n.confirmed_at IS NULL, s.id DESC"
)
_WHOSE: Final = (
    "SELECT p.login FROM seal_person n JOIN person p ON p.id = n.person_id JOIN seal s ON s.id = n.seal_id"
    " WHERE s.uid = '{seal}'"
)
_AWAITED: Final = (
    "SELECT encode(a.uid, 'hex') FROM application a JOIN application_own_yes o ON o.application_id = a.id"
    " WHERE a.state = 'pending' ORDER BY o.given_at NULLS FIRST, a.id DESC"
)
_MANDATES: Final = "SELECT encode(uid, 'hex') FROM mandate ORDER BY revoked_at NULLS FIRST, id DESC"
# Who holds no power of their own there, mostly.
_PERSON: Final = st.sampled_from(("ke", "gu", "ke", "li", "wang"))


class Named(Standing):
    @rule(who=WHO, whose=_PERSON)
    def make_a_named_seal(self, *, who: str, whose: str) -> None:
        """Have a personal seal made, in the place of a lost one where one is lost, and have two agree whose it is."""
        company, at = self.world.companies[0], self.world.now
        near = f"SELECT {company.pk}"
        manager = self.hand(who, Power.MANAGE, rightly=True, near=near)
        said = {"company_uid": company.uid, "reason": "需要", "type": SealType.PERSONAL, "face": FACE}
        name = f"名章{len(self.world.newest('SELECT 1 FROM seal'))}"
        lost = self.pick(f"{self.lost(SealType.PERSONAL)} ORDER BY id DESC", 0) or ""
        standing = approvals.Standing(replaces_uid=lost)
        self.one(lambda: approvals.apply_for_seal(manager, at, name=name, standing=standing, **said))  # type: ignore[arg-type]  # each is of its kind
        self.every_promise_holds()
        self._carried_out(who)
        self.name(who=who, rightly=True, whose=whose, which=0)

    @rule(who=WHO, rightly=RIGHTLY, whose=_PERSON, which=WHICH)
    def name(self, *, who: str, rightly: bool, whose: str, which: int) -> None:
        seal, at, person = self._named(which), self.world.now, self.world.people[whose].pseudonym
        near = company_of("seal", seal)
        manager = self.hand(who, Power.MANAGE, rightly=rightly, near=near)
        self.reach("name", lambda: seals.name_person(manager, at, seal_uid=seal, person_pseudonym=person))
        second = self.hand(who, Power.APPROVE, rightly=rightly, near=near)
        self.reach("name", lambda: seals.confirm_person(second, at, seal_uid=seal, person_pseudonym=person))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def consent_to_use(self, *, who: str, rightly: bool, which: int) -> None:
        uid, at = self.pick(_AWAITED, which) or "", self.world.now
        asked = self.pick(
            "SELECT p.login FROM application_own_yes o JOIN person p ON p.id = o.person_id"
            f" JOIN application a ON a.id = o.application_id WHERE a.uid = '\\x{uid}'",
            0,
        )
        actor = self.world.people[asked if rightly and asked else who]
        shown = self.shown(uid)
        self.reach("consent-to-use", lambda: approvals.consent(actor, at, application_uid=uid, shown_sha256=shown))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, uses=st.sampled_from((None, 1, 2)), days=st.sampled_from((1, 60, 366)))
    def give_mandate(self, *, who: str, rightly: bool, which: int, uses: int | None, days: int) -> None:
        seal, at = self._named(which), self.world.now
        actor = self._whose(seal) if rightly else self.world.people[who]
        ends_at = at + timedelta(days=days)
        wish = MandateWish(
            purpose="劳动合同", paper_sha256="5" * 64, limits=Limits(uses), starts_at=at, ends_at=ends_at
        )
        self.reach("give-mandate", lambda: approvals.give_mandate(actor, at, seal_uid=seal, wish=wish))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def revoke_mandate(self, *, who: str, rightly: bool, which: int) -> None:
        uid, at = self.pick(_MANDATES, which) or "", self.world.now
        giver = self.pick(
            f"SELECT p.login FROM mandate m JOIN person p ON p.id = m.given_by_id WHERE m.uid = '\\x{uid}'", 0
        )
        actor = self.world.people[giver if rightly and giver else who]
        self.reach("revoke-mandate", lambda: seals.revoke_mandate(actor, at, mandate_uid=uid))

    @rule(who=WHO, way=st.sampled_from(("own yes", "mandate", "revoked", "nobody")))
    def use_a_named_seal(self, *, who: str, way: str) -> None:
        """Use one with its person's yes to this use, with one given before, with one taken back, or without any."""
        if self.pick(f"SELECT uid FROM ({_NAMED}) s JOIN seal USING (uid) WHERE state = 'active'", 0) is None:
            self.make_a_named_seal(who=who, whose="ke")
        seal = self._named(0)
        near = company_of("seal", seal)
        if way in {"mandate", "revoked"}:
            self.give_mandate(who=who, rightly=True, which=0, uses=1, days=60)
        user = self.hand(who, Power.USE, rightly=True, near=near)
        self.one(self._apply(user, user, seal, (-60, 10_000)))
        self.every_promise_holds()
        if way == "own yes":
            self.consent_to_use(who=who, rightly=True, which=0)
        for approver in ("li", "wu"):
            result = attempted(self._vote(self.hand(approver, Power.APPROVE, rightly=True, near=near), 0, Step.APPROVE))
            self._count_awaited(result)
            self.every_promise_holds()
        if way == "revoked":
            self.revoke_mandate(who=who, rightly=True, which=0)
        self.reach("intend", self._intend(self.holder(who, 0, rightly=True), 0))
        self._count_own_uses()

    def _named(self, which: int) -> str:
        return self.pick(_NAMED, which) or ""

    def _whose(self, seal: str) -> Person:
        return self.world.people[self.pick(_WHOSE.format(seal=seal), 0) or "ke"]

    def _count_awaited(self, result: object) -> None:
        if isinstance(result, Refused) and result.code == "own-yes-awaited":
            type(self).reached["own-yes-awaited"] += 1

    def _count_own_uses(self) -> None:
        uses = "SELECT 1 FROM intent i JOIN permit p ON p.id = i.permit_id WHERE p.own_yes_id IS NOT NULL LIMIT 1"
        type(self).reached["own-use"] += len(self.world.newest(uses))
