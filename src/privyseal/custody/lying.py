"""Where a rubber seal lies after it was put back."""

from datetime import datetime

from privyseal.custody.models import SealPlace, Slot, Store
from privyseal.custody.rules.places import check_free
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Seal


@transaction_required
def note_put_back(seal: Seal, at: datetime, *, said: str) -> bool:
    """Write down where a seal lies after it was put back; return whether that is where it belongs.

    ``said`` is what its keeper called the place. What names no slot of the company is believed to be meant where it
    belongs: the next stock-take sees.
    """
    own = SealPlace.objects.select_related("belongs__store").filter(seal=seal).first()
    if own is None or own.belongs is None:
        return True
    named = _named_slot(seal, said) or own.belongs
    # Two seals for one slot wait for each other here.
    Store.objects.select_for_update().get(pk=named.store_id)
    lies_there = SealPlace.objects.filter(lies=named).exclude(seal=seal)
    check_free(seal.pk, taken_by=lies_there.order_by("pk").values_list("seal_id", flat=True).first())
    SealPlace.objects.filter(pk=own.pk).update(lies=named, since=at)
    return named.pk == own.belongs_id


def _named_slot(seal: Seal, said: str) -> Slot | None:
    """Return the slot of the company that is called so."""
    name, _, label = said.strip().rpartition(" ")
    slots = Slot.objects.filter(store__company=seal.company_id, store__ended_at=None, store__name=name, label=label)
    return slots.order_by("pk").first()
