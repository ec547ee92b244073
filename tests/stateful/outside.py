"""Rubber seals on their way in random histories: taken out and brought back, and counted where they belong."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.custody import actions as custody
from privyseal.custody.actions import Seen, Whereabouts
from privyseal.custody.rules import Hand, Says
from privyseal.custody.rules.stock import Step as Count
from privyseal.custody.rules.takeout import Act, Fence, Point
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.seals import actions as seals
from privyseal.seals.rules import Act as SealAct
from tests.stateful.hands import KEEPER, KEPT, Hands
from tests.stateful.machine import RIGHTLY, WHICH, WHO

_TRIPS: Final = (
    "SELECT uid FROM take_out ORDER BY stage IN ('booked', 'given', 'out', 'brought') DESC, stage = 'booked', id DESC"
)
_OF_TRIP: Final = "SELECT s.uid FROM take_out t JOIN seal s ON s.id = t.seal_id WHERE t.uid = '{trip}'"
_BEARS: Final = "SELECT p.login FROM take_out t JOIN person p ON p.id = t.bearer_id WHERE t.uid = '{trip}'"
_COUNTS: Final = "SELECT uid FROM stock_take ORDER BY ended_at IS NULL DESC, id DESC"
_TELLS: Final = "SELECT p.login FROM stock_take t JOIN person p ON p.id = t.{part}_id WHERE t.uid = '{take}'"
_EXPECTED: Final = (
    "SELECT s.number FROM stock_line l JOIN stock_take t ON t.id = l.take_id JOIN seal s ON s.id = l.seal_id"
    " WHERE t.uid = '{take}' ORDER BY l.seen_at NULLS FIRST, s.id"
)
_ON_THE_WAY: Final = st.sampled_from((Act.GIVE, Act.RECEIVE, Act.BRING, Act.TAKE_BACK))
_TRIP_ENDS: Final = st.sampled_from(("used", "unused", "late", "lost"))
_FIRST: Final = "SELECT min(id) FROM company"
_PLACE: Final = "3号柜 B12"
_THERE: Final = Point(31_230_000, 121_470_000)
FENCE: Final = Fence(point=_THERE, metres=500)


class Outside(Hands):
    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, act=_ON_THE_WAY, kept=KEPT, metres=st.sampled_from((None, 100, 5_000)))
    def go_on_the_way(
        self, *, who: str, rightly: bool, which: int, act: Act, kept: int = 0, metres: int | None = None
    ) -> None:
        """Give the seal to its bearer, less far than approved or further; receive it, bring it or take it back."""
        trip = self.pick(_TRIPS, which) or ""
        fence = Fence(point=_THERE, metres=metres) if metres else None
        seal = self.pick(_OF_TRIP.format(trip=trip), 0) or ""
        asked = self.pick((KEEPER if act in {Act.GIVE, Act.TAKE_BACK} else _BEARS).format(seal=seal, trip=trip), 0)
        actor = self.world.people[asked if rightly and asked else who]
        face = self._face(actor, seal) if act in {Act.GIVE, Act.TAKE_BACK} else ""
        acts: dict[Act, Callable[[], object]] = {
            Act.GIVE: self.arrives(custody.give_out, actor, kept, take_out_uid=trip, photo_sha256=face, fence=fence),
            Act.RECEIVE: self.arrives(custody.receive, actor, kept, take_out_uid=trip),
            Act.BRING: self.arrives(custody.bring_back, actor, kept, take_out_uid=trip),
            Act.TAKE_BACK: self.arrives(
                custody.take_back, actor, kept, take_out_uid=trip, photo_sha256=face, place=_PLACE
            ),
        }
        self.reach(f"way-{act}", acts[act])

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, north=st.sampled_from((0, 3_000, 40_000)), kept=KEPT)
    def say_where_it_is(self, *, who: str, rightly: bool, which: int, north: int, kept: int = 0) -> None:
        """Report a place: where the use is approved, or so many millionths of a degree further north."""
        trip = self.pick(_TRIPS, which) or ""
        actor = self.world.people[(self.pick(_BEARS.format(trip=trip), 0) or who) if rightly else who]
        said = Whereabouts(point=Point(_THERE.latitude + north, _THERE.longitude), accuracy_metres=5, has_arrived=True)
        self.reach("report-place", self.arrives(custody.report_place, actor, kept, take_out_uid=trip, said=said))

    @rule(who=WHO, ending=_TRIP_ENDS)
    def go_out_in_good_order(self, *, who: str, ending: str) -> None:
        """Have a rubber seal taken out for two impressions, and bring the trip to one of its ends."""
        self._stamp_in_force(who)
        self.apply_for_paper(
            who=who, rightly=True, which=0, watcher="ke", copies=1, off_site="上海对方公司", fence=FENCE
        )
        self._agreed(who)
        trip = self.pick(_TRIPS, 0) or ""
        for act in (Act.GIVE, Act.RECEIVE):
            self.go_on_the_way(who=who, rightly=True, which=0, act=act, metres=None if ending == "used" else 100)
        for north in (0, 40_000):
            self.say_where_it_is(who=who, rightly=True, which=0, north=north)
        if ending == "used":
            self.ask_for_the_seal(who=who, rightly=True, which=0)
            for hand in (Hand.KEEPER, Hand.SUPERVISOR):
                self.stand_by(who=who, rightly=True, which=0, hand=hand)
            self.take(who=who, rightly=True, which=0, impressions=2)
            for says in (Says.FIRE, Says.COMMIT):
                self.say_what_became(who=who, rightly=True, which=0, says=says, n=2)
        elif ending == "late":
            self.world.wait(timedelta(hours=10))
            self.watch_what_is_out()
        elif ending == "lost":
            self.miss_it_outside(who=who, trip=trip)
            return
        for act, kept in ((Act.BRING, 20), (Act.TAKE_BACK, 0)):
            self.go_on_the_way(who=who, rightly=True, which=0, act=act, kept=kept)
        self.let_off(who=who, rightly=True, which=0)

    @rule()
    def watch_what_is_out(self) -> None:
        """Let the sweep say what time says of seals outside, and settle what people left behind."""
        custody.watch_take_outs(self.world.now)
        custody.watch_leavers(self.world.now)
        custody.watch_debts(self.world.now)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, step=st.sampled_from(Count), minutes=st.sampled_from((0, 0, 20, 200)))
    def step_a_count(self, *, who: str, rightly: bool, which: int, step: Count, minutes: int = 0) -> None:
        """See a seal, pause a count or go on with it, hand it on, end it or give it up; or say so minutes later."""
        take, at = self.pick(_COUNTS, which) or "", self.world.now
        actor = self._tells(take, "counter", who, rightly=rightly)
        manager = self.hand(who, Power.MANAGE, rightly=rightly, near=_FIRST)
        done_at = at - timedelta(minutes=minutes)
        number = self.pick(_EXPECTED.format(take=take), 0) or ""
        seal = self.pick(f"SELECT uid FROM seal WHERE number = '{number}' ORDER BY id", 0) or ""
        seen = Seen(number=number, photo_sha256=self._face(actor, seal) if step is Count.SEE else "")
        acts: dict[Count, Callable[[], object]] = {
            Count.SEE: lambda: custody.see_seal(actor, at, take_uid=take, seen=seen, done_at=done_at),
            Count.PAUSE: lambda: custody.step_stock_take(actor, at, take_uid=take, step=step, done_at=done_at),
            Count.GO_ON: lambda: custody.step_stock_take(actor, at, take_uid=take, step=step),
            Count.END: lambda: custody.end_stock_take(actor, at, take_uid=take, done_at=done_at),
            Count.GIVE_UP: lambda: custody.step_stock_take(manager, at, take_uid=take, step=step),
            Count.HAND_ON: lambda: custody.hand_on(manager, at, take_uid=take, counter_pseudonym=actor.pseudonym),
        }
        self.reach(f"count-{step}", acts[step])

    @rule(who=WHO, counter=st.sampled_from(("wang", "ma", "li", "gu")), seen=st.integers(0, 2))
    def count_in_good_order(self, *, who: str, counter: str, seen: int) -> None:
        """Have the company's rubber seals counted, see so many of them, and end it."""
        company, at = self.world.companies[0].uid, self.world.now
        manager, person = self.hand(who, Power.MANAGE, rightly=True, near=_FIRST), self.world.people[counter].pseudonym
        if self.pick(f"SELECT 1 FROM ({_COUNTS}) t JOIN stock_take USING (uid) WHERE ended_at IS NULL", 0) is None:
            said = {"company_uid": company, "counter_pseudonym": person}
            self.reach("count-open", lambda: custody.open_stock_take(manager, at, **said))  # type: ignore[arg-type]  # each is of its kind
        for step in (Count.GO_ON, *(seen * (Count.SEE,)), Count.END):
            self.step_a_count(who=who, rightly=True, which=0, step=step)

    def miss_it_outside(self, *, who: str, trip: str) -> None:
        """Have the bearer report the seal lost."""
        bearer = self.world.people[self.pick(_BEARS.format(trip=trip), 0) or who]
        seal, said = self.pick(_OF_TRIP.format(trip=trip), 0) or "", seals.Report(account="出差途中遗失")
        at = self.world.now
        self.reach("miss", lambda: custody.report_seal(bearer, at, seal_uid=seal, act=SealAct.LOSE, said=said))

    def _face(self, actor: Person, seal: str) -> str:
        digest = f"{len(self.world.newest('SELECT 1 FROM seal_photo')):064x}"
        said = {"seal_uid": seal, "digest": digest, "kind": "image/jpeg", "size": 1}
        self.reach("face", lambda: seals.enter_photo(actor, self.world.now, **said))  # type: ignore[arg-type]  # each is of its kind
        return digest

    def _tells(self, take: str, part: str, who: str, *, rightly: bool) -> Person:
        known = self.pick(_TELLS.format(part=part, take=take), 0)
        return self.world.people[known if rightly and known else who]
