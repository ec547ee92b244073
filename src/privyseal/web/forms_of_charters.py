"""The shape of a charter that is proposed."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.language.labels import ASSURANCE
from privyseal.signer.charters import MOST_APPROVALS
from privyseal.signer.statement import ASSURANCES
from privyseal.web.forms import CommandForm

COMPANY: Final = "company"
SEAL: Final = "seal"


class CharterForm(CommandForm):
    whose = forms.ChoiceField(
        label=_("For which seals"),
        choices=[(SEAL, _("This seal")), (COMPANY, _("Every seal of the company that has none of its own"))],
    )
    approvals = forms.IntegerField(
        label=_("How many people have to say yes"),
        min_value=1,
        max_value=MOST_APPROVALS,
        initial=1,
        help_text=_("Of all stages together. The approval policy has to ask as many, or the key refuses."),
    )
    assurance = forms.ChoiceField(
        label=_("Each at least"),
        choices=[(one, ASSURANCE[one]) for one in ASSURANCES],
        help_text=_("By their own passkey: then neither whoever runs the server nor its administrators can say yes."),
    )
    bound = forms.BooleanField(
        label=_("Only passkeys that cannot leave their device"),
        required=False,
    )
