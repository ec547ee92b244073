"""What the signer makes for devices: nothing that was not approved, nothing twice, and no code before a receipt."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.device import codes, enrolment, receipts, wrapping
from privyseal.device.codes import Holder
from privyseal.device.enrolment import Again, Asked, DeviceKind, DeviceUnknown, Enrolled
from privyseal.device.kept import Kept
from privyseal.device.keypad import Entered
from privyseal.device.machine import Machine
from privyseal.device.orders import AFTER, Order
from privyseal.device.parts import Cannot, Identity
from privyseal.device.signed import Frame, FrameForged, FrameKey, said_by_itself, signed
from privyseal.device.tickets import Fence, Mode
from privyseal.device.watched import Watched
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import DutiesNotSeparate, Refused
from privyseal.signer import answers, requests
from privyseal.signer.agreements import Agreement, AgreementMissing, Confirm, Mount, Unlock
from privyseal.signer.changes import Amend
from privyseal.signer.charters import Charter, of_company, of_seal
from privyseal.signer.checks import ApprovalsMissing, AssuranceTooLow, SealUnknown
from privyseal.signer.database import Database
from privyseal.signer.denials import Denial, PermitDenied, What
from privyseal.signer.device_checks import (
    CodeTooSoon,
    CountNotInCode,
    DeviceKindDiffers,
    DeviceKindUnknown,
    DeviceOfAnother,
    DeviceOfOtherKind,
    FenceNeedsTicket,
    FenceNotApproved,
    ModeNotApproved,
    OpeningsSpent,
    SealInTwoDevices,
    SealNotMounted,
    TicketOutsideWindow,
)
from privyseal.signer.device_requests import Allow, Bound, Close, End, Enrol, House, OfDevices, Ordered, Orders, Revoked
from privyseal.signer.devices import OrderBroken, ReceiptMissing, ReceiptsLockedOut, ReceiptWrong
from privyseal.signer.impressions import ImpressionsSpent, IntentReused
from privyseal.signer.operations import Signer
from privyseal.signer.passkeys import PASSKEY, AssertionInvalid, PasskeyUnknown
from privyseal.signer.protocol import Frame as Question
from privyseal.signer.statement import Approved, vouch
from privyseal.signer.terms import AtMachine
from privyseal.signer.terms import Fence as Around
from tests.device.test_machine import Parts
from tests.signer.cast import LI, MAKING, NOON, STRANGERS_KEY, USE, WANG, WEB_KEY, ZHAO, ZHOU, approved, uid
from tests.signer.conftest import Clock
from tests.signer.test_rosters import CHEN, by_passkey, change, closed

__all__ = ["closed"]  # a fixture that is asked for by its name

SEAL: Final = uid("rubber seal")
COMPANY: Final = MAKING.uscc
KEY, AGREEMENT, GATEWAY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
BY_HAND: Final = replace(USE, seal=SEAL, impressions=5, policy="default-7")


def of(key: ec.EllipticCurvePrivateKey) -> FrameKey:
    return FrameKey.of(key.public_key())


def ask(signer: Signer, request: OfDevices) -> dict[str, object]:
    header = signer.answer(Question(requests.parse_request(request.header()).header())).header
    result = header["result"]
    assert isinstance(result, dict)
    return dict(result)


def asks_to_be(
    serial: str = "D-0009", key: ec.EllipticCurvePrivateKey = KEY, kind: DeviceKind = DeviceKind.HANDHELD
) -> str:
    said = Asked(serial, kind, 2, "K6", "1.0", of(key), of(AGREEMENT), NOON, "0" * 64)
    return signed(Frame.ENROLMENT, said.to_json(), key)


def to_enrol(frame: str = "", company: str = COMPANY) -> Enrol:
    return Enrol(frame=frame or asks_to_be(), company=company, gateway=of(GATEWAY), broker="b:8883")


def by_zhao(body: bytes) -> Approved:
    return Approved(body, (vouch(body, approver=ZHAO, web_key=WEB_KEY),))


def mounted(
    slot: int = 1,
    seal: str = SEAL,
    *,
    is_in: bool = True,
    order: str = "mount",
    device: str = "D-0009",
    kind: DeviceKind = DeviceKind.HANDHELD,
    said: Callable[[bytes], Approved] = by_zhao,
) -> Ordered:
    """Return the order that a seal goes into a device or out of it, as somebody agreed to it."""
    agreed = Mount(order=uid(order), device=device, kind=kind, slot=slot, seal=seal, is_in=is_in)
    return Ordered(order=uid(order), device=device, type=Order.MOUNT, agreed=said(agreed.to_bytes()))


def enrolled(signer: Signer, request: Enrol | None = None, *, said: Callable[[bytes], Approved] = by_zhao) -> Enrolled:
    """Return what a device is told; the one that every test has holds the seal, as the signer was asked to order."""
    answer = answers.EnrolledDevice.parse(ask(signer, request or to_enrol()))
    if request is None:
        ask(signer, mounted(order="mounted", said=said))
    return enrolment.enrolled(answer.frame)


def allow(*, grant: str = "grant 1", by: tuple[str, ...] = (LI,), **changes: object) -> Allow:
    bare = Allow(
        grant=uid(grant),
        device="D-0009",
        permit=uid("permit"),
        operators=(WANG,),
        impressions=3,
        opens_at=NOON,
        closes_at=NOON + timedelta(minutes=60),
        approved=(approved(BY_HAND, by=by),),
    )
    return replace(bare, **changes)  # type: ignore[arg-type]  # a field of the request


LATE: Final = NOON + timedelta(minutes=45)
LATER: Final = allow(
    opens_at=NOON + timedelta(hours=160),
    closes_at=NOON + timedelta(hours=161),
    approved=(approved(replace(BY_HAND, expires_at=NOON + timedelta(days=9)), by=(LI,)),),
)


def ticket(signer: Signer, request: Allow) -> str:
    return str(ask(signer, request)["answer"])


def machine(signer: Signer, parts: Parts) -> Machine:
    told = enrolled(signer)
    holder = Holder("D-0009", SEAL, told.epoch)
    key = wrapping.unwrapped(told.code_key, AGREEMENT)
    parts.seals = frozenset({SEAL})
    identity = Identity("D-0009", KEY, told.signer, told.gateway, holder, key)
    device = Machine(identity, parts, parts.save, at=NOON)
    for frame in orders_after(signer, 0):
        device.take(frame, NOON)
    return device


UNLOCK: Final = Unlock(device="D-0009", until=3, because="looked-at")
SEEN: Final = Confirm(device="D-0009", ticket=uid("grant 1"), seal=SEAL, impression=1, picture_sha256="ab" * 32)


def ordered(
    type_: Order, agreed: Agreement, *, by: tuple[str, ...] = (LI,), key: Ed25519PrivateKey = WEB_KEY, order: str = "o"
) -> Ordered:
    said = agreed.to_bytes()
    voices = tuple(vouch(said, approver=one, web_key=key) for one in by)
    return Ordered(order=uid(order), device="D-0009", type=type_, agreed=Approved(said, voices))


def signed_by(frame: str) -> dict[str, object]:
    return dict(said_by_itself(frame, Frame.ORDER))


def told_by(frame: object) -> dict[str, object]:
    """Return what an order says beside which one it follows."""
    said = signed_by(str(frame))["said"]
    assert isinstance(said, dict)
    return {name: value for name, value in said.items() if name != AFTER}


def used_up(device: Machine, times: int) -> str:
    for _ in range(times):
        assert [device.reserve(NOON), device.fire(NOON), device.commit(NOON)] == [None, None, None]
    assert device.close("done", NOON) is None
    return device.receipt(NOON) or ""


def test_a_device_is_told_who_it_is_by_a_certificate_for_its_own_key(founded: Signer) -> None:
    enrolled(founded)
    told = enrolled(founded)  # again, with what it was ordered to hold meanwhile

    certificate, ca = (x509.load_der_x509_certificate(each) for each in (told.certificate, told.ca))
    certificate.verify_directly_issued_by(ca)
    assert certificate.subject.rfc4514_string() == "CN=D-0009"
    assert certificate.public_key() == KEY.public_key()
    assert (told.epoch, told.seals, told.broker, told.gateway) == (1, (SEAL, ""), "b:8883", of(GATEWAY))
    assert told.renew_at - NOON == timedelta(days=60)


def test_other_keys_begin_another_epoch_and_the_same_ones_do_not(founded: Signer) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    first, again = enrolled(founded), enrolled(founded)
    second = enrolled(founded, to_enrol(asks_to_be(key=other)))

    keys = [wrapping.unwrapped(told.code_key, AGREEMENT) for told in (first, again, second)]
    assert [told.epoch for told in (first, again, second)] == [1, 1, 2]
    assert keys[0] == keys[1] != keys[2]
    with pytest.raises(DeviceOfAnother):
        enrolled(founded, to_enrol(company="91310000000000000X"))


def test_a_renewal_is_asked_for_by_the_key_in_force_and_keeps_the_epoch(founded: Signer) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    enrolled(founded)
    said = Again("D-0009", of(other), of(AGREEMENT), NOON).to_json()

    with pytest.raises(FrameForged):
        enrolled(founded, to_enrol(signed(Frame.RENEWAL, said, other)))
    told = enrolled(founded, to_enrol(signed(Frame.RENEWAL, said, KEY)))

    assert told.epoch == 1
    assert x509.load_der_x509_certificate(told.certificate).public_key() == other.public_key()


def revoked(signer: Signer) -> dict[int, x509.ReasonFlags]:
    crl = x509.load_der_x509_crl(shapes.octets(ask(signer, Revoked())["crl"]))
    assert crl.is_signature_valid(x509.load_der_x509_certificate(enrolled_ca(signer)).public_key())  # type: ignore[arg-type]  # a P-256 key
    return {one.serial_number: one.extensions.get_extension_for_class(x509.CRLReason).value.reason for one in crl}


def enrolled_ca(signer: Signer) -> bytes:
    return answers.House.parse(ask(signer, House(of(GATEWAY), ("gw",)))).ca


def test_what_counts_no_more_is_on_a_list_until_it_would_have_ended(founded: Signer, clock: Clock) -> None:
    first, other = enrolled(founded), ec.generate_private_key(ec.SECP256R1())
    renewal = Again("D-0009", of(other), of(AGREEMENT), NOON).to_json()
    clock.at = NOON + timedelta(minutes=1)
    second = enrolled(founded, to_enrol(signed(Frame.RENEWAL, renewal, KEY)))
    serials = [x509.load_der_x509_certificate(told.certificate).serial_number for told in (first, second)]
    assert revoked(founded) == {}

    clock.at = NOON + timedelta(days=1, minutes=2)
    assert revoked(founded) == {serials[0]: x509.ReasonFlags.superseded}
    ask(founded, End("D-0009"))
    assert revoked(founded) == dict.fromkeys(serials, x509.ReasonFlags.cessation_of_operation)
    clock.at = NOON + timedelta(days=91)
    assert revoked(founded) == {}


def test_gateway_and_devices_have_one_authority(founded: Signer) -> None:
    house = answers.House.parse(ask(founded, House(of(GATEWAY), ("localhost", "127.0.0.1"))))

    certificate = x509.load_der_x509_certificate(house.certificate)
    certificate.verify_directly_issued_by(x509.load_der_x509_certificate(enrolled(founded).ca))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["gateway", "localhost"]
    assert house.signer == enrolled(founded).signer


def test_a_ticket_for_what_was_approved_opens_the_device_once_however_often_it_is_asked(founded: Signer) -> None:
    device = machine(founded, Parts())
    text = ticket(founded, allow())

    for each in (text, ticket(founded, allow())):
        device.take(each, NOON)

    (kept,) = device.kept.tickets.values()
    assert device.open(uid("grant 1"), WANG, NOON) is None
    assert (kept["impressions"], kept["policy"], kept["document"]) == (3, 7, BY_HAND.documents[0].sha256)
    with pytest.raises(IntentReused):
        ticket(founded, allow(impressions=4))


def test_a_fence_that_was_approved_is_in_the_ticket(founded: Signer) -> None:
    device = machine(founded, Parts())
    abroad = replace(BY_HAND, fence=Around(31_230_416, 121_473_701, 200))

    device.take(ticket(founded, allow(approved=(approved(abroad),))), NOON)

    (kept,) = device.kept.tickets.values()
    assert kept["place"] == Fence(31_230_416, 121_473_701, 200).to_json()


def test_a_fence_is_drawn_closer_and_never_wider_and_no_code_escapes_it(founded: Signer) -> None:
    device = machine(founded, Parts())
    here = Fence(31_230_416, 121_473_701, 200)
    abroad = approved(replace(BY_HAND, fence=Around(here.latitude, here.longitude, here.metres)))
    for place in (replace(here, metres=201), replace(here, latitude=here.latitude + 1)):
        with pytest.raises(FenceNotApproved):
            ticket(founded, replace(allow(approved=(abroad,)), place=place))
    for each in (abroad, approved(BY_HAND)):
        with pytest.raises(FenceNeedsTicket):
            ticket(founded, replace(allow(approved=(each,), minutes=60), place=here))
    with pytest.raises(FenceNeedsTicket):
        ticket(founded, allow(approved=(abroad,), minutes=60))

    device.take(ticket(founded, replace(allow(approved=(abroad,)), place=replace(here, metres=50))), NOON)

    (kept,) = device.kept.tickets.values()
    assert kept["place"] == replace(here, metres=50).to_json()


def test_tickets_and_codes_together_are_never_more_than_was_approved(founded: Signer) -> None:
    enrolled(founded)
    ticket(founded, allow(impressions=3))
    ticket(founded, allow(grant="grant 2", impressions=2, minutes=60))

    with pytest.raises(ImpressionsSpent):
        ticket(founded, allow(grant="grant 3", impressions=1))


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (allow(by=()), ApprovalsMissing),
        (allow(approved=(approved(BY_HAND, vouched_by=STRANGERS_KEY),)), AssertionInvalid),
        (allow(by=(WANG,)), DutiesNotSeparate),
        (allow(operators=(ZHOU, LI)), DutiesNotSeparate),
        (allow(closes_at=NOON + timedelta(hours=2)), TicketOutsideWindow),
        (allow(opens_at=NOON - timedelta(hours=2)), TicketOutsideWindow),
        (allow(impressions=6), ImpressionsSpent),
        (allow(device="D-0010"), DeviceUnknown),
        (allow(approved=(approved(USE),)), SealNotMounted),
        (allow(impressions=51, minutes=60), CountNotInCode),
        (allow(minutes=90), CountNotInCode),
        (replace(LATER, minutes=30), CodeTooSoon),
    ],
)
def test_what_was_not_approved_opens_nothing(request_: Allow, refusal: type[Refused], founded: Signer) -> None:
    enrolled(founded)

    with pytest.raises(refusal):
        ticket(founded, request_)

    assert ticket(founded, allow(impressions=5))


def test_what_was_taken_back_and_a_device_that_is_lost_open_nothing(founded: Signer) -> None:
    enrolled(founded)
    founded.deny(requests.Deny(denied=(Denial(What.PERMIT, BY_HAND.application, SEAL),)))
    with pytest.raises(PermitDenied):
        ticket(founded, allow())

    ask(founded, End("D-0009"))
    with pytest.raises(DeviceUnknown):
        ticket(founded, allow())


@pytest.mark.invariant("T16", column="database")
def test_the_next_code_is_given_after_the_receipt_and_what_was_not_used_goes_back(founded: Signer) -> None:
    device = machine(founded, Parts())
    digits = ticket(founded, allow(impressions=3, minutes=60))
    assert digits == ticket(founded, allow(impressions=3, minutes=60))
    assert device.enter(digits, NOON) is Entered.ACCEPTED
    with pytest.raises(ReceiptMissing):
        ticket(founded, allow(grant="grant 2", impressions=2, minutes=60))

    receipt = used_up(device, 2)
    head = device.kept.unsent[-1]["previous"]
    closed = answers.Closed.parse(ask(founded, Close("D-0009", receipt)))

    assert (closed.grant, closed.sequence, closed.used) == (uid("grant 1"), 1, 2)
    assert ask(founded, Bound("D-0009", 1, str(head)))["head"] == closed.head
    assert ask(founded, Bound("D-0009", 1, "0" * 64))["head"] != closed.head
    assert device.enter(ticket(founded, allow(grant="grant 2", impressions=3, minutes=60)), NOON) is Entered.ACCEPTED


def test_a_code_is_made_only_when_the_device_will_know_it(founded: Signer, clock: Clock) -> None:
    device = machine(founded, Parts())
    assert ticket(founded, replace(LATER, grant=uid("grant 2"), impressions=1))  # a ticket says its time whole

    clock.at = NOON + timedelta(minutes=30)
    digits = ticket(founded, replace(LATER, minutes=30))
    assert device.enter(digits, NOON) is Entered.EARLY  # whose clock is half an hour behind


def test_one_approval_one_stamp_is_one_impression(founded: Signer) -> None:
    enrolled(founded)

    for broken in (allow(mode=Mode.ONE), allow(mode=Mode.CONFIRMED), allow(confirmations=1)):
        with pytest.raises(Refused):
            ticket(founded, broken)
    assert ticket(founded, allow(mode=Mode.ONE, impressions=1))


def test_a_code_under_duress_looks_like_any_and_is_told(founded: Signer) -> None:
    device = machine(founded, Parts())

    assert device.enter(ticket(founded, allow(minutes=60, is_duress=True)), NOON) is Entered.DURESS
    assert device.kept.session is None
    # It stamps nothing: nothing is counted for it, and no receipt of it is waited for.
    assert device.enter(ticket(founded, allow(grant="9" * 32, minutes=60)), NOON) is Entered.ACCEPTED


def test_receipts_are_not_guessed(founded: Signer, clock: Clock) -> None:
    device = machine(founded, Parts())
    assert device.enter(ticket(founded, allow(minutes=60)), NOON) is Entered.ACCEPTED
    receipt = used_up(device, 1)
    wrong = f"{(int(receipt) + 1) % 10**12:012d}"

    for _ in range(5):
        with pytest.raises(ReceiptWrong):
            ask(founded, Close("D-0009", wrong))
    with pytest.raises(ReceiptsLockedOut):
        ask(founded, Close("D-0009", receipt))

    clock.at = NOON + timedelta(seconds=61)
    assert ask(founded, Close("D-0009", receipt))["used"] == 1
    assert ask(founded, Close("D-0009", receipt))["used"] == 1


def test_orders_are_numbered_upwards_and_the_same_when_asked_again(founded: Signer) -> None:
    device = machine(founded, Parts())
    unlock = ordered(Order.UNLOCK, UNLOCK, order="order 1")
    mount = mounted(2, USE.seal)

    first, second = (str(ask(founded, each)["frame"]) for each in (unlock, mount))
    assert first == ask(founded, unlock)["frame"]
    for text in (first, second):
        device.take(text, NOON)

    assert device.kept.mounted == {"1": SEAL, "2": USE.seal}
    assert ticket(founded, allow(approved=(approved(replace(BY_HAND, seal=USE.seal)),)))
    for one, refusal in (
        (mounted(3, uid("x"), order="a"), OrderBroken),
        (mounted(1, USE.seal, is_in=False, order="b"), SealNotMounted),  # another seal is there
        (
            replace(mounted(1, order="c", is_in=False), order=uid("d")),
            AgreementMissing,
        ),  # once
        (replace(mounted(1, order="e", is_in=False), said={"slot": 1, "seal": ""}), AgreementMissing),
        (replace(mounted(1, order="f", is_in=False), agreed=None), AgreementMissing),
    ):
        with pytest.raises(refusal):
            ask(founded, one)


def test_each_order_names_the_one_before_it_and_the_time_is_none_of_them(founded: Signer, database: Database) -> None:
    enrolled(founded)
    (first,) = given = orders_after(founded, 0)
    said: dict[str, Json] = {"asked": "5" * 64}
    times = [Ordered(order=uid(name), device="D-0009", type=Order.TIME, said=said) for name in "ab"]
    unlock = ordered(Order.UNLOCK, UNLOCK, order="order 1")
    frames = [str(ask(founded, each)["frame"]) for each in (times[0], unlock, times[1], mounted(2, USE.seal))]
    given += frames[1::2]
    numbers = [signed_by(frame)["number"] for frame in given]

    assert [after_in(frame) for frame in (first, *frames)] == [0, numbers[0], numbers[0], numbers[1], numbers[1]]
    with database.writing() as connection:
        connection.execute("UPDATE device_order SET type = ''")  # as a file of before has them
    assert [orders_after(founded, int(str(number))) for number in (0, *numbers)] == [given, given[1:], given[2:], []]
    assert after_in(str(ask(founded, replace(times[0], order=uid("c")))["frame"])) == numbers[2]


def test_who_has_the_time_told_again_and_again_drives_no_number_ahead_of_the_clock(
    founded: Signer, clock: Clock
) -> None:
    """Whoever kept a hello says it four times a second, and each is answered by an order of its own."""
    enrolled(founded)
    numbers = []
    for name in map(str, range(240)):
        order = Ordered(order=uid(name), device="D-0009", type=Order.TIME, said={"asked": "5" * 64})
        numbers.append(signed_by(str(ask(founded, order)["frame"]))["number"])
    unlock = str(ask(founded, ordered(Order.UNLOCK, UNLOCK, order="order 1"))["frame"])

    now = int(clock.at.timestamp())
    assert (set(numbers), signed_by(unlock)["number"]) == ({now + 1}, now + 2)  # its mounting was in this second too


def test_an_order_of_before_an_enrolment_is_none_to_the_device_though_both_were_in_one_second(founded: Signer) -> None:
    enrolled(founded)
    last = str(ask(founded, ordered(Order.UNLOCK, UNLOCK, order="order 1"))["frame"])

    again = enrolled(founded, to_enrol(asks_to_be(key=AGREEMENT)))

    assert int(again.at.timestamp()) - 1 == signed_by(last)["number"]


def orders_after(signer: Signer, number: int) -> list[str]:
    frames = ask(signer, Orders("D-0009", number))["frames"]
    assert isinstance(frames, list)
    return [*map(str, frames)]


def after_in(frame: str) -> object:
    said = signed_by(frame)["said"]
    assert isinstance(said, dict)
    return said[AFTER]


def test_the_key_says_who_saw_an_impression_as_they_said_it_themselves(founded: Signer) -> None:
    device = machine(founded, Parts())
    text = ticket(founded, allow(mode=Mode.CONFIRMED, confirmations=2))
    device.take(text, NOON)
    assert device.open(uid("grant 1"), WANG, NOON) is None
    assert device.reserve(NOON) is None
    seen = replace(SEEN, picture_sha256=sha256(device.photograph(NOON) or b""))

    for one, picture in ((LI, seen), (ZHOU, SEEN)):  # one of two saw another picture than the machine took
        order = ordered(Order.CONFIRM, picture, by=(one,), order=one)
        device.take(str(ask(founded, order)["frame"]), NOON)
    assert device.fire(NOON) is Cannot.NOT_CONFIRMED
    device.take(str(ask(founded, ordered(Order.CONFIRM, seen, by=(ZHOU,), order="again"))["frame"]), NOON)

    assert device.kept.session is not None
    assert set(device.kept.session.confirmed_by) == {LI, ZHOU}
    assert device.fire(NOON) is None


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (Ordered(order=uid("o"), device="D-0009", type=Order.UNLOCK), AgreementMissing),
        (Ordered(order=uid("o"), device="D-0009", type=Order.CONFIRM, said={"by": LI}), AgreementMissing),
        (ordered(Order.UNLOCK, UNLOCK, by=()), AgreementMissing),
        (ordered(Order.UNLOCK, UNLOCK, by=(LI, ZHOU)), AgreementMissing),
        (ordered(Order.UNLOCK, UNLOCK, key=STRANGERS_KEY), AssertionInvalid),
        (ordered(Order.UNLOCK, replace(UNLOCK, device="D-0010")), AgreementMissing),
        (ordered(Order.UNLOCK, SEEN), AgreementMissing),
        (ordered(Order.CONFIRM, replace(SEEN, ticket=uid("grant 2"))), AgreementMissing),
        (ordered(Order.CONFIRM, replace(SEEN, ticket=uid("counted"))), AgreementMissing),
        (ordered(Order.CONFIRM, replace(SEEN, seal=USE.seal)), AgreementMissing),
        (ordered(Order.CONFIRM, SEEN, by=(WANG,)), DutiesNotSeparate),
    ],
)
def test_nothing_is_ordered_to_which_nobody_agreed(order: Ordered, refusal: type[Refused], founded: Signer) -> None:
    enrolled(founded)
    ticket(founded, allow(mode=Mode.CONFIRMED, confirmations=1))
    ticket(founded, allow(grant="counted", impressions=1))

    with pytest.raises(refusal):
        ask(founded, order)


@pytest.mark.parametrize(
    ("approved_as", "asked", "is_open"),
    [
        (None, {"mode": Mode.CONFIRMED, "confirmations": 1}, True),  # more eyes than was said are welcome
        (None, {"mode": Mode.EMERGENCY}, False),
        (None, {"mode": Mode.ACROSS}, False),
        (AtMachine(2, 0, 0), {"mode": Mode.EMERGENCY}, False),
        (AtMachine(2, 10, 120), {"mode": Mode.CONFIRMED, "confirmations": 2}, True),
        (AtMachine(2, 10, 120), {"mode": Mode.CONFIRMED, "confirmations": 1}, False),
        (AtMachine(2, 10, 120), {}, False),
        (AtMachine(2, 10, 120), {"minutes": 60}, False),  # a code waits for nobody
        (AtMachine(2, 10, 120), {"minutes": 60, "mode": Mode.CONFIRMED, "confirmations": 2}, False),
        (AtMachine(2, 10, 120), {"mode": Mode.EMERGENCY}, True),
        (AtMachine(2, 2, 120), {"mode": Mode.EMERGENCY}, False),
        (AtMachine(2, 10, 30), {"mode": Mode.EMERGENCY}, False),
    ],
)
def test_a_machine_waits_for_as_many_people_as_its_approvers_said(
    founded: Signer, approved_as: AtMachine | None, asked: dict[str, object], *, is_open: bool
) -> None:
    enrolled(founded)
    request = replace(allow(), approved=(approved(replace(BY_HAND, machine=approved_as), by=(LI,)),), **asked)  # type: ignore[arg-type]  # fields of the request

    with nullcontext() if is_open else pytest.raises(ModeNotApproved):
        assert ticket(founded, request)


def cabinet(signer: Signer) -> Allow:
    """Enrol the device as a cabinet that holds the seal; return what asks that it lets it out once."""
    ask(signer, to_enrol(asks_to_be(kind=DeviceKind.CABINET)))
    ask(signer, mounted(kind=DeviceKind.CABINET, order="in a cabinet"))
    return allow(mode=Mode.HAND, impressions=1)


def test_a_cabinet_lets_a_seal_out_as_often_as_impressions_were_approved(founded: Signer) -> None:
    fenced = replace(BY_HAND, impressions=2, fence=Around(31_230_416, 121_473_701, 200))
    out = replace(cabinet(founded), approved=(approved(fenced, by=(LI,)),))

    for each in ("out 1", "out 2", "out 2"):
        said = said_by_itself(ticket(founded, replace(out, grant=uid(each))), Frame.TICKET)
        assert (said["mode"], said["impressions"], said["place"]) == ("hand", 1, None)
    with pytest.raises(OpeningsSpent):
        ticket(founded, replace(out, grant=uid("out 3")))
    with pytest.raises(OpeningsSpent):
        ticket(founded, replace(out, grant=uid("code"), minutes=60))
    with pytest.raises(ApprovalsMissing):
        ticket(founded, replace(out, grant=uid("unapproved"), approved=(approved(fenced, by=()),)))
    ask(founded, mounted(is_in=False, order="out", kind=DeviceKind.CABINET))
    with pytest.raises(SealNotMounted):
        ticket(founded, replace(out, grant=uid("elsewhere")))


@pytest.mark.invariant("T16", column="database")
def test_a_cabinet_lets_a_seal_out_by_a_code_once_and_no_next_one_before_its_receipt(founded: Signer) -> None:
    fenced = replace(BY_HAND, impressions=2, fence=Around(31_230_416, 121_473_701, 200))
    out = replace(cabinet(founded), minutes=30, approved=(approved(fenced, by=(LI,)),))
    told = enrolled(founded, to_enrol(asks_to_be(kind=DeviceKind.CABINET)))
    key, parts = wrapping.unwrapped(told.code_key, AGREEMENT), Parts()
    parts.seals = frozenset({SEAL})
    identity = Identity("D-0009", KEY, told.signer, told.gateway, Holder("D-0009", SEAL, 1), key, is_cabinet=True)
    device = Watched(identity, parts, parts.save, kept=Kept(mounted={"1": SEAL}).to_bytes(), at=NOON)

    assert device.enter(ticket(founded, replace(out, grant=uid("forced"), is_duress=True)), NOON) is Entered.DURESS
    code = ticket(founded, replace(out, grant=uid("once")))
    assert code == ticket(founded, replace(out, grant=uid("once")))
    with pytest.raises(ReceiptMissing):
        ticket(founded, replace(out, grant=uid("before the receipt")))
    assert device.enter(code, NOON) is Entered.ACCEPTED
    device.look({1: ""}, NOON)
    parts.seals = frozenset()
    assert (device.close("shut", NOON), device.receipt(NOON)) == (None, None)  # it is out: there is no receipt before
    assert device.enter(str((int(code[0]) + 1) % 10) + code[1:], LATE) is not Entered.ACCEPTED
    assert device.enter(code, LATE) is Entered.ACCEPTED  # to put it back, though its time is over
    assert device.reserve(LATE) is not None
    device.close("shut", LATE)
    parts.seals = frozenset({SEAL})
    device.look({1: SEAL}, LATE)
    assert device.enter(code, LATE) is Entered.OPEN
    assert ask(founded, Close("D-0009", device.receipt(LATE) or ""))["used"] == 1
    half = NOON + timedelta(minutes=30)
    assert device.enter(ticket(founded, replace(out, grant=uid("again"), opens_at=half)), LATE) is Entered.ACCEPTED
    device.close("looked", LATE)
    assert ask(founded, Close("D-0009", device.receipt(LATE) or ""))["used"] == 0
    with pytest.raises(OpeningsSpent):
        ticket(founded, replace(out, grant=uid("once more")))


def test_a_cabinet_is_given_nothing_that_stamps_and_a_machine_nothing_by_hand(founded: Signer) -> None:
    by_hand = cabinet(founded)
    for stamping in (allow(), allow(mode=Mode.ONE, impressions=1), allow(minutes=60)):
        with pytest.raises(DeviceOfOtherKind):
            ticket(founded, stamping)
    ask(founded, End("D-0009"))
    enrolled(founded)
    with pytest.raises(DeviceOfOtherKind):
        ticket(founded, by_hand)

    assert ticket(founded, allow())


def test_a_device_with_seals_in_it_becomes_nothing_else_and_none_is_mounted_by_a_false_word(founded: Signer) -> None:
    cabinet(founded)
    other = ec.generate_private_key(ec.SECP256R1())
    renewal = Again("D-0009", of(KEY), of(other), NOON, DeviceKind.DESKTOP)

    for asked in (asks_to_be(key=other), signed(Frame.RENEWAL, renewal.to_json(), KEY)):
        with pytest.raises(DeviceKindDiffers):
            ask(founded, to_enrol(asked))
    with pytest.raises(DeviceKindDiffers):
        ask(founded, mounted(2, uid("another seal"), order="false"))
    ask(founded, mounted(is_in=False, order="out", kind=DeviceKind.CABINET))
    ask(founded, to_enrol(asks_to_be(key=other)))  # nothing is in it: what goes in next says what it is


def test_what_a_device_is_that_was_enrolled_before_is_learned_when_it_says_so(
    founded: Signer, database: Database
) -> None:
    by_hand = cabinet(founded)
    asked = by_hand, allow(grant="a cabinet"), allow(grant="by a code", minutes=60)
    forget(database)
    for each in asked:
        with pytest.raises(DeviceKindUnknown):
            ticket(founded, each)
    renewal = Again("D-0009", of(KEY), of(KEY), NOON, DeviceKind.CABINET)
    every: tuple[OfDevices, ...] = (
        to_enrol(asks_to_be(kind=DeviceKind.CABINET)),
        to_enrol(signed(Frame.RENEWAL, renewal.to_json(), KEY)),
        mounted(2, uid("another seal"), order="another", kind=DeviceKind.CABINET),
    )
    for number, says in enumerate(every):
        forget(database)
        ask(founded, says)
        assert ticket(founded, replace(by_hand, grant=uid(f"by hand {number}")))
    forget(database)
    for each in asked[1:]:  # that it lets seals out does not say that it stamps
        with pytest.raises(DeviceKindUnknown):
            ticket(founded, each)


def forget(database: Database) -> None:
    """Leave every device as one of before, which never said what it is."""
    with database.writing() as connection:
        connection.execute("UPDATE device SET kind = ''")


def test_a_machine_of_before_goes_on_stamping_where_it_was_let_before(founded: Signer, database: Database) -> None:
    enrolled(founded)
    ticket(founded, allow(grant="before", impressions=1))
    forget(database)

    assert ticket(founded, allow(grant="stamps as ever", impressions=1))
    with pytest.raises(DeviceKindUnknown):
        ticket(founded, allow(grant="by hand", mode=Mode.HAND, impressions=1))


def test_where_the_charter_asks_for_passkeys_one_of_the_roster_or_of_security_unlocks_and_mounts(
    closed: Signer,
) -> None:
    enrolled(closed, said=by_passkey(CHEN))

    for vouched in (ordered(Order.UNLOCK, UNLOCK), mounted(is_in=False)):
        with pytest.raises(AssuranceTooLow):
            ask(closed, vouched)
    for person in (LI, CHEN):
        assert ask(closed, mounted(2, uid(person), order=f"in {person}", said=by_passkey(person)))
        assert ask(closed, mounted(2, uid(person), order=f"out {person}", said=by_passkey(person), is_in=False))
        said = by_passkey(person)(UNLOCK.to_bytes())
        order = Ordered(order=uid(person), device="D-0009", type=Order.UNLOCK, agreed=said)
        assert told_by(ask(closed, order)["frame"]) == {"until": 3}


def test_the_charter_of_a_company_holds_at_its_machines(closed: Signer) -> None:
    change(closed, Amend(of_company(COMPANY), 1, Charter(approvals=2, assurance=PASSKEY)), by_passkey(LI, ZHOU))
    enrolled(closed, said=by_passkey(CHEN))
    one, two = (allow(grant=str(by), approved=(by_passkey(*by)(BY_HAND.to_bytes()),)) for by in ((LI,), (LI, ZHOU)))

    with pytest.raises(ApprovalsMissing):
        ticket(closed, one)
    assert ticket(closed, two)


def test_the_charter_of_one_rubber_seal_holds_where_a_machine_holds_it(closed: Signer) -> None:
    own = Amend(of_seal(SEAL), 1, Charter(approvals=2, assurance=PASSKEY))
    with pytest.raises(SealUnknown):
        change(closed, own, by_passkey(LI, ZHOU))
    enrolled(closed, said=by_passkey(CHEN))
    change(closed, own, by_passkey(LI, ZHOU))
    one, two = (allow(grant=str(by), approved=(by_passkey(*by)(BY_HAND.to_bytes()),)) for by in ((LI,), (LI, ZHOU)))

    with pytest.raises(ApprovalsMissing):
        ticket(closed, one)
    assert ticket(closed, two)


def test_a_seal_is_in_one_living_device_whatever_the_web_says(founded: Signer) -> None:
    """A stolen web server would have two machines open for one approval's seal, of which one has a copy."""
    other = to_enrol(asks_to_be("D-0010"))
    into = mounted(device="D-0010", order="in")
    enrolled(founded)
    enrolled(founded, other)
    anew = ec.generate_private_key(ec.SECP256R1())
    for step in (to_enrol(), to_enrol(asks_to_be(key=anew))):  # its first epoch, and another
        enrolled(founded, step)
        with pytest.raises(SealInTwoDevices):
            ask(founded, into)
        with pytest.raises(SealNotMounted):
            ticket(founded, allow(device="D-0010"))

    ask(founded, mounted(is_in=False, order="out"))
    assert ask(founded, into)
    told = [enrolled(founded, one).seals for one in (other, to_enrol(), to_enrol(asks_to_be(key=anew)))]
    assert told == [(SEAL, ""), ("", ""), ("", "")]
    ask(founded, End("D-0010"))
    assert enrolled(founded, other).seals == ("", "")  # anew after it had ended, with nothing in it
    assert ask(founded, mounted(order="back"))
    with pytest.raises(SealInTwoDevices):
        ask(founded, mounted(device="D-0010", order="again"))


