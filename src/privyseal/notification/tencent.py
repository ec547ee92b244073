"""Text messages by Tencent Cloud: SendSms of 2021-01-11, signed as its signature v3 (TC3-HMAC-SHA256) says."""

import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from privyseal.notification.calls import posted
from privyseal.notification.channels import Gap, NeverTaken, NotTaken, Send, Text
from privyseal.notification.rules import Channel
from privyseal.notification.templates import Templates

_ALGORITHM: Final = "TC3-HMAC-SHA256"
_JSON: Final = "application/json; charset=utf-8"
_CHINA: Final = "+86"
_NO_SUCH_NUMBER: Final = ("InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberInBlacklist")


@dataclass(frozen=True, slots=True)
class Tencent:
    """An account at Tencent Cloud. ``app`` is the SdkAppId, ``sign`` its approved signature."""

    address: str
    secret_id: str
    secret_key: str
    app: str
    sign: str
    templates: Templates
    region: str = "ap-guangzhou"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    channel: ClassVar[Channel] = Channel.SMS
    most_at_once: ClassVar[int] = 1

    @contextmanager
    def connected(self) -> Iterator[Send]:
        yield self.send  # each text is a request of its own

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        for text in texts:
            code, values = self.templates.filled(text, language=language)
            said = {
                "PhoneNumberSet": [address if address.startswith("+") else _CHINA + address],
                "SmsSdkAppId": self.app,
                "SignName": self.sign,
                "TemplateId": code,
                "TemplateParamSet": list(values.values()),
            }
            body = json.dumps(said, ensure_ascii=False).encode()
            _check(posted(f"{self.address}/", body, self._headers(body)))
        return ()

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        return self.templates.gaps(kinds, languages)

    def _headers(self, body: bytes) -> dict[str, str]:
        host, seconds = urlsplit(self.address).netloc, int(self.clock().timestamp())
        return {
            "Content-Type": _JSON,
            "Host": host,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": self.region,
            "X-TC-Timestamp": str(seconds),
            "Authorization": authorization(self.secret_id, self.secret_key, "sms", host, body, seconds),
        }


def authorization(secret_id: str, secret_key: str, service: str, host: str, body: bytes, seconds: int) -> str:
    """Return the header that signs a POST of JSON to ``/`` at this time, in seconds of Unix time."""
    day = datetime.fromtimestamp(seconds, UTC).date().isoformat()
    scope = f"{day}/{service}/tc3_request"
    headers = f"content-type:{_JSON}\nhost:{host}\n"
    request = "\n".join(("POST", "/", "", headers, "content-type;host", sha256(body).hexdigest()))
    said = f"{_ALGORITHM}\n{seconds}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    signature = hmac.new(key, said.encode(), sha256).hexdigest()
    return f"{_ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"


def _check(said: dict[str, Any]) -> None:
    response = said.get("Response")
    response = response if isinstance(response, dict) else {}
    answers = response.get("SendStatusSet") or [response.get("Error") or {}]
    code = str(answers[0].get("Code", ""))
    if code != "Ok":
        raise (NeverTaken if code.startswith(_NO_SUCH_NUMBER) else NotTaken)(answer=code)
