"""What was taken back is told to the key: at once where it answers, and by the sweep until it has it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.approvals.queries.denials import scan, untold
from privyseal.approvals.rules import Step
from privyseal.device.enrolment import Asked, DeviceKind
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.identity.models import Person
from privyseal.identity.rules import Found
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from privyseal.signer.denials import ApplicationDenied, PermitDenied
from privyseal.signer.device_requests import Allow, Enrol
from privyseal.signer.statement import parse_approved
from tests.actions.keepers import forbidden
from tests.at_machine import mount_at
from tests.conftest import Use, ask_key, recorded, say_yes


@pytest.fixture
def absent(tmp_path: Path) -> Client:
    return Client(tmp_path / "nobody.sock")


@pytest.mark.documents
@pytest.mark.invariant("T23", column="rule")
def test_an_ended_permit_is_refused_by_the_key_whatever_the_register_says(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    seals.end(wang, noon, command_id=uuid4(), permit_uid=approved.permit.uid, reason="合同取消", signer=signer)

    with pytest.raises(PermitDenied):
        ask_key(approved.permit, approved.document, signer, operator=wang)

    assert approved.permit.denied_at == noon


def test_an_act_takes_effect_before_the_key_is_reached_and_the_sweep_reaches_it(
    approved: Use, wang: Person, noon: datetime, signer: Client, absent: Client
) -> None:
    seals.end(wang, noon, command_id=uuid4(), permit_uid=approved.permit.uid, reason="合同取消", signer=absent)
    assert (approved.permit.revoked_at, approved.permit.denied_at, untold(noon)) == (noon, None, 1)
    assert [(one.found, one.count) for one in scan(noon) if one.found is Found.KEY_NOT_TOLD] == [
        (Found.KEY_NOT_TOLD, 1)
    ]
    assert seals.deny_at_signer(noon, signer=absent) == 0

    assert [seals.deny_at_signer(noon, signer=signer), seals.deny_at_signer(noon, signer=signer)] == [1, 0]

    assert (approved.permit.denied_at, untold(noon)) == (noon, 0)
    assert Found.KEY_NOT_TOLD not in {one.found for one in scan(noon)}
    assert recorded().count("permit.denied-at-signer") == 1


@pytest.mark.documents
@pytest.mark.parametrize("ending", ["reject", "withdraw"])
def test_an_application_that_came_to_nothing_is_refused_by_the_key(
    pending: Use, wang: Person, li: Person, wu: Person, noon: datetime, signer: Client, ending: str
) -> None:
    shown = Application.objects.get(uid=pending.uid).shown_sha256
    if ending == "withdraw":
        approvals.withdraw(wang, noon, application_uid=pending.uid)
    else:
        approvals.vote(li, noon, application_uid=pending.uid, step=Step.REJECT, shown_sha256=shown)
    assert [approvals.deny_applications(noon, signer=signer), approvals.deny_applications(noon, signer=signer)] == [
        1,
        0,
    ]

    # Somebody with the database puts it back, and lets it be approved.
    Application.objects.filter(uid=pending.uid).update(state="pending", decided_at=None, denied_at=None)
    say_yes(wu, noon, pending.uid)
    with pytest.raises(ApplicationDenied):
        sealing.seal_document(
            wang, noon, permit_uid=pending.permit.uid, document_sha256=pending.document, signer=signer
        )

    assert Intent.objects.get().failure == "application-denied"


@pytest.mark.invariant("T23", column="database")
def test_nothing_counts_as_told_that_still_runs(approved: Use, noon: datetime) -> None:
    with forbidden("only_an_ended_permit_is_denied"):
        Permit.objects.update(denied_at=noon)
    with forbidden("only_what_came_to_nothing_is_denied"):
        Application.objects.update(denied_at=noon)


@pytest.mark.parametrize("minutes", [0, 60])
def test_an_ended_permit_of_a_rubber_seal_opens_no_machine_by_ticket_or_code(
    permit: Permit, wang: Person, noon: datetime, signer: Client, absent: Client, minutes: int
) -> None:
    device = in_service(signer, permit.seal)
    ask = allowed(permit, device, wang, minutes=minutes)
    assert signer.allow_device(ask)
    seals.end(wang, noon, command_id=uuid4(), permit_uid=permit.uid, reason="合同取消", signer=absent)

    assert seals.deny_at_signer(noon, signer=signer) == 1

    signer.end_device(device)
    other = in_service(signer, permit.seal)
    with pytest.raises(PermitDenied):
        signer.allow_device(replace(ask, grant=uuid4().hex, device=other))


def test_the_key_is_not_told_of_a_rubber_seals_permit_whose_time_is_over(
    permit: Permit, wang: Person, noon: datetime, signer: Client, absent: Client
) -> None:
    seals.end(wang, noon, command_id=uuid4(), permit_uid=permit.uid, reason="合同取消", signer=absent)
    over = permit.expires_at + timedelta(days=1)

    assert (untold(noon), untold(over), seals.deny_at_signer(over, signer=signer)) == (1, 0, 0)


def in_service(signer: Client, seal: Seal) -> str:
    """Enrol a machine that holds this seal at the signer; return its serial."""
    serial, keys = f"D-{uuid4().hex[:12].upper()}", [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    key, agreement = (FrameKey.of(one.public_key()) for one in keys)
    said = Asked(serial, DeviceKind.HANDHELD, 1, "K6", "1.0", key, agreement, seal.created_at, "0" * 64)
    frame = signed(Frame.ENROLMENT, said.to_json(), keys[0])
    signer.enrol(Enrol(frame=frame, company=seal.company.uscc, gateway=key, broker=""))
    mount_at(signer, serial, 1, seal, kind=DeviceKind.HANDHELD)
    return serial


def allowed(permit: Permit, device: str, operator: Person, *, minutes: int) -> Allow:
    """Return what a web application asks for that was taken over, past the register."""
    return Allow(
        grant=uuid4().hex,
        device=device,
        permit=permit.uid,
        operators=(operator.pseudonym,),
        impressions=1,
        opens_at=permit.starts_at,
        closes_at=permit.starts_at + timedelta(hours=1),
        approved=parse_approved(permit.evidence),
        minutes=minutes,
    )
