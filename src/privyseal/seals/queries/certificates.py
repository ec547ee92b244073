"""Certificates of seals as anybody may know them who has one in a file."""

from privyseal.kernel.errors import NotFound
from privyseal.seals.models import SealVersion


def certificate_of(serial: str) -> SealVersion:
    """Return the version of a seal whose certificate has this number, with its seal; or refuse."""
    version = SealVersion.objects.select_related("seal").filter(serial=serial, certificate__isnull=False).first()
    if version is None or not serial:
        raise NotFound(serial=serial)
    return version
