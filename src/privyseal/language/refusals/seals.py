"""What is refused about seals, their faces and what happens to them."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, Promise]] = {
    "company-not-verified": _(
        "The company has not been verified yet. Ask the security administrator to do that first."
    ),
    "seal-name-taken": _("The company has a seal of this name, or of one that looks like it. Choose another name."),
    "not-a-scan": _("A scan is a PDF file or a picture (JPEG, PNG) of up to 50 MB. Choose another file."),
    "archive-number-missing": _("Filed papers have a number. Write it."),
    "waiver-not-own": _(
        "Nobody decides on a waiver that they asked for, or of what they owe themselves. Another approver does."
    ),
    "waiver-missing": _("A waiver needs a reason. Write one."),
    "nothing-to-transfer": _("Nothing of this year is filed that has not gone to the archive."),
    "days-not-possible": _("The number of days lies between 1 and %(most)s. Choose another one."),
    "remark-missing": _("A remark cannot be empty. Write something."),
    "too-many-remarks": _("You have written %(most)s remarks here. Put the rest into one document."),
    "seal-not-in-force": _("The seal is not in force, so it cannot be used. Ask its manager."),
    "incident-changed-too-often": _(
        "You have changed this %(most)s times within a day. Leave it as it is for now, or have somebody else do it."
    ),
    "frozen": _(
        "The seal rests by a freeze of its group. It comes back with the others: apply to unfreeze at the incident."
    ),
    "incident-not-settled": _(
        "What this is about is not settled: the seal is out of hand, frozen or not handed in. Settle that first."
    ),
    "replacement-needed": _(
        "A seal of this type is out of hand. A new one can only replace it: apply on the page of that seal."
    ),
    "consent-missing": _("A co-custodian of the lost seal has not agreed to a new one. Ask them to, at the incident."),
    "rules-empty": _("The rules need a title and a text. Write both, within their length."),
    "rules-changed": _("The rules are not what your page showed, so they were not published. Read them again."),
    "not-the-keeper": _("You do not keep this seal, so you cannot answer for it. Its keeper has to."),
    "seal-not-electronic": _("This is a physical seal: it cannot go on a file. Choose an electronic one."),
    "stamps-nothing": _("A licence, a U-key or a bank token is kept, not stamped with: enter it as a physical object."),
    "period-not-possible": _("These days are not possible: the last day is over, or lies before the first."),
    "predecessor-in-force": _(
        "This seal takes the place of another one, which must be destroyed or void first. Finish that first."
    ),
    "keeper-missing": _("A physical seal needs a keeper. Hand it over to somebody first."),
    "face-missing": _("An electronic seal needs a face. Fill in its words."),
    "act-under-way": _("Something else is under way for this seal. Wait until it has ended."),
    "proof-missing": _(
        "Something is missing that this needs: a photograph, the counter reading or the police filing number. Add it."
    ),
    "words-missing": _("Not everybody who has to confirm this has done so. Ask the witnesses named on the permit."),
    "witnesses-missing": _("This needs more witnesses, or fewer. Name exactly as many as the page asks for."),
    "terms-incomplete": _("Something that is needed here is missing or not possible. Fill in every field."),
    "too-few-approvers": _(
        "This needs more people who may approve than the company has. Ask the security administrator to name another."
    ),
    "not-a-photo": _("This is not a photograph in JPEG or PNG of at most 10 MB. Take it again."),
    "face-unreadable": _("The seal’s face cannot be drawn from this. Check its words."),
    "face-text-too-long": _("These words do not fit on the face. Shorten them."),
    "too-many-pixels": _("The resolution is too high. Ask for fewer dots an inch."),
    "pages-unreadable": _("These are not pages. Write them like 1-3,7,last, or all, or all:odd."),
    "too-many-places": _("The seal would go to too many places. Name pages together, like all or 1-30."),
    "too-many-words": _(
        "The words would stand on %(places)s pages, and at most %(most)s are possible. Name fewer pages."
    ),
    "party-unknown": _("No electronic seal here has this company’s code and this number. Check both."),
    "no-place-left": _("Nobody left a place for this seal in the document. Choose where it stands."),
    "page-twice": _("One page is named twice. Name each page once."),
    "words-not-found": _("These words do not appear in the document’s text. Choose the place on the page instead."),
    "too-many-found": _("These words appear in too many places. Say which one, or use longer words."),
    "seam-needs-pages": _("A seal across pages needs at least two pages. Choose more pages, or another manner."),
    "seam-too-narrow": _("Each page would bear too narrow a strip of the seal. Let fewer pages share one seal."),
    "imprint-unreadable": _("The picture cannot be read. Upload a PNG or JPEG file."),
    "imprint-too-large": _("The picture is too large. Make it at most 4 million pixels and 10 MB."),
    "imprint-too-small": _("The imprint is too small in the picture. Scan it at 300 dpi, or go closer."),
    "imprint-without-ink": _("No ink of this colour stands out. Choose the colour of the imprint, and light paper."),
    "imprint-blurred": _("The imprint is blurred. Take a sharp picture in good light, or scan it."),
    "imprint-cut-off": _("The imprint is cut off at the rim of the picture. Leave some paper around it."),
    "several-imprints": _("There is more than one imprint in the picture. Cut it down to one."),
    "imprint-slanted": _(
        "The imprint does not have the chosen shape: it was taken from the side, or the size is another one."
    ),
    "code-too-long": _("The text is too long for a code. Shorten it."),
    "place-not-blank": _("There is something there already. Choose a blank place for the code."),
    "missing-glyph": _("One of the characters cannot be drawn on a seal. Use another form of it."),
    "barred-from-keeping": _(
        "Whoever holds the post “%(office)s” in a company keeps none of its seals. Choose somebody else."
    ),
    "set-has-this-keeper": _(
        "One person keeps, or would keep, two seals of a set that has a keeper each. Choose another keeper, or hand "
        "one over first."
    ),
    "mistake-not-shown": _(
        "Show that it was a mistake: a picture of the seal where it is, or the words of whoever took it in."
    ),
    "set-too-small": _("A set has two seals at least. Name their numbers."),
    "type-not-fitting": _(
        "This type is for another group, or for the other kind of seal, or like another built-in type. "
        "Choose another one."
    ),
    "type-of-other-level": _(
        "Seals of this type belong to a unit, or else to the company itself, as the type says. Choose accordingly."
    ),
    "type-name-taken": _("The company has a type of this name already. Choose another name."),
    "keepers-not-separate": _(
        "“%(seal_type)s” and “%(already)s” of one company do not share a keeper. Choose somebody else for one of them."
    ),
}
