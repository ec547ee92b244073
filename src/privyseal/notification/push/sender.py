"""Web Push as a channel: each browser of a person is told, and one that is gone is forgotten."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from privyseal.kernel.disk import written_once
from privyseal.notification.calls import asked
from privyseal.notification.channels import Gap, NeverTaken, NotTaken, PerhapsTaken, Send, Text
from privyseal.notification.push.encryption import (
    MOST_BYTES,
    Recipient,
    SubscriptionNotPossible,
    encrypted,
    point,
    url_safe,
    vouched,
)
from privyseal.notification.rules import Channel

if TYPE_CHECKING:
    from privyseal.notification.models import Browser

_LASTS_SECONDS: Final = 86_400  # a browser that stays closed for longer shows what waits when its reader looks
_LONGEST_BODY: Final = 300
_GONE: Final = frozenset({404, 410})
_LATER: Final = frozenset({429, 500, 502, 503, 504})


def shown(text: Text) -> dict[str, str]:
    """Return what the browser shows, and where it leads."""
    return {"title": text.brief or text.line, "body": text.body[:_LONGEST_BODY], "url": text.url}


@dataclass(frozen=True, slots=True)
class WebPush:
    """``services`` are the hosts of push services that may be spoken to, each with those below it."""

    folder: Path
    services: tuple[str, ...]
    contact: str
    clock: Callable[[], datetime]
    channel: ClassVar[Channel] = Channel.PUSH
    most_at_once: ClassVar[int] = 1

    @property
    def public_key(self) -> str:
        """Return what a browser asks for before it subscribes (``applicationServerKey``), base64url."""
        return url_safe(point(self._key().public_key()))

    def check(self, endpoint: str) -> None:
        """Return for an address of a push service that is allowed here, or refuse."""
        try:
            parts = urlsplit(endpoint)
            host = parts.hostname or ""
        except ValueError as error:
            raise SubscriptionNotPossible(part="address") from error
        is_known = any(host == one or host.endswith(f".{one}") for one in self.services)
        if not is_known or (parts.scheme != "https" and host not in settings.EGRESS.inside):
            raise SubscriptionNotPossible(part="address")

    @contextmanager
    def connected(self) -> Iterator[Send]:
        yield self.send

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        """Tell every browser of the person of this pseudonym; it left where one of them was reached."""
        del language  # the words are chosen by now
        from privyseal.notification.push.browsers import browsers_of  # noqa: PLC0415  settings make this channel

        (text,) = texts
        troubles: list[NotTaken | NeverTaken | PerhapsTaken] = []
        browsers = browsers_of(address)
        for browser in browsers:
            try:
                if self._tell(browser, text) in _GONE:
                    browser.forget()
                    troubles.append(NeverTaken(answer="gone"))
            except (NotTaken, NeverTaken, PerhapsTaken) as trouble:
                troubles.append(trouble)
        if len(troubles) < len(browsers):
            return ()
        # What may have arrived is not sent twice; what cannot have is tried again before it is given up.
        troubles.sort(key=lambda trouble: (isinstance(trouble, NeverTaken), isinstance(trouble, NotTaken)))
        raise troubles[0] if troubles else NeverTaken(answer="none")

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        del kinds, languages  # it says anything
        return []

    def _tell(self, browser: "Browser", text: Text) -> int:
        said = shown(text)
        message = json.dumps(said, ensure_ascii=False).encode()
        if len(message) > MOST_BYTES:
            message = json.dumps({**said, "body": ""}, ensure_ascii=False).encode()
        body = encrypted(message, Recipient.parse(browser.p256dh, browser.auth))
        headers = {
            "Authorization": vouched(self._key(), browser.endpoint, self.clock(), contact=self.contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_LASTS_SECONDS),
        }
        answer = asked(browser.endpoint, body, headers)
        if answer.status in _LATER:
            raise NotTaken(status=answer.status)
        if not answer.is_ok and answer.status not in _GONE:
            raise NeverTaken(answer=str(answer.status))
        return answer.status

    def _key(self) -> ec.EllipticCurvePrivateKey:
        path = self.folder / "push.key"
        if not path.exists():
            made = ec.generate_private_key(ec.SECP256R1())
            written_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{path} holds no key of P-256")
        return key
