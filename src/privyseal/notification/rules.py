"""Who is told of what, how soon, and how a message goes out.

Tables and functions over plain values: no database, no clock, no web.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused


class Audience(StrEnum):
    """Whom a fact concerns, found from what it is about."""

    PERSON = "person"
    APPLICANT = "applicant"
    VOTERS = "voters"
    HOLDERS = "holders"
    KEEPERS = "keepers"
    SUPERVISORS = "supervisors"
    MANAGERS = "managers"
    APPROVERS = "approvers"
    TAKING_PART = "taking-part"
    READERS = "readers"
    LATE = "late"
    OWNER = "owner"
    NAMED = "named"
    SECURITY = "security"
    SYSTEM = "system"
    AUDIT = "audit"
    EVERYWHERE = "everywhere"


class Urgency(StrEnum):
    """When it may go out: at once whatever the hour, at the next hour that is not quiet, or with the day's other news."""

    URGENT = "urgent"
    PROMPT = "prompt"
    DAILY = "daily"


class Channel(StrEnum):
    """A way to somebody who is not looking at the product."""

    EMAIL = "email"
    SMS = "sms"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    PUSH = "push"


class DeliveryState(StrEnum):
    """``sending`` is said before a channel is spoken to, so that a crash is seen; ``sent`` means that the channel took it.

    ``delivered`` is said by channels that send receipts; ``unclear`` ends what may have arrived twice.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Told:
    """A kind of fact and whom it is told to; ``own`` tells even those who did it."""

    kind: str
    to: tuple[Audience, ...]
    urgency: Urgency = Urgency.PROMPT
    own: bool = False


@dataclass(frozen=True, slots=True)
class Reminded:
    """A day that is told of before it comes; where ``ahead`` is negative, so long after it."""

    kind: str
    to: tuple[Audience, ...]
    ahead: timedelta
    urgency: Urgency = Urgency.PROMPT


_IN_CHARGE: Final = (Audience.MANAGERS, Audience.KEEPERS)
_ALARM: Final = (*_IN_CHARGE, Audience.APPROVERS, Audience.HOLDERS, Audience.SECURITY, Audience.AUDIT)
_DAY: Final = timedelta(days=1)
_U: Final = Urgency.URGENT
_D: Final = Urgency.DAILY

# fmt: off
TOLD: Final = (
    Told("application.submitted",      to=(Audience.VOTERS, Audience.NAMED)),                                   # it is their turn
    Told("application.compared",       to=(Audience.APPLICANT, Audience.VOTERS)),                               # likewise
    Told("application.consented",      to=(Audience.APPLICANT, Audience.VOTERS)),                               # nothing but approvals is missing now
    Told("application.consent-taken-back", to=(Audience.APPLICANT, Audience.VOTERS, Audience.HOLDERS), urgency=_U),  # nothing comes of it any more
    Told("permit.sample-taken",        to=(Audience.PERSON,), urgency=_D),                                      # they look whether it fits
    Told("permit.stopped",             to=(Audience.APPLICANT, Audience.HOLDERS, Audience.MANAGERS, Audience.AUDIT)),  # it was overrun, or a sample did not fit
    Told("permit.ended",               to=(Audience.APPLICANT, Audience.HOLDERS)),                              # they wait for it in vain
    Told("permit.expired",             to=(Audience.APPLICANT, Audience.HOLDERS)),                              # likewise
    Told("permit.voided",              to=(Audience.APPLICANT, Audience.HOLDERS), urgency=_U),                  # nobody knows what it was used for
    Told("permit.topped-up",           to=(Audience.APPLICANT, Audience.HOLDERS, Audience.MANAGERS)),           # they go on, and the manager knows
    Told("permit.prolonged",           to=(Audience.APPLICANT, Audience.HOLDERS, Audience.MANAGERS)),           # likewise
    Told("permit.taken-back",          to=(Audience.APPLICANT, Audience.HOLDERS, Audience.AUDIT)),              # others have to approve it
    Told("mandate.given",              to=(Audience.MANAGERS, Audience.APPROVERS, Audience.AUDIT)),             # one yes for many uses
    Told("mandate.revoked",            to=(Audience.MANAGERS, Audience.APPROVERS, Audience.HOLDERS), urgency=_U),   # what rested on it is refused now
    Told("seal.person-named",          to=(Audience.PERSON, Audience.APPROVERS)),                               # one of them agrees
    Told("seal.person-confirmed",      to=(Audience.PERSON, Audience.MANAGERS)),                                # it is used with their own yes alone
    Told("application.advanced",       to=(Audience.VOTERS,)),                                                  # likewise, at the next stage
    Told("application.returned",       to=(Audience.VOTERS, Audience.APPLICANT)),                               # an earlier stage decides again
    Told("application.asked-further",  to=(Audience.PERSON,)),                                                  # it is their turn besides
    Told("application.forwarded",      to=(Audience.PERSON, Audience.APPLICANT)),                               # it is their turn instead
    Told("application.commented",      to=(Audience.TAKING_PART,)),                                             # somebody asks or answers
    Told("application.urged",          to=(Audience.VOTERS,)),                                                  # the applicant cannot wait
    Told("application.reminded",       to=(Audience.VOTERS,)),                                                  # their time is nearly over
    Told("application.overdue",        to=(Audience.APPLICANT, Audience.VOTERS, Audience.LATE)),                # it is over, and others hear of it or may decide
    Told("application.copied",         to=(Audience.PERSON,)),                                                  # they may read it
    Told("application.agreed",         to=(Audience.APPLICANT,)),                                               # one company less to wait for
    Told("application.approved",       to=(Audience.APPLICANT, Audience.HOLDERS, Audience.READERS)),            # they can go on
    Told("application.rejected",       to=(Audience.APPLICANT, Audience.READERS)),                              # they must think again
    Told("application.withdrawn",      to=(Audience.READERS,)),                                                 # they hear of its end
    Told("document.sealed",            to=(Audience.APPLICANT, Audience.MANAGERS), urgency=_D),                 # every use, in the day's news
    Told("document.seal.lingers",      to=(Audience.APPLICANT, Audience.HOLDERS, Audience.MANAGERS, Audience.SYSTEM)),  # somebody looks what the key waits for
    Told("document.seal.failed",       to=(Audience.APPLICANT, Audience.HOLDERS, Audience.MANAGERS)),           # somebody has to look
    Told("hand.asked",                 to=(Audience.KEEPERS, Audience.SUPERVISORS)),                            # they confirm, each on their own account
    Told("hand.confirmed",             to=(Audience.HOLDERS,)),                                                 # they can stamp once both have
    Told("hand.count-differs",         to=(*_IN_CHARGE, Audience.AUDIT), urgency=_U),                           # an impression is on paper that somebody did not count
    Told("hand.sample-drawn",          to=(Audience.HOLDERS, Audience.SUPERVISORS)),                            # they photograph these before the volume leaves the house
    Told("hand.blanks-numbered",       to=(Audience.HOLDERS, Audience.KEEPERS, Audience.MANAGERS)),             # each of them is accounted for by its day
    Told("hand.blank-used",            to=(Audience.MANAGERS,), urgency=_D),                                    # they see what stands on it
    Told("hand.blank-returned",        to=(Audience.HOLDERS,)),                                                 # they do not answer for it any more
    Told("hand.spoiled",               to=(Audience.KEEPERS, Audience.SUPERVISORS)),                            # the page is handed in to the keeper
    Told("hand.taken-in",              to=(Audience.HOLDERS, Audience.MANAGERS)),                               # they make it anew, or apply; the manager sees how often
    Told("hand.ended",                 to=(Audience.APPLICANT, Audience.KEEPERS)),                              # the seal comes back to its place
    Told("hand.photographs-due",       to=(Audience.PERSON, Audience.SUPERVISORS)),                             # the seal is still out: they photograph before it holds anybody up
    Told("hand.photographs-owed",      to=(Audience.PERSON,), own=True),                                        # they apply for nothing more until it is done
    Told("hand.waiver-asked",          to=(Audience.MANAGERS,)),                                                # one of them agrees, or not
    Told("hand.photographs-waived",    to=(Audience.PERSON, Audience.AUDIT)),                                   # nobody will see those pages
    Told("take-out.booked",            to=(Audience.KEEPERS, Audience.HOLDERS, Audience.SUPERVISORS)),          # each has their part in it
    Told("take-out.given",             to=(Audience.HOLDERS,)),                                                 # the bearer confirms
    Told("take-out.received",          to=(Audience.SUPERVISORS, Audience.MANAGERS)),                           # it has left the house
    Told("take-out.brought",           to=(Audience.KEEPERS,)),                                                 # they take it back
    Told("take-out.taken-back",        to=(Audience.APPLICANT, Audience.HOLDERS, Audience.MANAGERS)),           # it is back
    Told("take-out.prolonged",         to=(Audience.KEEPERS, Audience.SUPERVISORS)),                            # it comes back later
    Told("take-out.due-soon",          to=(Audience.HOLDERS, Audience.SUPERVISORS)),                            # there is still time to come back
    Told("take-out.overdue",           to=(Audience.HOLDERS, Audience.SUPERVISORS, *_IN_CHARGE)),               # whoever is out with it, and who waits
    Told("take-out.lost-risk",         to=(*_IN_CHARGE, Audience.APPROVERS, Audience.HOLDERS, Audience.AUDIT)),  # more people look for it
    Told("stock.opened",               to=(Audience.PERSON,)),                                                  # they count
    Told("stock.handed-on",            to=(Audience.PERSON,)),                                                  # they go on
    Told("stock.overdue",              to=(Audience.MANAGERS,)),                                                # they have it counted
    Told("stock.left",                 to=(Audience.MANAGERS,)),                                                # they name who goes on
    Told("stock.late",                 to=(Audience.PERSON, Audience.MANAGERS)),                                # it is ended, or somebody else goes on
    Told("stock.ended",                to=(Audience.MANAGERS,), urgency=_D),                                    # they read what was found
    Told("device.lost",                to=(*_IN_CHARGE, Audience.SECURITY, Audience.AUDIT), urgency=_U),        # nothing opens it, and somebody looks for it
    Told("machine.refused",            to=(Audience.HOLDERS, *_IN_CHARGE)),                                        # they cannot stamp, and read why
    Told("device.alarmed",             to=(*_IN_CHARGE, Audience.SECURITY, Audience.AUDIT), urgency=_U),        # somebody goes and looks, at once
    Told("device.enrolled",            to=(Audience.MANAGERS, Audience.SECURITY)),                              # a machine that nobody expects is an intruder
    Told("device.mounting-asked",      to=(*_IN_CHARGE, Audience.SECURITY)),                                    # one of them agrees, or does not: by passkey alone, that is security
    Told("device.mounting-refused",    to=_IN_CHARGE),                                                          # it is where it was, and they do what the key says, and ask anew
    Told("device.mounted",             to=_IN_CHARGE),                                                          # from now on the machine opens for it
    Told("device.unmounted",           to=_IN_CHARGE),                                                          # somebody has it in hand again
    Told("device.unlocking-asked",     to=(*_IN_CHARGE, Audience.SECURITY)),                                    # one of them agrees, or does not: by passkey alone, that is security
    Told("device.unlocking-refused",   to=_IN_CHARGE),                                                          # it stays locked, and they ask anew
    Told("device.unlocking-ordered",   to=(*_IN_CHARGE, Audience.SECURITY)),                                    # from now on it opens again
    Told("device.placed",              to=(Audience.PERSON,)),                                                  # they look after it from now on
    Told("device.group-asked",         to=_IN_CHARGE),                                                          # nothing opens until they are unlocked
    Told("device.confirmations-set",   to=(*_IN_CHARGE, Audience.SECURITY, Audience.AUDIT)),                    # fewer or more eyes on each impression
    Told("machine.confirmation-asked", to=(Audience.APPROVERS,), urgency=_U),                                   # somebody stands at the machine and waits
    Told("machine.confirmation-refused", to=(Audience.APPROVERS,)),                                             # it waits still, and they agree anew
    Told("machine.declined",           to=(Audience.HOLDERS, *_IN_CHARGE)),                                     # they stamp no more, and ask why
    Told("machine.emergency",          to=(*_IN_CHARGE, Audience.APPROVERS, Audience.AUDIT), urgency=_U),       # nobody sees its impressions before
    Told("machine.reviewed",           to=(Audience.HOLDERS, Audience.MANAGERS, Audience.AUDIT)),               # right, or an incident
    Told("device.retired",             to=_IN_CHARGE),                                                          # they have one less
    Told("alarm.raised",               to=(Audience.OWNER, Audience.MANAGERS)),                                 # somebody looks into it
    Told("hand.entered",               to=(Audience.APPLICANT, Audience.MANAGERS), urgency=_D),                 # every use, in the day's news
    Told("seal.made",                  to=_IN_CHARGE),                                                          # two people accept it
    Told("seal.active",                to=_IN_CHARGE),                                                          # it can be used from now on
    Told("seal.changed",               to=_IN_CHARGE),                                                          # another face, name or keeper
    Told("seal.suspended",             to=(*_IN_CHARGE, Audience.HOLDERS), urgency=_U),                         # nothing can be sealed now
    Told("seal.collected",             to=_IN_CHARGE),                                                          # it is at headquarters now
    Told("seal.kept",                  to=_IN_CHARGE),                                                          # who answers for it now
    Told("seal.covered",               to=_IN_CHARGE),                                                          # who answers for it meanwhile
    Told("seal.cover-ended",           to=_IN_CHARGE),                                                          # who answers for it again
    Told("seal.retired",               to=_IN_CHARGE),                                                          # it is to be handed in
    Told("seal.destroyed",             to=_IN_CHARGE),                                                          # nothing brings it back
    Told("seal.void",                  to=_IN_CHARGE),                                                          # nothing brings it back
    Told("seal.lost",                  to=_ALARM, urgency=_U),                                                  # a loss wakes everybody
    Told("seal.stolen",                to=_ALARM, urgency=_U),                                                  # likewise
    Told("seal.robbed",                to=_ALARM, urgency=_U),                                                  # likewise
    Told("seal.disputed",              to=_ALARM, urgency=_U),                                                  # likewise
    Told("seal.campaign-opened",       to=(Audience.KEEPERS,)),                                                 # they photograph what they keep, by a day
    Told("incident.opened",            to=(Audience.OWNER, Audience.MANAGERS, Audience.AUDIT), urgency=_U),     # somebody has to act by a day
    Told("incident.factor-forged",     to=(Audience.OWNER, Audience.SECURITY, Audience.AUDIT), urgency=_U),     # somebody wrote to the database past the pages
    Told("incident.reclassified",      to=(Audience.OWNER, Audience.MANAGERS, Audience.AUDIT), urgency=_U),     # it is worse than it looked
    Told("incident.frozen",            to=(Audience.MANAGERS, Audience.SECURITY, Audience.AUDIT), urgency=_U),  # a whole group is at rest
    Told("incident.reassigned",        to=(Audience.OWNER,)),                                                   # it is theirs now
    Told("incident.end-proposed",      to=(Audience.OWNER, Audience.MANAGERS)),                                 # a second person agrees
    Told("incident.ended",             to=(Audience.OWNER, Audience.MANAGERS, Audience.AUDIT)),                 # whoever worried can stop
    Told("calendar.written",           to=(Audience.SECURITY, Audience.AUDIT), urgency=_D),                     # deadlines fall on other days from now on
    Told("calendar.hours-written",     to=(Audience.SECURITY, Audience.AUDIT), urgency=_D),                     # deadlines fall on other times from now on
    Told("category.written",           to=(Audience.SECURITY,), urgency=_D),                                    # likewise
    Told("category.confirmed",         to=(Audience.MANAGERS, Audience.AUDIT)),                                 # something else has to be said and shown
    Told("category.ended",             to=(Audience.MANAGERS, Audience.AUDIT)),                                 # likewise
    Told("delegation.given",           to=(Audience.PERSON,)),                                                  # they decide for somebody
    Told("delegation.ended",           to=(Audience.PERSON,)),                                                  # they, or nobody for them, decide no more
    Told("passkey.seats-listed",               to=(Audience.SECURITY,)),                                                # another of them agrees
    Told("passkey.seats-not-taken",            to=(Audience.SECURITY,)),                                                # who was on it waits again
    Told("charter.proposed",           to=(Audience.APPROVERS, Audience.SECURITY)),                             # others of them have to agree
    Told("charter.in-force",           to=(Audience.MANAGERS, Audience.APPROVERS, Audience.SECURITY, Audience.AUDIT)),  # the key asks for something else
    Told("charter.not-taken",          to=(Audience.APPROVERS, Audience.SECURITY)),                             # what held before goes on
    Told("policy.written",             to=(Audience.SECURITY,), urgency=_D),                                    # one of them puts it into force
    Told("policy.confirmed",           to=(Audience.MANAGERS, Audience.APPROVERS, Audience.AUDIT)),             # others may be asked from now on
    Told("power.granted",              to=(Audience.PERSON, Audience.SECURITY)),                                # a second person confirms
    Told("power.confirmed",            to=(Audience.PERSON,)),                                                  # they can act by it now
    Told("power.ended",                to=(Audience.PERSON,)),                                                  # they can act by it no more
    Told("factor.enrolled",            to=(Audience.PERSON,), urgency=_U, own=True),                            # a thief would do it too
    Told("factor.removed",             to=(Audience.PERSON,), urgency=_U, own=True),                            # likewise
    Told("factor.recovery-code-used",  to=(Audience.PERSON,), urgency=_U, own=True),                            # likewise
    Told("factor.reset-asked",         to=(Audience.PERSON, Audience.SECURITY), urgency=_U),                    # its owner can stop it
    Told("factor.reset",               to=(Audience.PERSON,), urgency=_U),                                      # whoever signs in needs no second proof now
    Told("session.put-out",            to=(Audience.PERSON, Audience.SECURITY)),                                # they sign in anew, and ask why
    Told("passkey.offered",            to=(Audience.PERSON, Audience.SECURITY), urgency=_U, own=True),          # its owner can have it removed, two others look at it
    Told("passkey.entered",            to=(Audience.PERSON,), urgency=_U),                                      # it says yes in their name from then on
    Told("passkey.removed",            to=(Audience.PERSON, Audience.SECURITY), urgency=_U, own=True),          # it says yes no more
    Told("person.password-changed",    to=(Audience.PERSON,), urgency=_U, own=True),                            # a thief would do it too
    Told("person.locked-out",          to=(Audience.PERSON, Audience.SECURITY), urgency=_U, own=True),          # somebody tries to get in
    Told("address.named",              to=(Audience.PERSON,), urgency=_U, own=True),                            # at the addresses before it
    Told("address.removed",            to=(Audience.PERSON,), urgency=_U, own=True),                            # likewise
    Told("register.waiver-asked",      to=(Audience.APPROVERS,)),                                               # one of them agrees, or not
    Told("register.waiver-declined",   to=(Audience.PERSON,)),                                                  # they owe it as before
    Told("register.filing-waived",     to=(Audience.PERSON,)),                                                  # they need not file it any more
    Told("register.filed",             to=(Audience.MANAGERS,), urgency=_D),                                    # one of them confirms scan and number
    Told("register.filing-returned",   to=(Audience.PERSON,)),                                                  # they owe them again
    Told("register.chased",            to=(Audience.PERSON,)),                                                  # somebody waits for them
    Told("register.filing-rule-set",   to=(Audience.MANAGERS, Audience.AUDIT), urgency=_D),                     # something else is owed after a use
    Told("register.transferred",       to=(Audience.MANAGERS,), urgency=_D),                                    # a year's papers have left
    Told("seal.extended",              to=(*_IN_CHARGE,)),                                                      # a later last day
    Told("seal.assigned",              to=(*_IN_CHARGE,)),                                                      # another unit answers for it
    Told("seal.act.lingers",           to=(Audience.APPLICANT, Audience.MANAGERS, Audience.SYSTEM)),            # likewise
    Told("seal.certificate-asked",     to=(Audience.APPLICANT, Audience.MANAGERS)),                             # one of them takes the request to the authority
    Told("seal.certificate-revoked",   to=_ALARM, urgency=_U),                                                  # its authority took it back: nothing can be sealed, and somebody asks why
    Told("seal.past-certificate-revoked", to=_ALARM),                                                           # what was sealed under an earlier certificate counts no more where it is checked
    Told("seal.revocation-moved",      to=_ALARM),                                                              # more of what was sealed counts no more, or less
    Told("seal.certificate-unwatched", to=(Audience.MANAGERS, Audience.SYSTEM)),                                # somebody looks why its authority says nothing
    Told("seal.certificate-watched",   to=(Audience.MANAGERS, Audience.SYSTEM), urgency=_D),                    # whoever worried can stop
    Told("seal.certificate-given-up",  to=(Audience.APPLICANT, Audience.MANAGERS)),                             # they wait for it in vain
    Told("seal.make.failed",           to=(Audience.APPLICANT, Audience.MANAGERS)),                             # somebody has to look
    Told("seal.resume.failed",         to=(Audience.APPLICANT, Audience.MANAGERS)),                             # likewise
    Told("seal.change.failed",         to=(Audience.APPLICANT, Audience.MANAGERS)),                             # likewise
    Told("seal.extend.failed",         to=(Audience.APPLICANT, Audience.MANAGERS)),                             # likewise
    Told("seal.destroy.failed",        to=(Audience.APPLICANT, Audience.MANAGERS)),                             # likewise
    Told("seal.invalidate.failed",     to=(Audience.APPLICANT, Audience.MANAGERS)),                             # likewise
    Told("seal.unfreeze.failed",       to=(Audience.APPLICANT, Audience.MANAGERS)),                             # likewise
    Told("seal.co-custodian-named",    to=(Audience.PERSON,)),                                                  # their agreement is asked after a loss
    Told("keeper-set.end-proposed",    to=(Audience.MANAGERS,)),                                                # a second person agrees
    Told("person.entry-code-made",     to=(Audience.SECURITY, Audience.AUDIT), urgency=_D),                     # likewise, for an account that was open
    Told("company.registered",         to=(Audience.SECURITY, Audience.AUDIT), urgency=_D),                     # a second person examines the proofs
    Told("company.renaming-asked",     to=(Audience.SECURITY, Audience.AUDIT), urgency=_D),                     # likewise
    Told("hold.placed",                to=(Audience.AUDIT, Audience.MANAGERS)),                                 # nothing of it is deleted from now on
    Told("hold.lifting-asked",         to=(Audience.AUDIT, Audience.SECURITY)),                                 # a second person agrees
    Told("hold.lifted",                to=(Audience.AUDIT, Audience.MANAGERS)),                                 # it goes when its time has come
    Told("clearance.asked",            to=(Audience.AUDIT, Audience.MANAGERS)),                                 # the auditor decides
    Told("clearance.agreed",           to=(Audience.MANAGERS,), urgency=_D),                                    # the files go
    Told("clearance.refused",          to=(Audience.MANAGERS,)),                                                # whoever asked is answered
    Told("erasure.asked",              to=(Audience.AUDIT, Audience.SECURITY)),                                 # the auditor decides
    Told("erasure.refused",            to=(Audience.SECURITY,)),                                                # whoever asked is answered
    Told("erasure.finished",           to=(Audience.AUDIT, Audience.SECURITY), urgency=_D),                     # rows that keep the name are theirs to judge
    Told("person.erased",              to=(Audience.AUDIT, Audience.SECURITY), urgency=_D),                     # backups from before have the name still
    Told("mapping.made",               to=(Audience.SECURITY, Audience.AUDIT), urgency=_D),                     # a second person confirms
    Told("outside.registered",         to=(Audience.SECURITY, Audience.AUDIT)),                                 # likewise
    Told("outside.confirmed",          to=(Audience.MANAGERS, Audience.APPROVERS, Audience.AUDIT)),             # its word counts as a vote from now on
    Told("outside.ended",              to=(Audience.MANAGERS, Audience.APPROVERS, Audience.AUDIT)),             # it counts no more
    Told("cosigner.late",              to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM)),                # where it is asked for, no seal is used until it is back
    Told("cosigner.differs",           to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM)),                # somebody may have rewritten the record
    Told("cosigner.back",              to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM), urgency=_D),    # nobody need look any more
    Told("signer.sealed",              to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM)),                # no seal is used until its custodians open it
    Told("signer.opened",              to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM)),                # whoever did not ask for it looks who did
    Told("signer.clock-set",           to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM), urgency=_U),    # windows that were over may be open again: whoever did not ask for it asks who keeps the keys
    Told("signer.quorum-set",          to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM), urgency=_U),    # whoever did not ask for it asks the custodians who did
    Told("installation.began-anew",    to=(Audience.EVERYWHERE,), urgency=_U),                                  # facts are lost: everybody looks what of theirs is missing
    Told("installation.restored",      to=(Audience.AUDIT, Audience.SECURITY, Audience.SYSTEM)),                # who is in charge looks what was lost, and that the old one stays off
    Told("installation.backed-up",     to=(Audience.AUDIT, Audience.SYSTEM), urgency=_D),                       # the file is looked for where it should be
    Told("webhook.subscribed",         to=(Audience.SECURITY, Audience.AUDIT)),                                 # ids leave the house from now on
)
# Refusals that say somebody tried what duties kept apart forbid: the auditor hears of them.
REFUSALS_TOLD: Final = Told(".refused", to=(Audience.AUDIT,), urgency=_D)
CODES_TOLD: Final = frozenset({
    "document-differs", "document-not-approved", "duties-not-separate", "keepers-not-separate", "not-the-holder",
    "permit-spent", "powers-conflict", "self-appointment", "self-grant", "wrong-document",
})
# fmt: on

DAILY_AT: Final = time(17, 30)  # the day's news, while somebody can still act on it
CODE_LASTS: Final = timedelta(minutes=30)
# A channel that is down is tried again after these; then every hour until LONGEST is over.
PAUSES: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20))
_LAST_PAUSE: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=3)
# Whoever claimed a delivery and has not said what became of it within this has died over it.
SENDING_LASTS: Final = timedelta(minutes=2)
MOST_SENDS: Final = 2
# A program that has taken nothing for so long is told no more until somebody says so; what it took is kept so long.
WEBHOOK_GIVEN_UP_AFTER: Final = timedelta(days=3)
NOTICES_KEPT: Final = timedelta(days=30)
MOST_BROWSERS: Final = 10
MOST_WEBHOOKS: Final = 20
# So long a receipt is waited for, and kept where what it speaks of is not known yet.
RECEIPTS_LAST: Final = timedelta(days=7)

# fmt: off
REMINDED: Final = (
    Reminded("permit.ending",       to=(Audience.HOLDERS,), ahead=_DAY),                     # approved, and not used up yet
    Reminded("application.waiting", to=(Audience.VOTERS,), ahead=-_DAY),                     # nobody has decided for a day
    Reminded("application.ending",  to=(Audience.APPLICANT, Audience.VOTERS), ahead=_DAY),   # after it nobody can decide
    Reminded("incident.due",        to=(Audience.OWNER,), ahead=_DAY),                       # its day comes
    Reminded("incident.overdue",    to=(Audience.OWNER, Audience.AUDIT), ahead=-_DAY),       # its day has passed
    Reminded("seal.cover-due",      to=(Audience.KEEPERS,), ahead=_DAY),                     # it goes back to its keeper
    Reminded("seal.hand-in-due",    to=_IN_CHARGE, ahead=3 * _DAY),                          # a retired seal is still out
    Reminded("campaign.due",        to=(Audience.KEEPERS,), ahead=3 * _DAY),                 # what they keep is not photographed yet
    Reminded("campaign.overdue",    to=_IN_CHARGE, ahead=-_DAY),                             # likewise, and its day has passed
    Reminded("hand.still-out",      to=(Audience.HOLDERS, Audience.KEEPERS), ahead=timedelta(0)),  # the time of their use is over, and the seal is not back
    Reminded("hand.debt-stands",    to=(Audience.PERSON,), ahead=-_DAY),                     # a day later nobody has seen what they stamped
    Reminded("filing.due",          to=(Audience.APPLICANT,), ahead=3 * _DAY),               # the papers of their use are not filed yet
    Reminded("filing.overdue",      to=(Audience.APPLICANT,), ahead=-_DAY),                  # likewise, and the day has passed
    Reminded("filing.long-overdue", to=(Audience.APPLICANT, Audience.MANAGERS), ahead=-14 * _DAY),  # likewise, and nothing came of it
    Reminded("calendar.missing",    to=(Audience.MANAGERS,), ahead=timedelta(0)),            # a year is near whose working days nobody has said
    Reminded("certificate.ends-in-90", to=(Audience.MANAGERS,), ahead=90 * _DAY),            # an authority outside takes weeks
    Reminded("certificate.ends-in-30", to=(Audience.MANAGERS, Audience.SECURITY), ahead=30 * _DAY),  # likewise, and nothing came of it
    Reminded("certificate.ends-in-7",  to=_ALARM, ahead=7 * _DAY),                           # a week later nothing can be sealed
    Reminded("record.held-back",    to=(Audience.SYSTEM,), ahead=timedelta(0)),              # no receipt is made until a transaction of the database ends
    Reminded("record.unarchived",   to=(Audience.SYSTEM,), ahead=timedelta(0)),              # the data folder fills up, and a restore to a moment ends before it
    Reminded("seal.ending",         to=_IN_CHARGE, ahead=30 * _DAY, urgency=Urgency.DAILY),  # its last day comes
)
# fmt: on
# Whatever anybody wishes, these go out by every way to them, at once.
OBLIGED: Final = frozenset(row.kind for row in TOLD if row.urgency is Urgency.URGENT)
_BY_KIND: Final = {row.kind: row for row in TOLD}


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which somebody does not want to be disturbed; equal ends mean none."""

    begins: time = time(0)
    ends: time = time(0)

    def over_at(self, at: datetime) -> datetime:
        """Return when these hours are over: ``at`` itself outside them. ``at`` is in the zone in which they count."""
        return _next(at, self.ends) if self._holds(at.time()) else at

    def _holds(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


class MessageObliged(Refused):
    """The rules oblige us to tell of this by every way."""

    code = "message-obliged"


def check_unwanted(kind: str) -> None:
    """Return where somebody may do without messages of this kind, or refuse."""
    if kind in OBLIGED:
        raise MessageObliged(kind=kind)


def told(kind: str, code: str = "") -> Told | None:
    """Return who hears of a fact of this kind; ``code`` is why something was refused."""
    if kind.endswith(REFUSALS_TOLD.kind):
        return REFUSALS_TOLD if code in CODES_TOLD else None
    return _BY_KIND.get(kind)


def goes_out_at(at: datetime, urgency: Urgency, quiet: Quiet) -> datetime:
    """Return when a message that was made at this time may leave. ``at`` is in the zone in which hours count."""
    if urgency is Urgency.URGENT:
        return at
    return quiet.over_at(at if urgency is Urgency.PROMPT else _next(at, DAILY_AT))


def tried_again_at(at: datetime, *, made_at: datetime, tries: int) -> datetime | None:
    """Return when a delivery that a channel could not take is tried again; None where it has been tried long enough."""
    pause = PAUSES[tries - 1] if tries <= len(PAUSES) else _LAST_PAUSE
    return at + pause if at + pause < made_at + LONGEST else None


def _next(at: datetime, clock: time) -> datetime:
    today = at.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return today if today > at else today + timedelta(days=1)
