"""A message as its receiver sees it, by each way; nothing is sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from privyseal.notification.channels import Sender, Text
from privyseal.notification.chat.asking import content
from privyseal.notification.mail import Mail
from privyseal.notification.push.sender import shown
from privyseal.notification.rules import Channel
from privyseal.notification.smpp.alphabets import parts_of
from privyseal.notification.smpp.sender import Smpp
from privyseal.notification.templates import TemplateMissing, Templates


class Way(StrEnum):
    """Ways that differ in what is seen: the companies' chats show the same."""

    PAGE = "page"
    SMS = "sms"
    EMAIL = "email"
    CHAT = "chat"
    PUSH = "push"


CHANNELS: Final[Mapping[Way, frozenset[Channel]]] = {
    Way.PAGE: frozenset(),
    Way.SMS: frozenset({Channel.SMS}),
    Way.EMAIL: frozenset({Channel.EMAIL}),
    Way.CHAT: frozenset({Channel.WECOM, Channel.DINGTALK, Channel.FEISHU}),
    Way.PUSH: frozenset({Channel.PUSH}),
}
_NO_SERVER: Final = Mail("", 25, "", "", "privyseal@example.com", "none")


@dataclass(frozen=True, slots=True)
class Seen:
    """``template`` is what a provider approved, whose words stand there alone; of such a text no parts are counted."""

    way: Way
    is_set_up: bool
    title: str = ""
    body: str = ""
    parts: int = 0
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    is_missing: bool = False


def seen(text: Text, *, language: str, senders: Mapping[Channel, Sender]) -> Iterator[Seen]:
    """Yield a message in this language by every way, also by those that are not set up here."""
    for way, channels in CHANNELS.items():
        is_set_up = way is Way.PAGE or bool(channels & senders.keys())
        if way is Way.SMS:
            yield _as_text_message(text, language, senders.get(Channel.SMS))
        elif way is Way.EMAIL:
            sender = senders.get(Channel.EMAIL)
            letter = (sender if isinstance(sender, Mail) else _NO_SERVER).letter("", [text], language)
            yield Seen(way, is_set_up, letter["Subject"], letter.get_content().strip())
        elif way is Way.CHAT:
            yield Seen(way, is_set_up, "", content([text]))
        elif way is Way.PUSH:
            said = shown(text)
            yield Seen(way, is_set_up, said["title"], said["body"])
        else:
            yield Seen(way, is_set_up, text.line, text.body)


def _as_text_message(text: Text, language: str, sender: Sender | None) -> Seen:
    templates = getattr(sender, "templates", None)
    if isinstance(templates, Templates):
        try:
            code, values = templates.filled(text, language=language)
        except TemplateMissing:
            return Seen(Way.SMS, is_set_up=True, is_missing=True)
        return Seen(Way.SMS, is_set_up=True, template=code, values=values)
    said = sender.said(text) if isinstance(sender, Smpp) else text.brief
    return Seen(Way.SMS, sender is not None, "", said, len(parts_of(said, 0)))
