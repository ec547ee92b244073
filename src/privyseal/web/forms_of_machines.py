"""The shape of what is sent in about machines that hold rubber seals."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.device.enrolment import MOST_SLOTS
from privyseal.device.events import SERIAL
from privyseal.devices.models import Device
from privyseal.devices.rules import MOST_CONFIRMATIONS
from privyseal.identity.models import Company, Person, Unit
from privyseal.language.machines import BECAUSE, DEVICE_KIND
from privyseal.seals.models import Seal
from privyseal.web.forms import CommandForm, Sent, offer


class MountForm(CommandForm):
    """Which seal is to go into which slot; none takes out whatever is there."""

    slot = forms.IntegerField(label=_("Its slot"), min_value=1, max_value=MOST_SLOTS, initial=1)
    seal = forms.ChoiceField(label=_("Seal"), required=False)

    def __init__(self, data: Sent = None, *, seals: Iterable[Seal]) -> None:
        super().__init__(data)
        nothing = ("", str(_("None: take out the seal that is there")))
        offer(self.fields["seal"], [nothing, *((seal.uid, f"{seal.name} {seal.number}") for seal in seals)])


class UnlockForm(CommandForm):
    """Why a machine that is locked may be unlocked."""

    because = forms.ChoiceField(
        label=_("Why it may be unlocked"), choices=[(because.value, said) for because, said in BECAUSE.items()]
    )


class SeenForm(CommandForm):
    """Which picture somebody saw who agrees to an impression."""

    picture = forms.RegexField("^[0-9a-f]{64}$")


class ConfirmationsForm(CommandForm):
    confirmations = forms.IntegerField(
        label=_("How many others see each impression first"),
        min_value=0,
        max_value=MOST_CONFIRMATIONS,
        help_text=_("They may approve with the seal, and neither applied nor stamp. Only security sets fewer."),
    )
    is_dual = forms.BooleanField(
        label=_("Two people hold each code"),
        required=False,
        help_text=_(
            "Whoever stamps has the first ten digits, one who keeps seals there the last ten. Only security ends it."
        ),
    )


class OwnerForm(CommandForm):
    """Whose a machine is, and who looks after it."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)
    keeper = forms.ChoiceField(label=_("Looked after by"), required=False)
    group = forms.CharField(
        label=_("Group"), max_length=40, required=False, help_text=_("Machines of one group can be locked together.")
    )

    def __init__(self, data: Sent = None, *, device: Device, units: Iterable[Unit], keepers: Iterable[Person]) -> None:
        super().__init__(data)
        offer(self.fields["unit"], [("", "—"), *((unit.uid, unit.name) for unit in units)])
        offer(self.fields["keeper"], [("", "—"), *((person.pseudonym, person.name) for person in keepers)])
        self.fields["unit"].initial = device.unit.uid if device.unit else ""
        self.fields["keeper"].initial = device.keeper.pseudonym if device.keeper else ""
        self.fields["group"].initial = device.group


class MachineForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    kind = forms.ChoiceField(
        label=_("Kind of machine"), choices=[(kind.value, said) for kind, said in DEVICE_KIND.items()]
    )
    serial = forms.RegexField(
        f"^(?i:{SERIAL.pattern})$",
        label=_("Serial number"),
        max_length=32,
        help_text=_("As printed on the machine: letters, digits and hyphens."),
    )
    name = forms.CharField(
        label=_("Name of the machine"), max_length=40, help_text=_("Such as: front desk, third floor.")
    )
    slots = forms.IntegerField(label=_("How many seals it holds"), min_value=1, max_value=MOST_SLOTS, initial=1)
    is_through_cloud = forms.BooleanField(
        label=_("Only its maker’s cloud reaches it"),
        required=False,
        help_text=_("Its maker can open it without us, and what it reports rests on its maker’s word alone."),
    )

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
