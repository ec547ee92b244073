"""The shape of a charter that is proposed."""

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.actions import CharterWish
from privyseal.approvals.rules.rosters import MOST_AT_ONCE
from privyseal.language.labels import ASSURANCE
from privyseal.signer.charters import MOST_APPROVALS
from privyseal.signer.statement import ASSURANCES
from privyseal.web.forms import CommandForm

COMPANY: Final = "company"
SEAL: Final = "seal"


class CharterOfAllForm(CommandForm):
    approvals = forms.IntegerField(
        label=_("How many people have to agree"),
        min_value=1,
        max_value=MOST_APPROVALS,
        initial=1,
        help_text=_("In all stages together. The approval policy has to ask for as many, or the key refuses."),
    )
    assurance = forms.ChoiceField(
        label=_("Each approval at least"),
        choices=[(one, ASSURANCE[one]) for one in ASSURANCES],
        help_text=_(
            "By their own passkey: then neither whoever runs the server nor its administrators can approve for them."
        ),
    )
    bound = forms.BooleanField(
        label=_("Only passkeys that cannot leave their device"),
        required=False,
    )


class CharterForm(CharterOfAllForm):
    whose = forms.ChoiceField(
        label=_("For which seals"),
        choices=[(SEAL, _("This seal")), (COMPANY, _("Every seal of the company that has none of its own"))],
    )
    own_roster = forms.BooleanField(
        label=_("Only those on the company’s own roster"),
        required=False,
        help_text=_(
            "By passkey, and only of this company. Once it is proposed, security sees who is to be on the roster and "
            "puts them there; agree to the charter after that, or the key does not accept it."
        ),
    )


class SeatsForm(CommandForm):
    """What was ticked to come onto rosters; what does not wait any more, the act refuses."""

    seats = forms.TypedMultipleChoiceField(coerce=str)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        ticked = data.getlist("seats")[: MOST_AT_ONCE + 1]
        self.fields["seats"].choices = [(uid, uid) for uid in ticked]  # type: ignore[attr-defined]  # a field with choices


def wish_of(said: dict[str, Any]) -> CharterWish:
    """Return what a charter is to ask for, as its form says it."""
    return CharterWish(
        approvals=said["approvals"],
        assurance=said["assurance"],
        is_bound=said["bound"],
        is_own_roster=said.get("own_roster", False),
    )
