"""What kinds of facts are filtered by together, by how they begin."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The filter of the record: kinds that begin alike.
GROUP: Final[Mapping[str, Promise]] = {
    "application.": _("Applications"),
    "permit.": _("Permits"),
    "mandate.": _("Mandates"),
    "document.": _("Documents and sealing"),
    "evidence.": _("Evidence packs"),
    "hand.": _("Rubber seals by hand"),
    "place.": _("Places of rubber seals"),
    "device.": _("Machines"),
    "machine.": _("Rubber seals at machines"),
    "take-out.": _("Take-out of rubber seals"),
    "alarm.": _("Alarms"),
    "stock.": _("Stock-takes of rubber seals"),
    "seal.": _("Seals"),
    "register.": _("Registers"),
    "incident.": _("Incidents"),
    "rules.": _("Seal rules"),
    "hold.": _("Legal holds"),
    "erasure.": _("Erasing people"),
    "clearance.": _("Lists of what is over"),
    "paper.": _("Files deleted"),
    "draft.": _("Drafts"),
    "category.": _("Business categories"),
    "charter.": _("Charters"),
    "policy.": _("Approval policies"),
    "seal-type.": _("Types of seal"),
    "keeper-set.": _("Sets with a keeper each"),
    "person.": _("People"),
    "session.": _("Sessions"),
    "factor.": _("Second factors"),
    "passkey.": _("Passkeys for approvals"),
    "power.": _("Powers"),
    "mapping.": _("Powers of posts and units"),
    "company.": _("Companies"),
    "calendar.": _("Working days"),
    "unit.": _("Units"),
    "post.": _("Posts"),
    "delegation.": _("Delegations"),
    "table.": _("Tables brought in"),
    "message.": _("Messages"),
    "address.": _("Addresses"),
    "webhook.": _("Webhooks"),
    "cosigner.": _("Cosigners of the record"),
    "signer.": _("Signer"),
    "outside.": _("Outside approval systems"),
    "audit.": _("Audit"),
    "installation.": _("Installation"),
    "ceremony.": _("First run refused"),
    "page.": _("Pages refused"),
}
