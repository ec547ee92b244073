"""What goes wrong between an application, the approval page, and a passkey."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NOT_SHOWN: Final = _(
    "The approval page was handed another document than the one to be approved, and did not show it. Nothing was "
    "approved; tell your administrator."
)

WORDS: Final[Mapping[str, Promise]] = {
    "approval-page-unavailable": _("The approval page does not answer. Nothing was approved; try again in a minute."),
    "approval-page-full": _("The approval page is busy. Nothing was approved; try again in a quarter of an hour."),
    "approval-ask-unreadable": _("The approval page could not read what to show. Tell your administrator."),
    "shown-document-differs": _NOT_SHOWN,
    "shown-document-missing": _NOT_SHOWN,
    "approval-code-unknown": _("This way back from the approval page is not known here. Begin again."),
    "approval-code-expired": _("The way back from the approval page was open for a quarter of an hour. Begin again."),
    "approval-code-used": _("This approval was counted already, as the course of the application shows."),
    "passkey-answer-refused": _(
        "The passkey answered something else than the approval page asked. Nothing was approved; begin again."
    ),
}
