"""Everything that changes an application: load, ask the rules, save, record."""

from privyseal.approvals.actions.additions import apply_to_prolong, apply_to_top_up
from privyseal.approvals.actions.applying import (
    RubberWish,
    Standing,
    apply_for_act,
    apply_for_rubber,
    apply_for_seal,
    apply_to_resume,
    apply_to_unfreeze,
)
from privyseal.approvals.actions.archiving import (
    NotSaidWhatIsWrong,
    chase_papers,
    confirm_filing,
    return_filing,
    say_copy_is_back,
    set_filing_rule,
)
from privyseal.approvals.actions.categories import (
    CategoryChanged,
    confirm_category,
    discard_category,
    end_category,
    write_category,
)
from privyseal.approvals.actions.charters import agree_charter, drop_charter, propose_charter, tell_charters
from privyseal.approvals.actions.comparing import compare_copy
from privyseal.approvals.actions.consenting import (
    MandateWish,
    consent,
    give_mandate,
    mandate_of,
    mandate_statement_of,
    own_statements_of,
    take_back,
    take_consent_back,
)
from privyseal.approvals.actions.course import ask_further, forward, send_back
from privyseal.approvals.actions.deadlines import sweep_deadlines
from privyseal.approvals.actions.deciding import (
    AlreadyVoted,
    ApplicationExpired,
    ChangedSinceShown,
    NeededLater,
    vote,
    withdraw,
)
from privyseal.approvals.actions.delegating import Term, delegate, end_delegation
from privyseal.approvals.actions.denying import deny_applications
from privyseal.approvals.actions.drafts import DraftTooLong, TooManyDrafts, drop_draft, keep_draft
from privyseal.approvals.actions.filing import (
    MOST_SCAN_BYTES,
    ArchiveNumberMissing,
    NotAScan,
    NothingToTransfer,
    enter_filing,
    file_papers,
    transfer_filed,
)
from privyseal.approvals.actions.opening import ReasonMissing, SeatNotFilled, StageTooLarge, TooFewApprovers
from privyseal.approvals.actions.passkeys import (
    confirm_passkey,
    create_passkey,
    deny_passkeys,
    offer_passkey,
    remove_passkey,
    tell_rosters,
)
from privyseal.approvals.actions.policies import PolicyChanged, confirm_policy, discard_policy, write_policy
from privyseal.approvals.actions.registers import record_copy, remark_on_use
from privyseal.approvals.actions.standing import ForWhom, apply_for_standing
from privyseal.approvals.actions.talking import NothingSaid, ReadsAlready, comment, give_to_read, urge
from privyseal.approvals.actions.using import Jointly, WindowNotPossible, apply_for_use, apply_jointly
from privyseal.approvals.actions.waiving import WaiverMissing, ask_to_waive_filing, keep_owed, waive_filing

__all__ = [
    "MOST_SCAN_BYTES",
    "AlreadyVoted",
    "ApplicationExpired",
    "ArchiveNumberMissing",
    "CategoryChanged",
    "ChangedSinceShown",
    "DraftTooLong",
    "ForWhom",
    "Jointly",
    "MandateWish",
    "NeededLater",
    "NotAScan",
    "NotSaidWhatIsWrong",
    "NothingSaid",
    "NothingToTransfer",
    "PolicyChanged",
    "ReadsAlready",
    "ReasonMissing",
    "RubberWish",
    "SeatNotFilled",
    "StageTooLarge",
    "Standing",
    "Term",
    "TooFewApprovers",
    "TooManyDrafts",
    "WaiverMissing",
    "WindowNotPossible",
    "agree_charter",
    "apply_for_act",
    "apply_for_rubber",
    "apply_for_seal",
    "apply_for_standing",
    "apply_for_use",
    "apply_jointly",
    "apply_to_prolong",
    "apply_to_resume",
    "apply_to_top_up",
    "apply_to_unfreeze",
    "ask_further",
    "ask_to_waive_filing",
    "chase_papers",
    "comment",
    "compare_copy",
    "confirm_category",
    "confirm_filing",
    "confirm_passkey",
    "confirm_policy",
    "consent",
    "create_passkey",
    "delegate",
    "deny_applications",
    "deny_passkeys",
    "discard_category",
    "discard_policy",
    "drop_charter",
    "drop_draft",
    "end_category",
    "end_delegation",
    "enter_filing",
    "file_papers",
    "forward",
    "give_mandate",
    "give_to_read",
    "keep_draft",
    "keep_owed",
    "mandate_of",
    "mandate_statement_of",
    "offer_passkey",
    "own_statements_of",
    "propose_charter",
    "record_copy",
    "remark_on_use",
    "remove_passkey",
    "return_filing",
    "say_copy_is_back",
    "send_back",
    "set_filing_rule",
    "sweep_deadlines",
    "take_back",
    "take_consent_back",
    "tell_charters",
    "tell_rosters",
    "transfer_filed",
    "urge",
    "vote",
    "waive_filing",
    "withdraw",
    "write_category",
    "write_policy",
]
