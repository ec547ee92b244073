"""Uses at a machine: allowed by the signer, counted by the machine, photographed, settled; also late and twice."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from privyseal.approvals.wishes import LineWish
from privyseal.config.backup import proving
from privyseal.custody.models import Alarm, HandUse, Photograph, TakeOut, Turn
from privyseal.custody.rules import Ending, How, LineSpent, Phase
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.enrolment import DeviceUnknown
from privyseal.device.events import Head, Told, payload
from privyseal.device.keypad import Entered
from privyseal.device.parts import Cannot
from privyseal.device.signed import Frame, signed
from privyseal.device.tickets import Mode
from privyseal.device.watched import Alarm as Watch
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.actions.opening import ask_opening
from privyseal.devices.exposure import Exposure, exposure_of, exposure_with
from privyseal.devices.models import Device, MachineUse
from privyseal.devices.rules import SILENT_AFTER, DeviceAct, SealInMachine, SealNotInMachine
from privyseal.gateway.exchange import Exchange
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.kernel.quorum import WITHIN, CosignersStale, Needed, Quorum
from privyseal.ledger.queries import facts_beyond
from privyseal.pdf.confined import Task, run
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import Edge, Range, Seam
from privyseal.seals.models import Incident, Permit, Seal, UseEntry
from privyseal.seals.permits import NotTheHolder
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.signer import places
from privyseal.signer.client import Client
from privyseal.signer.copying import FILE
from privyseal.signer.database import Database, open_durably
from privyseal.signer.device_checks import FenceNeedsTicket, ModeNotApproved
from privyseal.signer.devices import ReceiptWrong
from privyseal.signer.keyfile import opened as key_file
from privyseal.signer.operations import Signer
from privyseal.signer.replaying import Grant
from tests.actions.keepers import forbidden
from tests.at_machine import HOUSE, KEY, Bench, opened
from tests.by_hand import permitted
from tests.conftest import bring, recorded
from tests.pdfs import one_page
from tests.signer.conftest import serving
from tests.trips import HERE


@pytest.fixture
def use(bench: Bench, permit: Permit, wang: Person, noon: datetime) -> MachineUse:
    """A use of wang's six impressions, whose ticket the machine has."""
    found = opened(bench, permit, wang, noon)
    bench.sync(noon)
    assert found.ticket in bench.machine.kept.tickets
    return found


def now_of(use: MachineUse) -> tuple[MachineUse, Turn, int]:
    found = MachineUse.objects.select_related("turn__use__permit").get(pk=use.pk)
    return found, found.turn, found.turn.use.permit.used


def test_a_use_at_a_machine_is_counted_photographed_and_entered_as_by_machine(
    bench: Bench, use: MachineUse, wang: Person, noon: datetime
) -> None:
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is None
    bench.stamp(noon)
    bench.sync(noon)
    for _ in range(2):
        actions.show_picture(GATEWAY, noon, picture_id=use.pictures.get().pk)
    live, turn, used = now_of(use)
    spent = bench.machine.kept.spent[use.ticket]
    assert (live.left, used, turn.made, Phase(turn.phase)) == (use.impressions - spent, 6, 1, Phase.MADE)
    assert [one.impressions for one in Photograph.objects.filter(turn=turn)] == [1]

    for _ in range(5):
        bench.stamp(noon)
    bench.machine.close("done", noon)
    bench.sync(noon)

    live, turn, used = now_of(use)
    assert (live.left, live.closed_at, used) == (0, noon, 6)
    assert (turn.made, turn.counted, turn.committed, turn.released, turn.to_show) == (6, 6, 6, 0, 6)
    assert [bool(one.received_at) for one in use.pictures.all()] == [True] * 6
    ended = HandUse.objects.get()
    assert (ended.how, ended.ending, ended.keeper) == (How.BY_MACHINE, Ending.COUNT, None)
    assert UseEntry.objects.get().impressions == 6
    assert recorded().count("hand.entered") == 1


