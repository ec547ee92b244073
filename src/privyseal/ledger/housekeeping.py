"""What the ledger's side tables may forget."""

from datetime import datetime

from privyseal.ledger.models import CommandRow


def forget_old_commands(before: datetime) -> int:
    """Forget command ids nobody will repeat any more; the facts of those commands stay."""
    forgotten, _ = CommandRow.objects.filter(at__lt=before).delete()
    return forgotten
