"""What this installation is."""

from privyseal.identity.models import Installation


def installation() -> Installation | None:
    return Installation.objects.first()
