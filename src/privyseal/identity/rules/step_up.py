"""Which acts want proof, not older than a few minutes, that it is still the same person. A rule is a row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused


class Means(StrEnum):
    """How somebody proved who they are."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    PASSWORD = "password"  # noqa: S105  not a secret
    PROVIDER = "provider"
    DEMO = "demo"


class Least(StrEnum):
    """What an act asks of whoever has no second factor yet."""

    SECOND_FACTOR = "second-factor"
    BEST_THERE_IS = "best-there-is"


@dataclass(frozen=True, slots=True)
class Dangerous:
    act: str
    least: Least


@dataclass(frozen=True, slots=True)
class Proved:
    """What a session knows of its person: by what they proved themselves last, and when."""

    means: Means
    at: datetime


STRONG: Final = frozenset({Means.PASSKEY, Means.TOTP})
PROOF_LASTS: Final = timedelta(minutes=10)
# fmt: off
DANGEROUS: Final = (
    Dangerous("power.grant",          Least.SECOND_FACTOR),   # hands out what everything else is judged by
    Dangerous("power.grant-in-group", Least.SECOND_FACTOR),   # likewise, in every company at once
    Dangerous("power.confirm",        Least.SECOND_FACTOR),   # brings it into force
    Dangerous("power.confirm-batch",  Least.SECOND_FACTOR),   # likewise
    Dangerous("mapping.of-post",      Least.SECOND_FACTOR),   # hands out a power to whoever has the post, today and later
    Dangerous("mapping.of-unit",      Least.SECOND_FACTOR),   # likewise to a whole unit
    Dangerous("mapping.confirm",      Least.SECOND_FACTOR),   # brings it into force
    Dangerous("post.fill",            Least.SECOND_FACTOR),   # gives the powers that the post brings, and nobody confirms again
    Dangerous("person.join",          Least.SECOND_FACTOR),   # gives the powers that the unit brings
    Dangerous("person.move",          Least.SECOND_FACTOR),   # likewise
    Dangerous("category.confirm",     Least.SECOND_FACTOR),   # says what has to lie beside a document from here on
    Dangerous("category.end",         Least.SECOND_FACTOR),   # likewise
    Dangerous("delegation.give",      Least.SECOND_FACTOR),   # another says yes in their name from then on
    Dangerous("policy.confirm",       Least.SECOND_FACTOR),   # says whose yes is asked from here on
    Dangerous("company.verify",       Least.SECOND_FACTOR),   # from here on it owns seals: companies of straw begin here
    Dangerous("company.confirm-renaming", Least.SECOND_FACTOR),   # its seals and certificates say so from here on
    Dangerous("incident.consent",     Least.SECOND_FACTOR),   # frees the way to a second seal
    Dangerous("incident.end",         Least.SECOND_FACTOR),   # likewise
    Dangerous("keeper-set.end",       Least.SECOND_FACTOR),   # two seals that were kept apart may come into one hand
    Dangerous("seal.leave-co-custody", Least.SECOND_FACTOR),   # whoever left is not asked any more
    Dangerous("person.enrol",         Least.SECOND_FACTOR),   # people of straw begin here
    Dangerous("table.enter",          Least.SECOND_FACTOR),   # likewise, by the hundred
    Dangerous("person.come-back",     Least.SECOND_FACTOR),   # an old name opens again
    Dangerous("person.make-entry-code", Least.SECOND_FACTOR),   # whoever has the code chooses the password
    Dangerous("person.confirm-entry-code", Least.SECOND_FACTOR),   # brings it into force
    Dangerous("factor.ask-reset", Least.SECOND_FACTOR),   # whoever has none left is known by their password alone
    Dangerous("factor.confirm-reset", Least.SECOND_FACTOR),   # takes them away
    Dangerous("seal.carry-out", Least.SECOND_FACTOR),   # a key comes into being, changes, or goes back into force
    Dangerous("seal.confirm-person", Least.SECOND_FACTOR),   # whose own yes moves the seal from here on
    Dangerous("factor.enrol-passkey", Least.BEST_THERE_IS),   # a thief of a session would make himself at home
    Dangerous("factor.enrol-totp",    Least.BEST_THERE_IS),   # likewise; the first one is enrolled on the password
    Dangerous("factor.link-provider", Least.BEST_THERE_IS),   # likewise
    Dangerous("factor.unlink-provider", Least.BEST_THERE_IS),   # likewise
    Dangerous("passkey.offer",        Least.SECOND_FACTOR),   # a thief of a password would have a voice of his own at the key
    Dangerous("charter.agree",        Least.SECOND_FACTOR),   # says what the key asks for from here on
    Dangerous("passkey.agree-seats",          Least.SECOND_FACTOR),   # brings them onto companies' rosters, likewise
    Dangerous("passkey.confirm",      Least.SECOND_FACTOR),   # brings it onto the roster, whose yes the key believes
    Dangerous("factor.remove",        Least.BEST_THERE_IS),   # likewise
    Dangerous("factor.renew-codes",   Least.BEST_THERE_IS),   # likewise
    Dangerous("address.name",         Least.BEST_THERE_IS),   # what its owner is warned by would go to the thief
    Dangerous("browser.name",         Least.BEST_THERE_IS),   # likewise
    Dangerous("outside.register",     Least.SECOND_FACTOR),   # what it signs will count as people's votes
    Dangerous("outside.confirm",      Least.SECOND_FACTOR),   # brings it into force
    Dangerous("hold.lift",            Least.SECOND_FACTOR),   # what it kept may go from then on
    Dangerous("clearance.decide",     Least.SECOND_FACTOR),   # nothing brings a file back
    Dangerous("erasure.decide",       Least.SECOND_FACTOR),   # nothing brings a name back
    Dangerous("device.set-confirmations", Least.SECOND_FACTOR),  # fewer may see each impression first
    Dangerous("device.agree-to-mounting", Least.SECOND_FACTOR),  # which seal opens with which machine
    Dangerous("device.agree-to-unlock", Least.SECOND_FACTOR),  # what locked itself opens again
    Dangerous("device.decide-unlocking", Least.SECOND_FACTOR),  # what locked itself opens again
    Dangerous("device.decide-mounting", Least.SECOND_FACTOR),   # what is mounted is opened for whatever is approved
    Dangerous("machine.set-words",    Least.BEST_THERE_IS),   # whoever changes them takes the word away that calls for help
    Dangerous("device.give-code",     Least.SECOND_FACTOR),   # whatever is enrolled by it is believed from then on
    Dangerous("webhook.subscribe",    Least.SECOND_FACTOR),   # what happens here is told outside from then on
)
# Only where the installation demands it.
ON_DEMAND: Final = (
    Dangerous("application.consent",  Least.SECOND_FACTOR),   # likewise, by whoever the seal names
    Dangerous("application.vote",     Least.SECOND_FACTOR),   # many a day, and each is checked again when the permit is used
)
# Everything else that can be done, by why it goes without: a new act has to find its row.
WITHOUT_PROOF: Final = (
    (
        "seal.suspend", "seal.give-up-certificate", "hold.place", "device.ask", "device.ask-group", "machine.decline", "device.end", "device.stop", "incident.report", "incident.freeze", "incident.raise", "seal.name-co-custodian", "keeper-set.make",
        "power.end", "mapping.end", "post.vacate", "person.leave", "person.leave-company",
        "session.end", "session.end-others", "session.put-out", "factor.stop-reset", "passkey.remove", "company.reject", "company.reject-renaming", "table.give-up", "application.withdraw", "application.take-consent-back", "mandate.revoke", "permit.end", "hand.end", "document.review-sample", "delegation.end", "webhook.end", "outside.end",
    ),   # toward safety: one person, at once
    (
        "application.apply-for-use", "application.apply-jointly", "application.apply-for-seal", "application.apply-for-rubber",
        "application.apply-to-resume", "application.apply-to-unfreeze", "application.apply-for-act", "application.apply-for-standing",
        "application.apply-to-top-up", "application.apply-to-prolong",
        "application.return", "application.ask-further", "application.forward", "application.urge", "application.copy",
        "seal.name-person", "device.ask-mounting", "device.ask-unlocking", "hold.ask-lifting", "erasure.ask", "clearance.ask", "mandate.give", "policy.write", "policy.discard", "charter.propose", "charter.propose-for-all", "charter.drop", "passkey.list-seats", "passkey.drop-seats", "category.write", "category.discard", "rules.write", "incident.propose-end", "keeper-set.propose-end", "company.register", "company.bring-evidence", "company.ask-renaming", "table.bring",
    ),   # comes to nothing before another person has decided
    ("machine.ask", "cabinet.ask", "machine.show", "machine.tell-half", "machine.finish", "machine.close-by-receipt", "cabinet.close-by-receipt", "machine.agree", "machine.confirm", "machine.review", "machine.reserve", "hand.ask", "hand.begin", "hand.stand-by", "hand.confirm", "hand.reserve", "hand.fire", "hand.commit", "hand.release", "hand.put-back", "hand.photograph", "hand.spoil", "hand.take-in", "hand.report-blank", "hand.return-blank", "hand.ask-waiver", "take-out.give", "take-out.receive", "take-out.report", "take-out.bring", "take-out.take-back", "document.seal", "document.seal-each", "document.seal-standing", "document.go-without-time-stamp", "seal.attest", "seal.see-old-rubber-end", "seal.bring-certificate"),   # the permit says what, when and how often, and an approver is another person
    ("document.receive", "document.bring", "application.compare", "seal.photograph", "incident.opine", "incident.reassign", "audit.comment", "register.remark", "seal.remark", "register.take-copy", "register.file", "register.ask-waiver", "register.waive-filing", "register.keep-owed", "hand.agree-to-waiver", "register.set-idle-days", "company.set-phrases", "register.transfer", "application.comment", "place.set-up", "device.register", "alarm.set-thresholds", "place.take-down", "place.assign", "device.place", "stock.open", "stock.see", "stock.describe", "stock.step", "stock.hand-on", "stock.end"),   # adds to what is known, and moves nothing
    ("erasure.again", "erasure.blot", "table.let-go", "table.confirm-deleted", "clearance.let-go", "clearance.confirm", "clearance.again"),   # done by the installation itself, after two people agreed to it
    ("calendar.write-hours",),   # binds people, and gives nobody anything
    ("register.copy-back", "register.confirm-filing", "register.return-filing", "register.chase", "register.set-filing-rule"),   # says what became of papers, and moves nothing
    ("seal.enter", "seal.open-campaign", "seal.close-campaign", "seal.enter-sighting", "seal.open-group-campaign", "seal.close-group-campaign"),   # writes down what is there already; the auditor sees what is not
    ("calendar.write", "rules.publish", "rules.acknowledge", "rules.take-responsibility", "seal-type.add", "seal-type.retire"),   # binds people or names things, and gives nobody anything
    (
        "company.place", "unit.open", "unit.rename", "unit.move", "unit.close", "post.open", "post.close",
    ),   # where a company, unit or post stands gives nobody a power: powers are one row a company
    ("person.change-password", "factor.use-code", "factor.use-passkey", "factor.use-password"),   # is itself a proof, or asks for one
    (
        "person.sign-in", "person.sign-out", "person.open-account", "person.set-language", "address.confirm",
        "address.remove", "browser.remove", "message.read", "message.wish", "message.choose-ways", "message.mute", "audit.read", "seal.look-at-photo", "evidence.take", "evidence.take-month", "hand.look-at-photograph", "draft.keep", "draft.take-alike", "draft.leave-alike", "draft.drop", "person.keep-list", "person.drop-list", "person.keep-phrases",
    ),   # about one's own account alone, or how one enters it
    (
        "device.mount", "device.fail-mounting", "device.unlock", "device.fail-unlocking", "device.check-proof", "device.enrol", "device.renew", "device.tell", "device.tell-together",
        "machine.allow", "cabinet.allow", "cabinet.fail", "cabinet.watch", "machine.raise", "machine.end-forced", "machine.compare-receipt", "cabinet.compare-receipt", "machine.fail", "machine.withdraw", "machine.pass-confirmation", "machine.fail-confirmation", "machine.fire", "machine.commit", "machine.release", "machine.photograph",
        "device.keep-picture",
        "application.vote-outside", "document.receive-brought", "document.turn-away",
        "document.keep", "document.put-off-keeping", "document.confirm-sealed", "document.confirm-sealed-each", "document.fail-sealing",
        "hand.compare", "permit.draw-sample",
        "application.keep-time", "seal.expire", "seal.take-back-certificate", "seal.move-revocation",
        "seal.tell-revoked", "seal.watch-certificate", "hand.finish", "take-out.watch", "take-out.machine-left", "alarm.raise", "stock.remind-place", "stock.remind-counter", "hand.remind-photographs", "stock.leave", "take-out.leave-unborne", "take-out.leave-outside", "incident.hand-on", "hand.leave-debt", "hand.leave-blank", "permit.expire", "permit.take-back", "permit.stop-standing", "seal.await-certificate", "seal.refuse-certificate", "seal.confirm-act", "seal.fail-act", "seal.signer-told", "seal.denial-told", "application.denial-told", "incident.open", "incident.open-over-factor", "person.lock-out",
        "cosigner.watch",
        "seal.own-yes-told", "passkey.told", "passkey.denial-told", "charter.told", "passkey.follow-seats", "passkey.seats-told", "passkey.seat-denial-told",
        "signer.watch", "signer.watch-clock", "signer.watch-quorum", "signer.keep-stamp", "document.linger", "seal.linger", "installation.begin-anew", "permit.void-all", "mandate.void-counted",
        "seal.follow-key",
        "table.read", "table.carry-in", "table.end-dead", "message.send-again", "webhook.send-again", "webhook.test", "webhook.resume", "factor.renew-marks", "installation.found", "installation.back-up", "installation.restore", "ceremony.hold", "ceremony.entrust",
    ),   # done by the installation itself, at its founding or after what a person has proved themselves for
)
# fmt: on


class ProofTooOld(Refused):
    code = "proof-too-old"


class SecondFactorMissing(Refused):
    code = "second-factor-missing"


def check_proof(least: Least, proof: Proved | None, *, at: datetime, has_strong: bool, is_demo: bool) -> None:
    """Return if the person has proved themselves well and lately enough, or refuse.

    A demonstration's people have no second factor, so their sign-in counts.
    """
    is_fresh = proof is not None and timedelta(0) <= at - proof.at <= PROOF_LASTS
    if is_fresh and proof is not None and proof.means in STRONG:
        return
    if not has_strong:
        if least is Least.SECOND_FACTOR and not is_demo:
            raise SecondFactorMissing
        if is_fresh:
            return
    raise ProofTooOld
