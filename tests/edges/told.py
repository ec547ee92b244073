"""What wang was told: a message that did not go out, an address that wants its code; a webhook given up; an OA."""

from datetime import datetime
from typing import Final

from privyseal.approvals.models import OutsideSystem
from privyseal.identity.models import Company, Person
from privyseal.notification.models import Address, Delivery, Message, Notice, Subscription

MESSAGE: Final = "3e" * 16
DELIVERY: Final = "de" * 16
ADDRESS: Final = "ad" * 16
CODE: Final = "314159"
WEBHOOK: Final = "3b" * 16
NOTICE: Final = "4b" * 16
OUTSIDE: Final = "0a" * 16
OUTSIDE_KEY: Final = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="


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
    webhook = Subscription.objects.create(
        uid=WEBHOOK, name="OA", address="https://oa.example.com/seals", kinds=["seal.lost"], made_at=at, stopped_at=at
    )
    Notice.objects.create(
        uid=NOTICE,
        subscription=webhook,
        cause="fact:0",
        kind="seal.lost",
        about={},
        happened_at=at,
        made_at=at,
        state="failed",
        due_at=at,
        trouble="host-not-reached",
    )


def enter_outside(company: Company, by: Person, at: datetime) -> None:
    """Write down an OA of the company that waits for a second person's yes."""
    OutsideSystem.objects.create(
        uid=OUTSIDE,
        company=company,
        name="OA",
        address="https://oa.example.com/seals",
        key=OUTSIDE_KEY,
        registered_by=by,
        registered_at=at,
    )
