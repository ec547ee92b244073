"""What lies beside a document that is to be sealed, in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.remarks import About

KIND: Final[Mapping[Kind, Promise]] = {
    Kind.BOARD_RESOLUTION: _("Board resolution"),
    Kind.SHAREHOLDER_RESOLUTION: _("Shareholders’ resolution"),
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
ABOUT: Final[Mapping[About, Promise]] = {
    About.EMPTY_PAGE: _("The page is empty"),
    About.UNFILLED: _("A blank is not filled in"),
    About.DATED_LATER: _("It is dated after the last day of use"),
    About.DATED_LONG_BEFORE: _("It is dated more than 30 days before the use"),
    About.OTHER_YEAR: _("It reaches into another year"),
    About.OWNER_NOT_NAMED: _("It does not name the company whose seal it is to bear"),
    About.OTHER_SIGNATORY: _("Another company signs it"),
    About.NOT_READ: _("It could not be read by a machine from here on"),
    About.PAPER_ONLY: _("It exists only on paper: approvers see photographs of it"),
    About.NOT_SHOWN: _("Its content is not shown: approvers see only title and envelope number"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "attachment-missing": _("This needs attachments that are missing: %(missing)s. Attach them first."),
    "too-many-documents": _("One form takes at most %(most)s further documents. Apply for the others separately."),
    "too-many-attached": _("An application takes at most %(most)s attachments. Put some of them into one file."),
    "remarks-not-read": _(
        "There is something about the document that you should know. Read it and send the form again."
    ),
    "document-not-ready": _(
        "This business category does not accept such a document: %(about)s (page %(page)s). Correct it and "
        "upload it again."
    ),
    "too-many-drafts": _("You have %(most)s drafts. Send one in or discard one first."),
    "draft-too-long": _("There is too much in the form to save it as a draft. Send it in, or shorten it."),
    "checker-missing": _(
        "A copy that is sealed as checked against its original needs one person, neither its applicant nor its "
        "operator, who compares the two. Name them."
    ),
    "lines-not-compared": _(
        "Each copy is compared with its original for itself. Tick every line once you have looked at its pages."
    ),
    "copy-not-compared": _(
        "Nobody has compared the copy with its original yet. Whoever is named for it says so first; then it is "
        "approved."
    ),
}
