"""Text messages by Aliyun: SendSms of 2017-05-25, signed as its signature V3 (ACS3-HMAC-SHA256) says."""

import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import ClassVar, Final
from urllib.parse import quote, urlsplit

from privyseal.notification.calls import posted
from privyseal.notification.channels import Gap, NeverTaken, NotTaken, Send, Text
from privyseal.notification.rules import Channel
from privyseal.notification.templates import Templates

_ALGORITHM: Final = "ACS3-HMAC-SHA256"
_NO_SUCH_NUMBER: Final = frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "MobileNumberIllegal"})


@dataclass(frozen=True, slots=True)
class Aliyun:
    """An account at Aliyun. ``sign`` is its approved signature, ``templates`` its approved texts."""

    address: str
    key_id: str
    secret: str
    sign: str
    templates: Templates
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    channel: ClassVar[Channel] = Channel.SMS
    most_at_once: ClassVar[int] = 1

    @contextmanager
    def connected(self) -> Iterator[Send]:
        yield self.send  # each text is a request of its own

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        for text in texts:
            code, values = self.templates.filled(text, language=language)
            query = {
                "PhoneNumbers": address.lstrip("+"),
                "SignName": self.sign,
                "TemplateCode": code,
                "TemplateParam": json.dumps(values, ensure_ascii=False),
            }
            said = posted(f"{self.address}/?{canonical_query(query)}", b"", self._headers(query))
            _check(str(said.get("Code", "")))
        return ()

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        return self.templates.gaps(kinds, languages)

    def _headers(self, query: Mapping[str, str]) -> dict[str, str]:
        headers = {
            "host": urlsplit(self.address).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": self.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": sha256(b"").hexdigest(),
        }
        return {**headers, "authorization": authorization(self.key_id, self.secret, query, headers)}


def canonical_query(query: Mapping[str, str]) -> str:
    """Return the parameters in the order of their names, encoded as RFC 3986 says."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(query.items()))


def authorization(key_id: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Return the header that signs a POST of an empty body to ``/``."""
    names = sorted(headers)
    signed = ";".join(names)
    request = "\n".join(
        (
            "POST",
            "/",
            canonical_query(query),
            *(f"{name}:{headers[name]}" for name in names),
            "",
            signed,
            headers["x-acs-content-sha256"],
        )
    )
    said = f"{_ALGORITHM}\n{sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), said.encode(), sha256).hexdigest()
    return f"{_ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"


def _check(code: str) -> None:
    if code == "OK":
        return
    raise (NeverTaken if code in _NO_SUCH_NUMBER else NotTaken)(answer=code)
