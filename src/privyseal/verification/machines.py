"""By what strangers judge the log of a machine: the authority of machines, and which of them have ended since when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from privyseal.device.published import Published
from privyseal.devices.models import Device
from privyseal.signer.client import Client

_MOST: Final = 20_000


def authority_published(signer: Client) -> Published:
    """Return the authority as its keyholder has it, and the last certificate of each machine that has ended."""
    return Published(signer.device_authority(), _ended())


def _ended() -> Mapping[str, datetime]:
    """Return the newest of them, in the order of their ends."""
    over = Device.objects.filter(ended_at__isnull=False).exclude(certificate="").order_by("-ended_at", "-pk")
    newest = over.values_list("certificate", "ended_at")[:_MOST]
    return {serial: since for serial, since in reversed(newest) if since is not None}
