"""Codes and receipts, impressions that others see first, and emergencies, in random histories."""

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.device import receipts
from privyseal.device.codes import Holder, uid_of
from privyseal.device.events import Told
from privyseal.devices import actions
from privyseal.devices.actions.coding import tell_half
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.actions.opening import ask_opening
from privyseal.devices.actions.picturing import note_picture
from privyseal.devices.models import DevicePicture, MachineUse
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from tests.stateful.between import snapshot
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.machines import AT_MACHINES, LINE, READY, Machines
from tests.stateful.world import attempted

_DEVICE: Final = "SELECT uid FROM device WHERE ended_at IS NULL ORDER BY id DESC"
_SEEN: Final = "SELECT uid FROM machine_use WHERE mode = 'confirmed' ORDER BY closed_at NULLS FIRST, id DESC"
_HALVED: Final = "SELECT uid FROM machine_use WHERE is_dual ORDER BY closed_at NULLS FIRST, id DESC"
_EMERGENCY: Final = "SELECT uid FROM machine_use WHERE mode = 'emergency' ORDER BY reviewed_at NULLS FIRST, id DESC"
_NEAR: Final = "SELECT d.company_id FROM machine_use m JOIN device d ON d.id = m.device_id WHERE m.uid = '{use}'"
_BY_CODE: Final = ((Told.CODE_ENTERED, 0), (Told.RESERVED, 0), (Told.FIRED, 1), (Told.COMMITTED, 0))
_CLOSED: Final = ((Told.SESSION_CLOSED, 0), (Told.RECEIPT_SHOWN, 0))
# What somebody reads into the telephone: what the machine shows, more than was allowed, or other digits.
_READ: Final = ("shown", "shown", "too many", "mistyped")


