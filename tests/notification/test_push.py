"""Web Push: what a browser alone can read, who is told, and what the answers of its push service mean."""

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pytest_django import Settings

from privyseal.identity.actions import put_out
from privyseal.identity.models import Person
from privyseal.notification import actions
from privyseal.notification.actions import PushNotSetUp, TooManyBrowsers
from privyseal.notification.channels import NeverTaken, NotTaken, Text
from privyseal.notification.models import Address, Browser
from privyseal.notification.push.encryption import Recipient, SubscriptionNotPossible, encrypted, plain, point, url_safe
from privyseal.notification.push.sender import WebPush
from privyseal.notification.rules import MOST_BROWSERS, Channel
from tests.notification.conftest import begin_to_follow, catch_up
from tests.notification.provider import Provider, running

CURVE = ec.SECP256R1()
LOST = Text("印章遗失：公章，理由", "请登录处理。", "https://seals.example.com/seals/1/", brief="印章遗失：公章")
AT = datetime.fromisoformat("2026-11-25T12:00:00+08:00")


@dataclass(frozen=True)
class Chromium:
    """A browser as its push service sees it: it alone reads what comes."""

    key: ec.EllipticCurvePrivateKey
    secret: bytes

    def said(self, endpoint: str) -> dict[str, str]:
        return {"endpoint": endpoint, "p256dh": url_safe(point(self.key.public_key())), "auth": url_safe(self.secret)}

    def read(self, body: bytes) -> bytes:
        """Return what stands in a body of ``aes128gcm``, as RFC 8188 section 2 and RFC 8291 section 3.4 say."""
        salt, (_, length) = body[:16], struct.unpack(">IB", body[16:21])
        sender = body[21 : 21 + length]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        info = b"WebPush: info\0" + point(self.key.public_key()) + sender
        secret = HKDF(hashes.SHA256(), 32, self.secret, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        whole = AESGCM(key).decrypt(nonce, body[21 + length :], None)
        assert whole.endswith(b"\x02")
        return whole[:-1]


@pytest.fixture
def service() -> Iterator[Provider]:
    with running() as service:
        service.status = 201
        yield service


@pytest.fixture
def push(tmp_path: Path, settings: Settings) -> WebPush:
    sender = WebPush(tmp_path / "secrets", ("127.0.0.1", "push.example"), "mailto:it@seals.example.com", lambda: AT)
    settings.SENDERS = {Channel.PUSH: sender}
    return sender


@pytest.fixture
def phone() -> Chromium:
    return Chromium(ec.generate_private_key(CURVE), hashlib.sha256(b"phone").digest()[:16])


def test_the_example_of_the_standard_comes_out_as_it_stands_there() -> None:
    """RFC 8291 section 5 and appendix A."""
    own = ec.derive_private_key(int.from_bytes(plain("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), CURVE)
    to = Recipient.parse(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )

    body = encrypted(b"When I grow up, I want to be a watermelon", to, own=own, salt=plain("DGv6ra1nlYgDCS1FRnbzlw"))

    assert url_safe(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_browser_alone_reads_what_came_and_its_service_knows_the_sender(
    push: WebPush, service: Provider, phone: Chromium, wang: Person
) -> None:
    endpoint = f"{service.address}/send/1"
    actions.name_browser(wang, AT, agent="Chrome on a phone", **phone.said(endpoint))

    push.send(wang.pseudonym, [LOST], language="zh-hans")

    ((headers, _, body),) = service.requests
    assert json.loads(phone.read(body)) == {"title": LOST.brief, "body": LOST.body, "url": LOST.url}
    assert LOST.brief.encode() not in body
    token, _, key = headers["authorization"].removeprefix("vapid t=").partition(", k=")
    head, claims, signature = token.split(".")
    said = plain(signature)
    signed = encode_dss_signature(int.from_bytes(said[:32]), int.from_bytes(said[32:]))
    known = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, plain(key))
    known.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert key == push.public_key
    assert json.loads(plain(claims))["aud"] == service.address
    assert headers["content-encoding"] == "aes128gcm"


def test_a_browser_that_is_gone_is_forgotten_and_the_last_one_takes_the_address_along(
    push: WebPush, service: Provider, phone: Chromium, wang: Person
) -> None:
    for number in (1, 2):
        actions.name_browser(wang, AT, agent="", **phone.said(f"{service.address}/send/{number}"))
    assert Address.objects.get(person=wang).channel == Channel.PUSH.value

    service.status = 503
    with pytest.raises(NotTaken):
        push.send(wang.pseudonym, [LOST], language="zh-hans")
    assert Browser.objects.count() == 2
    service.status = 410
    with pytest.raises(NeverTaken):
        push.send(wang.pseudonym, [LOST], language="zh-hans")

    assert not Browser.objects.exists()
    assert not Address.objects.filter(person=wang).exists()


def test_a_browser_tells_whoever_named_it_last(push: WebPush, phone: Chromium, wang: Person, li: Person) -> None:
    said = phone.said("https://push.example/1")
    actions.name_browser(wang, AT, agent="", **said)
    actions.name_browser(li, AT, agent="", **said)

    assert Browser.objects.get().person == li
    assert not Address.objects.filter(person=wang).exists()


@pytest.mark.usefixtures("push")
@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://push.example.evil.example/1"},
        {"endpoint": "http://push.example/1"},
        {"endpoint": "https://[push.example/1"},
        {"p256dh": "B" * 87},
        {"auth": "AAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=["other-host", "no-tls", "no-address", "no-point", "short"],
)
def test_what_is_no_browser_of_an_allowed_service_is_refused(
    wrong: dict[str, str], phone: Chromium, wang: Person
) -> None:
    with pytest.raises(SubscriptionNotPossible):
        actions.name_browser(wang, AT, agent="", **{**phone.said("https://push.example/1"), **wrong})


def test_ten_browsers_are_enough_and_none_is_told_where_push_is_not_set_up(
    push: WebPush, phone: Chromium, wang: Person, settings: Settings
) -> None:
    del push
    for number in range(MOST_BROWSERS):
        actions.name_browser(wang, AT, agent="", **phone.said(f"https://push.example/{number}"))
    with pytest.raises(TooManyBrowsers):
        actions.name_browser(wang, AT, agent="", **phone.said("https://push.example/more"))
    settings.SENDERS = {}
    with pytest.raises(PushNotSetUp):
        actions.name_browser(wang, AT, agent="", **phone.said("https://push.example/0"))


def test_whom_security_puts_out_hears_nothing_more_in_closed_browsers(
    wang: Person, li: Person, chen: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    for person in (wang, li):
        said = {"endpoint": f"https://push.example/{person.pk}", "p256dh": "x", "auth": "y", "named_at": noon}
        Browser.objects.create(person=person, **said)
        Address.objects.create(person=person, channel=Channel.PUSH.value, value="x", named_at=noon, confirmed_at=noon)

    put_out(chen, noon, person_pseudonym=wang.pseudonym)
    catch_up(noon)

    assert list(Browser.objects.values_list("person", flat=True)) == [li.pk]
    assert list(Address.objects.values_list("person", flat=True)) == [li.pk]
