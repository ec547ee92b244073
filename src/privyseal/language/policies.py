"""Approval policies in words: whose yes is asked, what makes a table unfit, what there is to begin from."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.policies import Flaw
from privyseal.approvals.rules.presets import Preset
from privyseal.approvals.rules.seats import Who

WHO: Final[Mapping[Who, Promise]] = {
    Who.APPROVER: _("Anybody who may approve"),
    Who.MANAGER: _("The applicant's manager"),
    Who.OFFICE: _("An office"),
    Who.POST: _("A post"),
    Who.PERSON: _("A person"),
}
PRESET: Final[Mapping[Preset, Promise]] = {
    Preset.SMALL_FIRM: _("Small firm: one other person, two for what nothing brings back"),
    Preset.LISTED_COMPANY: _("Listed company: manager, head of finance and general manager by amount"),
    Preset.STATE_OWNED: _("State-owned group: two sign together at every grave step"),
}
FLAW: Final[Mapping[Flaw, Promise]] = {
    Flaw.GAP: _("Nobody is asked in this case, for one:"),
    Flaw.NEVER: _("The rows above take everything: this one never decides."),
    Flaw.TOO_EASY: _("It asks fewer people than this purpose takes everywhere:"),
    Flaw.OVERLAP: _("It meets a row above, which decides where both fit:"),
    Flaw.UNFILLED: _("Nobody can say this yes there today:"),
}
