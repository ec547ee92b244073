"""The shape of what is sent in about companies, units, posts and people."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company, Person, Unit
from privyseal.identity.queries import NamedCompany
from privyseal.identity.rules import Office, Proof
from privyseal.kernel.file_kinds import EVIDENCE, PHOTOGRAPH, TABLE
from privyseal.language.labels import OFFICE, PROOF
from privyseal.web.forms import LONGEST_TEXT, CommandForm, DayField, Files, Sent, Usual
from privyseal.web.widgets import give_choices

_LONGEST_NAME: Final = 64
_LONGEST_PASSWORD: Final = 256
_NONE: Final = [("", _("none: directly below the company"))]


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> DayField:  # noqa: ANN401  lazy words
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, widget=widget, required=required, help_text=help_text)


def _login() -> forms.CharField:
    widget = forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"})
    return forms.CharField(label=_("Login of the person"), max_length=_LONGEST_NAME, widget=widget)


def _proof(label: Any) -> forms.FileField:  # noqa: ANN401  lazy words
    widget = forms.FileInput({"accept": EVIDENCE.accept})
    return forms.FileField(label=label, required=False, widget=widget, help_text=_("PDF, JPEG or PNG, up to 10 MB"))


class CompanyForm(CommandForm):
    """A company to be known; its proofs can follow later."""

    name = forms.CharField(label=_("Name as in the licence"), max_length=_LONGEST_NAME)
    name_en = forms.CharField(label=_("English name"), max_length=150, required=False)
    uscc = forms.CharField(
        label=_("Unified social credit code"), max_length=24, widget=forms.TextInput({"autocapitalize": "characters"})
    )
    legal_representative = forms.CharField(label=_("Legal representative"), max_length=_LONGEST_NAME)
    licence = _proof(PROOF[Proof.LICENCE])
    representative = _proof(PROOF[Proof.REPRESENTATIVE])

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files)


class ProofForm(CommandForm):
    proof = forms.ChoiceField(label=_("Which proof"), choices=[(proof.value, PROOF[proof]) for proof in Proof])
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput({"accept": EVIDENCE.accept}),
        help_text=_("PDF, JPEG or PNG, up to 10 MB"),
    )

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files, auto_id="id_proof_%s")


class ExamineForm(CommandForm):
    """What an examiner found, of the proofs that were shown."""

    VERIFY: ClassVar[str] = "verify"
    REJECT: ClassVar[str] = "reject"
    decision = forms.ChoiceField(choices=[(VERIFY, ""), (REJECT, "")])
    licence_sha256 = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    representative_sha256 = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason of a rejection"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, data: Sent = None, *, initial: Usual = None) -> None:
        super().__init__(data, auto_id="id_examine_%s", initial=initial)


class NewNameForm(CommandForm):
    """A company's new name, with the licence that says so."""

    name = forms.CharField(label=_("New name"), max_length=_LONGEST_NAME)
    name_en = forms.CharField(label=_("New English name"), max_length=150, required=False)
    changed_on = _day(_("Changed on"))
    old_seals_until = _day(_("Last day of seals with the earlier name"))
    licence = forms.FileField(
        label=_("New business licence (PDF, JPEG or PNG)"),
        widget=forms.FileInput({"accept": EVIDENCE.accept}),
    )

    def __init__(self, data: Sent = None, files: Files = None, *, initial: Usual = None) -> None:
        super().__init__(data, files, auto_id="id_name_%s", initial=initial)


class ExamineNameForm(CommandForm):
    """What an examiner found, of the licence that was shown."""

    CONFIRM: ClassVar[str] = "confirm"
    REJECT: ClassVar[str] = "reject"
    decision = forms.ChoiceField(choices=[(CONFIRM, ""), (REJECT, "")])
    licence_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason of a rejection"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, data: Sent = None, *, initial: Usual = None) -> None:
        super().__init__(data, auto_id="id_new_name_%s", initial=initial)


class CampaignForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    due_on = _day(_("By"))

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        _offer(self, "company", [(company.uid, company.name) for company in companies])


class GroupCampaignForm(CommandForm):
    """A take-over in several companies at once: those that are named, or every one below the head."""

    head = forms.ChoiceField(label=_("Head of the group"))
    companies = forms.MultipleChoiceField(
        label=_("Only these companies"),
        required=False,
        help_text=_("None chosen: the head and every company below it whose seals you manage."),
    )
    due_on = _day(_("By"))

    def __init__(self, data: Sent = None, *, heads: Iterable[Company], companies: Iterable[Company]) -> None:
        super().__init__(data, auto_id="id_group_%s")
        _offer(self, "head", [(company.uid, company.name) for company in heads])
        _offer(self, "companies", [(company.uid, company.name) for company in companies])


def _picture(label: Any) -> forms.FileField:  # noqa: ANN401  lazy words
    widget = forms.FileInput({"accept": PHOTOGRAPH.accept, "capture": "environment"})
    return forms.FileField(label=label, widget=widget)


