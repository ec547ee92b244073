"""What lies beside a document that is to be sealed, in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.attachments import Kind

KIND: Final[Mapping[Kind, Promise]] = {
    Kind.BOARD_RESOLUTION: _("Board resolution"),
    Kind.SHAREHOLDER_RESOLUTION: _("Shareholders' resolution"),
    Kind.MINUTES: _("Minutes of a collective decision"),
    Kind.HIGHER_APPROVAL: _("Approval from above"),
    Kind.QUOTATION: _("Quotation"),
    Kind.TENDER: _("Tender documents"),
    Kind.MAIN_CONTRACT: _("Main contract"),
    Kind.MANDATE: _("Power of attorney"),
    Kind.LICENCE: _("Business licence or qualification"),
    Kind.IDENTITY: _("Identity document"),
    Kind.LEGAL_OPINION: _("Legal opinion"),
    Kind.ORIGINAL: _("Scan of the original"),
    Kind.OTHER: _("Other paper"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "attachment-missing": _(
        "This needs papers beside the document that are not there: %(missing)s. Attach them first."
    ),
    "too-many-attached": _("No more than %(most)s papers lie beside an application. Put some of them into one file."),
    "too-many-drafts": _("You have %(most)s drafts. Send one in or throw one away first."),
    "draft-too-long": _("There is too much in the form to keep it as a draft. Send it in, or shorten it."),
}
