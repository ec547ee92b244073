"""Messages of an application in Feishu (飞书, Lark) to one of its members, by its own HTTP interface."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, Final

from privyseal.notification.channels import Gap, NeverTaken, NotTaken, Send, Text
from privyseal.notification.chat.asking import MOST_AT_ONCE, Tokens, code_in, content, posted_json, sent, token_in
from privyseal.notification.rules import Channel

_TOKEN_REFUSED: Final = frozenset({"99991661", "99991663", "99991664", "99991668"})
_NO_SUCH_MEMBER: Final = frozenset({"230001", "230013", "99992351", "99992360", "99992361"})


@dataclass(frozen=True, slots=True)
class Feishu:
    """An application of a company. ``names`` is what members are named by: ``user_id``, ``open_id`` or ``email``."""

    address: str
    app: str
    secret: str
    names: str = "user_id"
    tokens: Tokens = field(default_factory=Tokens, compare=False, repr=False)
    channel: ClassVar[Channel] = Channel.FEISHU
    most_at_once: ClassVar[int] = MOST_AT_ONCE

    @contextmanager
    def connected(self) -> Iterator[Send]:
        yield self.send

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        del language  # the words are chosen by now
        said_in = json.dumps({"text": content(texts)}, ensure_ascii=False)
        message = {
            "receive_id": address,
            "msg_type": "text",
            "content": said_in,
            # What is sent a second time after a silence, within an hour, is shown once.
            "uuid": sha256(f"{address}\n{said_in}".encode()).hexdigest()[:32],
        }

        def post(token: str) -> dict[str, Any]:
            to = f"{self.address}/open-apis/im/v1/messages?receive_id_type={self.names}"
            return posted_json(to, message, {"Authorization": f"Bearer {token}"})

        code = code_in(sent(self.tokens, self._token, post, lambda said: code_in(said) in _TOKEN_REFUSED))
        if code != "0":
            raise (NeverTaken if code in _NO_SUCH_MEMBER else NotTaken)(answer=code)
        return ()

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        del kinds, languages  # it says anything
        return []

    def _token(self) -> tuple[str, float]:
        account = {"app_id": self.app, "app_secret": self.secret}
        to = f"{self.address}/open-apis/auth/v3/tenant_access_token/internal"
        return token_in(posted_json(to, account), "tenant_access_token", "expire")
