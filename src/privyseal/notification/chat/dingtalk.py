"""Work notices of an application in DingTalk (钉钉) to one of its members, by its own HTTP interface."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from privyseal.notification.calls import got
from privyseal.notification.channels import Gap, NeverTaken, NotTaken, Send, Text
from privyseal.notification.chat.asking import MOST_AT_ONCE, Tokens, code_in, content, posted_json, sent, token_in
from privyseal.notification.rules import Channel

_TOKEN_REFUSED: Final = frozenset({"40001", "40014", "42001"})
_GATEWAY: Final = "88"  # then the code that counts stands beside it
_NO_SUCH_MEMBER: Final = frozenset({"33012", "40003", "60121"})


@dataclass(frozen=True, slots=True)
class DingTalk:
    """An application of a company: ``agent`` is its AgentId, ``key`` and ``secret`` its own."""

    address: str
    key: str
    secret: str
    agent: int
    tokens: Tokens = field(default_factory=Tokens, compare=False, repr=False)
    channel: ClassVar[Channel] = Channel.DINGTALK
    most_at_once: ClassVar[int] = MOST_AT_ONCE

    @contextmanager
    def connected(self) -> Iterator[Send]:
        yield self.send

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        del language  # the words are chosen by now
        message = {
            "agent_id": self.agent,
            "userid_list": address,
            "msg": {"msgtype": "text", "text": {"content": content(texts)}},
        }

        def post(token: str) -> dict[str, Any]:
            path = "/topapi/message/corpconversation/asyncsend_v2"
            return posted_json(f"{self.address}{path}?{urlencode({'access_token': token})}", message)

        code = _code(sent(self.tokens, self._token, post, lambda said: _code(said) in _TOKEN_REFUSED))
        if code != "0":
            raise (NeverTaken if code in _NO_SUCH_MEMBER else NotTaken)(answer=code)
        return ()

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        del kinds, languages  # it says anything
        return []

    def _token(self) -> tuple[str, float]:
        account = urlencode({"appkey": self.key, "appsecret": self.secret})
        return token_in(got(f"{self.address}/gettoken?{account}"), "access_token", "expires_in")


def _code(said: dict[str, Any]) -> str:
    code = code_in(said)
    return str(said.get("sub_code", code)) if code == _GATEWAY else code
