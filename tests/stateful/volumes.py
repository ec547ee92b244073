"""What categories say of stamping by hand, in random histories: lots that are drawn, and blanks with their numbers."""

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules.categories import Category
from privyseal.custody import actions as custody
from privyseal.custody.rules import Ending, Hand, Says
from privyseal.custody.rules.blanks import Became
from privyseal.custody.rules.photographs import Asked
from privyseal.identity.rules import Power
from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.seals.rules.standing import DocumentClass
from tests.actions.policies import TWO
from tests.stateful.filed import Filed
from tests.stateful.hands import KEEPER
from tests.stateful.machine import RIGHTLY, WHICH, WHO

_FIRST: Final = "SELECT min(id) FROM company"
_SAMPLED: Final = "SELECT uid FROM hand_turn WHERE is_sampled ORDER BY id DESC"
_DRAWN: Final = (
    "SELECT s.number FROM hand_sample s JOIN hand_turn t ON t.id = s.turn_id WHERE t.uid = '{turn}'"
    " ORDER BY s.photograph_id NULLS FIRST, s.number"
)
_OPERATES: Final = (
    "SELECT p.login FROM hand_turn t JOIN hand_use u ON u.id = t.use_id JOIN person p ON p.id = u.operator_id"
    " WHERE t.uid = '{turn}'"
)
_BLANKS: Final = "SELECT id FROM hand_blank ORDER BY became = 'out' DESC, id DESC"
_OF_BLANK: Final = (
    "SELECT {what} FROM hand_blank b JOIN hand_turn t ON t.id = b.turn_id JOIN permit p ON p.id = b.permit_id"
    " JOIN seal s ON s.id = p.seal_id WHERE b.id = {blank}"
)
_BY_LOT: Final = Category(name_zh="投标文件", name_en="Bids", photographs=Asked.SAMPLE, volume=150)
_SLIPS: Final = Category(
    name_zh="空白送货单",
    name_en="Blank delivery notes",
    blanks=4,
    blank_class=DocumentClass.DELIVERY_NOTE,
    blank_days=10,
)
_AWAY: Final = Quorum((cosigner_key("audit.example", Ed25519PrivateKey.generate()),), Needed.ANY)
_STALE: Final = (
    "SELECT id FROM ledger_fact WHERE kind LIKE '%.refused'"
    " AND ledger_text(body)::jsonb #>> '{data,code}' = 'cosigners-stale'"
)
_KINDS: Final = {"bids": _BY_LOT, "slips": _SLIPS}


