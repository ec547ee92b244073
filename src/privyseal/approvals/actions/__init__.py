"""Everything that changes an application: load, ask the rules, save, record."""

from privyseal.approvals.actions.applying import (
    RubberWish,
    Standing,
    WindowNotPossible,
    apply_for_act,
    apply_for_rubber,
    apply_for_seal,
    apply_for_use,
    apply_to_resume,
    apply_to_unfreeze,
)
from privyseal.approvals.actions.deciding import (
    AlreadyVoted,
    ApplicationExpired,
    ChangedSinceShown,
    vote,
    withdraw,
)
from privyseal.approvals.actions.opening import ReasonMissing, TooFewApprovers

__all__ = [
    "AlreadyVoted",
    "ApplicationExpired",
    "ChangedSinceShown",
    "ReasonMissing",
    "RubberWish",
    "Standing",
    "TooFewApprovers",
    "WindowNotPossible",
    "apply_for_act",
    "apply_for_rubber",
    "apply_for_seal",
    "apply_for_use",
    "apply_to_resume",
    "apply_to_unfreeze",
    "vote",
    "withdraw",
]
