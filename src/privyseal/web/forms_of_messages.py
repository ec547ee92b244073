"""The shape of what people send in about their messages."""

from collections.abc import Iterable
from typing import ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.language.facts import KIND
from privyseal.language.messages import DUE
from privyseal.notification.rules import REMINDED, TOLD, Channel
from privyseal.web.forms import CommandForm, Sent

_PLAIN: Final = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_ASKED: Final = {
    Channel.EMAIL: (
        _("Email address"),
        # Not of type email: browsers refuse there what stands before the @ in Chinese.
        forms.TextInput(
            {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    ),
    Channel.SMS: (_("Mobile number"), forms.TextInput({"autocomplete": "tel", "inputmode": "tel"})),
    Channel.WECOM: (_("Member name in WeCom"), forms.TextInput(_PLAIN)),
    Channel.DINGTALK: (_("Member name in DingTalk"), forms.TextInput(_PLAIN)),
    Channel.FEISHU: (_("Member name in Feishu"), forms.TextInput(_PLAIN)),
}


class ReadForm(CommandForm):
    up_to_uid = forms.RegexField("^[0-9a-f]{32}$", widget=forms.HiddenInput)


class AddressForm(CommandForm):
    """Where somebody wants to be reached, by one channel."""

    channel = forms.ChoiceField(
        choices=[(channel.value, channel.value) for channel in _ASKED], widget=forms.HiddenInput
    )
    value = forms.CharField(max_length=254)

    @classmethod
    def all_of(cls, channels: Iterable[Channel]) -> list["AddressForm"]:
        """Return a form for each channel whose addresses people write down."""
        return [cls.by(channel) for channel in channels if channel in _ASKED]

    @classmethod
    def by(cls, channel: Channel) -> "AddressForm":
        """Return an empty form that asks for an address of this channel."""
        form = cls(initial={"channel": channel.value}, auto_id=f"id_{channel.value}_%s")
        form.fields["value"].label, form.fields["value"].widget = _ASKED[channel]
        return form


class BrowserForm(CommandForm):
    """What a browser says of itself once it lets messages be shown."""

    endpoint = forms.CharField(max_length=500, widget=forms.HiddenInput)
    p256dh = forms.RegexField(r"^[A-Za-z0-9_-]{80,100}$", widget=forms.HiddenInput)
    auth = forms.RegexField(r"^[A-Za-z0-9_-]{20,32}$", widget=forms.HiddenInput)


class AddressCodeForm(CommandForm):
    code = forms.RegexField(
        r"^\s*[0-9]{6}\s*$",
        label=_("Code that was sent"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class WishesForm(CommandForm):
    begins = forms.TimeField(label=_("Quiet from"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label=_("Quiet until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("The same time twice means no quiet hours."),
    )
    daily_on_page_only = forms.BooleanField(label=_("Keep the day’s news on this page"), required=False)


class WebhookForm(CommandForm):
    """A program that is to be told."""

    name = forms.CharField(label=_("Name of the webhook"), max_length=64)
    address = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.URLInput({"placeholder": "https://", "autocomplete": "off"})
    )
    kinds = forms.MultipleChoiceField(
        label=_("Only of these"),
        required=False,
        choices=[(row.kind, KIND[row.kind]) for row in TOLD],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all."),
    )


class KindForm(forms.Form):
    """Which kind of message is to be seen."""

    FIRST: ClassVar[str] = TOLD[0].kind

    kind = forms.ChoiceField(
        label=_("Kind of message"),
        choices=[(row.kind, DUE.get(row.kind) or KIND[row.kind]) for row in (*TOLD, *REMINDED)],
    )


class WaysForm(CommandForm):
    """Which kinds come by which channels: a pair for each that is wanted."""

    def __init__(self, data: Sent = None, *, channels: Iterable[Channel]) -> None:
        super().__init__(data)
        self._pairs = [(row.kind, channel.value) for row in (*TOLD, *REMINDED) for channel in channels]
        self.fields["wanted"] = forms.MultipleChoiceField(
            required=False, choices=[(f"{kind} {channel}", kind) for kind, channel in self._pairs]
        )

    def unwanted(self) -> list[tuple[str, str]]:
        wanted = set(self.cleaned_data["wanted"])
        return [(kind, channel) for kind, channel in self._pairs if f"{kind} {channel}" not in wanted]


class MuteForm(CommandForm):
    seal = forms.RegexField("^[0-9a-f]{32}$", widget=forms.HiddenInput)
    is_unit = forms.BooleanField(required=False, widget=forms.HiddenInput)
    is_muted = forms.BooleanField(required=False, widget=forms.HiddenInput)
