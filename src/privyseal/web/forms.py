"""The shape of what is sent in. Whether it may be done is for the domain."""

from collections.abc import Iterable, MutableMapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final, TypeAlias
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules import Step
from privyseal.identity.models import Company, Unit
from privyseal.kernel.errors import Refused
from privyseal.kernel.file_kinds import CHECKED, DOCUMENT
from privyseal.kernel.moments import EARLIEST, LATEST
from privyseal.language.refusals import words_for
from privyseal.pdf.accepted import LONGEST_PASSWORD, PdfEncrypted, PdfPasswordWrong, PdfRestricted
from privyseal.pdf.copies import words_for_copy
from privyseal.sealing.arrivals import is_large
from privyseal.web.answers import said_of
from privyseal.web.widgets import give_choices

Sent: TypeAlias = QueryDict | None
Files: TypeAlias = "MultiValueDict[str, UploadedFile[Any]] | None"
Usual: TypeAlias = MutableMapping[str, Any] | None
LONGEST_TEXT: Final = 500
_DAYS_OPEN: Final = 7
ASKS_FOR_PASSWORD: Final = (PdfEncrypted, PdfPasswordWrong, PdfRestricted)
TAKEN_IN: Final = DOCUMENT.accept


class DayField(forms.DateField):
    """A day that any zone knows, and the one after it."""

    default_validators = [MinValueValidator(EARLIEST.date()), MaxValueValidator(LATEST.date())]


class MomentField(forms.DateTimeField):
    """A moment that has a date in every zone: the database keeps others, and then reads them no more."""

    default_validators = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]


class CommandForm(forms.Form):
    """A form that does its work once, however often it is sent."""

    command_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class SignInForm(forms.Form):
    login = forms.CharField(
        label=_("Login"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class TotpForm(CommandForm):
    code = forms.RegexField(
        r"^\s*[0-9]{3}\s?[0-9]{3}\s*$",
        label=_("Six digits of the app"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the passkey"), max_length=60, help_text=_("Such as: work phone. It tells your passkeys apart.")
    )
    proof_credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class OwnPasskeyForm(CommandForm):
    name = forms.CharField(
        label=_("Name of the passkey"), max_length=60, help_text=_("Such as: work phone. It tells your passkeys apart.")
    )


class Narrowing(forms.Form):
    """What is looked for in a list: some fields always stand above it, the others fold away on a telephone."""

    STANDING: ClassVar[Sequence[str]] = ("q",)

    @property
    def standing(self) -> list[forms.BoundField]:
        return [self[name] for name in self.STANDING]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in {*self.STANDING, "column"}]

    @property
    def is_narrowed(self) -> bool:
        """Return whether the list is what is folded away, in rows or in columns: then it must not be out of sight."""
        return any(field.data for field in self.visible_fields() if field.name not in self.STANDING)


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search"), max_length=100, required=False, widget=forms.TextInput({"type": "search"}))


def password_of_file() -> forms.CharField:
    """Return the field for the password of a protected file: no page shows it again, and no draft keeps it."""
    return forms.CharField(
        label=_("Password of the PDF"),
        required=False,
        strip=False,
        help_text=_(
            "It is used to open the file once and is stored nowhere. What is sealed is open to whoever holds it."
        ),
        # what a browser knows already is the password of somebody, never that of a file
        widget=forms.PasswordInput({"autocomplete": "new-password", "maxlength": LONGEST_PASSWORD}),
    )


class FileForm(CommandForm):
    """A document and the company whose seal it is to bear."""

    company = forms.ChoiceField(label=_("Company"))
    file = forms.FileField(
        label=_("PDF, picture or office file"), widget=forms.FileInput({"accept": TAKEN_IN}), allow_empty_file=True
    )
    password = password_of_file()
    earlier = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    copy_for = forms.CharField(
        label=_("The copy is only for"),
        max_length=40,
        required=False,
        help_text=_("Such as: 仅供办理开户使用. It is written faintly across every page before anybody approves."),
    )
    copy_until = DayField(
        label=_("The copy is good until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def brought(self) -> dict[str, Any]:
        """Return what is asked of whoever takes the file in."""
        said, file = self.cleaned_data, self.cleaned_data["file"]
        data = file.arrival if is_large(file.size) else file.read()
        file = {"name": file.name, "data": data, "password": said["password"]}
        return {"company_uid": said["company"], "copy_says": self.copy_says(), **file}

    def not_taken(self, refusal: Refused) -> str:
        """Return what the page says of a refusal; of one that asks for a password it is said where that is entered."""
        if not isinstance(refusal, ASKS_FOR_PASSWORD):
            return said_of(refusal)
        self.add_error("password", words_for(refusal))
        return ""

    def copy_says(self) -> str:
        """Return what every page is to say; nothing where the document is no copy for something."""
        words = self.cleaned_data["copy_for"]
        return words_for_copy(words, self.cleaned_data["copy_until"]) if words else ""

    def __init__(
        self, data: Sent = None, files: Files = None, *, companies: Iterable[Company], initial: Usual = None
    ) -> None:
        super().__init__(data, files if data is not None else None, initial=initial)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class VoteForm(CommandForm):
    step = forms.ChoiceField(choices=[(Step.APPROVE.value, ""), (Step.REJECT.value, "")])
    shown_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": 3})
    )


class TogetherForm(CommandForm):
    """A yes to each application that is ticked, or a no with one reason: its uid, and the digest of what was shown."""

    chosen = forms.MultipleChoiceField(error_messages={"required": _("Tick what you decide on.")})
    step = forms.ChoiceField(choices=[(Step.APPROVE.value, ""), (Step.REJECT.value, "")])
    reason = forms.CharField(
        label=_("Reason for all that are ticked"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, data: Sent = None, *, offered: Iterable[str]) -> None:
        super().__init__(data)
        offer(self.fields["chosen"], [(one, "") for one in offered])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("step") == Step.REJECT.value and not said.get("reason"):
            self.add_error("reason", _("Say why. One reason goes with each rejection."))
        return said


class ReasonForm(CommandForm):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))


class VerifyForm(forms.Form):
    file = forms.FileField(
        label=_("PDF file"),
        widget=forms.FileInput({"accept": CHECKED.accept}),
        allow_empty_file=True,
    )


def day_field(**said: Any) -> DayField:  # noqa: ANN401  a field's options are of every kind
    return DayField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **said)


def usual_days() -> tuple[date, date]:
    return localdate(), localdate() + timedelta(days=_DAYS_OPEN)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, get_current_timezone())


def unit_field(**said: Any) -> forms.ChoiceField:  # noqa: ANN401  as above
    return forms.ChoiceField(label=_("Owning unit"), required=False, **said)


def offer_units(field: forms.Field, units: Iterable[Unit]) -> None:
    """Offer units, each with its company, and none at all."""
    offer(field, [("", "—"), *((unit.uid, f"{unit.company.name} · {unit.name}") for unit in units)])


def offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    """Give a choice field its choices; one alone is chosen already, where there has to be one."""
    if isinstance(field, forms.ChoiceField):
        give_choices(field, choices)
        if len(choices) == 1 and not isinstance(field, forms.MultipleChoiceField):
            field.initial = choices[0][0]
