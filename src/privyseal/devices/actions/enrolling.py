"""A device becomes known by a code that is typed into it, and renews its certificate by the key in force."""

from datetime import datetime
from typing import Final

from privyseal.device import enrolment, signed
from privyseal.device.enrolment import Asked, Enrolled
from privyseal.device.orders import Request
from privyseal.device.signed import Frame, FrameKey
from privyseal.devices.cabinets import close_openings
from privyseal.devices.closing import close_codes, close_tickets
from privyseal.devices.hearing import key_for, known_device
from privyseal.devices.locking import locked_by_serial, locked_device
from privyseal.devices.models import Device, DeviceCertificate, EnrolmentCode
from privyseal.devices.queries import ties_to
from privyseal.devices.requesting import request_of
from privyseal.devices.rules import (
    CODE_HOLDS,
    KEY_BEFORE_HOLDS,
    WRONG_PROOFS,
    DeviceAct,
    DeviceDiffers,
    DeviceRevoked,
    EnrolmentRefused,
    check_may,
)
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.signer.answers import EnrolledDevice
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Enrol

GATEWAY: Final = Service("gateway")


@command("device.give-code")
def give_code(actor: Person, at: datetime, *, device_uid: str, secret: str) -> str:
    """Let a device be enrolled within the hour by the code that this secret comes from; the one before is void."""
    device = locked_device(device_uid)
    check_may(DeviceAct.CODE, ties_to(actor, at, device), device.state)
    code = {"secret": secret, "made_by": actor, "expires_at": at + CODE_HOLDS, "wrong": 0, "spent_on": ""}
    EnrolmentCode.objects.update_or_create(device=device, defaults=code)
    book.record("device.code-given", by=actor, at=at, device=device.uid, company=device.company.uid)
    return device.uid


def enrol(at: datetime, *, frame: str, gateway: FrameKey, broker: str, signer: Client) -> tuple[str, str]:
    """Enrol a device that knows its code: (1) the proof, (2) the signer, (3) on record; return frame and proof.

    Asked again with the same keys within the hour, it is the same enrolment.
    """
    asked = enrolment.asked(frame)
    # (1) the proof is right, or one of five wrong ones
    if not check_proof(GATEWAY, at, frame=frame):
        raise EnrolmentRefused
    # (2) what it is told
    device = Device.objects.select_related("company").get(serial=asked.device)
    request = Enrol(frame=frame, company=device.company.uscc, gateway=gateway, broker=broker)
    told = signer.enrol(request)
    # (3) on record
    keep_enrolment(GATEWAY, at, frame=frame, told=told)
    secret = bytes.fromhex(EnrolmentCode.objects.get(device=device).secret)
    return told.frame, enrolment.answered(secret, device.serial, told.frame)


def renew(at: datetime, *, frame: str, gateway: FrameKey, broker: str, signer: Client) -> str:
    """Return what a device is told whose certificate ends, by its key in force."""
    device = known_device(str(signed.said_by_itself(frame, Frame.RENEWAL).get("device")))
    if device.ending:
        raise DeviceRevoked(device=device.serial)
    enrolment.again(frame, key_for(device, frame, at))
    request = Enrol(frame=frame, company=device.company.uscc, gateway=gateway, broker=broker)
    told = signer.enrol(request)
    keep_renewal(GATEWAY, at, frame=frame, told=told)
    return told.frame


@command("device.check-proof")
def check_proof(_actor: Actor, at: datetime, *, frame: str) -> bool:
    """Tell whether a device knows its code; a wrong proof is counted, and the fifth ends the code."""
    asked = enrolment.asked(frame)
    code = EnrolmentCode.objects.select_for_update().filter(device__serial=asked.device, device__ending="").first()
    if code is None or at >= code.expires_at or code.wrong >= WRONG_PROOFS:
        return False
    if not asked.knows(bytes.fromhex(code.secret)):
        code.wrong += 1
        code.save(update_fields=["wrong"])
        return False
    keys = _keys(asked)
    if code.spent_on not in {"", keys}:
        return False
    code.spent_on = keys
    code.save(update_fields=["spent_on"])
    return True


@command("device.enrol")
def keep_enrolment(actor: Actor, at: datetime, *, frame: str, told: EnrolledDevice) -> str:
    """Put on record who a device is from now on; its chain of events begins anew with new keys."""
    asked = enrolment.asked(frame)
    device = locked_by_serial(asked.device)
    if device.ending:
        raise DeviceRevoked(device=device.serial)
    if (device.kind, device.slots) != (asked.kind.value, asked.slots):
        raise DeviceDiffers(slots=asked.slots)
    if told.epoch != device.epoch:
        close_openings(actor, at, device)
        close_codes(actor, at, device)
        close_tickets(actor, at, device)
        device.known, device.head, device.counter = 0, "0" * 64, None
        device.counted = None
        request_of(device, Request.HEALTH, at)  # so that what it has, such as a camera for tickets, is known at once
    device.enrolled_at, device.epoch, device.key = at, told.epoch, _hex(asked.key)
    device.certificate, device.valid_until = told.serial, told.not_after
    device.key_before, device.key_before_until = "", None
    device.model, device.firmware, device.seen_at = asked.model, asked.firmware, at
    device.save(
        update_fields=[
            *("enrolled_at", "epoch", "key", "certificate", "valid_until", "model", "firmware", "seen_at"),
            *("known", "head", "counter", "counted", "key_before", "key_before_until"),
        ]
    )
    given = enrolment.enrolled(told.frame)
    fact = book.record(
        "device.enrolled",
        by=actor,
        at=at,
        device=device.uid,
        company=device.company.uid,
        epoch=told.epoch,
        certificate=told.serial,
        certificate_sha256=sha256(given.certificate),
    )
    _keep_certificate(device, told.serial, given, fact)
    return device.uid


@command("device.renew")
def keep_renewal(actor: Actor, at: datetime, *, frame: str, told: EnrolledDevice) -> str:
    """Put on record by which key and certificate a device is known from now on."""
    device = locked_by_serial(str(signed.said_by_itself(frame, Frame.RENEWAL).get("device")))
    again = enrolment.again(frame, key_for(device, frame, at))
    if _hex(again.key) != device.key:
        device.key_before, device.key_before_until = device.key, at + KEY_BEFORE_HOLDS
    device.key, device.certificate, device.valid_until = _hex(again.key), told.serial, told.not_after
    device.save(update_fields=["key", "key_before", "key_before_until", "certificate", "valid_until"])
    given = enrolment.enrolled(told.frame)
    fact = book.record(
        "device.renewed",
        by=actor,
        at=at,
        device=device.uid,
        certificate=told.serial,
        certificate_sha256=sha256(given.certificate),
    )
    _keep_certificate(device, told.serial, given, fact)
    return device.uid


@transaction_required
def _keep_certificate(device: Device, serial: str, given: Enrolled, fact: int) -> None:
    """Keep by whose word the key of this device is its own: what it signs is shown with that."""
    DeviceCertificate.objects.create(
        device=device,
        epoch=given.epoch,
        serial=serial,
        data=given.certificate,
        authority=given.ca,
        given_at=given.at,
        fact=fact,
    )


def _keys(asked: Asked) -> str:
    return sha256(f"{asked.key.kid}.{asked.agreement.kid}".encode())


def _hex(key: FrameKey) -> str:
    return (key.x + key.y).hex()
