"""What each kind of fact is called, and each command that can be refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_REFUSED: Final = ".refused"

# The filter of the record: kinds that begin alike.
GROUP: Final[Mapping[str, Promise]] = {
    "application.": _("Applications"),
    "permit.": _("Permits"),
    "document.": _("Documents and sealing"),
    "seal.": _("Seals"),
    "person.": _("People"),
    "power.": _("Powers"),
    "company.": _("Companies"),
    "installation.": _("Installation"),
    "ceremony.": _("First run refused"),
    "page.": _("Pages refused"),
}
KIND: Final[Mapping[str, Promise]] = {
    "application.submitted": _("Application submitted"),
    "application.voted": _("Vote given"),
    "application.approved": _("Application approved"),
    "application.rejected": _("Application rejected"),
    "application.withdrawn": _("Application withdrawn"),
    "permit.issued": _("Permit issued"),
    "document.received": _("Document received"),
    "document.seal.intended": _("Sealing begun"),
    "document.sealed": _("Document sealed"),
    "document.seal.failed": _("Sealing failed"),
    "seal.make.intended": _("Making of the seal begun"),
    "seal.resume.intended": _("Resuming of the seal begun"),
    "seal.make.failed": _("Making of the seal refused"),
    "seal.resume.failed": _("Resuming of the seal refused"),
    "seal.active": _("Seal in force"),
    "seal.suspended": _("Seal suspended"),
    "seal.suspended-at-signer": _("Seal suspended at its key"),
    "seal.void": _("Seal void"),
    "person.enrolled": _("Person enrolled"),
    "person.signed-in": _("Signed in"),
    "person.signed-out": _("Signed out"),
    "person.language-set": _("Language chosen"),
    "power.granted": _("Power granted"),
    "power.confirmed": _("Power confirmed"),
    "power.ended": _("Power ended"),
    "company.registered": _("Company registered"),
    "company.verified": _("Company verified"),
    "installation.founded": _("Installation founded"),
}
COMMAND: Final[Mapping[str, Promise]] = {
    "application.apply-for-use": _("apply for the use of a seal"),
    "application.apply-for-seal": _("apply for a new seal"),
    "application.apply-to-resume": _("apply to resume a seal"),
    "application.vote": _("vote"),
    "application.withdraw": _("withdraw"),
    "document.receive": _("hand in a document"),
    "document.seal": _("seal a document"),
    "document.confirm-sealed": _("record a sealed document"),
    "document.fail-sealing": _("record a failed sealing"),
    "seal.suspend": _("suspend a seal"),
    "seal.make": _("make a seal"),
    "seal.confirm-made": _("record a made seal"),
    "seal.resume": _("resume a seal"),
    "seal.confirm-resumed": _("record a resumed seal"),
    "seal.fail-act": _("record that the signer refused"),
    "seal.signer-told": _("suspend a seal at its key"),
    "person.enrol": _("enrol a person"),
    "person.sign-in": _("sign in"),
    "person.sign-out": _("sign out"),
    "person.set-language": _("choose a language"),
    "power.grant": _("grant a power"),
    "power.confirm": _("confirm a power"),
    "power.end": _("end a power"),
    "company.register": _("register a company"),
    "company.verify": _("verify a company"),
    "installation.found": _("found the installation"),
    "ceremony.hold": _("hold the first-run ceremony"),
    "page.open": _("open a page"),
}

# What a fact says besides, by name. A name that is not here stands as it was written.
FIELD: Final[Mapping[str, Promise]] = {
    "act": _("Act"),
    "already": _("Already"),
    "approved_sha256": _("Approved file (SHA-256)"),
    "approvers": _("Approvers"),
    "assurance": _("Assurance"),
    "authority_sha256": _("Authority (SHA-256)"),
    "binding": _("Bound to"),
    "changes": _("Changes"),
    "code": _("Code"),
    "decision": _("Decision"),
    "documents": _("Documents"),
    "impressions": _("Impressions"),
    "is_demo": _("Demonstration"),
    "language": _("Language"),
    "licence_sha256": _("Licence (SHA-256)"),
    "log_key": _("Key of the record"),
    "operator": _("Operator"),
    "operators": _("Operators"),
    "pages": _("Pages"),
    "part": _("Part"),
    "power": _("Power"),
    "purpose": _("Purpose"),
    "reason_length": _("Length of the reason"),
    "received_sha256": _("File as received (SHA-256)"),
    "repeated": _("Times repeated"),
    "result_sha256": _("Sealed file (SHA-256)"),
    "seals": _("Seals"),
    "serial": _("Serial number"),
    "shown_sha256": _("What was shown (SHA-256)"),
    "stage": _("Stage"),
    "state": _("State"),
    "step": _("Step"),
}


def words_for(kind: str) -> str:
    """Return a fact's kind in words; one that is not known here stands as it was written."""
    if kind.endswith(_REFUSED):
        tried = kind.removesuffix(_REFUSED)
        return gettext("Refused: %(what)s") % {"what": COMMAND.get(tried, tried)}
    return str(KIND.get(kind, kind))