class Codes(Machines):
    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_emergency=st.booleans())
    def ask_for_hours(self, *, who: str, rightly: bool, which: int, is_emergency: bool) -> None:
        """Ask for a code, or for an emergency; the signer's clock says whether it may still open anything."""
        permit, at = self.pick(AT_MACHINES, which) or "0" * 64, self.world.now
        actor = self.world.people[self._has_part(permit, "holder") if rightly else who]
        said = {"permit_uid": permit, "line_id": int(self.pick(LINE.format(permit=permit), 0) or 0)}
        how = {"is_emergency": True} if is_emergency else {"minutes": 60}
        name = "ask-in-emergency" if is_emergency else "ask-for-a-code"
        self.reach(name, lambda: ask_opening(actor, at, **said, **how))  # type: ignore[arg-type]  # each is of its kind
        actions.allow_at_signer(at, signer=self.world.signer)
        self.every_promise_holds()

    @rule(read=st.sampled_from(_READ), is_told=st.booleans(), told_first=st.booleans())
    def read_back(self, *, read: str, is_told: bool, told_first: bool) -> None:
        """Have a code typed and one impression made, and its receipt read back, before the machine tells or after."""
        allowed = MachineUse.objects.filter(minutes__gt=0, allowed_at__isnull=False, device__ended_at=None)
        use = allowed.filter(receipt_used=None).order_by("-pk").first()
        if use is None:
            return
        device, number = use.device, allowed.filter(device=use.device).count()
        holder = Holder(device.serial, use.turn.use.permit.seal.uid, device.epoch)
        what = (*_BY_CODE, *_CLOSED)
        events = self.events(device, uid_of(holder, number), 0, what, answer="accepted", sequence=number)
        head, used = bytes.fromhex(events[-1].previous), use.impressions + 1 if read == "too many" else 1
        digits = receipts.shown(self.keys[device.serial], holder, sequence=number, used=used, head=head)
        digits = digits[::-1] if read == "mistyped" else digits
        operator, at, signer = use.turn.use.operator, self.world.now, self.world.signer
        if is_told and told_first:
            self.told("told-by-code", device, events)
        before = snapshot(self.world.eyes)
        read_it = attempted(lambda: actions.read_receipt(operator, at, use_uid=use.uid, digits=digits, signer=signer))
        # Digits that are wrong the signer refuses, before anything of ours is asked.
        assert not isinstance(read_it, Refused) or snapshot(self.world.eyes) == before
        self.every_promise_holds()
        if is_told and not told_first:
            self.told("told-by-code", device, events)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def tell_the_second_half(self, *, who: str, rightly: bool, which: int) -> None:
        use, at = self.pick(_HALVED, which) or "", self.world.now
        actor = self.hand(who, Power.CUSTODY, rightly=rightly, near=_NEAR.format(use=use))
        self.reach("tell-half", lambda: tell_half(actor, at, use_uid=use))

    @rule(who=WHO, which=WHICH, confirmations=st.integers(0, 1), is_dual=st.booleans())
    def have_each_seen_first(self, *, who: str, which: int, confirmations: int, is_dual: bool) -> None:
        device, at = self.pick(_DEVICE, which) or "", self.world.now
        near = company_of("device", device) if confirmations else ""
        actor = self.hand(who, Power.MANAGE if confirmations else Power.SECURITY, rightly=True, near=near)
        said = {"device_uid": device, "confirmations": confirmations, "is_dual": is_dual}
        self.reach("set-confirmations", lambda: actions.set_confirmations(actor, at, **said))  # type: ignore[arg-type]  # as above

    @rule(which=WHICH, shade=st.integers(0, 9))
    def show_what_lies_there(self, *, which: int, shade: int) -> None:
        """Let a machine photograph what lies under the seal of an impression that waits."""
        use = MachineUse.objects.filter(uid=self.pick(_SEEN, which) or "").first()
        if use is None:
            return
        seen = f"{shade}{use.pk:063x}"
        what = ((Told.PHOTOGRAPHED, 0),)
        events = self.events(use.device, use.ticket, use.number, what, sha256=seen, bytes=7)
        self.told("told-shown", use.device, events)
        at, serial = self.world.now, use.device.serial
        if DevicePicture.objects.filter(device=use.device, sha256=seen).exists():
            self.reach("shown", lambda: note_picture(GATEWAY, at, serial=serial, sha256=seen))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def agree_to_it(self, *, who: str, rightly: bool, which: int) -> None:
        use, at = self.pick(_SEEN, which) or "", self.world.now
        actor = self.hand(who, Power.APPROVE, rightly=rightly, near=_NEAR.format(use=use))
        newest = DevicePicture.objects.filter(use__uid=use, is_before=True).order_by("-taken_at", "-pk").first()
        picture = newest.sha256 if newest else "0" * 64
        self.reach("agree-to-it", lambda: actions.confirm(actor, at, use_uid=use, picture_sha256=picture))
        actions.confirm_at_signer(at, signer=self.world.signer)
        self.every_promise_holds()

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_right=st.booleans())
    def review_an_emergency(self, *, who: str, rightly: bool, which: int, is_right: bool) -> None:
        use, at = self.pick(_EMERGENCY, which) or "", self.world.now
        actor = self.hand(who, Power.APPROVE, rightly=rightly, near=_NEAR.format(use=use))
        self.reach("review", lambda: actions.review(actor, at, use_uid=use, is_right=is_right))

    @rule()
    def sweep_receipts(self) -> None:
        actions.compare_receipts(self.world.now, signer=self.world.signer)
        self.every_promise_holds()

    @rule(who=WHO, way=st.sampled_from(("code", "seen", "emergency")))
    def stamp_with_others_in_good_order(self, *, who: str, way: str) -> None:
        """Have a machine opened by a code and its receipt read, or each impression seen first, or without in need."""
        if way != "seen":
            self.world.catch_up()
        if self.pick(READY, 0) is None:
            self._have_one(who)
        self.have_each_seen_first(who=who, which=0, confirmations=int(way != "code"), is_dual=way == "code")
        seal = self.pick(READY, 0) or ""
        self.apply_for_paper(who=who, rightly=True, which=0, watcher="ke", copies=2, seal=seal, hours=120)
        self._agreed(who)
        if way == "code":
            self.ask_for_hours(who=who, rightly=True, which=0, is_emergency=False)
            self.tell_the_second_half(who="gu", rightly=True, which=0)
            for read, told_first in (("mistyped", True), ("shown", False)):
                self.read_back(read=read, is_told=not told_first, told_first=told_first)
            self.sweep_receipts()
        elif way == "emergency":
            self.ask_for_hours(who=who, rightly=True, which=0, is_emergency=True)
            for what in ("opened", "made", "shut"):
                self.tell(which=0, what=what, is_stale=False)
            self.finish_at_a_machine(who=who, rightly=True, which=0)
            self.tell(which=0, what="withdrawn", is_stale=False)
            self.review_an_emergency(who="li", rightly=True, which=0, is_right=False)
        else:
            self.ask_a_machine(who=who, rightly=True, which=0, is_allowed=True)
            for what in ("opened", "begun"):
                self.tell(which=0, what=what, is_stale=False)
            self.show_what_lies_there(which=0, shade=1)
            self.agree_to_it(who="li", rightly=True, which=0)
            for what in ("fired", "settled"):
                self.tell(which=0, what=what, is_stale=False)
            self.finish_at_a_machine(who=who, rightly=True, which=0)
            for what in ("withdrawn", "shut"):
                self.tell(which=0, what=what, is_stale=False)
        self.let_off(who=who, rightly=True, which=0)
