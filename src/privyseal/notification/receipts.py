"""What channels say later of what they took: a delivery has arrived once all its parts have, failed once one has."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from privyseal.kernel.errors import Refused
from privyseal.ledger.transactions import transaction_required
from privyseal.notification.channels import NotTaken, Receipt, Receiving, Sender
from privyseal.notification.models import Delivery, Part
from privyseal.notification.rules import RECEIPTS_LAST, Channel, DeliveryState


class NotDelivered(Refused):
    """The network accepted it and could not deliver it."""

    code = "not-delivered"


def take_receipts(at: datetime, *, senders: Mapping[Channel, Sender]) -> int:
    """Write down what channels say of what they took; return how many receipts there were."""
    count = 0
    for channel, sender in senders.items():
        if isinstance(sender, Receiving):
            try:
                for receipt in sender.receipts():
                    _note(channel, receipt, at)
                    count += 1
            except NotTaken:  # it says so itself where something is to be sent, and keeps receipts until it is reached
                continue
    return count


def forget_old_parts(at: datetime) -> None:
    """Forget the names of what nobody will speak of any more."""
    Part.objects.filter(noted_at__lt=at - RECEIPTS_LAST).delete()


@transaction_required
def remember(parts: Mapping[int, Sequence[str]], channel: str, at: datetime) -> None:
    """Remember by which references a channel will speak of these deliveries, by key."""
    rows = [
        Part(channel=channel, reference=reference, delivery_id=key, noted_at=at)
        for key, references in parts.items()
        for reference in references
    ]
    # A centre that was started anew may give a name a second time: what it said of the first is not said of this one.
    Part.objects.filter(channel=channel, reference__in=[row.reference for row in rows], delivery__isnull=False).delete()
    Part.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["channel", "reference"],
        update_fields=["delivery"],
    )
    _conclude(parts, at)


def _note(channel: Channel, receipt: Receipt, at: datetime) -> None:
    with transaction.atomic(durable=True):
        wanted = {"is_delivered": receipt.is_delivered, "said": receipt.said}
        part, _ = Part.objects.update_or_create(
            channel=channel.value,
            reference=receipt.reference,
            defaults=wanted,
            create_defaults={**wanted, "noted_at": at},
        )
        if part.delivery_id is not None:
            _conclude([part.delivery_id], at)


@transaction_required
def _conclude(deliveries: Iterable[int], at: datetime) -> None:
    """End what was taken, as its parts say. Of two workers the second sees what the first wrote."""
    taken = Delivery.objects.select_for_update().filter(pk__in=deliveries, state=DeliveryState.SENT.value)
    for delivery in taken.order_by("pk"):
        parts = list(delivery.parts.order_by("pk"))
        failed = next((part for part in parts if part.is_delivered is False), None)
        if failed is not None:
            delivery.state, delivery.trouble = DeliveryState.FAILED.value, NotDelivered.code
            delivery.said, delivery.ended_at = failed.said, at
        elif parts and all(part.is_delivered for part in parts):
            delivery.state, delivery.ended_at = DeliveryState.DELIVERED.value, at
        delivery.save(update_fields=["state", "trouble", "said", "ended_at"])
