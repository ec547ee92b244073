"""What is refused about files."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CANNOT_BE_SEALED: Final = _(
    "This PDF is built in a way that a seal cannot be added to. Print it to a new PDF and upload that."
)

WORDS: Final[Mapping[str, Promise]] = {
    "file-empty": _("The file is empty. Choose another one."),
    "file-too-large": _("The file is larger than %(megabytes)s MB. Make it smaller, or split it."),
    "not-a-pdf": _("This is not a PDF. Save or print the document as PDF and upload that."),
    "picture-unreadable": _("The picture cannot be read, or is too large. Save it as PNG or JPEG, or scan it as PDF."),
    "office-not-installed": _("Office files cannot be taken in here. Save the document as PDF and upload that."),
    "office-not-converted": _("No PDF could be made of this file. Save it as PDF and upload that."),
    "pdf-encrypted": _(
        "The PDF is protected by a password. Choose it and enter the password, or save it without protection and "
        "upload that."
    ),
    "pdf-password-wrong": _("The password does not open the PDF. Enter it again; capitals and spaces count."),
    "pdf-restricted": _(
        "Whoever protected this PDF lets only some people change or copy it, and a seal changes it. Enter the password "
        "for changing it, or ask its author for a PDF without protection."
    ),
    "pdf-protected": _(
        "The protection of this PDF cannot be taken off here: it is signed, or protected by a certificate. Ask whoever "
        "made it for a PDF without protection."
    ),
    "too-many-passwords": _(
        "Too many wrong passwords for files. Wait a quarter of an hour, or save the PDF without protection."
    ),
    "pdf-damaged": _("The PDF is damaged or incomplete. Ask for the file again, or print it to a new PDF."),
    "pdf-without-pages": _("The PDF has no pages. Choose another file."),
    "too-many-pages": _("The PDF has more than %(most)s pages. Split it."),
    "pdf-not-sealable": _CANNOT_BE_SEALED,
    "pdf-too-hard": _("Reading the file takes more time or memory than any usual document. Print it to a new PDF."),
    "no-such-page": _("The document has no such page. Choose one that it has."),
    "placement-outside-page": _("The seal would stand partly outside the page. Move it inwards."),
    "page-too-small": _("The page is smaller than the seal. Choose a larger page."),
    "evidence-unavailable": _(
        "No revocation list or OCSP answer could be obtained. It is requested again automatically."
    ),
    "renewal-gains-nothing": _(
        "The time stamp authority’s certificate ends no later than the last one’s, so nothing would be gained."
    ),
    "evidence-spoils": _("The evidence would change what a check of the file says, so it was not put in."),
    "copy-of-sealed": _(
        "The file bears a seal or signature already, and words across its pages would break it. Make the copy of the "
        "file as it was before, and have that one sealed."
    ),
    "busy": _("Many files are being read or drawn just now. Try again in a few seconds."),
    "no-code-on-photo": _(
        "No signed code can be read from this picture. Photograph the code alone, flat, sharp and without glare."
    ),
    "paper-code-unreadable": _("This is not a signed code of this form, or not all of it. Scan it again."),
    "paper-code-forged": _(
        "The code is not what it says: it was changed, or somebody else made it. Do not rely on this paper."
    ),
    "paper-code-of-another": _(
        "The code was not signed here. It may be another company’s, or forged: check it at the address that the "
        "company itself gives you."
    ),
    "too-many-checks": _("Too many files were checked from your address. Wait a minute and try again."),
    "storage-full": _("The disk is full, so nothing was stored. Tell your administrator."),
    "vault-key-missing": _(
        "The key of the encrypted scans is not there, so none is stored or read. Tell your administrator."
    ),
    "binding-not-possible": _(
        "What exists only on paper, or lies in a closed envelope, has no file: it needs a rubber seal."
    ),
    "secret-not-compared": _(
        "Nobody is shown what lies in a closed envelope, so it cannot be sealed as checked against its original."
    ),
    "secret-not-photographed": _("What lies in a closed envelope is not photographed. The two counts stand for it."),
    "photograph-from-before": _(
        "This photograph was taken before the paper was stamped. Photograph the page as it is now."
    ),
    "paper-photographs-not-possible": _("Add between 1 and %(most)s photographs of the paper, each of them once."),
    "paper-not-named": _("Give it a title, and an envelope its number: one line, no longer than %(most)s characters."),
    "paper-pages-not-possible": _("Say how many pages the paper has: from 1 to %(most)s."),
    "stored-file-changed": _("The stored file is not the one that was stored. Nothing was sealed; tell the auditor."),
}