class SightingForm(forms.Form):
    """The two pictures of a seal, as a telephone takes them."""

    seal_photo = _picture(_("Photograph of the seal"))
    imprint_photo = _picture(_("Photograph of its imprint"))

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files)


class SheetForm(CommandForm):
    file = forms.FileField(label=_("Table (XLSX, up to 10 MB)"), widget=forms.FileInput({"accept": TABLE.accept}))

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files)


class PlaceForm(CommandForm):
    """Where a company stands in its group."""

    parent = forms.ChoiceField(label=_("Below"), required=False)

    def __init__(self, data: Sent = None, *, companies: Iterable[NamedCompany]) -> None:
        super().__init__(data)
        choices = [("", _("none: it heads the group")), *((company.uid, company.name) for company in companies)]
        _offer(self, "parent", choices)


class UnitForm(CommandForm):
    name = forms.CharField(label=_("Name of the unit"), max_length=_LONGEST_NAME)
    parent = forms.ChoiceField(label=_("Below"), required=False)

    def __init__(self, data: Sent = None, *, units: Iterable[Unit]) -> None:
        super().__init__(data)
        _offer(self, "parent", [*_NONE, *_named(units)])


class RenameForm(CommandForm):
    name = forms.CharField(label=_("New name"), max_length=_LONGEST_NAME)

    def __init__(self, data: Sent = None) -> None:
        super().__init__(data, auto_id="id_rename_%s")


class MoveForm(CommandForm):
    """Where a unit stands, or a member."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, data: Sent = None, *, units: Iterable[Unit], auto_id: str = "id_move_%s") -> None:
        super().__init__(data, auto_id=auto_id)
        _offer(self, "unit", [*_NONE, *_named(units)])


class PostForm(CommandForm):
    name = forms.CharField(label=_("Name of the post"), max_length=_LONGEST_NAME)
    office = forms.ChoiceField(
        label=_("Office"),
        choices=[(office.value, OFFICE[office]) for office in Office],
        initial=Office.STAFF.value,
        help_text=_("What the post amounts to. Rules about seals depend on it, not on the name."),
    )
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, data: Sent = None, *, units: Iterable[Unit]) -> None:
        super().__init__(data, auto_id="id_post_%s")
        _offer(self, "unit", [*_NONE, *_named(units)])


class FillForm(CommandForm):
    """Who is to hold a post, from when, until when, in whose place."""

    login = _login()
    starts_on = _day(_("From"))
    ends_on = _day(_("Last day"), required=False, help_text=_("Empty: until further notice. A deputy needs one."))
    deputy_for = forms.ChoiceField(label=_("As deputy for"), required=False)

    def __init__(self, data: Sent = None, *, holders: Iterable[Person]) -> None:
        super().__init__(data, initial={"starts_on": localdate()})
        choices = [("", _("nobody: the post itself")), *((holder.pseudonym, holder.name) for holder in holders)]
        _offer(self, "deputy_for", choices)

    def term(self) -> tuple[datetime, datetime | None]:
        """Return from when until when, in the company's zone; what starts today starts now."""
        starts_on: date = self.cleaned_data["starts_on"]
        ends_on: date | None = self.cleaned_data["ends_on"]
        starts_at = now() if starts_on == localdate() else _midnight(starts_on)
        return starts_at, _midnight(ends_on + timedelta(days=1)) if ends_on else None


class EnrolForm(CommandForm):
    login = forms.CharField(label=_("Login"), max_length=_LONGEST_NAME, help_text=_("What they sign in with."))
    name = forms.CharField(label=_("Name"), max_length=_LONGEST_NAME)


def _new_password(label: Any) -> forms.CharField:  # noqa: ANN401  lazy words
    widget = forms.PasswordInput({"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=_LONGEST_PASSWORD, strip=False, widget=widget)


class NewPassword(forms.Form):
    """A password, typed twice."""

    password = _new_password(_("New password"))
    again = _new_password(_("New password, again"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("password") != said.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return said


class OpenAccountForm(NewPassword):
    login = forms.CharField(
        label=_("Login"),
        max_length=_LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Entry code"),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("The code that your security administrator gave you. It works once."),
    )
    field_order = ("login", "code", "password", "again")


class PasswordForm(NewPassword):
    current = forms.CharField(
        label=_("Current password"),
        max_length=_LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    field_order = ("current", "password", "again")


class JoinForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    joined_on = _day(_("Joined on"))

    def __init__(self, data: Sent = None, *, companies: Iterable[NamedCompany]) -> None:
        super().__init__(data, auto_id="id_join_%s", initial={"joined_on": localdate()})
        _offer(self, "company", [(company.uid, company.name) for company in companies])


class LeaveForm(CommandForm):
    left_on = _day(_("Last day"), help_text=_("For the records. What ends, ends now."))

    def __init__(self, data: Sent = None, *, auto_id: str = "id_leave_%s") -> None:
        super().__init__(data, auto_id=auto_id, initial={"left_on": localdate()})


def _named(units: Iterable[Unit]) -> list[tuple[str, str]]:
    return [(unit.uid, unit.name) for unit in units]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, get_current_timezone())


def _offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        give_choices(field, choices)
