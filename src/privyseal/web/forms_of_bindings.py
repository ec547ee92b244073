"""What is sent in of a document that is no file: photographs of paper, or title and number of a closed envelope."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company
from privyseal.kernel.file_kinds import PHOTOGRAPH
from privyseal.signer.bound import LONGEST_ENVELOPE, LONGEST_TITLE, MOST_SHEETS
from privyseal.web.forms import CommandForm, Files, Sent, Usual, offer


class Several(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, one at least."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":  # noqa: ANN401  Django's own signature
        sent = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(each, initial) for each in sent or [None]]


class _Named(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE, help_text=_("As written on the paper."))
    pages = forms.IntegerField(
        label=_("Pages"),
        min_value=1,
        max_value=MOST_SHEETS,
        help_text=_("How many pages one copy has."),
    )


class PaperFields(_Named):
    """What is said of a document that exists only on paper."""

    photographs = FilesField(
        label=_("Photographs of the paper as it is now"),
        widget=Several({"accept": PHOTOGRAPH.accept, "multiple": True}),
        help_text=_("Every page on which a seal is to stand, in their order: the first photograph is page 1."),
    )


class SecretFields(_Named):
    """What is said of a document whose content is not shown."""

    envelope = forms.CharField(
        label=_("Number of the envelope"),
        max_length=LONGEST_ENVELOPE,
        help_text=_("It is written on the envelope, which stays closed until the seal is there."),
    )
    field_order: Sequence[str] = ("title", "envelope", "pages")


class _BoundForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    earlier = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Sent = None, files: Files = None, *, companies: Iterable[Company], initial: Usual = None
    ) -> None:
        super().__init__(data, files if data is not None else None, initial=initial)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class PaperForm(_BoundForm, PaperFields):
    """A first document that exists only on paper."""

    field_order = ("company", "title", "pages", "photographs")


class SecretForm(_BoundForm, SecretFields):
    """A first document whose content is not shown."""

    field_order = ("company", "title", "envelope", "pages")
