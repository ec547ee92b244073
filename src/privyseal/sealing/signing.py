"""Where this installation's signer listens."""

from functools import cache
from pathlib import Path

from django.conf import settings

from privyseal.signer.client import Client


@cache
def client() -> Client:
    return Client(Path(settings.SIGNER_SOCKET))
