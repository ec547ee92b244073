"""One application to both companies, together or each by itself: asked for, decided, taken back, sealed."""

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.joint import Mode
from privyseal.approvals.wishes import LineWish
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.more import More
from tests.stateful.world import attempted

_PARTS: Final = (
    "SELECT encode(uid, 'hex') FROM application WHERE joint_id IS NOT NULL AND state IN ('pending', 'agreed')"
    " ORDER BY state = 'pending' DESC, id DESC"
)
_UNDECIDED: Final = (
    "SELECT encode(o.uid, 'hex') FROM application a JOIN application o ON o.joint_id = a.joint_id"
    " WHERE a.uid = '\\x{uid}' AND o.state IN ('pending', 'agreed')"
)
_OF_PARTS: Final = (
    "SELECT encode(p.uid, 'hex') FROM permit p JOIN application a ON a.uid = p.application_uid"
    " WHERE a.joint_id IS NOT NULL ORDER BY p.used = p.impressions, p.id DESC"
)
_APPLICANT: Final = "SELECT p.login FROM application a JOIN person p ON p.id = a.applicant_id WHERE a.uid = '\\x{uid}'"
_DOCUMENT: Final = (
    "SELECT encode(l.document_sha256, 'hex') FROM permit_line l JOIN permit p ON p.id = l.permit_id"
    " WHERE p.uid = '\\x{permit}'"
)
_WINDOW: Final = timedelta(days=7)
_PLACES: Final = ((Placement(1, 150_000, 60_000),), (Placement(1, 60_000, 60_000),))
_MODES: Final = st.sampled_from(Mode)
# Who operates for the first company and approves for the second, if the duties were not kept apart over both.
BOTH: Final = "lu"


class Wholes(More):
    @rule(who=WHO, rightly=RIGHTLY, mode=_MODES, own=st.sampled_from(("wang", "ma", BOTH)), theirs=WHO)
    def ask_both(self, *, who: str, rightly: bool, mode: Mode, own: str, theirs: str) -> None:
        """Ask both companies at once for a seal each on the same document."""
        seals = [self.usable(who, 0, where=where) for where in (0, 1)]
        document, at = self.pick("SELECT encode(sha256, 'hex') FROM document ORDER BY id", 0) or "", self.world.now
        actor = self._of_both() if rightly else self.world.people[who]
        lines = [LineWish(seal, document, "others", at) for seal, at in zip(seals, _PLACES, strict=True)]
        there = f"SELECT {self.world.companies[1].pk}"
        people = (self.world.people[own], self.hand(theirs, Power.USE, rightly=rightly, near=there))
        operators = {
            company.uid: (person.pseudonym,) for company, person in zip(self.world.companies, people, strict=True)
        }
        self.reach(
            f"ask-both-{mode}",
            lambda: approvals.apply_jointly(
                actor,
                at,
                company_uid=self.world.companies[0].uid,
                reason="集团内运输合同",
                starts_at=at,
                expires_at=at + _WINDOW,
                lines=lines,
                jointly=approvals.Jointly(mode=mode, operators=operators),
            ),
        )

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, step=st.sampled_from((Step.APPROVE, Step.APPROVE, Step.REJECT)))
    def decide_part(self, *, who: str, rightly: bool, which: int, step: Step) -> None:
        uid, at = self.pick(_PARTS, which) or "", self.world.now
        actor = self.hand(who, Power.APPROVE, rightly=rightly, near=company_of("application", uid))
        shown = self.shown(uid)
        name = f"part-{step}"
        self.reach(name, lambda: approvals.vote(actor, at, application_uid=uid, step=step, shown_sha256=shown))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def take_back_a_part(self, *, who: str, rightly: bool, which: int) -> None:
        uid, at = self.pick(_PARTS, which) or "", self.world.now
        applicant = self.pick(_APPLICANT.format(uid=uid), 0)
        actor = self.world.people[applicant if rightly and applicant else who]
        self.reach("part-withdrawn", lambda: approvals.withdraw(actor, at, application_uid=uid))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def take_all_back(self, *, who: str, rightly: bool, which: int) -> None:
        """Take back every part that is undecided; nothing is left waiting for what is gone."""
        uid, at = self.pick(_PARTS, which) or "", self.world.now
        applicant = self.pick(_APPLICANT.format(uid=uid), 0)
        actor, before = self.world.people[applicant if rightly and applicant else who], self.reached["all-withdrawn"]
        self.reach("all-withdrawn", lambda: approvals.withdraw(actor, at, application_uid=uid, of_all=True))
        if self.reached["all-withdrawn"] > before:
            assert self.pick(_UNDECIDED.format(uid=uid), 0) is None

    @rule(who=WHO, mode=_MODES, own=st.sampled_from(("wang", "ma", BOTH)), end=st.sampled_from(("yes", "no", "back")))
    def decide_both_in_good_order(self, *, who: str, mode: Mode, own: str, end: str) -> None:
        """Ask both, let one company say yes, and then the other yes or no, or the applicant take it back."""
        self.ask_both(who=who, rightly=True, mode=mode, own=own, theirs="he")
        self.decide_part(who=who, rightly=True, which=0, step=Step.APPROVE)
        if end == "back":
            self.take_back_a_part(who=who, rightly=True, which=0)
        else:
            self.decide_part(who=who, rightly=True, which=0, step=Step.REJECT if end == "no" else Step.APPROVE)
        for permit in self.world.newest(f"{_OF_PARTS} LIMIT 2")[::-1] if end == "yes" else ():
            self._press_part(permit)

    def _press_part(self, permit: str) -> None:
        """Seal what one company's part allows, through the real signer."""
        holder, at, signer = self.world.people[self._has_part(permit, "holder")], self.world.now, self.world.signer
        document = self.pick(_DOCUMENT.format(permit=permit), 0) or ""
        said = {"permit_uid": permit, "document_sha256": document}
        attempted(lambda: sealing.seal_document(holder, at, **said, signer=signer))
        self.every_promise_holds()

    def _of_both(self) -> Person:
        """Return somebody who may use seals in both companies, if anybody may."""
        one, other = (self.world.entitled(Power.USE, f"SELECT {company.pk}") for company in self.world.companies)
        return next((person for person in one if person in other), self.world.people["wang"])
