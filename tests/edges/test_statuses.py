"""What is said of seals to programs, signed: judged by somebody else's reader of RFC 9421."""

from base64 import urlsafe_b64decode
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.http import HttpResponse
from django.test import Client as Browser
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    MappingKeyResolver,
    VerifyResult,
    algorithms,
)

from privyseal.seals.models import Seal

TAG = "privyseal-status"


def judged(
    key: dict[str, str], answer: HttpResponse, *, body: bytes | None = None, tag: str = TAG, **headers: str
) -> VerifyResult:
    """Judge an answer, as it came or with other headers or another body, by the key as it is published."""
    known = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(key["x"] + "="))
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={key["kid"]: known}, private_keys={}),
    )
    said = SimpleNamespace(status_code=answer.status_code, headers={**answer.headers, **headers}, request=None)
    (one,) = verifier.verify(said, expect_tag=tag, body=answer.content if body is None else body)
    return one


@pytest.mark.parametrize("address", ["/status/published.json", "/status/feed.atom"])
def test_what_is_said_of_seals_is_signed_by_the_published_key(address: str, official: Seal, outside: Browser) -> None:
    (key,) = outside.get("/status/keys.json").json()["keys"]
    answer: HttpResponse = outside.get(address)  # type: ignore[assignment]  # a test response is one

    one = judged(key, answer)
    assert (one.label, one.parameters["keyid"], one.parameters["alg"]) == ("privyseal", key["kid"], "ed25519")
    later = answer.headers["Signature-Input"].replace("created=1", "created=2")
    for body, headers in (
        (answer.content + b" ", {}),
        (None, {"Signature-Input": later}),
        (None, {"Content-Type": "text/html"}),
    ):
        with pytest.raises(HTTPMessageSignaturesException):
            judged(key, answer, body=body, **headers)
