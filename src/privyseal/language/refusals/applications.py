"""What is refused about applications and the permits that come of them."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, Promise]] = {
    "reason-missing": _("The reason is missing. Say what the seal is needed for."),
    "window-not-possible": _("These dates are not possible. The last day cannot lie before the first, or be over."),
    "no-lines": _("There is no document in the application. Add one."),
    "too-many-lines": _("There are too many documents in one application. Split it."),
    "documents-not-alike": _(
        "More than %(most)s documents are sealed alike: one electronic seal, at the same place of each, and "
        "nothing else. Split the application."
    ),
    "alike-changed": _(
        "The documents to be sealed alike are not those that your page showed. Look at them and submit again."
    ),
    "document-twice": _("The application puts one seal on one document twice. Take one of the lines out."),
    "seals-not-together": _(
        "The seals cannot be put on this document together: the first one leaves no place for the next."
    ),
    "earlier-seal-awaited": _(
        "Another company’s seal goes on this document first. Wait until it is there, then put on yours."
    ),
    "earlier-seal-failed": _("A seal that goes on the same document first was refused, so this one was not put on."),
    "count-not-possible": _("A file is sealed once: its copies are copies of the sealed file. Set the counts to one."),
    "seal-of-another-company": _("This seal belongs to another company. Choose a seal of this company."),
    "changed-since-shown": _(
        "The application is not what your page showed, so your decision was not taken. Read it again and decide again."
    ),
    "not-together": _(
        "This is not yours to decide beside others: a row of the policy has to let it, and it has to be your turn. "
        "Open it to decide on it alone."
    ),
    "decided-meanwhile": _("This was decided while your page was open. Nothing was changed."),
    "voted-meanwhile": _("You have decided on this already, and others still have to. Nothing was changed."),
    "already-voted": _("You have decided on this already. Nothing was changed."),
    "outside-not-chartered": _(
        "This installation was founded so that only people who are signed in here can approve, or has no "
        "PRIVYSEAL_WEBHOOK_KEY to sign questions with."
    ),
    "outside-name-taken": _("The company has an outside system of this name. End that one, or choose another name."),
    "too-many-outside": _("No more outside systems can be added. End one that nobody needs."),
    "outside-refused": _("The outside system answered, and did not take the question."),
    "answer-unreadable": _("The answer is not in the documented form, so nothing was decided by it."),
    "application-expired": _(
        "The time asked for has passed, so this can no longer be decided. A new application is needed."
    ),
    "permit-spent": _("This permit is used up. If the seal is needed again, apply again."),
    "permit-not-yet-valid": _("The permit is not open yet. Come back on its first day."),
    "permit-expired": _("The permit has expired. Apply again."),
    "permit-revoked": _("The permit was revoked. Ask the applicant why, and apply again."),
    "not-the-holder": _("This permit is held by somebody else. Only the operator named in the application can use it."),
    "approver-no-longer-entitled": _(
        "Whoever approved this may no longer approve. A new approval is needed: apply again."
    ),
    "wrong-document": _(
        "This document is not the one that was approved. Seal the approved file, or apply for this one."
    ),
    "already-sealed": _("This document has been sealed already. You can download it from its application."),
}