def test_a_line_across_the_edges_of_pages_says_so_to_the_machine(
    bench: Bench, stamp: Seal, company: Company, wang: Person, jian: Person, li: Person, noon: datetime
) -> None:
    document = bring(wang, noon, company, run(Task.ACCEPT, one_page(pages=2)))
    edge = Seam(Edge.RIGHT, (Range(1, 2),), 150_000, 2)
    lines = [LineWish(stamp.uid, document, "others", (spot,)) for spot in (edge, Placement(1, 150_000, 60_000))]
    across, plain = (permitted(stamp, document, wang, jian, li, noon, wish=one) for one in lines)
    # It was approved at one place of one page.
    plain.lines.update(placements=[places.to_json(edge)])
    with pytest.raises(ModeNotApproved):
        opened(bench, plain, wang, noon)

    use = opened(bench, across, wang, noon)
    bench.sync(noon)

    assert bench.machine.kept.tickets[use.ticket]["mode"] == Mode.ACROSS


def test_days_without_a_network_and_frames_that_come_twice_change_no_count(
    bench: Bench, use: MachineUse, wang: Person, noon: datetime
) -> None:
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    for _ in range(2):
        bench.stamp(noon)
    bench.machine.reserve(noon)
    bench.machine.release("jam", noon)
    bench.machine.close("done", noon)
    told, days = bench.machine.told(), noon + timedelta(days=3)
    assert told is not None
    for _ in range(3):
        actions.take_events(GATEWAY, days, serial=bench.device.serial, frame=told)
    live, turn, _ = now_of(use)
    assert (live.left, live.fired, live.committed, turn.made, live.closed_at) == (4, 2, 2, 2, None)

    over = use.closes_at + timedelta(minutes=1)
    bench.machine.door_shut(0, over)
    bench.sync(noon)  # its clock is ahead, will be set back, and the ticket opens again
    assert now_of(use)[0].closed_at is None
    bench.machine.door_shut(0, over)
    bench.sync(over)

    live, turn, used = now_of(use)
    assert (live.closed_at, turn.committed, turn.released, turn.reason, used) == (over, 2, 4, "over", 2)
    assert turn.use.ending == Ending.TIME
    assert UseEntry.objects.get().impressions == 2


def test_what_is_finished_early_goes_back_once_the_machine_confirms_that_nothing_opens_it(
    bench: Bench, use: MachineUse, wang: Person, li: Person, noon: datetime
) -> None:
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.stamp(noon)
    bench.sync(noon)
    for _ in range(2):
        actions.finish(wang, noon, use_uid=use.uid)
    bench.sync(noon)
    assert now_of(use)[0].closed_at is None
    assert bench.machine.reserve(noon) is Cannot.WITHDRAWN

    bench.machine.close("done", noon)
    bench.sync(noon)

    live, turn, used = now_of(use)
    assert (live.closed_at, turn.committed, turn.released, used) == (noon, 1, 5, 1)
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is Cannot.WITHDRAWN
    assert turn.use.ending == Ending.PAUSE


