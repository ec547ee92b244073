"""More of what was approved, or for longer: additions in random histories, to files and to standing permits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Step
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.sealing import actions as sealing
from privyseal.seals.rules.standing import DocumentClass
from tests.stateful.late import Late
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.world import attempted

# What was approved and runs, the newest first: of uses of files those that lost their impression before the others.
_FIRST: Final = (
    "SELECT encode(a.uid, 'hex') FROM application a JOIN permit p ON p.application_uid = a.uid"
    " WHERE a.purpose = '{purpose}' ORDER BY p.revoked_at NULLS FIRST,"
    " EXISTS (SELECT FROM intent i WHERE i.permit_id = p.id AND i.state = 'failed') = {is_lost} DESC, a.id DESC"
)
_APPLICANT: Final = "SELECT p.login FROM application a JOIN person p ON p.id = a.applicant_id WHERE a.uid = '\\x{uid}'"
_ENDS: Final = "SELECT max(expires_at) FROM permit WHERE application_uid = '\\x{uid}'"
_ADDITION: Final = (
    "SELECT encode(uid, 'hex') FROM application WHERE adds_to_id IS NOT NULL AND state = 'pending' ORDER BY id DESC"
)
_KINDS: Final = st.sampled_from(("use", "standing"))


class More(Late):
    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, kind=_KINDS, uses=st.sampled_from((1, 2, 6000)))
    def top_up(self, *, who: str, rightly: bool, which: int, kind: str, uses: int) -> None:
        """Ask for more: of a standing permit so many uses, of a file what a failed sealing lost."""
        uid, actor, at = self._first(who, which, kind, rightly=rightly, is_lost=True)
        more = uses if kind == "standing" else 0
        self.reach(
            "ask-for-more",
            lambda: approvals.apply_to_top_up(actor, at, application_uid=uid, reason="多于预计", uses=more),
        )

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, kind=_KINDS, days=st.sampled_from((-1, 1, 20, 400)))
    def prolong(self, *, who: str, rightly: bool, which: int, kind: str, days: int) -> None:
        uid, actor, at = self._first(who, which, kind, rightly=rightly, is_lost=False)
        ends = self.world.moment(_ENDS.format(uid=uid)) or at
        until, said = ends + timedelta(days=days), {"application_uid": uid, "reason": "对方推迟签署"}
        self.reach("ask-for-longer", lambda: approvals.apply_to_prolong(actor, at, **said, expires_at=until))

    @rule(who=WHO, which=WHICH, rightly=RIGHTLY, step=st.sampled_from((Step.APPROVE, Step.APPROVE, Step.REJECT)))
    def decide_addition(self, *, who: str, which: int, rightly: bool, step: Step) -> None:
        uid, at = self.pick(_ADDITION, which) or "", self.world.now
        actor = self.hand(who, Power.APPROVE, rightly=rightly, near=company_of("application", uid))
        shown = self.shown(uid)
        self.reach("addition", lambda: approvals.vote(actor, at, application_uid=uid, step=step, shown_sha256=shown))

    @rule(who=WHO, which=WHICH)
    def lose_an_impression(self, *, who: str, which: int) -> None:
        """Intend to seal, and let it fail: the impression stays spent."""
        holder = self.holder(who, which, rightly=True)
        intent = attempted(self._intend(holder, which))
        self.every_promise_holds()
        if not isinstance(intent, Refused):
            self.reach("lost", self._failed(holder, str(intent)))

    @rule(who=WHO, way=st.sampled_from(("uses", "lost", "longer")))
    def add_in_good_order(self, *, who: str, way: str) -> None:
        """Have something approved and more of it asked for, while it runs; and use what was added."""
        if way == "uses":
            routine = DocumentClass.INVOICE
            self.apply_for_standing(who=who, rightly=True, which=0, reviewer="gu", routine=routine, days=30)
        else:
            self.apply_in_good_order(who)
            self._agreed(who)
        if way == "lost":
            self.lose_an_impression(who=who, which=0)
        kind = "standing" if way == "uses" else "use"
        if way == "longer":
            self.prolong(who=who, rightly=True, which=0, kind=kind, days=1)
        else:
            self.top_up(who=who, rightly=True, which=0, kind=kind, uses=1)
        self._agreed(who)
        if way == "uses":
            self.use_standing(who=who, rightly=True, which=0, document=0)
        else:
            self.reach("intend", self._intend(self.holder(who, 0, rightly=True), 0))

    def _first(self, who: str, which: int, kind: str, *, rightly: bool, is_lost: bool) -> tuple[str, Person, datetime]:
        """Return what may be added to, with its applicant, or somebody."""
        uid = self.pick(_FIRST.format(purpose=kind, is_lost=is_lost), which) or ""
        applicant = self.pick(_APPLICANT.format(uid=uid), 0)
        return uid, self.world.people[applicant if rightly and applicant else who], self.world.now

    def _failed(self, holder: Person, intent: str) -> Callable[[], object]:
        at = self.world.now
        return lambda: sealing.fail_sealing(holder, at, intent_uid=intent, failure="seal-suspended")
