"""A use that was sealed, its fact in a log, and every yes that it names: one vouched for, one by passkey."""

from dataclasses import replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.cosignature import cosign
from privyseal.signer import proving
from privyseal.signer.passkeys import Page
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import Approved
from tests.logs import Log
from tests.signer.cast import SEAL, USE, WANG, WEB_KEY, ZHOU, approved, uid

WEB_DER: Final = WEB_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
KEY_OF_ZHOU: Final = SoftwarePasskey(person=ZHOU, page=Page("https://approve.seals.example"), id=bytes(16))
_SECOND: Final = replace(USE, stage=2, amount="1250000.00", counterparty="深圳示例进出口有限公司").to_bytes()
BY_LI: Final = approved(replace(USE, amount="1250000.00", counterparty="深圳示例进出口有限公司"))
BY_ZHOU: Final = Approved(_SECOND, (KEY_OF_ZHOU.says_yes(_SECOND),))
GIVEN: Final = ((BY_LI, WEB_DER), (BY_ZHOU, KEY_OF_ZHOU.key))


def use(*yeses: Approved) -> dict[str, Any]:
    """Return the fact of a use as long as a real one, naming these."""
    subjects = {"application": USE.application, "document": "d" * 64, "intent": uid("intent"), "permit": uid("permit")}
    data = {
        "approved_sha256": sha256(b"contract"),
        "result_sha256": "d" * 64,
        "operator": WANG,
        "impressions": 1,
        "binding": "file",
        "seal_version": 1,
        "assurance": "session",
        "register_number": 1250,
        "votes": proving.digests(yeses),
    }
    return {
        "v": 1,
        "kind": "document.sealed",
        "actor": WANG,
        "at": "2026-11-23T12:00:00.000000Z",
        "subjects": {**subjects, "seal": SEAL},
        "data": data,
        "salt": "5" * 32,
    }


def receipt_of(fact: dict[str, Any], *, among: int = 5, cosigners: tuple[Ed25519PrivateKey, ...] = ()) -> str:
    """Return the receipt of a fact in a log of so many."""
    log = Log([*[canonical({"n": number}) for number in range(among - 1)], canonical(fact)])
    text = log.head(among).split("\n\n")[0] + "\n"
    lines = "".join(
        cosign(text, f"cosigner-{number}.seals.example", key, seconds=1_795_665_600)
        for number, key in enumerate(cosigners)
    )
    return log.receipt(among - 1, among, cosignatures=lines)


def with_approvals() -> str:
    return proving.write(receipt_of(use(BY_LI, BY_ZHOU)), GIVEN)
