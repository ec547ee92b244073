"""Text messages by SMPP 3.4, to the message centre of an operator or of the company, and what became of them."""

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import ClassVar

from privyseal.notification.channels import Gap, NotTaken, PerhapsTaken, Receipt, Send, Text
from privyseal.notification.rules import Channel
from privyseal.notification.smpp.alphabets import parts_of
from privyseal.notification.smpp.pdus import Became, NoSmpp, Part
from privyseal.notification.smpp.session import Centre, Session


class Line:
    """The session, bound for the first text and again after it was lost; not tried in vain twice in one turn."""

    def __init__(self) -> None:
        self.is_down = False
        self._session: Session | None = None
        self._next_turn_at = 0.0

    def send(self, centre: Centre, source: str, address: str, parts: Sequence[Part]) -> list[str]:
        session = self._bound(centre)
        try:
            return session.send(source, address, parts)
        except PerhapsTaken:
            self._drop()
            raise

    def became(self, centre: Centre) -> Iterator[Became]:
        """Return what the network says of earlier texts. A lost line is bound again: receipts wait at the centre."""
        self.is_down = False
        try:
            yield from self._bound(centre).became()
        except (OSError, NoSmpp):
            self._drop()

    def wait_for_turn(self, most_per_second: int, turns: int) -> None:
        """Keep to what the centre takes in a second."""
        now = time.monotonic()
        Event().wait(max(0.0, self._next_turn_at - now))
        self._next_turn_at = max(now, self._next_turn_at) + turns / most_per_second

    def hang_up(self) -> None:
        if self._session is not None:
            self._session.unbind()
        self._session = None

    def _bound(self, centre: Centre) -> Session:
        if self.is_down:
            raise NotTaken(channel=Channel.SMS.value)
        if self._session is None:
            try:
                self._session = Session(centre)
            except NotTaken:
                self.is_down = True
                raise
        return self._session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None


@dataclass(frozen=True, slots=True)
class Smpp:
    """An account at a message centre. ``sign`` stands before each text; ``source`` is who it comes from.

    The session stays bound between batches, since receipts come by it.
    """

    centre: Centre
    source: str = ""
    sign: str = ""
    as_payload: bool = False
    most_per_second: int = 20
    line: Line = field(default_factory=Line, compare=False, repr=False)
    channel: ClassVar[Channel] = Channel.SMS
    most_at_once: ClassVar[int] = 1

    @contextmanager
    def connected(self) -> Iterator[Send]:
        self.line.is_down = False
        yield self.send

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        del language  # the words are chosen by now, and the alphabet follows the words
        references: list[str] = []
        for text in texts:
            parts = parts_of(self.said(text), secrets.randbelow(256), as_payload=self.as_payload)
            self.line.wait_for_turn(self.most_per_second, len(parts))
            references += self.line.send(self.centre, self.source, address, parts)
        return references

    def said(self, text: Text) -> str:
        """Return what the telephone shows."""
        return f"【{self.sign}】{text.brief}" if self.sign else text.brief

    def receipts(self) -> Iterator[Receipt]:
        """Return what the network said of earlier texts; what is still on its way says nothing."""
        for one in self.line.became(self.centre):
            if one.is_delivered is not None:
                yield Receipt(one.reference, one.is_delivered, one.said)

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        del kinds, languages  # no text has to be approved first
        return []
