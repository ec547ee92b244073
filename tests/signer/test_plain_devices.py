"""Machines at the key: what happens in between, what is asked twice, and each bound from both sides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import enrolment
from privyseal.device.enrolment import Again, DeviceKind, DeviceUnknown
from privyseal.device.signed import Frame, signed
from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.errors import Refused
from privyseal.signer import device_checks, devices, requests
from privyseal.signer.agreements import Mount
from privyseal.signer.checks import APPROVALS, Part, SealDestroyed, SealRecord, SealSuspended, one_case
from privyseal.signer.claims import Reach
from privyseal.signer.denials import Denial, PermitDenied, What
from privyseal.signer.device_checks import (
    CountNotInCode,
    Opening,
    SealNotMounted,
    TicketOutsideWindow,
    grant_of,
    may_open,
)
from privyseal.signer.device_requests import Allow, Authority, Close, End, OfDevices, Ordered, Revoked
from privyseal.signer.device_store import Device
from privyseal.signer.devices import OrderBroken, ReceiptMissing, ReceiptsLockedOut, ReceiptWrong, _digest, _mounted
from privyseal.signer.keys import SignerSealed
from privyseal.signer.operations import Signer
from privyseal.signer.statement import Purpose
from privyseal.signer.store import NotFounded
from privyseal.signer.unlocking import Lock
from tests.signer.cast import MASTER, NOON, USE, ZHAO, approved, document, uid
from tests.signer.conftest import Clock
from tests.signer.test_checks import PINNED
from tests.signer.test_devices import (
    AGREEMENT,
    BY_HAND,
    KEY,
    SEAL,
    allow,
    ask,
    asks_to_be,
    enrolled,
    mounted,
    of,
    ticket,
    to_enrol,
)

TAKEN_OUT: Final = mounted(is_in=False, order="out")
RECORD: Final = SealRecord(
    uid=SEAL, version=1, is_active=True, is_destroyed=False, manager=ZHAO, not_after=NOON + timedelta(days=9)
)


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: object, name: str, happens: Callable[[], object]) -> None:
    """Have something happen once what a function finds is found, and before it counts."""
    found = getattr(module, name)

    def and_then(*said: object, **more: object) -> object:
        result = found(*said, **more)
        happens()
        return result

    monkeypatch.setattr(module, name, and_then)


@pytest.mark.parametrize(
    ("asked", "then", "refusal"),
    [
        (allow(), requests.Deny(denied=(Denial(What.PERMIT, BY_HAND.application, SEAL),)), PermitDenied),
        (allow(), End("D-0009"), DeviceUnknown),
        (allow(), to_enrol(asks_to_be(key=AGREEMENT)), DeviceUnknown),
        (allow(), TAKEN_OUT, SealNotMounted),
        (allow(minutes=60), allow(grant="other", minutes=60), ReceiptMissing),
        (TAKEN_OUT, End("D-0009"), DeviceUnknown),
    ],
)
def test_what_changes_while_it_is_looked_at_opens_nothing(
    asked: Allow | Ordered,
    then: OfDevices | requests.Deny,
    refusal: type[Refused],
    founded: Signer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enrolled(founded)
    left = [then]

    def happens() -> None:
        for change in (left.pop() for _ in left[:]):
            founded.deny(change) if isinstance(change, requests.Deny) else ask(founded, change)

    meanwhile(monkeypatch, device_checks, "may_open", happens)
    meanwhile(monkeypatch, devices.Devices, "_told", happens)

    with pytest.raises(refusal):
        ask(founded, asked)


def test_a_renewal_brings_no_seal_back_that_was_taken_out_meanwhile(
    founded: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(founded)
    frame = signed(Frame.RENEWAL, Again("D-0009", of(KEY), of(KEY), NOON).to_json(), KEY)
    meanwhile(monkeypatch, enrolment, "again", lambda: ask(founded, TAKEN_OUT))
    enrolled(founded, to_enrol(frame))

    with pytest.raises(SealNotMounted):
        ticket(founded, allow())


@pytest.mark.parametrize("asked", [End("D-0009"), Revoked(), Authority()])
def test_nothing_is_done_for_machines_before_the_founding_or_while_keys_are_locked_away(
    asked: End | Revoked | Authority, signer: Signer, clock: Clock
) -> None:
    with pytest.raises(NotFounded):
        ask(signer, asked)
    signer.unlock(Lock())
    with pytest.raises(SignerSealed):
        ask(signer, asked)


def test_a_renewal_whose_answer_was_lost_is_answered_again(founded: Signer) -> None:
    enrolled(founded)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    frame = signed(Frame.RENEWAL, Again("D-0009", of(keys[0]), of(keys[1]), NOON).to_json(), KEY)

    first, second = (enrolled(founded, to_enrol(frame)) for _ in range(2))

    assert first.epoch == second.epoch == 1
    for changed in (Again("D-0009", of(keys[0]), of(AGREEMENT), NOON), Again("D-0009", of(KEY), of(keys[1]), NOON)):
        with pytest.raises(Refused, match="frame-forged"):
            enrolled(founded, to_enrol(signed(Frame.RENEWAL, changed.to_json(), KEY)))


def test_after_five_wrong_receipts_the_next_one_waits_a_minute_and_then_twice_as_long(
    founded: Signer, clock: Clock
) -> None:
    enrolled(founded)
    with pytest.raises(ReceiptWrong):
        ask(founded, Close("D-0009", "0" * 12))
    ticket(founded, allow(impressions=1, minutes=60))
    for _ in range(5):
        with pytest.raises(ReceiptWrong):
            ask(founded, Close("D-0009", "0" * 12))
    waited: list[object] = []
    for seconds in (0, 59, 60, 60):
        clock.at = NOON + timedelta(seconds=seconds)
        with pytest.raises((ReceiptsLockedOut, ReceiptWrong)) as refused:
            ask(founded, Close("D-0009", "0" * 12))
        waited.append(refused.value.facts.get("seconds"))

    assert waited == [60, 1, None, 120]
    assert (devices._FREE_TRIES, devices._LONGEST_WAIT) == (5, 86_400)  # noqa: SLF001  tries and seconds


def test_a_seal_is_put_into_the_slot_that_is_said_and_no_other() -> None:
    device = Device("D-0009", 1, "company", of(KEY), of(AGREEMENT), (SEAL, ""))

    def after(held: tuple[str, ...], slot: int, seal: str, *, is_in: bool = True) -> tuple[str, ...]:
        agreed = Mount(order=uid("o"), device="D-0009", kind=DeviceKind.HANDHELD, slot=slot, seal=seal, is_in=is_in)
        return _mounted(replace(device, seals=held), agreed)

    assert [after((SEAL, ""), slot, "x") for slot in (1, 2)] == [("x", ""), (SEAL, "x")]
    assert (after((SEAL, ""), 1, SEAL, is_in=False), after((), 1, "x")) == (("", ""), ("x",))
    with pytest.raises(OrderBroken):
        after((SEAL, ""), 3, "x")
    assert after((SEAL, ""), 2, SEAL, is_in=False) == (SEAL, "")
    for slot, seal, is_in in ((2, SEAL, True), (1, "x", False)):
        with pytest.raises(SealNotMounted):
            after((SEAL, ""), slot, seal, is_in=is_in)


def test_a_ticket_without_a_closer_place_is_asked_for_as_it_always_was() -> None:
    said = dict(allow().header())
    assert said.pop("place") is None
    order = mounted()

    assert _digest(allow()) == sha256(canonical(said))
    assert _digest(order) == sha256(canonical(order.header()))


def opens(request: Allow, seal: SealRecord | None = RECORD, *, at: datetime = NOON) -> Opening:
    case = one_case(request.approved, purposes={USE.purpose})
    return may_open(case, request, seals=frozenset({SEAL}), seal=seal, pinned=PINNED, reach=Reach(), at=at)


def test_a_seal_that_was_destroyed_or_suspended_opens_nothing_and_is_told_apart() -> None:
    for seal, refusal in (
        (replace(RECORD, is_active=False, is_destroyed=True), SealDestroyed),
        (replace(RECORD, is_active=False), SealSuspended),
    ):
        with pytest.raises(refusal) as refused:
            opens(allow(), seal)
        assert refused.value.facts == {"seal": SEAL}
    assert opens(allow()) == opens(allow(), None)
    assert (RECORD.type, RECORD.company) == ("", "")


def test_a_device_opens_from_the_first_to_the_last_moment_of_what_was_approved() -> None:
    whole = allow(opens_at=BY_HAND.starts_at, closes_at=BY_HAND.expires_at)

    assert opens(whole, at=BY_HAND.starts_at).ticket.closes_at == BY_HAND.expires_at
    for less in (
        replace(whole, opens_at=whole.opens_at - timedelta(seconds=1)),
        replace(whole, closes_at=whole.closes_at + timedelta(seconds=1)),
        replace(whole, closes_at=whole.opens_at),
    ):
        with pytest.raises(TicketOutsideWindow):
            opens(less, at=BY_HAND.starts_at)


def test_a_code_is_over_when_its_permit_is_and_not_before_it_begins() -> None:
    asked = allow(impressions=1, minutes=30)  # half hours are counted from the hour

    assert grant_of(replace(asked, closes_at=NOON + timedelta(minutes=30)), sequence=1).minutes == 30
    for less in (
        replace(asked, closes_at=NOON + timedelta(minutes=29)),
        replace(asked, minutes=0),
    ):
        with pytest.raises(CountNotInCode):
            grant_of(less, sequence=1)


def test_a_ticket_says_the_document_it_is_for_or_the_digest_of_them_all() -> None:
    documents = (document(b"one"), document(b"two"))
    said = [
        opens(allow(approved=(approved(replace(BY_HAND, documents=of_them)),))).ticket.document
        for of_them in (documents[:1], documents)
    ]

    assert said == [documents[0].sha256, sha256("".join(each.sha256 for each in documents).encode())]
    assert [
        opens(allow(approved=(approved(replace(BY_HAND, policy=policy)),))).ticket.policy for policy in ("a-7", "a")
    ] == [7, 0]


def test_two_approve_what_wakes_a_group_or_cannot_be_undone() -> None:
    assert APPROVALS == {Purpose.UNFREEZE: 2, Purpose.DESTROY: 2, Purpose.INVALIDATE: 2}
    assert " ".join(Part) == "applicant approver operator manager person"
    assert len(MASTER) == 32
