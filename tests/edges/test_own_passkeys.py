"""Making a passkey for approvals: what the browser made is looked at before it is offered to anybody."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData
from pytest_django import Settings

from privyseal.approval_page.answering import PasskeyAnswerRefused
from privyseal.approval_page.door import Door
from privyseal.approval_page.keeping import Kept
from privyseal.approvals.models import ApprovalPasskey
from privyseal.identity.models import Person
from privyseal.signer.passkeys import Page
from privyseal.web.own_passkeys import verified
from tests.edges.conftest import Enter, command
from tests.edges.softkey import PRESENT, VERIFIED, SoftKey

MAY_BE_COPIED = AuthenticatorData.FLAG.BE


def attestation(flags: AuthenticatorData.FLAG, *, host: str = "localhost") -> str:
    options = {"user": {"id": websafe_encode(b"li")}, "rp": {"id": host}, "challenge": "c" * 43}
    made = json.loads(SoftKey(flags=flags).create(options))
    return str(made["response"]["attestationObject"])


@pytest.mark.parametrize(("flags", "is_bound"), [(VERIFIED, True), (VERIFIED | MAY_BE_COPIED, False)])
def test_a_passkey_that_was_made_here_has_its_key_and_says_whether_it_can_be_copied(
    *, flags: AuthenticatorData.FLAG, is_bound: bool
) -> None:
    made = verified(attestation(flags), page=Page(settings.APPROVAL_URL))

    assert made.is_bound is is_bound
    assert load_der_public_key(made.key) is not None


@pytest.mark.parametrize(
    "made", [attestation(PRESENT), attestation(VERIFIED, host="example.com"), "", "AAAA", "not base64!", "A" * 40_000]
)
def test_what_was_made_elsewhere_or_by_nobody_is_refused(made: str) -> None:
    with pytest.raises(PasskeyAnswerRefused):
        verified(made, page=Page(settings.APPROVAL_URL))


def test_a_foreign_code_offers_nothing(li: Person, enter: Enter, settings: Settings, tmp_path: Path) -> None:
    settings.APPROVAL_SOCKET = str(tmp_path / "socket")
    Door(Kept(), lambda: datetime.now(UTC), peer_uids=frozenset({os.geteuid()}), folder=tmp_path).listen(
        tmp_path / "socket"
    )
    browser = enter(li)

    led = browser.post("/mine/security/approvals/make/", command(name="手机"))
    answered = browser.get(f"/mine/security/approvals/made/?code={'a' * 43}")

    assert led.headers["Location"].startswith(f"{settings.APPROVAL_URL}/o/")
    assert answered.status_code == 404
    assert not ApprovalPasskey.objects.exists()
