"""What the signer and the sealing engine refuse."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CANNOT_BE_SEALED: Final = _(
    "This PDF is built in a way that a seal cannot be added to. Print it to a new PDF and upload that."
)
_NOT_FROM_HERE: Final = _("The signer could not read the request. Nothing was sealed; tell your administrator.")
_NOT_APPROVED: Final = _("The signer found no valid approval for exactly this. Nothing was sealed; apply again.")

WORDS: Final[Mapping[str, Promise]] = {
    "signer-unavailable": _(
        "The signer does not answer. Nothing is lost: what was begun is finished automatically when it is back."
    ),
    "signer-sealed": _(
        "The signer is sealed: its custodians have to open it. Nothing is lost: what was begun is finished "
        "automatically then."
    ),
    "token-unavailable": _(
        "The hardware that holds this seal’s key does not answer. Nothing is lost: what was begun is finished "
        "automatically when it is back."
    ),
    "certificate-awaited": _(
        "The key is made; its certificate has to come from the outside authority. Take the request from the seal’s "
        "page there, and bring the certificate."
    ),
    "nothing-awaited": _("No certificate is awaited for this seal: it came already, or its making was given up."),
    "certificate-unreadable": _(
        "This is not a certificate that can be read. Choose the file that the authority sent, PEM or DER."
    ),
    "certificate-for-another-key": _(
        "The certificate is for another key than the one in the request. Download the request again and send that one "
        "to the authority."
    ),
    "certificate-names-another": _(
        "The certificate does not name the company and its unified social credit code as they were approved. Have the "
        "authority correct it."
    ),
    "certificate-not-for-seals": _(
        "The certificate may not sign documents. Have the authority issue one with digital signature as its key usage."
    ),
    "certificate-not-in-force": _("The certificate, or one above it, is not valid yet or no longer valid."),
    "certificate-not-trusted": _(
        "The certificates do not lead to a root that this installation was told of. Choose those of the issuing "
        "authorities as well, or ask your administrator."
    ),
    "certificate-too-weak": _(
        "The certificate or one above it is signed by an algorithm that no longer proves anything."
    ),
    "certificate-already-used": _("This certificate belongs to another version of a seal already."),
    "certificate-revoked": _(
        "The outside authority has revoked the certificate of this seal. Have it issue another one: apply to extend "
        "the seal, bring the new certificate, then apply to resume it."
    ),
    "certificate-unwatched": _(
        "Nothing current is known of the certificate of this seal: its outside authority does not answer, or its list "
        "is too old. The seal can be used again as soon as it answers."
    ),
    "not-revoked": _("What was brought does not say that the certificate is revoked."),
    "certificate-ends-sooner": _("The certificate ends no later than the one that the seal has now."),
    "share-refused": _("This share does not open this signer, or was copied wrongly."),
    "custodians-needed": _("Its present custodians have to give their shares first."),
    "custodians-too-few": _(
        "A key is split into at least two and at most fifteen shares, and no more can be needed than there are."
    ),
    "nothing-entrusted": _("Not every share was shown again. The keys are opened as before."),
    "signer-refused": _("The signer refused. Nothing was sealed; tell your administrator."),
    "seal-suspended": _("The seal is suspended, and the signer has refused. Ask its manager."),
    "too-many-at-rest": _(
        "The signer keeps too many resting rubber seals to add one that no machine held. It rests in the register; "
        "tell your administrator."
    ),
    "permit-denied": _("The signer knows that this permit was taken back. Nothing was sealed; apply again."),
    "mandate-denied": _("The signer knows that the mandate for this was revoked. Nothing was sealed; apply again."),
    "mandate-exceeded": _(
        "The papers are about more than the mandate for this seal covers, or their amount was not stated. Nothing was "
        "sealed; apply again, and the person whose name it bears is asked."
    ),
    "mandate-used-up": _(
        "The uses allowed by the mandate for this seal are used up, as the signer has counted. Nothing was sealed; "
        "apply again, and the person whose name it bears is asked."
    ),
    "passkey-denied": _(
        "The signer knows that a passkey that approved this was removed, or that its owner has left. Nothing was "
        "sealed; apply again."
    ),
    "passkey-of-security": _(
        "A passkey of security is not denied: another security administrator confirms that it is removed."
    ),
    "charter-asks-more": _(
        "The charter in force asks for more, such as your own passkey: the key would refuse this. Decide on the "
        "approval page; if you have no passkey there yet, enrol one under “Passkeys for approvals”."
    ),
    "charter-needs-machine": _(
        "The key knows a rubber seal by the machine that holds it. Have it mounted first, or settle the charter for the"
        " whole company."
    ),
    "charter-unchanged": _("This charter is in force already."),
    "charter-agreed-already": _("You have agreed to it already. Others have to as well."),
    "application-denied": _(
        "The signer knows that this application was rejected or withdrawn. Nothing was sealed; apply again."
    ),
    "seal-destroyed": _("The seal’s key is destroyed and cannot be brought back; a new seal needs its own approval."),
    "seal-unknown": _("The signer does not know this seal. Tell your administrator."),
    "seal-type-known": _(
        "The signer knows this seal as one of another type. An approved change of the seal says otherwise."
    ),
    "seal-already-made": _("The seal has been made already. Reload the page."),
    "seal-version-differs": _("The seal was renewed after this approval. Apply again."),
    "certificate-expired": _("The seal’s certificate has expired. The seal must be renewed before it can be used."),
    "window-not-open": _("The approved time has not begun yet. Come back on its first day."),
    "window-closed": _("The approved time is over. Apply again."),
    "document-not-approved": _("The signer found no approval for this document. Nothing was sealed."),
    "document-differs": _("The document is not the one that was approved. Nothing was sealed."),
    "face-not-approved": _("The face is not the one that was approved. Apply again."),
    "impressions-spent": _("The approved number of impressions is used up. Apply again."),
    "intent-reused": _("The signer was asked for something else under the same number. Tell your administrator."),
    "sealed-file-invalid": _(
        "The sealed file did not pass its own check, so it was not released. Print the document to a new PDF."
    ),
    "field-taken": _CANNOT_BE_SEALED,
    "assurance-too-low": _(
        "The charter of this seal does not accept this approval: it takes none from an outside system, or none without "
        "a passkey. Nothing was sealed."
    ),
    "approvals-missing": _NOT_APPROVED,
    "assertion-invalid": _NOT_APPROVED,
    "assertion-for-another": _(
        "The passkey confirmed something else. Look at the application again, and decide again."
    ),
    "assertion-from-elsewhere": _(
        "The passkey was not asked on the approval page of this installation. Decide there, and nowhere else."
    ),
    "person-not-verified": _(
        "The passkey asked neither for your finger, your face nor your PIN. Switch that on in your device, and decide "
        "again."
    ),
    "change-unreadable": _NOT_FROM_HERE,
    "charter-out-of-step": _(
        "The charter of this seal was changed in the meantime. Load the page again, and look at what holds now."
    ),
    "roster-too-small": _(
        "Too few people could approve under this charter: two of security and as many approvers as it asks for, never "
        "fewer than two, need passkeys on the rosters first."
    ),
    "page-already-pinned": _(
        "The approval page of this installation was settled before, at another address, and stays there. Tell your "
        "administrator."
    ),
    "passkey-on-roster": _(
        "This passkey is on a roster already, or was taken off one. Make a new one: none comes back, none is shared."
    ),
    "passkey-unknown": _(
        "This passkey is not on the roster of those who approve, or no longer. Have yours entered by security."
    ),
    "passkey-not-offered": _("This passkey was confirmed already, or removed. Look at the list again."),
    "passkey-confirmed-by-own": _(
        "Two other people confirm a passkey: neither its owner, nor anybody twice. Ask a second security "
        "administrator, or the auditor."
    ),
    "passkey-not-seated": _(
        "The charter uses this company’s own roster, and your passkey is not on it yet. Ask security to put it there."
    ),
    "seats-not-waiting": _(
        "Tick between one and fifty of those that wait; what is on a list already, or ended, waits no longer. Load the "
        "page again."
    ),
    "passkey-copied": _(
        "There seems to be a copy of this passkey: its counter did not move on. Tell security at once."
    ),
    "passkey-not-bound": _(
        "This passkey can leave its device, and one is asked for that cannot. Use a security key, or a device’s lock."
    ),
    "passkey-in-software": _(
        "This passkey is software that asks nobody. It counts only in demonstrations: use a security key or a device’s "
        "lock."
    ),
    "founding-differs": _(
        "What the people of the founding agreed to is not this founding. Hold the ceremony again from the beginning."
    ),
    "stages-incomplete": _NOT_APPROVED,
    "statements-mixed": _NOT_APPROVED,
    "statement-spent": _NOT_APPROVED,
    "statement-unreadable": _NOT_APPROVED,
    "purpose-differs": _NOT_APPROVED,
    "signer-replaced": _("This signer was replaced by another and is no longer used. Tell your administrator."),
    "listener-is-stranger": _(
        "Somebody else’s program answers at the signer’s or the approval page’s socket, so nothing was told to it. "
        "Tell your administrator: the socket’s folder has to belong to whoever runs it."
    ),
    "signer-is-another": _("The signer was replaced while this ran. Start the product again."),
    "clock-runs-backwards": _("The signer’s clock runs backwards, so it has stopped. Tell your administrator."),
    "frame-cut": _NOT_FROM_HERE,
    "signer-full": _("The signer’s disk is full. Nothing was sealed; tell your administrator, and seal again then."),
    "frame-too-long": _NOT_FROM_HERE,
    "header-unreadable": _NOT_FROM_HERE,
    "operation-unknown": _NOT_FROM_HERE,
    "request-unreadable": _NOT_FROM_HERE,
    "peer-not-allowed": _("The signer does not serve this program. Tell your administrator."),
    "key-unreadable": _("A key could not be read. Check the file and its password."),
    "key-not-supported": _(
        "This kind of key is not supported. Use an elliptic-curve key on P-256, or RSA of 2048, 3072 or 4096 bits."
    ),
    "not-a-pack": _("This file exists already and holds no parts of sealed documents. Choose another name."),
    "pack-in-use": _("Another job is writing to this file of parts. Wait until it has ended."),
    "part-missing": _("There is no part for this document. Check that it is the original, unchanged."),
    "timestamp-refused": _("The time stamp authority gave no time stamp for this document. Try again later."),
}
