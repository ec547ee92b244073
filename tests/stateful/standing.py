"""Standing permits in random histories: asked for, used, reviewed, stopped, whatever else happens meanwhile."""

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Step
from privyseal.identity.rules import Power
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.rules.standing import DocumentClass
from tests.standing import terms
from tests.stateful.lives import REACHED as LIVES
from tests.stateful.lives import Lives
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of

FACTS: Final = frozenset({"permit.sample-taken", "permit.sample-reviewed", "permit.stopped", "permit.ended"})
REACHED: Final = LIVES | FACTS
_STANDING: Final = (
    "SELECT encode(uid, 'hex') FROM permit WHERE purpose = 'standing' ORDER BY revoked_at NULLS FIRST, id DESC"
)


class Standing(Lives):
    @rule(
        who=WHO,
        rightly=RIGHTLY,
        which=WHICH,
        reviewer=WHO,
        routine=st.sampled_from(DocumentClass),
        days=st.integers(1, 100),
    )
    def apply_for_standing(
        self, *, who: str, rightly: bool, which: int, reviewer: str, routine: DocumentClass, days: int
    ) -> None:
        """Ask for one, and have it approved where somebody may."""
        seal, at = self.seal(which), self.world.now
        actor = self.hand(who, Power.USE, rightly=rightly, near=company_of("seal", seal))
        asked = {"a_day": 2, "in_all": 3, "sample_every": 1, "document_class": routine}
        self.one(
            lambda: approvals.apply_for_standing(
                actor,
                at,
                seal_uid=seal,
                reason="每日开具发票",
                starts_at=at,
                expires_at=at + timedelta(days=days),
                operator_pseudonyms=(actor.pseudonym,),
                reviewer_pseudonym=self.world.people[reviewer].pseudonym,
                terms=terms(**asked),
            )
        )
        self.every_promise_holds()
        self.vote(who=who, rightly=rightly, which=0, step=Step.APPROVE)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, document=WHICH)
    def use_standing(self, *, who: str, rightly: bool, which: int, document: int) -> None:
        permit, at = self.pick(_STANDING, which) or "", self.world.now
        actor = self.world.people[self._has_part(permit, "holder") if rightly else who]
        paper = self.pick("SELECT encode(sha256, 'hex') FROM document ORDER BY id", document) or ""
        self.one(lambda: sealing.intend_under_standing(actor, at, permit_uid=permit, document_sha256=paper))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_fit=st.booleans())
    def review(self, *, who: str, rightly: bool, which: int, is_fit: bool) -> None:
        permit, at = self.pick(_STANDING, which) or "", self.world.now
        actor = self.world.people[self._has_part(permit, "witness") if rightly else who]
        self.one(lambda: sealing.review_sample(actor, at, permit_uid=permit, number=1, is_fit=is_fit))

    @rule(who=WHO, which=WHICH)
    def end_early(self, *, who: str, which: int) -> None:
        permit, actor, at = self.pick(_STANDING, which) or "", self.world.people[who], self.world.now
        self.one(lambda: seals.end_permit(actor, at, permit_uid=permit, reason="不再需要"))

    def _has_part(self, permit: str, part: str) -> str:
        held = self.pick(
            "SELECT h.login FROM permit p JOIN permit_part q ON q.permit_id = p.id JOIN person h ON h.id = q.person_id"
            f" WHERE q.part = '{part}' AND p.uid = '\\x{permit}'",
            0,
        )
        return held or "wang"
