"""What the product's own words are called in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.queries import Progress
from privyseal.approvals.rules import Manner, Part, State, Step
from privyseal.approvals.rules.joint import Mode
from privyseal.identity.rules import Means, Office, Power, Proof, Standing
from privyseal.keeping.rules import Held
from privyseal.keeping.terms import Paper
from privyseal.kernel.quorum import Needed
from privyseal.seals.rules import Act, Finding, Role, SealKind, SealState, SealType
from privyseal.seals.rules.incidents import Ending, IncidentKind
from privyseal.signer.bound import Binding, Bound, Secret
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.statement import EXTERNAL, SESSION, Purpose

POWER: Final[Mapping[Power, Promise]] = {
    Power.SYSTEM: _("System administration"),
    Power.SECURITY: _("Security administration"),
    Power.AUDIT: _("Audit"),
    Power.MANAGE: _("Seal management"),
    Power.USE: _("Use of seals"),
    Power.APPROVE: _("Approval"),
    Power.CUSTODY: _("Custody"),
}
MEANS: Final[Mapping[Means, Promise]] = {
    Means.PASSKEY: _("Passkey"),
    Means.TOTP: _("Authenticator app"),
    Means.RECOVERY_CODE: _("Recovery code"),
    Means.PASSWORD: _("Password"),
    Means.PROVIDER: _("Company’s sign-in service"),
    Means.DEMO: _("Demonstration"),
}
OFFICE: Final[Mapping[Office, Promise]] = {
    Office.LEGAL_REPRESENTATIVE: _("Legal representative"),
    Office.GENERAL_MANAGER: _("General manager"),
    Office.FINANCE_HEAD: _("Head of finance"),
    Office.UNIT_HEAD: _("Head of a unit"),
    Office.SEAL_KEEPER: _("Seal keeper"),
    Office.STAFF: _("Staff"),
}
PROOF: Final[Mapping[Proof, Promise]] = {
    Proof.LICENCE: _("Business licence"),
    Proof.REPRESENTATIVE: _("Legal representative’s own proof"),
}
STANDING: Final[Mapping[Standing, Promise]] = {
    Standing.INCOMPLETE: _("Proofs missing"),
    Standing.TO_BE_EXAMINED: _("To be examined"),
    Standing.REJECTED: _("Rejected"),
    Standing.VERIFIED: _("Verified"),
}
FINDING: Final[Mapping[Finding, Promise]] = {
    Finding.NOT_SEEN: _("not photographed yet"),
    Finding.OWNERLESS: _("kept by nobody"),
    Finding.UNFILED: _("not filed with the police"),
    Finding.NAME_TWICE: _("another seal has this name or one that looks like it"),
    Finding.ONLY_ONE: _("more than one seal of a type that a company has once"),
    Finding.FILING_TWICE: _("another seal has the same filing number"),
    Finding.PICTURE_TWICE: _("another seal has the same picture"),
}
PURPOSE: Final[Mapping[Purpose, Promise]] = {
    Purpose.USE: _("Use of a seal"),
    Purpose.STANDING: _("Standing permit"),
    Purpose.TOP_UP: _("More of an approved use"),
    Purpose.PROLONG: _("An approved use for longer"),
    Purpose.MAKE: _("New seal"),
    Purpose.RESUME: _("Resume a seal"),
    Purpose.UNFREEZE: _("Unfreeze a group"),
    Purpose.CHANGE: _("Change a seal"),
    Purpose.ASSIGN: _("Change the owning unit"),
    Purpose.EXTEND: _("Extend a seal"),
    Purpose.HAND_OVER: _("Hand over a seal"),
    Purpose.COVER: _("Leave cover for a keeper"),
    Purpose.COLLECT: _("Collect a seal"),
    Purpose.FIND: _("Take back a found seal"),
    Purpose.RETIRE: _("Retire a seal"),
    Purpose.DESTROY: _("Destroy a seal"),
    Purpose.INVALIDATE: _("Declare a seal void"),
}
# What follows from each purpose, said before anybody asks for it or carries it out.
CONSEQUENCE: Final[Mapping[Purpose, Promise]] = {
    Purpose.USE: _("The seal is put on exactly the approved document. It cannot be taken off again."),
    Purpose.STANDING: _(
        "Papers of this class are sealed without an application each, by the people named, so many a day and in all. "
        "Each use is on record; a sample of them is reviewed, and a paper that does not fit ends the permit."
    ),
    Purpose.TOP_UP: _(
        "This many more impressions of exactly what was approved, by the same people and until the same end."
    ),
    Purpose.PROLONG: _("Exactly what was approved, by the same people and as often, until a later end."),
    Purpose.MAKE: _(
        "An electronic seal gets its key and certificate, and is in force. A physical one is ordered from its maker; "
        "it is in force once its keeper and a witness have accepted it."
    ),
    Purpose.RESUME: _("The seal can be used again from this moment."),
    Purpose.UNFREEZE: _("Every seal named can be used again from the moment in which this is carried out."),
    Purpose.CHANGE: _(
        "An electronic seal gets a new key, certificate and face; a physical one is ordered from its maker, accepted "
        "by its keeper and a witness, and the old one handed in and destroyed. The version before it is void in the "
        "same moment: its certificate is revoked, and approvals given for it can no longer be carried out."
    ),
    Purpose.EXTEND: _(
        "The seal has a later last day. An electronic one gets a new key and certificate: the version before it is "
        "void in the same moment. A seal that rests goes on resting until another approval brings it back."
    ),
    Purpose.ASSIGN: _(
        "The seal belongs to the unit named from the moment in which this is carried out. Those whose powers are "
        "narrowed to units follow: some can act on it then, others no longer."
    ),
    Purpose.HAND_OVER: _("Once giver, receiver and witness have each said so, the receiver answers for the seal."),
    Purpose.COVER: _(
        "Somebody else keeps the seal until the day named. Count and imprint are recorded when it goes and when it "
        "comes back, before a witness."
    ),
    Purpose.COLLECT: _("Headquarters takes the seal. It cannot be used until an approval gives it back."),
    Purpose.FIND: _("The seal is no longer out of hand, but it rests: using it again needs another approval."),
    Purpose.RETIRE: _(
        "The seal is out of use for good. A physical one has to be handed in by the day set; what remains is its "
        "destruction."
    ),
    Purpose.DESTROY: _(
        "This cannot be undone. An electronic seal’s key is destroyed and its certificate revoked; a physical one is "
        "destroyed before two witnesses."
    ),
    Purpose.INVALIDATE: _(
        "This cannot be undone. The seal is declared void to the public, and whatever bears it later is not believed."
    ),
}
# What an application says besides its reason, lines and people.
TERM: Final[Mapping[str, Promise]] = {
    "document_class": _("Class of papers"),
    "title_words": _("Words on the first page"),
    "most_pages": _("Pages at most"),
    "for_unit_name": _("Whoever belongs to the unit"),
    "a_day": _("Uses in 24 hours"),
    "sample_every": _("Reviewed by lot, one of every"),
    "until": _("New end"),
    "fence": _("Not farther than"),
    "name": _("New name"),
    "face": _("New words of the face"),
    "ends_on": _("New last day"),
    "unit_name": _("New owning unit"),
    "due_at": _("Back by"),
    "hand_in_days": _("Days to hand it in"),
    "maker": _("Licensed maker"),
    "maker_licence": _("Number of the maker’s licence"),
}
STATE: Final[Mapping[State, Promise]] = {
    State.PENDING: _("Awaiting approval"),
    State.AGREED: _("Agreed, other companies have to decide"),
    State.APPROVED: _("Approved"),
    State.REJECTED: _("Rejected"),
    State.WITHDRAWN: _("Withdrawn"),
}
PROGRESS: Final[Mapping[Progress, Promise]] = {
    Progress.PENDING: _("Awaiting approval"),
    Progress.AGREED: _("Agreed, other companies have to decide"),
    Progress.REJECTED: _("Rejected"),
    Progress.WITHDRAWN: _("Withdrawn"),
    Progress.NOT_YET: _("Approved, not open yet"),
    Progress.READY: _("Approved, to be carried out"),
    Progress.UNDER_WAY: _("Being carried out"),
    Progress.DONE: _("Done"),
    Progress.EXPIRED: _("Expired"),
    Progress.ENDED: _("Ended before its time"),
}
PART: Final[Mapping[Part, Promise]] = {
    Part.APPLICANT: _("Applicant"),
    Part.APPROVER: _("Approver"),
    Part.OPERATOR: _("Operator"),
    Part.CUSTODIAN: _("Receiving keeper"),
    Part.WITNESS: _("Witness"),
    Part.PERSON: _("Whose name the seal bears"),
}
DECISION: Final[Mapping[Step, Promise]] = {
    Step.APPROVE: _("Approved"),
    Step.REJECT: _("Rejected"),
    Step.WITHDRAW: _("Withdrawn"),
}
# What somebody's yes is made of, as the key tells it.
ASSURANCE: Final[Mapping[str, Promise]] = {
    PASSKEY: _("by their own passkey"),
    SESSION: _("signed in here"),
    EXTERNAL: _("told by an outside system"),
}
MANNER: Final[Mapping[Manner, Promise]] = {
    Manner.SIGNATURE_PLACE: _("At the place of signature"),
    Manner.EVERY_PAGE: _("On every page named"),
    Manner.ACROSS_PAGES: _("Across the edges of pages"),
    Manner.TRUE_COPY: _("As a copy checked against its original"),
    Manner.OVER_DATE: _("Over the date"),
}
MODE: Final[Mapping[Mode, Promise]] = {
    Mode.TOGETHER: _("Together: nothing is sealed before every company has agreed, and one refusal ends all"),
    Mode.APART: _("Apart: each company’s seals may be put on once that company has agreed"),
}
BINDING: Final[Mapping[Binding, Promise]] = {
    Binding.FILE: _("Exactly this file, by its SHA-256"),
    Binding.PAPER: _("Paper without a file: photographs from before it is stamped"),
    Binding.SECRET: _("Closed envelope: title and number only, its content is not shown"),
}


def bound_in_words(bound: Bound | None) -> str:
    """Return what a line is bound to, with what is said of it."""
    if bound is None:
        return str(BINDING[Binding.FILE])
    if isinstance(bound, Secret):
        said = {"envelope": bound.envelope, "pages": bound.pages}
        return _("Closed envelope %(envelope)s, pages of a copy: %(pages)s; content not shown") % said
    counted = {"pages": bound.pages, "photographs": len(bound.photographs)}
    return (
        _("Paper without a file, pages of a copy: %(pages)s, photographed before stamping: %(photographs)s") % counted
    )


FOLLOWING: Final[Mapping[str, Promise]] = {
    "nobody": _("Nobody: any later change will be seen"),
    "parties": _("Companies of this installation: only the seals named below can follow"),
    "others": _("Others: the other party signs this file after us"),
}
SEAL_STATE: Final[Mapping[SealState, Promise]] = {
    SealState.DRAFT: _("Applied for"),
    SealState.MADE: _("Made, not accepted yet"),
    SealState.ACTIVE: _("In force"),
    SealState.SUSPENDED: _("Suspended"),
    SealState.COLLECTED: _("Collected"),
    SealState.DISPUTED: _("Custody disputed"),
    SealState.LOST: _("Lost"),
    SealState.STOLEN: _("Stolen"),
    SealState.ROBBED: _("Robbed"),
    SealState.RETIRED: _("Retired"),
    SealState.DESTROYED: _("Destroyed"),
    SealState.VOID: _("Void"),
}
SEAL_TYPE: Final[Mapping[SealType, Promise]] = {
    SealType.OFFICIAL: _("Official seal"),
    SealType.CONTRACT: _("Contract seal"),
    SealType.FINANCE: _("Finance seal"),
    SealType.INVOICE: _("Invoice seal"),
    SealType.HR: _("HR seal"),
    SealType.LEGAL_REPRESENTATIVE: _("Legal representative’s seal"),
    SealType.DEPARTMENT: _("Department seal"),
    SealType.PROJECT: _("Project seal"),
    SealType.DRAWING: _("Drawing seal"),
    SealType.CUSTOMS: _("Customs seal"),
    SealType.PARTY: _("Party seal"),
    SealType.UNION: _("Trade union seal"),
    SealType.PERSONAL: _("Personal name seal"),
    SealType.OTHER: _("Other seal"),
    SealType.LICENCE: _("Original licence"),
    SealType.U_KEY: _("U-key"),
    SealType.BANK_TOKEN: _("Bank token"),
}
SEAL_KIND: Final[Mapping[SealKind, Promise]] = {
    SealKind.ELECTRONIC: _("Electronic"),
    SealKind.PHYSICAL: _("Physical"),
}
ACT: Final[Mapping[Act, Promise]] = {
    Act.MAKE: _("Make"),
    Act.ACCEPT: _("Accept"),
    Act.ENTER: _("Enter"),
    Act.ABANDON: _("Abandon"),
    Act.SUSPEND: _("Suspend"),
    Act.RESUME: _("Resume"),
    Act.UNFREEZE: _("Unfreeze"),
    Act.CHANGE: _("Change"),
    Act.ASSIGN: _("Change the owning unit"),
    Act.EXTEND: _("Extend"),
    Act.HAND_OVER: _("Hand over"),
    Act.COVER: _("Leave cover"),
    Act.COLLECT: _("Collect"),
    Act.DISPUTE: _("Report: custody disputed"),
    Act.LOSE: _("Report: lost"),
    Act.STEAL: _("Report: stolen"),
    Act.ROB: _("Report: robbed"),
    Act.FIND: _("Take back"),
    Act.RETIRE: _("Retire"),
    Act.DESTROY: _("Destroy"),
    Act.INVALIDATE: _("Declare void"),
    Act.EXPIRE: _("Expire"),
    Act.REVOKE: _("Revoked by its authority"),
}
INCIDENT_KIND: Final[Mapping[IncidentKind, Promise]] = {
    IncidentKind.LOSS: _("Seal lost"),
    IncidentKind.THEFT: _("Seal stolen"),
    IncidentKind.ROBBERY: _("Seal robbed"),
    IncidentKind.DISPUTE: _("Custody of the seal disputed"),
    IncidentKind.FREEZE: _("Group frozen"),
    IncidentKind.NOT_HANDED_IN: _("Retired seal not handed in"),
    IncidentKind.COVER_OVERDUE: _("Leave cover not ended in time"),
    IncidentKind.FORGED_FACTOR: _("Forged second factor"),
    IncidentKind.COUNT_MISMATCH: _("Impressions do not add up"),
    IncidentKind.PAGE_DIFFERS: _("Stamped page differs from what was approved"),
    IncidentKind.PAGE_STRANGE: _("Stamped page is not in the approved document"),
    IncidentKind.NOT_RETURNED: _("Seal not returned"),
    IncidentKind.UNUSED: _("Approved but not used"),
    IncidentKind.IDLE: _("Seal idle"),
    IncidentKind.OFF_HOURS: _("Used outside the hours"),
    IncidentKind.EVIDENCE_DEBT: _("Photographs owed"),
    IncidentKind.MISPLACED: _("Seal in the wrong place"),
    IncidentKind.BLANKS: _("Blank not accounted for"),
    IncidentKind.RESTAMPS: _("Impressions went back too often"),
    IncidentKind.NOT_FOUND: _("Seal not found at a stock-take"),
    IncidentKind.UNEXPECTED: _("Seal found where it does not belong"),
    IncidentKind.MACHINE_COUNT: _("Count of a machine does not add up"),
    IncidentKind.MACHINE_OPENED: _("Machine opened without the right to"),
    IncidentKind.MACHINE_ALARM: _("Alarm given by a machine"),
    IncidentKind.OTHER: _("Not as it should be"),
}
ENDING: Final[Mapping[Ending, Promise]] = {
    Ending.FOUND: _("The seal was found"),
    Ending.INVALIDATED: _("The seal was declared void"),
    Ending.SETTLED: _("It is settled"),
    Ending.LIFTED: _("The freeze is lifted"),
    Ending.DRILL: _("It was a drill"),
    Ending.MISTAKEN: _("It was a mistake: the seal had been handed in"),
}
PAPER: Final[Mapping[Paper, Promise]] = {
    Paper.PHOTOGRAPH: _("Photograph"),
    Paper.SCAN: _("Scan"),
    Paper.DOCUMENT: _("Document"),
}
HELD: Final[Mapping[Held, Promise]] = {
    Held.COMPANY: _("A company"),
    Held.SEAL: _("A seal"),
    Held.APPLICATION: _("An application"),
    Held.PERSON: _("A person"),
}
# Why somebody must be told of an incident.
TOLD: Final[Mapping[str, Promise]] = {
    "keeper": _("keeps the seal"),
    "co-custodian": _("has a say in its replacement"),
    "manager": _("manages the company’s seals"),
    "holder": _("held a permit that is ended now"),
}
# What follows from reporting a seal, said before it is done.
REPORT_CONSEQUENCE: Final[tuple[Promise, ...]] = (
    _("The seal cannot be used from this moment, also where a use was approved."),
    _("Every permit for it is ended."),
    _("Its status is public at once, at the page where anybody can ask for it."),
    _("An incident is opened. Two people have to agree before it ends, and two approvers before the seal is back."),
    _("A new seal in its place needs the consent of its co-custodians."),
)
ROLE: Final[Mapping[Role, Promise]] = {
    Role.GIVER: _("as the giver"),
    Role.RECEIVER: _("as the receiver"),
    Role.WITNESS: _("as a witness"),
}
CHANGE: Final[Mapping[str, Promise]] = {
    "protection-removed": _("its protection by a password was taken off"),
    "repaired": _("its structure was repaired"),
    "forms-flattened": _("its form fields became plain content"),
    "annotations-flattened": _("its comments became plain content"),
    "attachments-removed": _("its attachments were removed"),
    "multimedia-removed": _("its multimedia was removed"),
    "actions-removed": _("its automatic actions were removed"),
    "scripts-removed": _("its scripts were removed"),
    "permissions-removed": _("its usage restrictions were removed"),
    "xfa-removed": _("its XFA form was removed"),
    "made-a-pdf": _("it was made a PDF"),
    "watermarked": _("every page says what the copy is for"),
}
SUBJECT: Final[Mapping[str, Promise]] = {
    "application": _("Application"),
    "campaign": _("Take-over"),
    "company": _("Company"),
    "device": _("Machine"),
    "document": _("Document"),
    "fact": _("Entry"),
    "grant": _("Grant"),
    "incident": _("Incident"),
    "installation": _("Installation"),
    "intent": _("Sealing"),
    "permit": _("Permit"),
    "person": _("Person"),
    "post": _("Post"),
    "category": _("Business category"),
    "policy": _("Approval policy"),
    "rules": _("Seal rules"),
    "seal": _("Seal"),
    "unit": _("Unit"),
}
SOFTWARE: Final = _("a passkey in software, for demonstrations: nobody was asked")
NEEDED: Final[Mapping[Needed, Promise]] = {
    Needed.NONE: _("None required"),
    Needed.ANY: _("One of them"),
    Needed.ALL: _("All of them"),
}
