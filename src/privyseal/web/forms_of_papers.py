"""What is sent in to put papers beside an application: one after the other, each with its kind."""

import re
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.papers import Attached
from privyseal.approvals.rules.attachments import MOST_ATTACHED, Kind
from privyseal.kernel.errors import NotFound
from privyseal.language.papers import KIND
from privyseal.pdf.accepted import FileEmpty
from privyseal.web.forms import TAKEN_IN, Files, Sent, password_of_file

ATTACH: Final = "attach"
"""What a form sends that only wants to put one more paper beside the document, and then one less."""
DETACH: Final = "detach"

_LONGEST: Final = 2 * MOST_ATTACHED * 100
_ONE: Final = re.compile(r"([a-z-]+):([0-9a-f]{64})")


class AttachForm(forms.Form):
    """One more paper."""

    paper_kind = forms.ChoiceField(
        label=_("What it is"), choices=[(kind.value, KIND[kind]) for kind in Kind], required=False
    )
    paper_file = forms.FileField(
        label=_("PDF, picture or office file"),
        widget=forms.FileInput({"accept": TAKEN_IN}),
        required=False,
        allow_empty_file=True,
    )
    paper_password = password_of_file()

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files)

    def brought(self) -> tuple[Kind, "UploadedFile[Any]", str]:
        """Return the kind, the file and its password, or refuse a form that brings none."""
        said = self.cleaned_data if self.is_valid() else {}
        if not said.get("paper_file") or not said.get("paper_kind"):
            raise FileEmpty
        return Kind(said["paper_kind"]), said["paper_file"], said["paper_password"]


def attached_field() -> forms.CharField:
    """Return the field in which a form keeps what lies beside the document already."""
    return forms.CharField(max_length=_LONGEST, required=False, widget=forms.HiddenInput)


def attached_in(said: str) -> list[Attached]:
    """Return the papers that such a field names, or refuse what it never named."""
    found = [_ONE.fullmatch(one) for one in said[:_LONGEST].split()]
    if not all(one and one[1] in set(Kind) for one in found):
        raise NotFound(document="")
    return [Attached(Kind(one[1]), one[2]) for one in found if one]


def attached_said(attached: Iterable[Attached]) -> str:
    return " ".join(f"{one.kind.value}:{one.sha256}" for one in attached)
