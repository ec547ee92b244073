"""What stands beside registers and is owed to the file: remarks, waivers of papers, and envelopes nobody opens."""

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.joint import Mode
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.seals import actions as seals
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.outside import Outside

_OWED: Final = "SELECT entry_id FROM filing ORDER BY waived_at IS NOT NULL, waiver_asked_at IS NULL, entry_id DESC"
_UNASKED: Final = (
    "SELECT entry_id FROM filing ORDER BY waived_at IS NOT NULL, waiver_asked_at IS NOT NULL, entry_id DESC"
)
_COMPANY_OF: Final = (
    "SELECT b.company_id FROM use_entry e JOIN use_book b ON b.id = e.book_id WHERE e.line_id = {entry}"
)
_DEBTOR: Final = "SELECT p.login FROM filing f JOIN person p ON p.id = f.owed_by_id WHERE f.entry_id = {entry}"
_ASKED: Final = "SELECT waiver_asked_by_id FROM filing WHERE entry_id = {entry}"
_ENTRIES: Final = "SELECT line_id FROM use_entry ORDER BY line_id DESC"


class Filed(Outside):
    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def remark(self, *, who: str, rightly: bool, which: int) -> None:
        """Write a remark beside a seal, and beside a use."""
        seal, entry, at = self.seal(which), int(self.pick(_ENTRIES, which) or 0), self.world.now
        beside = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("seal", seal))
        said = {"text": "印面磨损，已报修", "is_correction": False}
        self.reach("remark-on-seal", lambda: seals.remark_on_seal(beside, at, seal_uid=seal, **said))  # type: ignore[arg-type]  # each is of its kind
        beside = self.hand(who, Power.MANAGE, rightly=rightly, near=_COMPANY_OF.format(entry=entry))
        self.reach("remark-on-use", lambda: approvals.remark_on_use(beside, at, entry_id=entry, **said))  # type: ignore[arg-type]  # likewise

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def ask_to_waive(self, *, who: str, rightly: bool, which: int) -> None:
        entry, at = int(self.pick(_UNASKED, which) or 0), self.world.now
        debtor = self.pick(_DEBTOR.format(entry=entry), 0)
        actor = self.world.people[debtor if rightly and debtor else who]
        self.reach(
            "ask-to-waive-filing",
            lambda: approvals.ask_to_waive_filing(actor, at, entry_id=entry, reason="原件由法院留存"),
        )

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_agreed=st.booleans())
    def decide_waiver(self, *, who: str, rightly: bool, which: int, is_agreed: bool) -> None:
        """Decide on a waiver; whoever owes the papers or asked for it is refused, whatever power they hold."""
        entry, at = int(self.pick(_OWED, which) or 0), self.world.now
        debtor, asker = self.pick(_DEBTOR.format(entry=entry), 0), self.pick(_ASKED.format(entry=entry), 0)
        actor = self._approver(who, entry, rightly=rightly)
        decide = approvals.waive_filing if is_agreed else approvals.keep_owed
        name = "waive-filing" if is_agreed else "keep-owed"
        before = self.reached[name]
        self.reach(name, lambda: decide(actor, at, entry_id=entry))
        if self.reached[name] > before:
            assert actor.login != debtor
            assert str(actor.pk) != str(asker)

    @rule(who=WHO)
    def waive_in_good_order(self, *, who: str) -> None:
        """Have a use of which something is owed to the file, ask twice to waive that, and have it waived once."""
        company, at = self.world.companies[0], self.world.now
        manager = self.hand(who, Power.MANAGE, rightly=True, near=f"SELECT {company.pk}")
        said = {"days": 30, "retention": Retention.TEN_YEARS, "is_blocking": False, "needs_copy_back": False}
        self.one(lambda: approvals.set_filing_rule(manager, at, company_uid=company.uid, **said))  # type: ignore[arg-type]  # each is of its kind
        self.use_in_good_order(who=who, which=0)
        self.every_promise_holds()
        for is_agreed in (False, True):
            self.ask_to_waive(who=who, rightly=True, which=0)
            self.decide_waiver(who=who, rightly=True, which=0, is_agreed=is_agreed)
        self.remark(who=who, rightly=True, which=0)
        self.one(lambda: approvals.set_filing_rule(manager, at, company_uid=company.uid, **said | {"days": None}))  # type: ignore[arg-type]  # likewise

    @rule(who=WHO, mode=st.sampled_from(Mode), own=st.sampled_from(("wang", "ma")), is_agreed=st.booleans())
    def take_all_back_in_good_order(self, *, who: str, mode: Mode, own: str, is_agreed: bool) -> None:
        """Ask both companies, have one say yes or not, and take back whatever is undecided of all."""
        self.ask_both(who=who, rightly=True, mode=mode, own=own, theirs="he")
        if is_agreed:
            self.decide_part(who=who, rightly=True, which=0, step=Step.APPROVE)
        self.take_all_back(who=who, rightly=True, which=0)

    def _approver(self, who: str, entry: int, *, rightly: bool) -> Person:
        """Return somebody who may approve there; rightly, not whoever owes the papers or asked for the waiver."""
        near = _COMPANY_OF.format(entry=entry)
        debtor, asker = self.pick(_DEBTOR.format(entry=entry), 0), self.pick(_ASKED.format(entry=entry), 0)
        able = [
            person
            for person in self.world.entitled(Power.APPROVE, near)
            if person.login != debtor and str(person.pk) != str(asker)
        ]
        return able[0] if rightly and able else self.world.people[who]
