"""Words about rubber seals that are used by hand."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privyseal.custody.rules import Ending, How, Phase
from privyseal.custody.rules.blanks import Became
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.photographs import Asked

ENDING: Final[Mapping[Ending, Promise]] = {
    Ending.COUNT: _("Everything was stamped"),
    Ending.TIME: _("The permit was over"),
    Ending.EARLY: _("The rest was not needed"),
    Ending.PAUSE: _("The seal rests, and goes out again"),
}
BECAME: Final[Mapping[Became, Promise]] = {
    Became.OUT: _("Out, to be accounted for"),
    Became.USED: _("Used"),
    Became.RETURNED: _("Handed in unused"),
}
ASKED: Final[Mapping[Asked, Promise]] = {
    Asked.EACH: _("Of each impression"),
    Asked.SAMPLE: _("By the volume: one in a hundred, drawn by lot after the count, two at least"),
    Asked.NONE: _("None"),
}
HOW: Final[Mapping[How, Promise]] = {
    How.BY_HAND: _("By hand"),
    How.BY_MACHINE: _("At a machine"),
}
THROUGH_CLOUD: Final = _("Through its maker’s cloud: the count rests on its maker’s word alone")
PHASE: Final[Mapping[Phase, Promise]] = {
    Phase.RESERVED: _("Taken"),
    Phase.MADE: pgettext_lazy("impressions", "Made"),
    Phase.COMMITTED: _("Settled"),
    Phase.RELEASED: _("Gone back"),
}
LATE: Final[Mapping[Waiting, Promise]] = {
    Waiting.CONFIRM: _("Confirmed"),
    Waiting.MADE: _("Said how many were made"),
    Waiting.PHOTOGRAPH: _("Photographed"),
    Waiting.COUNTED: pgettext_lazy("impressions", "Counted"),
    Waiting.RELEASE: _("Said that none was made"),
    Waiting.END: _("Use ended"),
    Waiting.PUT_BACK: _("Put back"),
    Waiting.REPORT: _("Said where the seal is"),
    Waiting.SPOIL: _("Marked a page void"),
    Waiting.TAKE_IN: _("Took a spoiled page in"),
    Waiting.BLANK_USED: _("Reported a blank used"),
    Waiting.BLANK_BACK: _("Took a blank back"),
    Waiting.GIVE: _("Gave the seal out"),
    Waiting.RECEIVE: _("Received the seal"),
    Waiting.BRING: _("Brought the seal back"),
    Waiting.TAKE_BACK: _("Took the seal back"),
    Waiting.STOCK_SEE: _("Saw a seal"),
    Waiting.STOCK_DESCRIBE: _("Described a seal nobody knows"),
    Waiting.STOCK_PAUSE: _("Paused the count"),
    Waiting.STOCK_GO_ON: _("Went on with the count"),
    Waiting.STOCK_END: _("Ended the count"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "waited-too-long": _(
        "By your phone’s clock this was said more than %(minutes)s minutes before it arrived, and whoever confirms has "
        "to be there. Look at the page as it is now, and confirm again."
    ),
    "sent-by-another": _(
        "Somebody else did this on this phone. It waits until they sign in here, and is not sent as yours."
    ),
    "seal-not-physical": _("This seal is electronic: nobody stamps with it by hand. Seal the file instead."),
    "too-many-looks": _("You asked about many photographs within a minute. Wait a minute and ask again."),
    "nothing-drawn-by-hand": _(
        "Codes, words and places for later parties are drawn into a file. For a rubber seal leave them out."
    ),
    "seal-is-out": _("The seal is out for another use. Have that one ended, and the seal put back, first."),
    "hands-missing": _("Keeper and supervisor have not both confirmed. Ask them to, each on their own account."),
    "turn-open": _(
        "Impressions were taken of which nobody has said yet what became of them. Settle them first: the operator says "
        "how many were made, the supervisor counts."
    ),
    "line-spent": _("Only %(left)s impressions are left for this document. Take fewer, or apply for more."),
    "turn-too-large": _("One to %(most)s impressions are taken at a time, so that a stop takes effect. Take fewer."),
    "count-not-in-turn": _(
        "Enter a number between zero and the number taken. If more were made than taken, stop, and report an incident."
    ),
    "release-unexplained": _("Impressions that were taken and not made go back with a reason. Say why."),
    "ends-unexplained": _("Say why what is left is not needed. The reason goes on record."),
    "place-missing": _("Say into which bag, safe or slot the seal went back."),
    "keeper-changed": _(
        "The seal has had another keeper since it was given out, or its keeper may no longer keep it. End this use, "
        "and ask for the seal again."
    ),
    "never-blank": _(
        "Guarantees, contracts and letters of authority are never stamped as blanks. Apply with the whole paper."
    ),
    "blanks-too-many": _("The category allows %(most)s blanks in one use, one impression each. Ask for fewer."),
    "blanks-take-two": _(
        "Blanks need at least %(needed)s approvers; this use would have %(asked)s. Have the policy ask for more."
    ),
    "blank-unexplained": _("Say what the blank was used for, and for whom. It goes on record."),
    "spoiled-unexplained": _("Say what went wrong with the impression. The reason goes on record."),
    "spoiled-too-many": _(
        "At most %(most)s impressions of these can still be called spoiled. Count those on the page again."
    ),
    "photographs-owed": _(
        "%(missing)s impressions that you made are on no photograph. Photograph them, or have a manager of the seal "
        "waive it; then apply again."
    ),
    "sample-not-asked": _(
        "Number %(number)s was not drawn, or is on a photograph already. Take one of the numbers that are missing."
    ),
    "photographs-not-own": _("Whoever owes photographs, or asked to waive them, waives none. Ask another manager."),
    "photographs-unexplained": _("Say why the photographs can no longer be provided. The reason goes on record."),
    "photograph-unreadable": _(
        "This photograph cannot be stored: JPEG or PNG of at most 10 MB can. Take it again with the phone."
    ),
    "photograph-shows-too-many": _("One photograph shows at most %(most)s impressions. Take several."),
    "keeper-not-apart": _(
        "Whoever keeps the seal now has another duty in this use (%(already)s) and could not give it out. Have the "
        "seal handed over to another keeper, or apply again without them."
    ),
    "supervisor-gone": _(
        "Whoever was to watch has left or may no longer take part. End this use, and apply again with somebody else."
    ),
}
