"""What is sent in about an application on its way: sent back, handed on, talked about, given to read."""

from collections.abc import Iterable
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.course import Turn
from privyseal.identity.models import Person
from privyseal.language.course import TURN
from privyseal.web.forms import LONGEST_TEXT, CommandForm, ReasonForm, Sent, offer

MOST_NAMED: Final = 200


class CommentForm(CommandForm):
    text = forms.CharField(label=_("Comment"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))


class PhrasesForm(CommandForm):
    lines = forms.CharField(
        label=_("One phrase a line"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 8}),
    )


class ReaderForm(CommandForm):
    person = forms.ChoiceField(label=_("Who reads it"))

    def __init__(self, data: Sent = None, *, people: Iterable[Person]) -> None:
        super().__init__(data)
        _offer_people(self.fields["person"], people)


class ShownReasonForm(ReasonForm):
    """Something that is done instead of deciding on what was shown, and why."""

    shown_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def __init__(self, data: Sent = None, *, shown_sha256: str) -> None:
        # They stand on one page, and a label leads to its own field.
        names = f"{type(self).__name__.removesuffix('Form').lower()}_%s"
        super().__init__(data, initial={"shown_sha256": shown_sha256}, auto_id=names)


class ReturnForm(ShownReasonForm):
    stage = forms.TypedChoiceField(label=_("Back to"), coerce=int)

    def __init__(self, data: Sent = None, *, stages: Iterable[tuple[int, str]], shown_sha256: str) -> None:
        super().__init__(data, shown_sha256=shown_sha256)
        offer(self.fields["stage"], [(str(number), words) for number, words in stages])


class ForwardForm(ShownReasonForm):
    person = forms.ChoiceField(label=_("Who decides in your place"))

    def __init__(self, data: Sent = None, *, people: Iterable[Person], shown_sha256: str) -> None:
        super().__init__(data, shown_sha256=shown_sha256)
        _offer_people(self.fields["person"], people)


class AskForm(ShownReasonForm):
    person = forms.ChoiceField(label=_("Who is asked besides"))
    turn = forms.TypedChoiceField(
        label=_("When they decide"),
        coerce=Turn,
        choices=[(turn.value, words) for turn, words in TURN.items()],
        initial=Turn.BEFORE.value,
        widget=forms.RadioSelect,
    )
    field_order = ("person", "turn", "reason")

    def __init__(self, data: Sent = None, *, people: Iterable[Person], shown_sha256: str) -> None:
        super().__init__(data, shown_sha256=shown_sha256)
        _offer_people(self.fields["person"], people)


def _offer_people(field: forms.Field, people: Iterable[Person]) -> None:
    offer(field, [(person.pseudonym, f"{person.name} ({person.login})") for person in people])
