"""What this installation is."""

from privyseal.identity.models import Installation
from privyseal.ledger.rewording import REWORDINGS, StandIns


def installation() -> Installation | None:
    found = REWORDINGS.rows(installation, StandIns(), lambda: Installation.objects.order_by("pk")[:1])
    return found[0] if found else None
