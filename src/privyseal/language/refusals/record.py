"""What is refused about the record, and about running the installation."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_RECORD_BROKEN: Final = _("The record does not fit together. Stop using the seals and tell the auditor.")

WORDS: Final[Mapping[str, Promise]] = {
    "ledger-unwritable": _(
        "The record cannot be written, so nothing was done. Try again; if this persists, tell your administrator."
    ),
    "month-too-early": _("There is no month before the year 2000. Choose a later one."),
    "month-not-begun": _("That month has not begun. Choose this one or an earlier one."),
    "not-yet-provable": _("The receipt is being prepared. Try again in a few seconds."),
    "checkpoint-rolled-back": _RECORD_BROKEN,
    "checkpoint-forked": _RECORD_BROKEN,
    "checkpoint-out-of-step": _RECORD_BROKEN,
    "approvals-differ": _(
        "The approvals that came with the receipt are not those that the use names. Do not rely on them."
    ),
    "approval-broken": _(
        "An approval is not signed by the key that came with it, or is for something else. Do not rely on it."
    ),
    "proof-broken": _("The proof does not lead to the record’s checkpoint. Do not rely on it."),
    "note-broken": _("The checkpoint is not signed with the record’s key. Do not rely on it."),
    "checkpoint-of-another": _("This checkpoint is of another record. Compare two of the same one."),
    "checkpoint-ahead": _(
        "This checkpoint covers entries that the record has not: they were lost or cut off. The page of the record"
        " says what was lost; where it says nothing, keep the checkpoint and tell the auditor."
    ),
    "checkpoints-differ": _(
        "Both checkpoints are signed by the record’s key, and no record can have both: it was changed, or somebody"
        " was shown another one. Keep both and tell the auditor."
    ),
    "cosignature-missing": _(
        "The checkpoint does not carry the cosignature that is asked for. Ask for the receipt again."
    ),
    "cosigner-absent": _("A cosigner of the record does not answer. It is asked again; see whether it runs."),
    "cosigner-elsewhere": _("A cosigner has seen a different end of the record. If that lasts, tell the auditor."),
    "cosigner-refuses": _("A cosigner was shown a different record before. Stop using the seals and tell the auditor."),
    "cosigners-stale": _(
        "Nothing is sealed now: those who watch the record have not seen it lately. Tell your administrator and the "
        "auditor; it continues automatically once they have."
    ),
    "not-cosigned": _("The signer does not know who cosigned this. Its settings name other cosigners."),
    "cosigner-cannot-start": _("The cosigner cannot start from its folder. Its log says why."),
    "receipt-unreadable": _("This is not a receipt, or it was altered. Ask for it again."),
    "receipt-for-another-file": _("The receipt is genuine, but for another file. Compare what you have received."),
    "file-unusable": _("A file named on the command line cannot be used. The command says which, and why."),
    "no-log-key": _("The record’s key is not known here. Give the one that the installation has published."),
    "not-canonical": _("This is not in the one exact form that can be checked. Do not rely on it."),
    "not-a-demo": _("This is a real installation: its people act for themselves, and nothing is invented for them."),
    "not-judged-valid": _("Our own check did not find the sealed file valid. Do not use it; tell your administrator."),
    "wrong-setting": _("A setting has a value that cannot be used. The log says which."),
    "cannot-start": _("The product cannot start on this machine as it is. The log says why."),
}
