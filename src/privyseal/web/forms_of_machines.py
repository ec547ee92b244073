"""The shape of what is sent in about machines that hold rubber seals."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.device.enrolment import MOST_SLOTS
from privyseal.device.events import SERIAL
from privyseal.identity.models import Company
from privyseal.language.machines import DEVICE_KIND
from privyseal.web.forms import CommandForm, Sent, offer


class MachineForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    kind = forms.ChoiceField(label=_("What it is"), choices=[(kind.value, said) for kind, said in DEVICE_KIND.items()])
    serial = forms.RegexField(
        f"^(?i:{SERIAL.pattern})$",
        label=_("Serial number"),
        max_length=32,
        help_text=_("As it stands on the machine: letters, digits and hyphens."),
    )
    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Such as: front desk, third floor."))
    slots = forms.IntegerField(label=_("How many seals it holds"), min_value=1, max_value=MOST_SLOTS, initial=1)

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
