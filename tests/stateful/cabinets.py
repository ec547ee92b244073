"""Cabinets in random histories: a seal let out by a ticket or a code, told of in any order and twice, back or not."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.custody.rules import Hand
from privyseal.custody.rules.takeout import Act
from privyseal.device import receipts
from privyseal.device.codes import Holder, uid_of
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Told
from privyseal.devices import actions
from privyseal.devices.actions.cabinets import ask_cabinet, let_out
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.models import CabinetOpening
from privyseal.devices.rules import DeviceAct
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from tests.stateful.between import snapshot
from tests.stateful.codes import Codes
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.outside import FENCE
from tests.stateful.world import attempted

_CABINETS: Final = "SELECT uid FROM device WHERE kind = 'cabinet' ORDER BY ended_at NULLS FIRST, id DESC"
_IN_ONE: Final = (
    "SELECT s.uid FROM device_slot d JOIN seal s ON s.id = d.seal_id AND s.state = 'active' JOIN device m"
    " ON m.id = d.device_id AND m.ended_at IS NULL AND m.kind = 'cabinet' WHERE NOT EXISTS (SELECT FROM cabinet_opening"
    "   o JOIN permit p ON p.id = o.permit_id WHERE p.seal_id = s.id AND o.closed_at IS NULL) ORDER BY d.id DESC"
)
_PERMITS: Final = (
    "SELECT encode(p.uid, 'hex') FROM permit p JOIN device_slot d ON d.seal_id = p.seal_id JOIN device m"
    " ON m.id = d.device_id AND m.kind = 'cabinet' WHERE p.purpose = 'use' ORDER BY m.ended_at NULLS FIRST, p.id DESC"
)
_KEEPS: Final = (
    "SELECT h.login FROM custody c JOIN person h ON h.id = c.keeper_id JOIN permit p ON p.seal_id = c.seal_id"
    " WHERE c.until IS NULL AND p.uid = '\\x{permit}'"
)
_OPENINGS: Final = "SELECT uid FROM cabinet_opening ORDER BY closed_at NULLS FIRST, id DESC"
# What a cabinet tells at once.
_TELLS: Final[dict[str, Sequence[Told]]] = {
    "opened": (Told.SESSION_OPENED,),
    "out": (Told.SEAL_TAKEN,),
    "back": (Told.SEAL_RETURNED,),
    "another back": (Told.WRONG_SEAL,),
    "held open": (Told.ALARM,),
    "gone": (Told.SEAL_TAKEN, Told.ALARM),
    "shut": (Told.SESSION_CLOSED,),
    "withdrawn": (Told.WITHDRAWN,),
    "typed": (Told.CODE_ENTERED,),
    "at once": (Told.SESSION_OPENED, Told.SEAL_TAKEN, Told.SEAL_RETURNED, Told.SESSION_CLOSED),
}
_BY_CODE: Final = (
    *(Told.CODE_ENTERED, Told.SEAL_TAKEN, Told.SESSION_CLOSED),
    *(Told.CODE_ENTERED, Told.SEAL_RETURNED, Told.SESSION_CLOSED, Told.RECEIPT_SHOWN),
)
_ENDINGS: Final = ("back", "code", "trip", "late", "lost", "unmounted")


class Cabinets(Codes):
    @rule(who=WHO, slots=st.integers(1, 2))
    def bring_a_cabinet(self, *, who: str, slots: int) -> None:
        self.bring(who, DeviceKind.CABINET, slots)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, slot=st.integers(1, 2), is_out=st.booleans())
    def put_a_seal_into_a_cabinet(self, *, who: str, rightly: bool, which: int, slot: int, is_out: bool) -> None:
        self.put(who, self.pick(_CABINETS, which) or "", which, slot, rightly=rightly, is_out=is_out)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, minutes=st.sampled_from((0, 0, 60)))
    def ask_a_cabinet(self, *, who: str, rightly: bool, which: int, minutes: int) -> None:
        """Have the slot of a seal asked for by whoever keeps it, and the signer say whether it may open."""
        permit, at = self.pick(_PERMITS, which) or "0" * 64, self.world.now
        keeper = self.pick(_KEEPS.format(permit=permit), 0)
        actor = self.world.people[keeper if rightly and keeper else who]
        name = "ask-a-cabinet-for-a-code" if minutes else "ask-a-cabinet"
        before = type(self).reached[name]
        self.reach(name, lambda: ask_cabinet(actor, at, permit_uid=permit, minutes=minutes))
        if type(self).reached[name] > before:
            one = CabinetOpening.objects.select_related("device", "permit__seal", "by").order_by("-pk")[0]
            attempted(lambda: let_out(actor, at, one=one, signer=self.world.signer))
            self.every_promise_holds()

    @rule(which=WHICH, what=st.sampled_from(sorted(_TELLS)), is_stale=st.sampled_from((False, False, False, True)))
    def tell_of_a_cabinet(self, *, which: int, what: str, is_stale: bool) -> None:
        """Let a cabinet tell something of an opening, whether that can be or not, and each frame twice."""
        one = self._opening(uid=self.pick(_OPENINGS, which) or "")
        if one is None:
            return
        name = self._code_of(one) if one.minutes else one.uid
        ticket = "9" * 32 if is_stale else "" if what == "gone" else name
        frame = self._frame(one.device, ticket, 0, [(told, 0) for told in _TELLS[what]], **self._said(one, what))
        at, serial = self.world.now, one.device.serial
        self.reach(f"cabinet-told-{what}", lambda: actions.take_events(GATEWAY, at, serial=serial, frame=frame))
        self.reach("told-twice", lambda: actions.take_events(GATEWAY, at, serial=serial, frame=frame))

    @rule(read=st.sampled_from(("shown", "shown", "too many", "mistyped")), first=st.sampled_from((0, 4, 7)))
    def read_a_receipt_of_a_cabinet(self, *, read: str, first: int) -> None:
        """Have a seal go out and back by a code; so many of its events are told before the receipt is read."""
        one = self._opening(minutes__isnull=False, allowed_at__isnull=False, receipt_at=None, device__ended_at=None)
        if one is None:
            return
        device, holder = one.device, Holder(one.device.serial, one.permit.seal.uid, one.device.epoch)
        said = self._said(one, "code")
        events = self.events(device, self._code_of(one), 0, [(told, 0) for told in _BY_CODE], **said)
        head, used = bytes.fromhex(events[-1].previous), 2 if read == "too many" else 1
        digits = receipts.shown(
            self.keys[device.serial], holder, sequence=int(str(said["sequence"])), used=used, head=head
        )
        digits = digits[::-1] if read == "mistyped" else digits
        if first:
            self.told("cabinet-told-by-code", device, events[:first])
        at, permit, signer = self.world.now, one.permit.uid, self.world.signer
        before = snapshot(self.world.eyes)
        read_it = attempted(
            lambda: actions.read_cabinet_receipt(one.by, at, permit_uid=permit, digits=digits, signer=signer)
        )
        assert not isinstance(read_it, Refused) or snapshot(self.world.eyes) == before
        self.every_promise_holds()
        if first < len(events):
            device.refresh_from_db()
            self.told("cabinet-told-by-code", device, events[first:])

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, act=st.sampled_from((DeviceAct.LOSE, DeviceAct.RETIRE)))
    def end_a_cabinet(self, *, who: str, rightly: bool, which: int, act: DeviceAct) -> None:
        device, at = self.pick(_CABINETS, which) or "", self.world.now
        actor = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("device", device))
        self.reach(f"{act}-a-cabinet", lambda: actions.end_device(actor, at, device_uid=device, act=act))

    @rule(who=WHO, ending=st.sampled_from(_ENDINGS))
    def take_out_of_a_cabinet_in_good_order(self, *, who: str, ending: str) -> None:
        """Have a cabinet let a seal out for a use that was approved, and bring the opening to one of its ends."""
        if ending == "code":
            self.world.catch_up()
        if self.pick(_IN_ONE, 0) is None:
            self._have_a_cabinet(who)
        seal = self.pick(_IN_ONE, 0) or ""
        where, fence = ("上海对方公司", FENCE) if ending == "trip" else ("", None)
        said = {"copies": 2, "seal": seal, "hours": 120, "off_site": where, "fence": fence}
        self.apply_for_paper(who=who, rightly=True, which=0, watcher="ke", **said)
        self._agreed(who)
        if ending != "trip":
            self.ask_for_the_seal(who=who, rightly=True, which=0)
        self.ask_a_cabinet(who=who, rightly=True, which=0, minutes=60 if ending == "code" else 0)
        if ending == "code":
            for read, first in (("mistyped", 4), ("shown", 0)):
                self.read_a_receipt_of_a_cabinet(read=read, first=first)
            self.sweep_receipts()
        self._go_out(who, ending)
        self.sweep_machines()
        self.let_off(who=who, rightly=True, which=0)

    def _go_out(self, who: str, ending: str) -> None:
        """Have the seal taken and given out, and what comes of it told or not."""
        for what in ("opened", "out", "shut") if ending != "code" else ():
            self.tell_of_a_cabinet(which=0, what=what, is_stale=False)
        if ending == "trip":
            self.go_on_the_way(who=who, rightly=True, which=0, act=Act.GIVE)
        else:
            self.stand_by(who=who, rightly=True, which=0, hand=Hand.KEEPER)
        for what in ("another back", "opened", "back", "out") if ending in {"back", "trip"} else ():
            self.tell_of_a_cabinet(which=0, what=what, is_stale=False)
        if ending == "late":
            self.world.wait(timedelta(hours=121))
        elif ending == "lost":
            self.end_a_cabinet(who=who, rightly=True, which=0, act=DeviceAct.LOSE)
            self.free_a_seal(who=who, rightly=True, which=0)
        elif ending == "unmounted":
            self.put_a_seal_into_a_cabinet(who=who, rightly=True, which=0, slot=1, is_out=True)

    def _have_a_cabinet(self, who: str) -> None:
        """Have a cabinet with a seal in it that can be used."""
        self.have_a_free_seal(who)
        self.bring_a_cabinet(who=who, slots=1)
        self.put_a_seal_into_a_cabinet(who=who, rightly=True, which=0, slot=1, is_out=False)

    def _opening(self, **which: object) -> CabinetOpening | None:
        found = CabinetOpening.objects.select_related("device", "permit__seal", "by").filter(**which)
        return found.order_by("-pk").first()

    def _said(self, one: CabinetOpening, what: str) -> dict[str, Json]:
        """Return what events of an opening say, each of which knows what is meant for it."""
        seal = "8" * 32 if what == "another back" else one.permit.seal.uid
        kind = "seal-missing" if what == "gone" else "door-held"
        said: dict[str, Json] = {"slot": 1, "seal": seal, "kind": kind, "reason": "not-meant"}
        return said | {"answer": "accepted", "sequence": self._number(one)}

    def _code_of(self, one: CabinetOpening) -> str:
        """Return how both ends name the code of an opening."""
        return uid_of(Holder(one.device.serial, one.permit.seal.uid, one.device.epoch), self._number(one))

    def _number(self, one: CabinetOpening) -> int:
        """Return the number of a code, of those that its cabinet was given."""
        codes = CabinetOpening.objects.filter(device=one.device, minutes__isnull=False, allowed_at__isnull=False)
        return max(1, codes.filter(pk__lte=one.pk).count())