def test_only_a_holder_opens_a_machine_that_has_the_seal_and_what_is_left_once(
    bench: Bench, permit: Permit, wang: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(NotTheHolder):
        opened(bench, permit, li, noon)
    opened(bench, permit, wang, noon)
    with pytest.raises(LineSpent):
        opened(bench, permit, wang, noon)


def test_a_seal_that_no_machine_holds_is_opened_by_none(permit: Permit, wang: Person, noon: datetime) -> None:
    with pytest.raises(SealNotInMachine):
        ask_opening(wang, noon, permit_uid=permit.uid, line_id=permit.lines.get().pk)


def test_nobody_calls_a_use_one_at_a_machine_to_stamp_without_two_peoples_word(
    permit: Permit, wang: Person, noon: datetime
) -> None:
    use = HandUse.objects.create(
        permit=permit, seal=permit.seal, how=How.BY_MACHINE.value, operator=wang, asked_at=noon
    )
    with forbidden("turn_at_a_machine_has_its_machine"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        Turn.objects.create(use=use, line=permit.lines.get(), reserved=1, reserved_at=noon)


def test_what_the_signer_refuses_goes_back(
    bench: Bench, permit: Permit, wang: Person, gu: Person, zhao: Person, noon: datetime
) -> None:
    bench.signer.end_device(bench.device.serial)
    with pytest.raises(DeviceUnknown):
        opened(bench, permit, wang, noon)

    use = MachineUse.objects.get()
    assert (use.refused, use.closed_at, now_of(use)[2]) == ("device-unknown", noon, 0)
    assert actions.allow_at_signer(noon, signer=bench.signer) == 0


def test_while_nobody_sees_the_log_the_key_opens_no_machine_and_the_use_waits(
    bench: Bench, permit: Permit, wang: Person, noon: datetime, signer_folder: Path, tmp_path: Path
) -> None:
    data, auditor = signer_folder / "data", cosigner_key("audit.example", Ed25519PrivateKey.generate())
    with closing(sqlite3.connect(data / FILE)) as file, closing(sqlite3.connect(tmp_path / FILE)) as copy:
        file.backup(copy)
    with closing(Database(open_durably(tmp_path / FILE))) as database:
        keys = key_file(database, data / "signer.key")
        asking = Signer(database, lambda: datetime.now(UTC), keys, Quorum((auditor,), Needed.ANY, WITHIN))
        with serving(asking, tmp_path / "signer.sock"):
            unseen = Client(tmp_path / "signer.sock")
            with pytest.raises(CosignersStale):
                opened(replace(bench, signer=unseen), permit, wang, noon)
            assert actions.allow_at_signer(noon, signer=unseen) == 0

    use = MachineUse.objects.get()
    assert (use.allowed_at, use.refused, use.closed_at) == (None, "", None)
    assert actions.allow_at_signer(noon, signer=bench.signer) == 1
    serial, application = bench.device.serial, permit.application_uid
    given = Grant(use.uid, serial, application, permit.seal.uid, use.impressions, is_code=False)
    assert proving.grants(facts_beyond(0, [proving.GRANTED])) == [given]  # a restored key is told so


def test_what_a_machine_counts_wrongly_or_suffers_is_an_incident_once_a_day(
    bench: Bench, use: MachineUse, wang: Person, li: Person, zhao: Person, noon: datetime
) -> None:
    bench.machine.open(use.ticket, li.pseudonym, noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.parts.presses = [2]
    bench.stamp(noon)
    for kind in (Watch.EMERGENCY_KEY, Watch.MOTION, Watch.JAM, Watch.BATTERY_LOW):
        bench.machine.alarm(kind, noon)
    bench.sync(noon)
    assert alarms() == {AlarmKind.NOT_THEIRS, AlarmKind.EXCESS, AlarmKind.EMERGENCY_KEY, AlarmKind.MOTION}

    head, counter = bench.machine.kept.head, bench.parts.counter
    lies: list[tuple[Told, str, dict[str, Json]]] = [
        (Told.FIRED, "9" * 32, {"impression": 1, "counter": counter + 1}),
        (Told.FIRED, use.ticket, {"impression": 1, "counter": counter + 2}),
        (Told.HEALTH, "", {"counter": counter + 9}),
    ]
    events = []
    for told, ticket, said in lies:
        events.append(head.next(bench.device.serial, told.value, noon, ticket=ticket, said=said))
        head = Head.after(events[-1])
    frame = signed(Frame.EVENTS, payload(bench.device.serial, events), KEY)
    for _ in range(2):
        actions.take_events(GATEWAY, noon, serial=bench.device.serial, frame=frame)

    assert alarms() >= {AlarmKind.NO_PERMIT, AlarmKind.COUNTER_GAP}
    assert now_of(use)[0].fired == 1
    found = Incident.objects.filter(alarm__isnull=False)
    assert {(one.seal, one.owner) for one in found} == {(permit_seal(use), zhao)}
    assert recorded().count("incident.opened") == found.count() == 6


def alarms() -> set[str]:
    return set(Alarm.objects.values_list("kind", flat=True))


def permit_seal(use: MachineUse) -> Seal:
    return use.turn.use.permit.seal


def test_a_machine_that_is_silent_or_has_a_wrong_clock_is_an_incident(bench: Bench, noon: datetime) -> None:
    assert actions.watch_machines(noon) == 0
    Device.objects.update(clock_behind=-500)
    for _ in range(2):
        actions.watch_machines(noon)
    Device.objects.update(seen_at=noon - SILENT_AFTER)
    actions.watch_machines(noon)

    assert sorted(alarms()) == [AlarmKind.CLOCK, AlarmKind.SILENT]


@pytest.mark.parametrize("what", ["permit", "seal", "machine"])
def test_what_nothing_allows_any_more_is_stopped(
    bench: Bench, use: MachineUse, wang: Person, gu: Person, noon: datetime, what: str
) -> None:
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    assert actions.stop_uses(noon) == 0
    if what == "permit":
        Permit.objects.update(revoked_at=noon)
    elif what == "seal":
        Seal.objects.update(state="suspended")
    else:
        actions.end_device(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)

    assert [actions.stop_uses(noon) for _ in range(2)] == [0 if what == "machine" else 1, 0]
    exchange = Exchange(HOUSE, bench.signer)
    exchange.take(bench.machine.hello(noon), noon)
    for frame in exchange.answer(noon):
        bench.machine.take(frame, noon)
    expected = (None, Cannot.LOCKED) if what == "machine" else (Cannot.WITHDRAWN, Cannot.NO_IMPRESSION)
    assert (bench.machine.reserve(noon), bench.machine.fire(noon)) == expected
    assert not bench.device.orders.filter(ticket=use.ticket, withdrawn_at=None).exists()


def test_a_lost_machine_is_an_incident_and_leaves_no_use_open(
    bench: Bench, use: MachineUse, stamp: Seal, wang: Person, gu: Person, noon: datetime
) -> None:
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    for _ in range(2):
        bench.stamp(noon)
    bench.sync(noon)

    actions.end_device(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)

    live, turn, used = now_of(use)
    assert (live.closed_at, live.fired, used) == (noon, 2, 6)
    assert (turn.made, turn.counted, turn.committed, turn.released) == (6, 2, 6, 0)
    kinds = dict(Incident.objects.filter(seal=stamp).values_list("kind", "opened_by"))
    assert kinds == {IncidentKind.NOT_RETURNED: gu.pk, IncidentKind.COUNT_MISMATCH: gu.pk}
    assert alarms() == {AlarmKind.LOST}
    for found in (exposure_of(live.device, noon), exposure_with(stamp, noon)):
        bound = found if isinstance(found, Exposure) else found and found[1]
        assert bound == Exposure(1, 4, use.closes_at)


def test_what_no_machine_can_have_goes_back_when_it_is_lost(
    bench: Bench, permit: Permit, wang: Person, gu: Person, noon: datetime
) -> None:
    ask_opening(wang, noon, permit_uid=permit.uid, line_id=permit.lines.get().pk)

    actions.end_device(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)

    live, turn, used = now_of(MachineUse.objects.get())
    assert (live.closed_at, Phase(turn.phase), turn.released, used) == (noon, Phase.RELEASED, 6, 0)


def test_a_machine_outside_stamps_within_the_fence_of_whoever_gave_it_out(
    bench: Bench, away: TakeOut, wang: Person, noon: datetime
) -> None:
    with pytest.raises(FenceNeedsTicket):
        opened(bench, away.permit, wang, noon, minutes=60)
    use = opened(bench, away.permit, wang, noon)
    bench.sync(noon)

    answers = []
    for place in (None, (HERE.latitude + 5_000, HERE.longitude), (HERE.latitude + 4_000, HERE.longitude)):
        bench.parts.where = place
        answers.append(bench.machine.open(use.ticket, wang.pseudonym, noon))

    assert answers == [Cannot.PLACE, Cannot.PLACE, None]


@pytest.mark.parametrize("minutes", [0, 60])
def test_nothing_is_handed_out_for_a_use_that_ended_before_the_signer_answered(
    bench: Bench, permit: Permit, wang: Person, gu: Person, noon: datetime, minutes: int
) -> None:
    command_id, line_id = uuid4(), permit.lines.get().pk
    ask_opening.once(
        command_id, wang, noon, permit_uid=permit.uid, line_id=line_id, minutes=minutes, is_emergency=False
    )
    actions.end_device(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)

    with pytest.raises(OutOfTurn):
        actions.open_machine(
            wang,
            noon,
            command_id=command_id,
            permit_uid=permit.uid,
            line_id=line_id,
            minutes=minutes,
            signer=bench.signer,
        )

    assert not bench.device.orders.exclude(ticket="").exists()


def test_a_machine_is_retired_once_no_seal_is_in_it(bench: Bench, zhao: Person, noon: datetime) -> None:
    with pytest.raises(SealInMachine):
        actions.end_device(zhao, noon, device_uid=bench.device.uid, act=DeviceAct.RETIRE)
    assert Device.objects.get().ending == ""


def test_a_code_opens_without_a_network_and_its_receipt_closes_it(
    bench: Bench, permit: Permit, wang: Person, li: Person, noon: datetime
) -> None:
    def ask(command: UUID) -> tuple[str, str]:
        line, signer = permit.lines.get().pk, bench.signer
        return actions.open_machine(
            wang, noon, command_id=command, permit_uid=permit.uid, line_id=line, minutes=60, signer=signer
        )

    uid, digits = ask(once := uuid4())
    assert ask(once) == (uid, actions.digits_of(wang, noon, use_uid=uid, signer=bench.signer)) == (uid, digits)
    with pytest.raises(NotEntitled):
        actions.digits_of(li, noon, use_uid=uid, signer=bench.signer)
    assert bench.machine.enter(digits, noon) is Entered.ACCEPTED
    for _ in range(2):
        bench.stamp(noon)
    bench.machine.close("done", noon)
    receipt = bench.machine.receipt(noon)
    assert receipt is not None
    with pytest.raises(ReceiptWrong):
        actions.read_receipt(wang, noon, use_uid=uid, digits=f"{int(receipt) ^ 1:012d}", signer=bench.signer)
    for _ in range(2):
        actions.read_receipt(wang, noon, use_uid=uid, digits=receipt, signer=bench.signer)
    live, turn, used = now_of(MachineUse.objects.get(uid=uid))
    assert (live.closed_at, turn.committed, turn.released, used, live.fired) == (noon, 2, 4, 2, 0)

    bench.sync(noon)

    live, turn, used = now_of(live)
    assert (live.fired, live.committed, turn.committed, used, alarms()) == (2, 2, 2, 2, set())
    again, _ = ask(uuid4())
    assert MachineUse.objects.get(uid=again).impressions == 4


def test_what_a_machine_told_before_its_receipt_is_held_against_it(
    bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    use = opened(bench, permit, wang, noon, minutes=60)
    bench.machine.enter(actions.digits_of(wang, noon, use_uid=use.uid, signer=bench.signer), noon)
    bench.stamp(noon)
    bench.sync(noon)
    assert (now_of(use)[0].fired, now_of(use)[1].made) == (1, 1)
    bench.stamp(noon)
    bench.machine.close("done", noon)
    receipt = bench.machine.receipt(noon) or ""
    actions.read_receipt(wang, noon, use_uid=use.uid, digits=receipt, signer=bench.signer)

    assert now_of(use)[1].committed == 2
