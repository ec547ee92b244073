"""What lies in an evidence pack, and why something does not, in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.verification.packs import Kind, Missing

KIND: Final[Mapping[Kind, Promise]] = {
    Kind.APPROVED: _("Approved file"),
    Kind.SEALED: _("Sealed file"),
    Kind.ATTACHED: _("Attachment to the application"),
    Kind.PHOTOGRAPH: _("Photograph of a stamped page"),
    Kind.MACHINE: _("What a machine signed"),
    Kind.USE: _("Receipt of a use with its approvals"),
    Kind.RECORD: _("Receipt of an entry of the record"),
    Kind.POLICY: _("Approval policy"),
    Kind.RULES: _("Written seal rules"),
    Kind.CERTIFICATE: _("Certificate"),
    Kind.KEY: _("Keys of the record and of who else signs it"),
}

MISSING: Final[Mapping[Missing, Promise]] = {
    Missing.NOT_YOURS: _("Whoever asked for this pack may not see it; its SHA-256 is on record."),
    Missing.DELETED: _("It was deleted when its time was over; its SHA-256 is on record."),
    Missing.NOT_YET: _("No signed head covers it yet. That takes seconds: ask for the pack again."),
    Missing.OTHERS: _("A part that it signed together with other uses, which whoever asked may not see."),
    Missing.UNSIGNED: _(
        "What it reported before signatures of machines were kept is in the tables, without its signature."
    ),
    Missing.ALTERED: _("What the tables hold is not what the machine signed. Keep this pack and tell the auditor."),
    Missing.TOO_MUCH: _("There is more of it than a pack holds; the first 20,000 entries are in it."),
}