class Volumes(Filed):
    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_drawn=st.sampled_from((True, True, False)))
    def show_what_was_drawn(self, *, who: str, rightly: bool, which: int, is_drawn: bool) -> None:
        """Photograph an impression of a turn of which some were drawn: one of those, or another."""
        turn, at = self.pick(_SAMPLED, which) or "", self.world.now
        number = int(self.pick(_DRAWN.format(turn=turn), 0) or 1)
        kept = self._kept()
        actor = self.world.people[(self.pick(_OPERATES.format(turn=turn), 0) or who) if rightly else who]
        sample = number if is_drawn else number + 1
        self.reach(
            "show-drawn",
            lambda: custody.enter_photograph(actor, at, turn_uid=turn, kept=kept, impressions=1, sample=sample),
        )

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, became=st.sampled_from((Became.USED, Became.RETURNED)))
    def account_for_a_blank(self, *, who: str, rightly: bool, which: int, became: Became) -> None:
        """Say what a blank was used for, with a photograph, or give it back to whoever keeps the seal."""
        blank, at = self.pick(_BLANKS, which) or "0", self.world.now
        turn, permit, seal, number = (
            self.pick(_OF_BLANK.format(what=what, blank=blank), 0)
            for what in ("t.uid", "encode(p.uid, 'hex')", "s.uid", "b.number")
        )
        said = _OPERATES.format(turn=turn) if became is Became.USED else KEEPER.format(seal=seal)
        actor = self.world.people[(self.pick(said, 0) or who) if rightly else who]
        of = int(number or 0)
        page = ""
        if became is Became.USED:
            kept = self._kept()
            photograph = {"turn_uid": turn or "", "kept": kept, "impressions": 1}
            self.reach("photograph", lambda: custody.enter_photograph(actor, at, **photograph))  # type: ignore[arg-type]  # each is of its kind
            page = self.pick("SELECT uid FROM hand_photograph ORDER BY id DESC", 0) or ""
        acts: dict[Became, Callable[[], object]] = {
            Became.USED: lambda: custody.report_blank(actor, at, photograph_uid=page, number=of, words="送货单"),
            Became.RETURNED: lambda: custody.return_blank(actor, at, permit_uid=permit or "", number=of),
        }
        self.reach(f"blank-{became}", acts[became])

    @rule(who=WHO, kind=st.sampled_from(sorted(_KINDS)))
    def stamp_by_a_category_in_good_order(self, *, who: str, kind: str) -> None:
        """Have three impressions made as a category has it, which is in force for this application alone."""
        if kind == "slips":
            self.change_policy(who=who, rightly=True, stages=((TWO,),))
        self._stamp_in_force(who)
        category = self._in_force(who, kind)
        self.apply_for_paper(who=who, rightly=True, which=0, watcher="ke", copies=2, category=category)
        self._over(who, category)
        self._agreed(who)
        self.ask_for_the_seal(who=who, rightly=True, which=0)
        for hand in (Hand.KEEPER, Hand.SUPERVISOR):
            self.stand_by(who=who, rightly=True, which=0, hand=hand)
        self.take(who=who, rightly=True, which=0, impressions=3)
        for says in (Says.FIRE, Says.COMMIT):
            self.say_what_became(who=who, rightly=True, which=0, says=says, n=3)
        for is_drawn in (True, False) if kind == "bids" else ():
            self.show_what_was_drawn(who=who, rightly=True, which=0, is_drawn=is_drawn)
        for became in (Became.USED, Became.RETURNED) if kind == "slips" else ():
            self.account_for_a_blank(who=who, rightly=True, which=0, became=became)
        self.end_by_hand(who=who, rightly=True, which=0, ending=Ending.EARLY)
        self.put_it_back(who=who, rightly=True, which=0)
        self.let_off(who=who, rightly=True, which=0)

    @rule(who=WHO, which=WHICH, way=st.sampled_from(("file", "paper", "standing", "suspend")))
    def act_while_cosigners_are_away(self, *, who: str, which: int, way: str) -> None:
        """Try to use a seal while nobody sees the log: nothing is used; what goes toward safety goes on."""
        if way == "file":
            self.apply_in_good_order(who)
            self._agreed(who)
        used = "SELECT sum(used) FROM permit"
        before = self.pick(used, 0)
        refused = len(self.world.newest(_STALE))
        with override_settings(QUORUM=_AWAY):
            if way == "file":
                self.reach("intend-away", self._intend(self.holder(who, which, rightly=True), which))
            elif way == "paper":
                self.take(who=who, rightly=True, which=which, impressions=1)
            elif way == "standing":
                self.use_standing(who=who, rightly=True, which=which, document=0)
            else:
                auditor = self.hand(who, Power.AUDIT, rightly=True)
                self.reach("suspend-away", self._suspend(auditor, which))
        assert self.pick(used, 0) == before
        type(self).reached["cosigners-stale"] += len(self.world.newest(_STALE)) - refused

    def _in_force(self, who: str, kind: str) -> str:
        """Have a category written and confirmed; return its uid."""
        manager, security = (
            self.hand(who, Power.MANAGE, rightly=True, near=_FIRST),
            self.hand(who, Power.SECURITY, rightly=True),
        )
        at, company = self.world.now, self.world.companies[0].uid
        said = {"company_uid": company, "code": kind, "category": _KINDS[kind]}
        self.reach("write-category", lambda: approvals.write_category(manager, at, **said))  # type: ignore[arg-type]  # each is of its kind
        written = "FROM category ORDER BY id DESC"
        uid, digest = (self.pick(f"SELECT {what} {written}", 0) or "" for what in ("uid", "encode(says_sha256, 'hex')"))
        self.reach(
            "confirm-category",
            lambda: approvals.confirm_category(security, at, category_uid=uid, says_sha256=digest),
        )
        return uid

    def _over(self, who: str, category: str) -> None:
        security, at = self.hand(who, Power.SECURITY, rightly=True), self.world.now
        self.reach("end-category", lambda: approvals.end_category(security, at, category_uid=category))

    def _kept(self) -> custody.Kept:
        digest = f"{len(self.world.newest('SELECT 1 FROM hand_photograph')):064x}"
        return custody.Kept(sha256=digest, small_sha256=digest, kind="image/jpeg", size=1)
