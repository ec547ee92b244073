"""What this installation is."""

from privyseal.identity.models import Installation
from privyseal.ledger.rewording import REWORDINGS


def installation() -> Installation | None:
    found = REWORDINGS.rows(installation, lambda _: lambda: Installation.objects.order_by("pk")[:1])
    return found[0] if found else None
