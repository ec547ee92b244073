"""Approval policies in words: whose yes is asked, what makes a table unfit, what to begin from, what is refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.deadlines import Lapse
from privyseal.approvals.rules.policies import Counterparty, Flaw
from privyseal.approvals.rules.presets import Preset
from privyseal.approvals.rules.seats import Who
from privyseal.identity.rules.working_days import Counted
from privyseal.seals.rules import Level

WHO: Final[Mapping[Who, Promise]] = {
    Who.APPROVER: _("Anybody who may approve"),
    Who.MANAGER: _("The applicant’s manager"),
    Who.OFFICE: _("An office"),
    Who.POST: _("A post"),
    Who.PERSON: _("A person"),
    Who.OUTSIDE: _("An outside system"),
}
PRESET: Final[Mapping[Preset, Promise]] = {
    Preset.SMALL_FIRM: _("Small firm: one other person, two for what cannot be undone"),
    Preset.LISTED_COMPANY: _("Listed company: manager, head of finance and general manager by amount"),
    Preset.STATE_OWNED: _("State-owned group: two sign together at every serious step"),
}
LEVEL_OF_SEAL: Final[Mapping[Level, Promise]] = {
    Level.COMPANY: _("The company’s own"),
    Level.UNIT: _("A unit’s"),
}
COUNTERPARTY: Final[Mapping[Counterparty, Promise]] = {
    Counterparty.INSIDE: _("A company of the group"),
    Counterparty.OUTSIDE: _("Somebody outside"),
}
OFF_SITE: Final[Mapping[str, Promise]] = {
    "": _("Anywhere"),
    "yes": _("Outside the company only"),
    "no": _("In the company only"),
}
LAPSE: Final[Mapping[Lapse, Promise]] = {
    Lapse.TELL: _("They are told"),
    Lapse.ADD: _("They are told, and may decide too"),
}
COUNTED: Final[Mapping[Counted, Promise]] = {
    Counted.DAYS: _("working days"),
    Counted.HOURS: _("working hours"),
}
FLAW: Final[Mapping[Flaw, Promise]] = {
    Flaw.GAP: _("Nobody is asked in this case, for one:"),
    Flaw.NEVER: _("The rows above take everything: this one never decides."),
    Flaw.TOO_EASY: _("It asks fewer people than this purpose always needs:"),
    Flaw.OVERLAP: _("It meets a row above, which decides where both fit:"),
    Flaw.NO_HELP: _("When late, it goes to somebody who could not decide it:"),
    Flaw.ONE_PERSON: _(
        "Whoever asks for it or carries it out there would have to approve it as well today, and may not:"
    ),
    Flaw.UNFILLED: _("Nobody there can give this approval today:"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "seat-not-filled": _(
        "The approval policy asks for the approval of somebody who is not there, or who already has another part in "
        "this. Ask the security administrator to fill the post, or the seal manager to change the policy."
    ),
    "acts-for-applicant": _(
        "One of you stands in for the other in some post, so you do not decide what they ask for. Somebody else has to."
    ),
    "stage-too-large": _("One stage of the policy asks for more people than a seal’s key accepts. Ask for fewer."),
    "needed-later": _(
        "Nobody else is left who could approve a later stage, and each person approves once. Let another approver "
        "decide this stage."
    ),
    "nothing-decides": _("No row of the approval policy says who decides this. Ask the seal manager to add one."),
    "amount-not-possible": _("This is not an amount: write a number with at most two decimal places."),
    "policy-row-not-possible": _(
        "The row is not valid as it is. Choose at least one approver, possible amounts and deadlines; only uses of a "
        "seal have categories, counterparties, places and attachments."
    ),
    "policy-unfit": _(
        "The policy has a flaw, shown beside its row, and was not put into force. Its author corrects it."
    ),
    "policy-changed": _("The policy is not what your page showed. Look at it again before you go on."),
}
