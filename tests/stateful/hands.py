"""Rubber seals on paper in random histories: given out, taken, made, counted by two, given back, put back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.approvals import actions as approvals
from privyseal.approvals.papers import Papers
from privyseal.approvals.wishes import LineWish
from privyseal.custody import actions as custody
from privyseal.custody.rules import Ending, Hand, Says
from privyseal.custody.rules.takeout import Fence
from privyseal.devices import actions as devices
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger.commands import Command
from privyseal.pdf.placement import Placement
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.wholes import Wholes

_STAMPS: Final = (
    "SELECT s.uid FROM seal s JOIN custody c ON c.seal_id = s.id AND c.until IS NULL WHERE s.kind = 'physical'"
    " AND s.type <> 'personal' AND s.company_id = (SELECT min(id) FROM company)"
    " ORDER BY s.state = 'active' DESC, EXISTS (SELECT FROM device_slot d WHERE d.seal_id = s.id), s.id DESC"
)
_FREE: Final = "state = 'active' AND NOT EXISTS (SELECT FROM device_slot d WHERE d.seal_id = seal.id)"
KEEPER: Final = (
    "SELECT p.login FROM custody c JOIN person p ON p.id = c.keeper_id JOIN seal s ON s.id = c.seal_id"
    " WHERE c.until IS NULL AND s.uid = '{seal}'"
)
_PAPER: Final = (
    "SELECT encode(p.uid, 'hex') FROM permit p JOIN seal s ON s.id = p.seal_id WHERE p.purpose = 'use'"
    " AND s.kind = 'physical' ORDER BY p.used = p.impressions, p.revoked_at NULLS FIRST, p.id DESC"
)
_USES: Final = "SELECT uid FROM hand_use ORDER BY ended_at NULLS FIRST, id DESC"
_ENDED: Final = "SELECT uid FROM hand_use WHERE ended_at IS NOT NULL ORDER BY id DESC"
_OUT: Final = "SELECT uid FROM hand_use WHERE returned_at IS NULL ORDER BY ended_at IS NULL, id DESC"
_TURNS: Final = "SELECT uid FROM hand_turn ORDER BY settled_at NULLS FIRST, id DESC"
_SEAL_OF: Final = "SELECT s.uid FROM hand_use u JOIN seal s ON s.id = u.seal_id WHERE u.uid = '{use}'"
_HAS: Final = "SELECT p.login FROM hand_use u JOIN person p ON p.id = u.{hand}_id WHERE u.uid = '{use}'"
_OF_TURN: Final = "SELECT u.uid FROM hand_turn t JOIN hand_use u ON u.id = t.use_id WHERE t.uid = '{turn}'"
_PAGES: Final = "SELECT uid FROM hand_photograph ORDER BY id DESC"
_SPOILED: Final = (
    "SELECT g.uid FROM hand_spoiled s JOIN hand_photograph g ON g.id = s.photograph_id"
    " ORDER BY s.taken_in_at IS NOT NULL, g.id DESC"
)
_SEAL_OF_PAGE: Final = (
    "SELECT s.uid FROM hand_photograph g JOIN hand_turn t ON t.id = g.turn_id JOIN hand_use u ON u.id = t.use_id"
    " JOIN seal s ON s.id = u.seal_id WHERE g.uid = '{page}'"
)
_LINE: Final = (
    "SELECT l.id FROM permit_line l JOIN hand_use u ON u.permit_id = l.permit_id WHERE u.uid = '{use}' ORDER BY l.id"
)
_WATCHER: Final = (
    "SELECT p.login FROM hand_use u JOIN permit_part q ON q.permit_id = u.permit_id AND q.part = 'witness'"
    " JOIN person p ON p.id = q.person_id WHERE u.uid = '{use}'"
)
_PLACES: Final = (Placement(1, 150_000, 60_000), Placement(1, 60_000, 60_000))
_FEW: Final = st.integers(0, 3)
# How long a telephone kept what was said there before it had a network.
KEPT: Final = st.sampled_from((0, 0, 12, 200))
_ENDINGS: Final = st.sampled_from(
    ("counted", "differing", "released", "paused", "early", "late", "spoiled", "waited", "more")
)


class Hands(Wholes):
    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, watcher=WHO, copies=st.integers(1, 2))
    def apply_for_paper(
        self,
        *,
        who: str,
        rightly: bool,
        which: int,
        watcher: str,
        copies: int,
        off_site: str = "",
        fence: Fence | None = None,
        category: str = "",
        seal: str = "",
        hours: int = 9,
    ) -> None:
        """Ask for a rubber seal on so many copies, two impressions each, before a person who watches."""
        seal, at = seal or self.pick(_STAMPS, which) or "", self.world.now
        near = company_of("seal", seal)
        actor = self.hand(who, Power.USE, rightly=rightly, near=near)
        person = self._watcher(seal) if rightly else self.world.people[watcher]
        document = self.pick("SELECT encode(sha256, 'hex') FROM document ORDER BY id", 0) or ""
        line = LineWish(seal, document, "others", _PLACES, copies=copies)
        company = self.pick(f"SELECT uid FROM company WHERE id = ({near})", 0) or ""
        self.reach(
            "ask-for-paper",
            lambda: approvals.apply_for_use(
                actor,
                at,
                company_uid=company,
                reason="送审资料",
                starts_at=at - timedelta(minutes=5),
                expires_at=at + timedelta(hours=hours),
                operator_pseudonyms=(actor.pseudonym,),
                lines=[line],
                papers=Papers(
                    supervisor_pseudonym=person.pseudonym, off_site=off_site, fence=fence, category_uid=category
                ),
            ),
        )

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def ask_for_the_seal(self, *, who: str, rightly: bool, which: int) -> None:
        permit, at = self.pick(_PAPER, which) or "0" * 64, self.world.now
        actor = self.world.people[self._has_part(permit, "holder") if rightly else who]
        self.reach("ask-for-the-seal", lambda: devices.begin_by_hand(actor, at, permit_uid=permit))

    @rule(
        who=WHO,
        rightly=RIGHTLY,
        which=WHICH,
        hand=st.sampled_from((Hand.KEEPER, Hand.SUPERVISOR, Hand.OPERATOR)),
        kept=KEPT,
    )
    def stand_by(self, *, who: str, rightly: bool, which: int, hand: Hand, kept: int = 0) -> None:
        """Give one's word as keeper or supervisor of a use."""
        use = self.pick(_USES, which) or ""
        seal = self.pick(_SEAL_OF.format(use=use), 0) or ""
        asked = self.pick(KEEPER.format(seal=seal) if hand is Hand.KEEPER else _WATCHER.format(use=use), 0)
        actor = self.world.people[asked if rightly and asked else who]
        self.reach(f"stand-by-{hand}", self.arrives(devices.confirm_by_hand, actor, kept, use_uid=use, hand=hand))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, impressions=_FEW)
    def take(self, *, who: str, rightly: bool, which: int, impressions: int) -> None:
        """Take impressions off the permit before the seal is lifted."""
        use, at = self.pick(_USES, which) or "", self.world.now
        actor, line = self._hand(use, "operator", who, rightly=rightly), int(self.pick(_LINE.format(use=use), 0) or 0)
        self.reach("reserve", lambda: custody.reserve(actor, at, use_uid=use, line_id=line, impressions=impressions))

    @rule(
        who=WHO,
        rightly=RIGHTLY,
        which=WHICH,
        says=st.sampled_from((Says.FIRE, Says.COMMIT, Says.RELEASE)),
        n=_FEW,
        kept=KEPT,
    )
    def say_what_became(self, *, who: str, rightly: bool, which: int, says: Says, n: int, kept: int = 0) -> None:
        """Say of a turn how many were made, count them, or say that none was made."""
        turn = self.pick(_TURNS, which) or ""
        use = self.pick(_OF_TURN.format(turn=turn), 0) or ""
        actor = self._hand(use, "operator" if says is Says.FIRE else "supervisor", who, rightly=rightly)
        acts: dict[Says, Callable[[], object]] = {
            Says.FIRE: self.arrives(custody.fire, actor, kept, turn_uid=turn, made=n),
            Says.COMMIT: self.arrives(custody.commit, actor, kept, turn_uid=turn, counted=n, reason="盖偏一份"),
            Says.RELEASE: self.arrives(custody.release, actor, kept, turn_uid=turn, reason="打印机卡纸"),
        }
        self.reach(says, acts[says])

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, ending=st.sampled_from(Ending))
    def end_by_hand(self, *, who: str, rightly: bool, which: int, ending: Ending) -> None:
        use, at = self.pick(_USES, which) or "", self.world.now
        actor = self._hand(use, "operator", who, rightly=rightly)
        said = {"use_uid": use, "ending": ending, "reason": "对方取消"}
        self.reach(f"ends-{ending}", lambda: custody.end_use(actor, at, **said))  # type: ignore[arg-type]  # each is of its kind

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, kept=KEPT)
    def put_it_back(self, *, who: str, rightly: bool, which: int, kept: int = 0) -> None:
        use = self.pick(_OUT, which) or ""
        keeper = self.pick(KEEPER.format(seal=self.pick(_SEAL_OF.format(use=use), 0) or ""), 0)
        actor = self.world.people[keeper if rightly and keeper else who]
        self.reach("put-back", self.arrives(custody.put_back, actor, kept, use_uid=use, place="3号柜 B12"))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def let_off(self, *, who: str, rightly: bool, which: int) -> None:
        """Have the photographs of a use waived: its operator says why, and who manages the seal agrees."""
        use, at = self.pick(_ENDED, which) or "", self.world.now
        operator = self._hand(use, "operator", who, rightly=rightly)
        near = company_of("seal", self.pick(_SEAL_OF.format(use=use), 0) or "")
        manager = self.hand(who, Power.MANAGE, rightly=rightly, near=near)
        self.reach("ask-waiver", lambda: custody.ask_waiver(operator, at, use_uid=use, reason="手机损坏"))
        self.reach("agree-to-waiver", lambda: custody.agree_to_waiver(manager, at, use_uid=use))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, n=_FEW)
    def spoil_a_page(self, *, who: str, rightly: bool, which: int, n: int) -> None:
        """Photograph a stamped page and mark it void: whoever stamped it."""
        turn, at = self.pick(_TURNS, which) or "", self.world.now
        actor = self._hand(self.pick(_OF_TURN.format(turn=turn), 0) or "", "operator", who, rightly=rightly)
        digest = f"{len(self.world.newest('SELECT 1 FROM hand_photograph')):064x}"
        kept = custody.Kept(sha256=digest, small_sha256=digest, kind="image/jpeg", size=1)
        said = {"turn_uid": turn, "kept": kept, "impressions": n}
        self.reach("photograph", lambda: custody.enter_photograph(actor, at, **said))  # type: ignore[arg-type]  # each is of its kind
        page = self.pick(_PAGES, 0) or ""
        self.reach("spoil", lambda: custody.spoil(actor, at, photograph_uid=page, impressions=n, reason="印迹模糊"))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def hand_in_a_page(self, *, who: str, rightly: bool, which: int) -> None:
        """Have a spoiled page taken in by whoever keeps the seal."""
        page, at = self.pick(_SPOILED, which) or "", self.world.now
        keeper = self.pick(KEEPER.format(seal=self.pick(_SEAL_OF_PAGE.format(page=page), 0) or ""), 0)
        actor = self.world.people[keeper if rightly and keeper else who]
        self.reach("take-in", lambda: custody.take_in(actor, at, photograph_uid=page))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, copies=st.integers(0, 2))
    def ask_for_more_paper(self, *, who: str, rightly: bool, which: int, copies: int) -> None:
        """Ask for so many more copies of what is being stamped."""
        permit, at = self.pick(_PAPER, which) or "0" * 64, self.world.now
        actor = self.world.people[self._has_part(permit, "holder") if rightly else who]
        uid = self.pick(f"SELECT encode(application_uid, 'hex') FROM permit WHERE uid = '\\x{permit}'", 0) or ""
        said = {"application_uid": uid, "reason": "对方多要一份", "copies": {1: copies}}
        self.reach("more-paper", lambda: approvals.apply_to_top_up(actor, at, **said))  # type: ignore[arg-type]  # each is of its kind

    @rule()
    def finish_by_hand(self) -> None:
        """Let the sweep end what is over by time, and enter what stands."""
        custody.finish_over(self.world.now)

    @rule(who=WHO, ending=_ENDINGS)
    def stamp_in_good_order(self, *, who: str, ending: str) -> None:
        """Have a rubber seal given out for four impressions, and bring the use to one of its ends."""
        self._stamp_in_force(who)
        self.apply_for_paper(who=who, rightly=True, which=0, watcher="ke", copies=2)
        self._agreed(who)
        self.ask_for_the_seal(who=who, rightly=True, which=0)
        for hand in (Hand.KEEPER, Hand.SUPERVISOR):
            self.stand_by(who=who, rightly=True, which=0, hand=hand)
        if ending == "more":
            self.ask_for_more_paper(who=who, rightly=True, which=0, copies=1)
            self._agreed(who)
        for counts in _COUNTS[ending]:
            self._turn_of(who, counts, kept=20 if ending == "waited" else 0)
            if ending == "spoiled" and counts == _ALL:
                self.hand_in_a_page(who=who, rightly=True, which=0)
        if ending == "late":
            self.world.wait(timedelta(hours=10))
            self.finish_by_hand()
            self.every_promise_holds()
        elif ending in {"paused", "early"}:
            how = Ending.PAUSE if ending == "paused" else Ending.EARLY
            self.end_by_hand(who=who, rightly=True, which=0, ending=how)
        self.put_it_back(who=who, rightly=True, which=0)
        self.let_off(who=who, rightly=True, which=0)

    def _turn_of(self, who: str, counts: Sequence[int], *, kept: int = 0) -> None:
        """Take so many; where they were made, say so and count them, and where not, give them back."""
        reserved, *made = counts
        self.take(who=who, rightly=True, which=0, impressions=reserved)
        for says, n in zip((Says.FIRE, Says.COMMIT), made, strict=False):
            self.say_what_became(who=who, rightly=True, which=0, says=says, n=n, kept=kept)
            if says is Says.FIRE and counts == _ALL:
                self.spoil_a_page(who=who, rightly=True, which=0, n=1)
        if not made:
            self.say_what_became(who=who, rightly=True, which=0, says=Says.RELEASE, n=0)

    def arrives(self, act: Command[Any, ..., Any], actor: Person, kept: int, **said: Any) -> Callable[[], object]:  # noqa: ANN401  a command's arguments, of every kind
        """Return an act that a telephone kept for so many minutes, and that a bad network delivers twice."""
        key, at = uuid4(), self.world.now
        done_at: datetime | None = at - timedelta(minutes=kept) if kept else None

        def delivered() -> object:
            first = act.once(key, actor, at, **said, done_at=done_at)
            assert act.once(key, actor, at, **said, done_at=done_at) == first
            return first

        return delivered

    def _stamp_in_force(self, who: str) -> None:
        """Have a rubber seal that can be given out now, which is not out."""
        if self.pick(f"SELECT 1 FROM ({_STAMPS} LIMIT 1) s JOIN seal USING (uid) WHERE {_FREE}", 0) is None:
            self.enter(who=who, rightly=True, number=len(self.world.newest("SELECT 1 FROM seal")))
            self.apply_to_resume(who=who, rightly=True, which=0)
            self._carried_out(who)
        if self.pick(_OUT, 0) is not None:
            self.end_by_hand(who=who, rightly=True, which=0, ending=Ending.PAUSE)
            self.put_it_back(who=who, rightly=True, which=0)
            self.let_off(who=who, rightly=True, which=0)

    def _hand(self, use: str, hand: str, who: str, *, rightly: bool) -> Person:
        """Return the person, or who is this to the use."""
        known = self.pick(_HAS.format(hand=hand, use=use), 0)
        return self.world.people[known if rightly and known else who]

    def _watcher(self, seal: str) -> Person:
        """Return another who keeps seals there and does nothing else, if there is one."""
        keeper = self.pick(KEEPER.format(seal=seal), 0)
        busy = {*self.world.entitled(Power.USE), *self.world.entitled(Power.APPROVE)}
        others = [one for one in self.world.entitled(Power.CUSTODY, company_of("seal", seal)) if one.login != keeper]
        return next((one for one in others if one not in busy), self.world.people["ke"])


_ALL: Final = (4, 4, 4)
# Of each turn: taken, made, counted.
_COUNTS: Final = {
    "counted": ((3, 3, 3), (1, 1, 1)),
    "differing": ((2, 1, 2), (2, 2, 1)),
    "released": ((2,), (4, 3, 3), (1, 1, 1)),
    "paused": ((1, 1, 1),),
    "early": ((2, 1, 1),),
    "late": ((2, 2, 2),),
    "spoiled": (_ALL, (1, 1, 1)),
    "waited": ((3, 3, 3), (1, 1, 1)),
    "more": ((3, 3, 3), (3, 3, 3)),
}