def test_a_machine_whose_company_was_told_otherwise_is_its_companys_once_it_renews(
    closed: Signer, database: Database
) -> None:
    enrolled(closed, said=by_passkey(CHEN))
    with database.writing() as connection:
        connection.execute("UPDATE device SET company = ?", (uid("shanghai example"),))
    new = ec.generate_private_key(ec.SECP256R1())
    enrolled(closed, to_enrol(signed(Frame.RENEWAL, Again("D-0009", of(new), of(AGREEMENT), NOON).to_json(), KEY)))

    assert database.one("SELECT company FROM device") == (COMPANY,)


def test_security_sees_no_impression_first_by_its_passkey(closed: Signer) -> None:
    enrolled(closed, said=by_passkey(CHEN))
    use = Approved(BY_HAND.to_bytes(), by_passkey(LI)(BY_HAND.to_bytes()).assertions)
    ticket(closed, allow(mode=Mode.CONFIRMED, confirmations=1, approved=(use,)))
    orders = {
        person: Ordered(
            order=uid(person), device="D-0009", type=Order.CONFIRM, agreed=by_passkey(person)(SEEN.to_bytes())
        )
        for person in (CHEN, ZHOU)
    }

    with pytest.raises(PasskeyUnknown):
        ask(closed, orders[CHEN])
    assert told_by(ask(closed, orders[ZHOU])["frame"]) == {
        "ticket": uid("grant 1"),
        "impression": 1,
        "picture": SEEN.picture_sha256,
        "by": ZHOU,
    }


def test_the_keys_of_codes_are_none_of_the_clients(founded: Signer) -> None:
    told = enrolled(founded)

    holder = Holder("D-0009", SEAL, 1)
    key = wrapping.unwrapped(told.code_key, AGREEMENT)
    assert key != codes.key_of(bytes(32), holder)
    assert receipts.read(key, holder, sequence=1, code="000000000000") is None
