"""The register of seals, their keepers, and the permits that alone move them."""

from privyseal.seals.models.campaign import Campaign, GroupCampaign, Sighting
from privyseal.seals.models.custody import CoCustodian, Custody, KeeperSet, Photo
from privyseal.seals.models.filing import Filing, FilingRule, Transfer
from privyseal.seals.models.incidents import Consent, Incident, IncidentSeal
from privyseal.seals.models.outside import OutsideCertificate, OutsideWatch, OutsideWord
from privyseal.seals.models.permits import Attestation, Permit, PermitAddition, PermitLine, PermitPart
from privyseal.seals.models.persons import Mandate, SealPerson
from privyseal.seals.models.register import Seal, SealRemark, SealVersion
from privyseal.seals.models.rulebook import Acknowledgement, SealRules
from privyseal.seals.models.types import OwnType
from privyseal.seals.models.uses import IdleRule, SealUses, UseBook, UseEntry, UseRemark

__all__ = [
    "Acknowledgement",
    "Attestation",
    "Campaign",
    "CoCustodian",
    "Consent",
    "Custody",
    "Filing",
    "FilingRule",
    "GroupCampaign",
    "IdleRule",
    "Incident",
    "IncidentSeal",
    "KeeperSet",
    "Mandate",
    "OutsideCertificate",
    "OutsideWatch",
    "OutsideWord",
    "OwnType",
    "Permit",
    "PermitAddition",
    "PermitLine",
    "PermitPart",
    "Photo",
    "Seal",
    "SealPerson",
    "SealRemark",
    "SealRules",
    "SealUses",
    "SealVersion",
    "Sighting",
    "Transfer",
    "UseBook",
    "UseEntry",
    "UseRemark",
]
