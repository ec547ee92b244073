"""Messages on their way: claimed in one transaction, sent outside any, and what became of them written in another.

Any number of workers may do this at once. A delivery that somebody died over is sent once more and never a third time.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, TypeAlias

from django.conf import settings

from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.notification.channels import NeverTaken, NotTaken, PerhapsTaken, Send, Sender, Text
from privyseal.notification.claims import BATCH, Left, Outcome, claim_due, give_up_on_the_dead
from privyseal.notification.models import Address, Delivery, Message
from privyseal.notification.rules import Channel

Clock: TypeAlias = Callable[[], datetime]
_log: Final = logging.getLogger(__name__)


class AddressGone(Refused):
    """Whoever was to be told has taken the address away since."""

    code = "address-gone"


class MessageWithoutWords(Refused):
    """The message cannot be put into words."""

    code = "message-without-words"


class ProgramFault(PerhapsTaken):
    """The program failed while it spoke to the channel."""

    code = "program-fault"


@dataclass(frozen=True, slots=True)
class Words:
    """How messages and codes are said, each in its reader's language; they come from above, where both are known.

    A message that cannot be put into words is None.
    """

    messages: Callable[[Sequence[Message]], Sequence[Text | None]]
    code: Callable[[Person, str], Text]


def send_due(clock: Clock, *, senders: Mapping[Channel, Sender], words: Words) -> int:
    """Send what is due by the channels that are set up; return how many deliveries were tried."""
    give_up_on_the_dead(clock())
    claim = claim_due(clock(), senders)
    said = zip(claim.deliveries, words.messages([row.message for row in claim.deliveries]), strict=True)
    texts = {delivery.pk: text for delivery, text in said if text is not None}
    claim.end([delivery for delivery in claim.deliveries if delivery.pk not in texts], MessageWithoutWords(), clock())
    addresses = _addresses(claim.deliveries)
    worded = [delivery for delivery in claim.deliveries if delivery.pk in texts]
    for channel, of_channel in groupby(worded, key=lambda delivery: delivery.channel):
        sender = senders[Channel(channel)]
        with sender.connected() as send:
            for person, group in groupby(of_channel, key=lambda delivery: delivery.message.person):
                for share in _shares(list(group), sender.most_at_once):
                    if together := claim.still_ours(share, clock()):
                        to_say = [texts[delivery.pk] for delivery in together]
                        outcome = _try(send, addresses.get((person.pk, channel)), to_say, person)
                        claim.end(together, outcome, clock())
        claim.settle(clock())
    claim.settle(clock())
    return len(claim.deliveries)


def send_codes(clock: Clock, *, senders: Mapping[Channel, Sender], words: Words) -> int:
    """Send the codes that confirm new addresses; return how many were tried. Each goes out once."""
    at = clock()
    due = Address.objects.filter(code_due_at__lte=at, channel__in=[c.value for c in senders]).order_by("pk")[:BATCH]
    for address in due.select_related("person"):
        if Address.objects.filter(pk=address.pk, code_due_at=address.code_due_at).update(code_due_at=None):
            with senders[Channel(address.channel)].connected() as send:
                outcome = _try(send, address.value, [words.code(address.person, address.code)], address.person)
            trouble = "" if isinstance(outcome, Left) else outcome.code
            Address.objects.filter(pk=address.pk).update(code_sent_at=clock(), trouble=trouble)
    return len(due)


def _addresses(deliveries: Sequence[Delivery]) -> dict[tuple[int, str], str]:
    """Return where those who are still here are reached, by key and channel."""
    people = {delivery.message.person_id for delivery in deliveries}
    confirmed = Address.objects.filter(person__in=people, person__is_active=True, confirmed_at__isnull=False)
    return {(row.person_id, row.channel): row.value for row in confirmed.order_by("pk")}


def _shares(deliveries: Sequence[Delivery], most: int) -> Iterator[Sequence[Delivery]]:
    for first in range(0, len(deliveries), most):
        yield deliveries[first : first + most]


def _try(send: Send, address: str | None, texts: Sequence[Text], person: Person) -> Outcome:
    if address is None:
        return AddressGone()
    try:
        return Left(send(address, texts, language=person.language or settings.LANGUAGE_CODE))
    except (NotTaken, NeverTaken, PerhapsTaken) as refusal:
        return refusal
    except Exception:  # noqa: BLE001  one message keeps nothing from the others
        _log.exception("channel failed", extra={"reader": person.pseudonym, "kinds": [text.kind for text in texts]})
        return ProgramFault()
