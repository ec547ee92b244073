"""Uses at machines in random histories: allowed, told by events of any kind and order, withdrawn, lost, settled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import strategies as st
from hypothesis.stateful import rule

from privyseal.custody.rules import Hand
from privyseal.device import enrolment, wrapping
from privyseal.device.enrolment import Asked, DeviceKind
from privyseal.device.events import Event, Head, Told, payload
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.actions.opening import ask_opening
from privyseal.devices.models import Device, MachineUse
from privyseal.devices.rules import DeviceAct
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from tests.stateful.hands import KEEPER
from tests.stateful.machine import RIGHTLY, WHICH, WHO, company_of
from tests.stateful.volumes import Volumes

_KEY: Final = ec.generate_private_key(ec.SECP256R1())
PUBLIC: Final = FrameKey.of(_KEY.public_key())
_DEVICES: Final = "SELECT uid FROM device WHERE kind <> 'cabinet' ORDER BY ended_at NULLS FIRST, id DESC"
_OPEN: Final = "SELECT uid FROM machine_use ORDER BY closed_at NULLS FIRST, id DESC"
_LOST: Final = (
    "SELECT d.uid FROM device d JOIN device_slot s ON s.device_id = d.id WHERE d.ending = 'lost' ORDER BY d.id DESC"
)
_FREE: Final = (
    "SELECT s.uid FROM seal s JOIN custody c ON c.seal_id = s.id AND c.until IS NULL WHERE s.kind = 'physical'"
    " AND s.company_id = (SELECT min(id) FROM company) AND s.state = 'active'"
    " AND NOT EXISTS (SELECT FROM device_slot d WHERE d.seal_id = s.id) ORDER BY EXISTS (SELECT FROM hand_use u"
    "   WHERE u.seal_id = s.id AND u.keeper_at IS NOT NULL AND u.returned_at IS NULL), s.id DESC"
)
_IN_A_HAND: Final = (
    "SELECT 1 FROM hand_use u JOIN seal s ON s.id = u.seal_id WHERE s.uid = '{seal}' AND u.keeper_at IS NOT NULL"
    " AND u.returned_at IS NULL"
)
READY: Final = (
    "SELECT s.uid FROM device_slot d JOIN seal s ON s.id = d.seal_id AND s.state = 'active' JOIN device m"
    " ON m.id = d.device_id AND m.ended_at IS NULL AND m.kind <> 'cabinet' ORDER BY d.id DESC"
)
AT_MACHINES: Final = (
    "SELECT encode(p.uid, 'hex') FROM permit p JOIN device_slot d ON d.seal_id = p.seal_id JOIN device m"
    " ON m.id = d.device_id WHERE p.purpose = 'use'"
    " ORDER BY m.kind = 'cabinet', m.ended_at NULLS FIRST, p.used = p.impressions, p.id DESC"
)
LINE: Final = (
    "SELECT l.id FROM permit_line l JOIN permit p ON p.id = l.permit_id WHERE p.uid = '\\x{permit}' ORDER BY l.id"
)
OPERATOR: Final = (
    "SELECT h.login FROM machine_use m JOIN hand_turn t ON t.id = m.turn_id JOIN hand_use u ON u.id = t.use_id"
    " JOIN person h ON h.id = u.operator_id WHERE m.uid = '{use}'"
)
# What a machine tells at once: the type, and by how much its mechanical count goes up with it.
_ONE: Final = ((Told.RESERVED, 0), (Told.FIRED, 1), (Told.COMMITTED, 0))
_TELLS: Final[dict[str, Sequence[tuple[Told, int]]]] = {
    "opened": ((Told.SESSION_OPENED, 0),),
    "made": _ONE,
    "begun": _ONE[:1],
    "fired": _ONE[1:2],
    "settled": _ONE[2:],
    "jam": ((Told.RESERVED, 0), (Told.RELEASED, 0)),
    "gap": ((Told.HEALTH, 9),),
    "excess": ((Told.EXCESS, 1),),
    "withdrawn": ((Told.WITHDRAWN, 0),),
    "shut": ((Told.SESSION_CLOSED, 0),),
}
# What is told in turn until a use is over.
_ENDINGS: Final = {
    "used up": ("opened", *(("made",) * 4)),
    "odd": ("gap", "opened", "jam", "made", "excess", "withdrawn", "shut"),
    "lost": ("opened", "made", "begun"),
    "late": ("opened", "made"),
}


class Machines(Volumes):
    keys: ClassVar[dict[str, bytes]] = {}

    @rule(who=WHO, slots=st.integers(1, 2))
    def bring_a_machine(self, *, who: str, slots: int) -> None:
        self.bring(who, DeviceKind.HANDHELD, slots)

    def bring(self, who: str, kind: DeviceKind, slots: int) -> None:
        """Register a machine and enrol it at the signer."""
        manager, at = self.hand(who, Power.MANAGE, rightly=True, near="SELECT min(id) FROM company"), self.world.now
        serial, code = f"M-{uuid4().hex[:12].upper()}", enrolment.new_code()
        said = {"company_uid": self.world.companies[0].uid, "kind": kind, "serial": serial}
        self.reach("register", lambda: actions.register(manager, at, **said, name="前台", slots=slots))  # type: ignore[arg-type]  # each is of its kind
        device, secret = self.pick("SELECT uid FROM device ORDER BY id DESC", 0) or "", enrolment.secret_of(code)
        self.reach("give-code", lambda: actions.give_code(manager, at, device_uid=device, secret=secret.hex()))
        bare = Asked(serial, kind, slots, "K6", "1.0", PUBLIC, PUBLIC, at)
        frame = signed(Frame.ENROLMENT, replace(bare, proof=bare.proved(secret)).to_json(), _KEY)

        def enrol() -> None:
            told, _ = actions.enrol(at, frame=frame, gateway=PUBLIC, broker="", signer=self.world.signer)
            self.keys[serial] = wrapping.unwrapped(enrolment.enrolled(told).code_key, _KEY)

        self.reach("enrol", enrol)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, slot=st.integers(1, 2), is_out=st.booleans())
    def put_a_seal_into_one(self, *, who: str, rightly: bool, which: int, slot: int, is_out: bool) -> None:
        self.put(who, self.pick(_DEVICES, which) or "", which, slot, rightly=rightly, is_out=is_out)

    def put(self, who: str, device: str, which: int, slot: int, *, rightly: bool, is_out: bool) -> None:
        """Have a seal put into a machine, or out of it, by two, and the signer say so to it."""
        at = self.world.now
        seal = "" if is_out else self.pick(_FREE, which) or ""
        keeper = self.pick(KEEPER.format(seal=seal), 0)
        near = company_of("device", device)
        asks = self.world.people[keeper] if keeper and rightly else self.hand(who, Power.CUSTODY, rightly=True)
        manager = self.hand(who, Power.MANAGE, rightly=rightly, near=near)
        self.reach("ask-mounting", lambda: actions.ask_mounting(asks, at, device_uid=device, slot=slot, seal_uid=seal))
        uid = self.pick("SELECT uid FROM device_mounting ORDER BY decided_at NULLS FIRST, id DESC", 0) or ""
        self.reach("mount", lambda: actions.decide_mounting(manager, at, mounting_uid=uid, is_agreed=True))
        actions.mount_at_signer(at, signer=self.world.signer)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def free_a_seal(self, *, who: str, rightly: bool, which: int) -> None:
        """Have a seal that was found in a lost machine taken out of it by two."""
        device, at = self.pick(_LOST, which) or "", self.world.now
        keeper = self.hand(who, Power.CUSTODY, rightly=rightly, near=company_of("device", device))
        manager = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("device", device))
        self.reach("ask-to-free", lambda: actions.ask_mounting(keeper, at, device_uid=device, slot=1))
        uid = self.pick("SELECT uid FROM device_mounting ORDER BY decided_at DESC NULLS FIRST, id DESC", 0) or ""
        self.reach("free", lambda: actions.decide_mounting(manager, at, mounting_uid=uid, is_agreed=True))
        actions.mount_at_signer(at, signer=self.world.signer)

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, is_allowed=st.sampled_from((True, True, False)))
    def ask_a_machine(self, *, who: str, rightly: bool, which: int, is_allowed: bool) -> None:
        """Take what is left of a permit off it for a machine, and have the signer say whether it may."""
        permit, at = self.pick(AT_MACHINES, which) or "0" * 64, self.world.now
        actor = self.world.people[self._has_part(permit, "holder") if rightly else who]
        line = int(self.pick(LINE.format(permit=permit), 0) or 0)
        self.reach("ask-a-machine", lambda: ask_opening(actor, at, permit_uid=permit, line_id=line))
        if is_allowed:
            actions.allow_at_signer(at, signer=self.world.signer)

    @rule(which=WHICH, what=st.sampled_from(sorted(_TELLS)), is_stale=st.sampled_from((False, False, False, True)))
    def tell(self, *, which: int, what: str, is_stale: bool) -> None:
        """Let a machine tell something of its newest use, whether that can be or not, and each frame twice."""
        device = Device.objects.filter(uid=self.pick(_DEVICES, which) or "").first()
        if device is None:
            return
        use = MachineUse.objects.filter(device=device).order_by("closed_at", "-pk").first()
        use = MachineUse.objects.filter(device=device, closed_at=None).first() or use
        ticket = "9" * 32 if use is None or is_stale else use.ticket
        number = 0 if use is None else use.number
        frame = self._frame(device, ticket, number, _TELLS[what])
        at = self.world.now
        self.reach(f"told-{what}", lambda: actions.take_events(GATEWAY, at, serial=device.serial, frame=frame))
        self.reach("told-twice", lambda: actions.take_events(GATEWAY, at, serial=device.serial, frame=frame))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, has_camera=st.sampled_from((True, True, False)))
    def show_a_ticket(self, *, who: str, rightly: bool, which: int, has_camera: bool) -> None:
        """Have a machine say whether it has a camera, and a ticket shown to somebody for it."""
        use, at = self.pick(_OPEN, which) or "", self.world.now
        device = Device.objects.filter(uses__uid=use, ended_at=None).first()
        if device is not None:
            self.told("told-camera", device, self.events(device, "", 0, ((Told.HEALTH, 0),), scanner=has_camera))
        actor = self.world.people[(self.pick(OPERATOR.format(use=use), 0) or who) if rightly else who]
        self.reach("show-a-ticket", lambda: actions.show_ticket(actor, at, use_uid=use))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH)
    def finish_at_a_machine(self, *, who: str, rightly: bool, which: int) -> None:
        use, at = self.pick(_OPEN, which) or "", self.world.now
        actor = self.world.people[(self.pick(OPERATOR.format(use=use), 0) or who) if rightly else who]
        self.reach("finish-at-a-machine", lambda: actions.finish(actor, at, use_uid=use))

    @rule(who=WHO, rightly=RIGHTLY, which=WHICH, act=st.sampled_from((DeviceAct.LOSE, DeviceAct.RETIRE)))
    def end_a_machine(self, *, who: str, rightly: bool, which: int, act: DeviceAct) -> None:
        device, at = self.pick(_DEVICES, which) or "", self.world.now
        actor = self.hand(who, Power.MANAGE, rightly=rightly, near=company_of("device", device))
        self.reach(f"{act}-a-machine", lambda: actions.end_device(actor, at, device_uid=device, act=act))

    @rule()
    def sweep_machines(self) -> None:
        at = self.world.now
        actions.stop_uses(at)
        actions.watch_machines(at)
        actions.stop_at_signer(at, signer=self.world.signer)

    @rule(who=WHO, ending=st.sampled_from(sorted(_ENDINGS)))
    def stamp_at_a_machine_in_good_order(self, *, who: str, ending: str) -> None:
        """Have a machine allowed what a permit says, and its use brought to one of its ends."""
        if self.pick(READY, 0) is None:
            self._have_one(who)
        seal = self.pick(READY, 0) or ""
        self.apply_for_paper(who=who, rightly=True, which=0, watcher="ke", copies=2, seal=seal, hours=120)
        self._agreed(who)
        self.ask_for_the_seal(who=who, rightly=True, which=0)
        self.stand_by(who=who, rightly=True, which=0, hand=Hand.KEEPER)
        self.ask_a_machine(who=who, rightly=True, which=0, is_allowed=True)
        self.show_a_ticket(who=who, rightly=True, which=0, has_camera=True)
        for what in _ENDINGS[ending]:
            if what == "withdrawn":
                self.finish_at_a_machine(who=who, rightly=True, which=0)
            self.tell(which=0, what=what, is_stale=False)
        if ending == "late":
            self.world.wait(timedelta(hours=121))
            self.tell(which=0, what="shut", is_stale=False)
        elif ending == "lost":
            self.end_a_machine(who=who, rightly=True, which=0, act=DeviceAct.LOSE)
            self.sweep_machines()
            self.free_a_seal(who=who, rightly=True, which=0)
        self.sweep_machines()
        self.let_off(who=who, rightly=True, which=0)

    def _have_one(self, who: str) -> None:
        """Have a machine with a seal in it that can be used."""
        self.have_a_free_seal(who)
        self.bring_a_machine(who=who, slots=1)
        self.put_a_seal_into_one(who=who, rightly=True, which=0, slot=1, is_out=False)

    def have_a_free_seal(self, who: str) -> None:
        """Have a rubber seal in force that is in no machine and in nobody's hand."""
        free = self.pick(_FREE, 0)
        if free is None or self.pick(_IN_A_HAND.format(seal=free), 0):
            self.enter(who=who, rightly=True, number=len(self.world.newest("SELECT 1 FROM seal")))
            self.apply_to_resume(who=who, rightly=True, which=0)
            self._carried_out(who)

    def _frame(self, device: Device, ticket: str, number: int, what: Sequence[tuple[Told, int]], **more: Json) -> str:
        return signed(Frame.EVENTS, payload(device.serial, self.events(device, ticket, number, what, **more)), _KEY)

    def events(
        self, device: Device, ticket: str, number: int, what: Sequence[tuple[Told, int]], **also: Json
    ) -> list[Event]:
        """Return events of one use, whose mechanical count goes on from what is known."""
        head, counter, events = Head(device.known, device.head), device.counted or 0, list[Event]()
        number += what[0][0] is Told.RESERVED
        for told, more in what:
            counter += more
            said: dict[str, Json] = {"impression": number, "counter": counter, "by": more, **also}
            about = "" if told in {Told.HEALTH, Told.EXCESS, Told.WITHDRAWN} else ticket
            said |= {"ticket": ticket} if told is Told.WITHDRAWN else {}
            events.append(head.next(device.serial, told.value, self.world.now, ticket=about, said=said))
            head = Head.after(events[-1])
        return events

    def told(self, name: str, device: Device, events: Sequence[Event]) -> None:
        """Let a machine tell events."""
        frame = signed(Frame.EVENTS, payload(device.serial, events), _KEY)
        at = self.world.now
        self.reach(name, lambda: actions.take_events(GATEWAY, at, serial=device.serial, frame=frame))
