"""What wang was told: a message that did not go out, and an address that wants its code."""

from datetime import datetime
from typing import Final

from privyseal.identity.models import Person
from privyseal.notification.models import Address, Delivery, Message

MESSAGE: Final = "3e" * 16
DELIVERY: Final = "de" * 16
ADDRESS: Final = "ad" * 16
CODE: Final = "314159"


def tell(person: Person, at: datetime) -> None:
    message = Message.objects.create(
        uid=MESSAGE,
        person=person,
        cause="fact:0",
        kind="power.ended",
        actor="service:scene",
        about={"person": person.pseudonym, "power": "use"},
        urgency="prompt",
        happened_at=at,
        made_at=at,
    )
    Delivery.objects.create(
        uid=DELIVERY, message=message, channel="email", state="failed", due_at=at, trouble="address-not-reachable"
    )
    Address.objects.create(
        uid=ADDRESS, person=person, channel="email", value="wang@example.com", named_at=at, code=CODE
    )
