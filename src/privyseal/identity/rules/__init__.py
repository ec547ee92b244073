"""Who may be what. A rule is a row of a table."""

from privyseal.identity.rules.powers import (
    INSTALLATION_POWERS,
    POWERS_KEPT_APART,
    Apart,
    Held,
    Power,
    PowersConflict,
    Reach,
    SelfConfirmation,
    SelfGrant,
    WrongReach,
    check_confirmation,
    check_grant,
)

__all__ = [
    "INSTALLATION_POWERS",
    "POWERS_KEPT_APART",
    "Apart",
    "Held",
    "Power",
    "PowersConflict",
    "Reach",
    "SelfConfirmation",
    "SelfGrant",
    "WrongReach",
    "check_confirmation",
    "check_grant",
]
