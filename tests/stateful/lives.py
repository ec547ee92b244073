"""A seal's later life: another unit, a later last day, new rubber, its end; sets of seals, and consent after a loss."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.seals import actions as seals
from privyseal.seals.rules import Act, Role, SealType
from privyseal.signer.statement import Purpose
from tests.stateful.courses import Courses
from tests.stateful.machine import RIGHTLY, WHICH, WHO
from tests.stateful.world import attempted

_IN_FORCE: Final = "SELECT uid FROM seal WHERE kind = 'physical' ORDER BY state = 'active' DESC, id DESC"
_SOON_GONE: Final = "SELECT uid FROM seal ORDER BY state = 'retired' DESC, kind = 'physical' DESC, id DESC"
_SETS: Final = "SELECT uid FROM keeper_set WHERE ended_at IS NULL ORDER BY id DESC"
_OF_TWO_KEEPERS: Final = (
    "SELECT DISTINCT ON (c.keeper_id) s.number FROM custody c JOIN seal s ON s.id = c.seal_id WHERE c.until IS NULL"
    " ORDER BY c.keeper_id, s.id DESC LIMIT 2"
)
_PICTURE: Final = b"\xff\xd8\xff\xe0 cut in two"


class Lives(Courses):
    def teardown(self) -> None:
        type(self).reached.update(self.world.newest("SELECT DISTINCT kind FROM ledger_fact"))
        super().teardown()

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, unit=st.sampled_from(("", "营销中心", "北方区", "法务部")))
    def assign(self, *, who: str, rightly: bool, which: int, unit: str) -> None:
        """Have a seal go to another unit of its company, or back to the company."""
        uid = self.pick(f"SELECT uid FROM unit WHERE name = '{unit}'", 0) or ""
        self.reach("assign", self._act_on(who, self.seal(which), Purpose.ASSIGN, rightly=rightly, terms={"unit": uid}))
        self._carried_out(who)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, days=st.sampled_from((None, 30, 400)))
    def extend(self, *, who: str, rightly: bool, which: int, days: int | None) -> None:
        """Have a later last day agreed, or for a seal without one a new certificate."""
        terms = {} if days is None else {"ends_on": (self.world.now + timedelta(days=days)).date()}
        seal = self.pick("SELECT uid FROM seal ORDER BY ends_on IS NULL, id DESC", which) if days else self.seal(which)
        self.reach("extend", self._act_on(who, seal or "", Purpose.EXTEND, rightly=rightly, terms=terms))
        self._carried_out(who)

    @rule(who=WHO, number=st.integers(0, 9))
    def enter_for_a_time(self, *, who: str, number: int) -> None:
        """Enter a rubber seal that has a last day, and wake it."""
        actor, at = self.hand(who, Power.MANAGE, rightly=True, near="SELECT min(id) FROM company"), self.world.now
        said: dict[str, Any] = {"keeper_pseudonym": self._keeper(number).pseudonym}
        existing = seals.ExistingSeal(
            name=f"年度章{number}", type=SealType.DEPARTMENT, ends_on=(at + timedelta(days=10)).date(), **said
        )
        company = self.world.companies[0].uid
        self.reach("enter", lambda: seals.enter_existing(actor, at, company_uid=company, existing=existing))
        self.apply_to_resume(who=who, rightly=True, which=0)
        self.every_promise_holds()
        self._carried_out(who)

    # -- new rubber

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, number=st.integers(0, 9))
    def renew(self, *, who: str, rightly: bool, which: int, number: int) -> None:
        """Have a rubber seal made anew, accept the new one and see the old one destroyed."""
        seal = self.pick(_IN_FORCE, which) or ""
        terms = {"name": f"新章{number}", "maker": "示例刻章店", "maker_licence": "110108-0001", "hand_in_days": 5}
        witnesses = self._witnesses("ma", "wang")
        self.reach(
            "renew", self._act_on(who, seal, Purpose.CHANGE, rightly=rightly, witness_pseudonyms=witnesses, terms=terms)
        )
        self._carried_out(who)
        self.accept_in_good_order(which=0)
        self.see_the_old_end(who=who, which=0, rightly=True)

    @rule(which=WHICH)
    def accept_in_good_order(self, *, which: int) -> None:
        """Let keeper and witness say of what a maker made that it is what was ordered."""
        ordered = (
            "SELECT encode(uid, 'hex') FROM permit WHERE purpose IN ('change', 'make') AND terms ? 'maker'"
            " ORDER BY id DESC"
        )
        permit = self.pick(ordered, which) or ""
        keeper = self._asked(permit, Role.GIVER)
        first = self._asked(permit, Role.RECEIVER)
        for role, person in ((Role.RECEIVER, keeper), (Role.RECEIVER, first), (Role.WITNESS, self._person("ma"))):
            self._word(permit, role, person)

    @rule(who=WHO, which=WHICH, rightly=RIGHTLY)
    def see_the_old_end(self, *, who: str, which: int, rightly: bool) -> None:
        old = "SELECT encode(uid, 'hex') FROM permit WHERE purpose = 'change' AND terms ? 'maker' ORDER BY id DESC"
        permit = self.pick(old, which) or ""
        for login in ("ma", "wang") if rightly else (who,):
            self.reach("see-the-old-end", self._seen_by(self._person(login), permit))

    # -- the end

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def destroy(self, *, who: str, rightly: bool, which: int) -> None:
        """Retire a seal where none is retired yet, and destroy it before two."""
        seal = self.pick(_SOON_GONE, which) or ""
        self.reach("destroy", self._act_on(who, seal, Purpose.RETIRE, rightly=rightly))
        self._carried_out(who)
        witnesses = self._witnesses("ma", "wang")
        self.reach("destroy", self._act_on(who, seal, Purpose.DESTROY, rightly=rightly, witness_pseudonyms=witnesses))
        self._agreed(who)
        permit = self.pick("SELECT encode(uid, 'hex') FROM permit WHERE purpose = 'destroy' ORDER BY id DESC", 0) or ""
        for login in ("ma", "wang"):
            self._word(permit, Role.WITNESS, self._person(login))
        self.carry_out(who=who, rightly=True, which=0)

    # -- sets, and what a loss asks of those who share a seal

    @rule(who=WHO, rightly=RIGHTLY, steps=st.sampled_from((("make",), ("end",), ("propose", "end"))))
    def keep_apart(self, *, who: str, rightly: bool, steps: tuple[str, ...]) -> None:
        """Name a set whose seals do not share a keeper, or end one by two."""
        near = "SELECT min(id) FROM company"
        manager, at = self.hand(who, Power.MANAGE, rightly=rightly, near=near), self.world.now
        approver = self.hand(who, Power.APPROVE, rightly=rightly, near=near)
        company, found = self.world.companies[0].uid, self.pick(_SETS, 0) or ""
        numbers = self.world.newest(_OF_TWO_KEEPERS)
        acts = {
            "make": lambda: seals.make_set(manager, at, company_uid=company, name="银行预留", numbers=numbers),
            "propose": lambda: seals.propose_set_end(manager, at, set_uid=found),
            "end": lambda: seals.end_set(approver, at, set_uid=found),
        }
        for step in steps:
            self.reach("keep-apart", acts[step])

    @rule(who=WHO, to=WHO, rightly=RIGHTLY, which=WHICH)
    def lose_what_is_shared(self, *, who: str, to: str, rightly: bool, which: int) -> None:
        """Share a seal, lose it, and agree to another one."""
        self.share_custody(who=who, rightly=rightly, to=to, which=which)
        self.report(who=who, rightly=rightly, which=which, act=Act.LOSE, power="manage")
        self.consent(who=to, rightly=rightly)

    @rule(who=WHO, rightly=RIGHTLY)
    def consent(self, *, who: str, rightly: bool) -> None:
        shared = (
            "FROM incident i JOIN co_custodian c ON c.seal_id = i.seal_id AND c.until IS NULL"
            " JOIN person p ON p.id = c.person_id WHERE i.ended_at IS NULL ORDER BY i.id DESC, c.id DESC"
        )
        incident, login = self.pick(f"SELECT i.uid {shared}", 0), self.pick(f"SELECT p.login {shared}", 0)
        actor, at = self._person(login if rightly and login else who), self.world.now
        self.reach("consent", lambda: seals.give_consent(actor, at, incident_uid=incident or ""))

    # -- how each is done

    def _person(self, login: str) -> Person:
        return self.world.people[login]

    def _witnesses(self, *logins: str) -> tuple[str, ...]:
        return tuple(self._person(login).pseudonym for login in logins)

    def _seen_by(self, person: Person, permit: str) -> Callable[[], object]:
        picture, at = self._picture(person, permit), self.world.now
        return lambda: seals.see_old_rubber_end(person, at, permit_uid=permit, photo_sha256=picture)

    def _picture(self, person: Person, permit: str) -> str:
        """Return the digest of a picture that the person brings of the permit's seal, if they may."""
        at = self.world.now
        seal = self.pick(f"SELECT s.uid FROM seal s JOIN permit p ON p.seal_id = s.id WHERE p.uid = '\\x{permit}'", 0)
        received = attempted(lambda: seals.receive_photo(person, at, seal_uid=seal or "", data=_PICTURE))
        self.every_promise_holds()
        return "" if isinstance(received, Refused) else received
