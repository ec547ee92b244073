"""Messages of an application in WeCom (企业微信) to one of its members, by its own HTTP interface."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from privyseal.notification.calls import got
from privyseal.notification.channels import Gap, NeverTaken, NotTaken, Send, Text
from privyseal.notification.chat.asking import MOST_AT_ONCE, Tokens, code_in, content, posted_json, sent, token_in
from privyseal.notification.rules import Channel

_TOKEN_REFUSED: Final = frozenset({"40014", "41001", "42001"})
_NO_SUCH_MEMBER: Final = frozenset({"40003", "60111", "81013"})
_SAME_WITHIN_SECONDS: Final = 1800  # a text that is sent a second time after a silence is shown once


@dataclass(frozen=True, slots=True)
class WeCom:
    """An application of a company: ``agent`` is its AgentId, ``secret`` its own."""

    address: str
    corp: str
    secret: str
    agent: int
    tokens: Tokens = field(default_factory=Tokens, compare=False, repr=False)
    channel: ClassVar[Channel] = Channel.WECOM
    most_at_once: ClassVar[int] = MOST_AT_ONCE

    @contextmanager
    def connected(self) -> Iterator[Send]:
        yield self.send

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        del language  # the words are chosen by now
        message = {
            "touser": address,
            "msgtype": "text",
            "agentid": self.agent,
            "text": {"content": content(texts)},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": _SAME_WITHIN_SECONDS,
        }

        def post(token: str) -> dict[str, Any]:
            return posted_json(f"{self.address}/cgi-bin/message/send?{urlencode({'access_token': token})}", message)

        said = sent(self.tokens, self._token, post, lambda said: code_in(said) in _TOKEN_REFUSED)
        code = code_in(said)
        if code in _NO_SUCH_MEMBER or (code == "0" and (said.get("invaliduser") or said.get("unlicenseduser"))):
            raise NeverTaken(answer=code)
        if code != "0":
            raise NotTaken(answer=code)
        return ()

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        del kinds, languages  # it says anything
        return []

    def _token(self) -> tuple[str, float]:
        account = urlencode({"corpid": self.corp, "corpsecret": self.secret})
        return token_in(got(f"{self.address}/cgi-bin/gettoken?{account}"), "access_token", "expires_in")
