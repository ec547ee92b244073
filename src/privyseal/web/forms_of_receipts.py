"""A receipt, and the keys by which somebody wants it judged."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.kernel.cosignature import CosignerKey
from privyseal.kernel.file_kinds import RECEIPT
from privyseal.kernel.note import KeyUnreadable, VerifierKey
from privyseal.kernel.quorum import Needed
from privyseal.language.labels import NEEDED
from privyseal.web.forms import Sent

_LONGEST_KEYS: Final = 4_000
_NOT_A_KEY: Final = _("This is not a key in the form name+id+key.")


class ReceiptForm(forms.Form):
    file = forms.FileField(label=_("Receipt"), widget=forms.FileInput({"accept": RECEIPT.accept}))
    log_key = forms.CharField(
        label=_("Key of the record"),
        help_text=_("As published by this installation. Enter the one that you kept, if you have one."),
        max_length=_LONGEST_KEYS,
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none"}),
    )
    cosigners = forms.CharField(
        label=_("Keys of cosigners, one a line"),
        required=False,
        max_length=_LONGEST_KEYS,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )
    needed = forms.ChoiceField(
        label=_("Whose cosignatures it has to carry"), choices=[(one.value, NEEDED[one]) for one in Needed]
    )

    def clean_file(self) -> str:
        """Return the receipt's text; what is no text is no receipt, which the checker says."""
        file: Any = self.cleaned_data["file"]
        return str(file.read(RECEIPT.most_bytes).decode("utf-8", errors="replace"))

    def clean_log_key(self) -> tuple[VerifierKey, ...]:
        try:
            return VerifierKey.parse_all(self.cleaned_data["log_key"])
        except KeyUnreadable as error:
            raise forms.ValidationError(_NOT_A_KEY) from error

    def clean_cosigners(self) -> tuple[CosignerKey, ...]:
        try:
            return tuple(map(CosignerKey.parse, self.cleaned_data["cosigners"].split()))
        except KeyUnreadable as error:
            raise forms.ValidationError(_NOT_A_KEY) from error


class HeadsForm(forms.Form):
    """Two checkpoints, as they were kept or published."""

    earlier = forms.CharField(
        label=_("The checkpoint that you kept"),
        help_text=_("The whole text, with the lines that begin with a dash."),
        max_length=_LONGEST_KEYS,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocapitalize": "none"}),
    )
    later = forms.CharField(
        label=_("The checkpoint to compare it with"),
        help_text=_("The latest one of this record, or another one that you kept."),
        max_length=_LONGEST_KEYS,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, data: Sent = None, *, latest: str = "") -> None:
        super().__init__(data, initial={"later": latest})
        if latest:
            self.fields["later"].help_text = _(
                "What stands here is the latest one of this record. Replace it to compare two of your own."
            )
        elif data is None:
            self.fields["later"].help_text = _("This record has no checkpoint yet. Enter another one that you kept.")

    def clean_earlier(self) -> str:
        return _note(self.cleaned_data["earlier"])

    def clean_later(self) -> str:
        return _note(self.cleaned_data["later"])


def _note(pasted: str) -> str:
    """Return a note as it was before a page, a mail or a form changed the ends of its lines."""
    return "\n".join(pasted.split("\r\n")).strip() + "\n"
