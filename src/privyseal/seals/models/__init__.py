"""The register of seals, their keepers, and the permits that alone move them."""

from privyseal.seals.models.custody import CoCustodian, Custody, Photo
from privyseal.seals.models.permits import Attestation, Permit, PermitLine, PermitPart
from privyseal.seals.models.register import Seal, SealVersion

__all__ = [
    "Attestation",
    "CoCustodian",
    "Custody",
    "Permit",
    "PermitLine",
    "PermitPart",
    "Photo",
    "Seal",
    "SealVersion",
]
