"""What histories have to reach at least once: an act that is only ever refused proves nothing.

A name in words is what a rule counts; one with a dot is a fact on record.
"""

from typing import Final

# On an application's way, and what is sealed by it.
COURSES: Final = frozenset(
    {
        "policy", "return", "ask-further", "forward", "comment", "urge", "copy", "delegate", "end-delegation",
        "vote-for", "application.approved", "application.returned", "document.seal.intended", "document.sealed",
    }
)  # fmt: skip
STANDING: Final = frozenset(
    {
        "standing-use", "draw", "permit.sample-taken", "permit.sample-reviewed", "permit.stopped", "permit.ended",
        "use-of-a-unit", "kept-out-of-a-unit", "move",
    }
)  # fmt: skip
OWN_YES: Final = frozenset({"own-yes-awaited", "application.consented", "mandate.given", "mandate.revoked", "own-use"})
LATE: Final = frozenset({"application.reminded", "application.overdue", "late-vote", "laundering-refused"})
MORE: Final = frozenset({"ask-for-more", "ask-for-longer", "lost", "permit.topped-up", "permit.prolonged"})
WHOLES: Final = frozenset(
    {
        "ask-both-together",
        "ask-both-apart",
        "part-approve",
        "part-reject",
        "part-withdrawn",
        "all-withdrawn",
        "application.agreed",
    }
)
BY_HAND: Final = frozenset(
    {
        "ask-for-paper", "hand.asked", "hand.confirmed", "hand.reserved", "hand.made", "hand.committed",
        "hand.released", "hand.count-differs", "hand.ended", "hand.entered", "hand.put-back", "ends-pause",
        "ends-early", "hand.came-late", "more-paper", "hand.photographs-waived", "hand.spoiled", "hand.taken-in",
    }
)  # fmt: skip
OUTSIDE: Final = frozenset(
    {
        "take-out.given", "take-out.received", "take-out.brought", "take-out.taken-back", "take-out.overdue", "miss",
        "report-place", "stock.opened", "stock.seen", "stock.ended", "count-see", "count-end",
    }
)  # fmt: skip
FILED: Final = frozenset(
    {
        "register.filing-rule-set", "register.waiver-asked", "register.filing-waived", "register.waiver-declined",
        "seal.remarked", "register.remarked",
    }
)  # fmt: skip
BY_CATEGORY: Final = frozenset(
    {
        "hand.sample-drawn",
        "show-drawn",
        "hand.blanks-numbered",
        "blank-used",
        "blank-returned",
        "end-category",
        "cosigners-stale",
        "suspend-away",
    }
)
AT_MACHINES: Final = frozenset(
    {
        "machine.asked", "machine.allowed", "machine.withdrawn", "device.mounted", "device.unmounted", "device.told",
        "device.lost", "told-made", "told-jam", "told-gap", "told-excess", "told-begun", "told-twice",
        "finish-at-a-machine", "machine.receipt-read", "machine.receipt-compared", "machine.emergency",
        "machine.reviewed", "machine.confirmed", "machine.confirmation-ordered", "machine.shown", "show-a-ticket",
        "machine.half-told",
    }
)  # fmt: skip
AT_CABINETS: Final = frozenset(
    {
        "cabinet.asked", "cabinet.allowed", "cabinet.taken", "cabinet.returned", "cabinet.withdrawn",
        "cabinet.receipt-read", "cabinet.receipt-compared", "ask-a-cabinet-for-a-code", "cabinet-told-out",
        "cabinet-told-another back", "cabinet-told-by-code", "lose-a-cabinet",
    }
)  # fmt: skip
TROUBLES: Final = frozenset(
    {
        "report", "freeze", "drill", "raise", "opine", "reassign", "propose-end", "end-incident", "unfreeze", "find",
        "co-custodian", "leave-co-custody", "enter", "hand-over", "cover", "word", "order",
        "map-post", "map-unit", "confirm-mapping", "end-mapping", "fill-post", "deputise", "vacate-post", "join",
        "grant-by-mapping",
    }
)  # fmt: skip
LIVES: Final = frozenset(
    {
        "seal.assigned", "seal.extended", "seal.change-ordered", "seal.changed", "seal.old-rubber-seen",
        "seal.old-rubber-destroyed", "seal.retired", "seal.destroyed", "incident.consented",
        "keeper-set.made", "keeper-set.end-proposed", "keeper-set.ended",
    }
)  # fmt: skip

# By what every run does in good order, and by the many random histories of a long one.
DAILY: Final = (
    COURSES
    | STANDING
    | OWN_YES
    | LATE
    | MORE
    | WHOLES
    | BY_HAND
    | OUTSIDE
    | FILED
    | BY_CATEGORY
    | AT_MACHINES
    | AT_CABINETS
)
LONG: Final = DAILY | TROUBLES | LIVES
