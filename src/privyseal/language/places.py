"""Words for where seals stand, and for what follows from who signs after us."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What the applicant is told before sending, and the approver before deciding.
FOLLOWING_SAYS: Final[Mapping[str, Promise]] = {
    "nobody": _(
        "The seal certifies the file as it is. A signature or any other change that comes later shows as a change."
    ),
    "parties": _(
        "The seal certifies the file. Only the places laid out for the seals named can still be filled, with this "
        "installation; everything else shows as a change."
    ),
    "others": _(
        "The seal does not forbid later changes, so that another tool can sign. Readers will not warn by themselves if "
        "somebody adds something: check the file on our public page, which lists every later change."
    ),
}
# How the place of a seal is said.
HOW: Final[Mapping[str, Promise]] = {
    "at": _("At a place on one page or several"),
    "share": _("At a share of the page, the same on pages of any size"),
    "words": _("On words of the document"),
    "date": _("Over the date (year and month)"),
    "seam": _("Only across the edges of pages"),
    "left": _("Where an earlier party left a place for it"),
    "inside": _("In the envelope, so often on each copy"),
}
WHICH: Final[Mapping[str, Promise]] = {
    "last": _("The last"),
    "all": _("All"),
    "1": _("The first"),
    "2": _("The second"),
    "3": _("The third"),
    "4": _("The fourth"),
    "5": _("The fifth"),
}
EDGES: Final[Mapping[str, Promise]] = {
    "": _("No"),
    "right": _("Right edge"),
    "left": _("Left edge"),
    "both": _("Both edges"),
}
