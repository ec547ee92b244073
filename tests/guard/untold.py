"""The kinds of facts that no message tells of, by the reason why none does."""

from collections.abc import Mapping
from typing import Final

UNTOLD: Final[Mapping[str, frozenset[str]]] = {
    "whoever did it knows, and it is on their own page": frozenset(
        {
            "application.voted", "document.received", "document.brought-along", "draft.begun", "draft.dropped",
            "register.copied",
            "register.idle-days-set", "register.remarked", "register.copy-back", "register.filing-confirmed",
            "rules.acknowledged",
            "rules.responsibility-taken", "person.signed-in", "person.signed-out", "person.language-set",
            "person.list-kept", "person.list-dropped", "person.phrases-kept", "company.phrases-set",
            "factor.used", "factor.codes-renewed", "factor.marks-renewed", "factor.provider-linked",
            "factor.provider-unlinked", "factor.reset-stopped", "session.ended", "message.read", "message.wishes-set",
            "message.ways-chosen", "message.muted", "message.unmuted", "message.sent-again", "address.confirmed",
            "webhook.resumed", "webhook.tested", "webhook.sent-again", "table.brought", "seal.attested",
            "seal.photographed", "seal.seen", "seal.remarked", "seal.co-custody-left", "hand.put-back",
            "hand.photograph-seen", "seal.photo-seen", "evidence.month-taken", "evidence.taken", "place.set-up",
            "alarm.thresholds-set",
            "place.taken-down", "place.assigned", "device.registered", "machine.asked", "machine.words-set",
            "cabinet.asked",
            "machine.receipt-read",
            "machine.receipt-compared",
            "cabinet.receipt-read",
            "cabinet.receipt-compared",
            "device.code-given", "device.asked", "stock.seen", "stock.strange-seen", "stock.pause", "stock.go-on",
            "stock.give-up", "seal.certificate-refused",
        }
    ),
    "a step on the way of which the end is told": frozenset(
        {
            "permit.issued", "document.brought", "document.seal.intended", "seal.make.intended",
            "seal.resume.intended", "seal.change.intended", "seal.find.intended", "seal.extend.intended",
            "seal.assign.intended", "seal.retire.intended", "seal.destroy.intended", "seal.invalidate.intended",
            "seal.unfreeze.intended", "seal.certificate-brought",
            "signer.head-stamped", "seal.suspended-at-signer", "seal.certificate-revoked-at-signer",
            "seal.past-certificate-ended",
            "permit.denied-at-signer",
            "mandate.denied-at-signer", "seal.own-yes-asked-at-signer", "passkey.confirmed", "passkey.taken-off",
            "passkey.denied-at-signer", "charter.agreed",
            "passkey.seats-followed", "passkey.seats-agreed", "passkey.seat-entered", "passkey.seat-denied-at-signer",
            "application.denied-at-signer", "incident.consented", "incident.opinion-given",
            "person.entry-code-confirmed", "person.account-opened", "table.read", "table.died", "table.entering",
            "permit.use-drawn",
            "permit.sample-reviewed", "seal.change-ordered", "seal.old-rubber-seen", "seal.old-rubber-destroyed",
            "hand.reserved", "hand.made", "hand.photographed", "hand.page-compared", "hand.committed", "hand.released",
            "hand.came-late", "stock.came-late", "device.mounting-agreed",
            "device.unlocking-agreed", "machine.confirmed", "machine.confirmation-ordered", "device.unlocking-dropped",
            "device.mounting-dropped", "device.pictured", "device.renewed", "device.told",
            "device.stopped-at-signer", "machine.allowed", "machine.shown", "machine.half-told",
            "machine.forced-over", "machine.withdrawn",
            "cabinet.allowed", "cabinet.taken", "cabinet.returned", "cabinet.withdrawn",
            "paper.let-go", "paper.deleted", "table.let-go", "table.deleted",
            "take-out.reported", "take-out.released", "take-out.closed", "take-out.not-returned",
        }
    ),
    "the page that waits says it as soon as it is so": frozenset(
        {
            "cabinet.refused", "document.turned-away", "document.kept", "document.time-stamp-missing",
            "document.evidence-missing",
        }
    ),
    "nothing came into force": frozenset(
        {"category.discarded", "charter.dropped", "passkey.seats-dropped", "policy.discarded", "incident.drilled"}
    ),
    "everybody of the company finds it among what there is to do": frozenset({"rules.written", "rules.published"}),
    "it is seen where the organisation is kept, and the powers that come with it are told": frozenset(
        {
            "person.enrolled", "person.imported", "person.joined", "person.moved", "person.left-company",
            "person.came-back", "person.left", "mapping.confirmed", "mapping.ended", "company.verified",
            "company.evidence-brought", "company.rejected", "company.renamed", "company.renaming-rejected",
            "company.placed", "unit.opened", "unit.imported", "unit.renamed", "unit.moved", "unit.closed",
            "post.opened", "post.closed", "post.filled", "post.vacated", "post.imported", "post.holdings-imported",
        }
    ),
    "it changes what can be chosen, and moves nothing": frozenset(
        {"seal-type.added", "seal-type.retired", "keeper-set.made", "keeper-set.ended", "seal.imported"}
    ),
    "its managers follow it on the page of the take-over": frozenset(
        {"seal.campaign-closed", "seal.group-campaign-opened", "seal.group-campaign-closed"}
    ),
    "whoever watches is not announced": frozenset({"audit.page-read", "audit.commented"}),
    "there is nobody yet, or no longer, to tell": frozenset(
        {"installation.founded", "ceremony.held", "ceremony.entrusted", "webhook.ended"}
    ),
}  # fmt: skip
