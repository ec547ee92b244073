"""What is refused about messages and the programs that are told."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, Promise]] = {
    "address-not-possible": _("That is not an address that messages can go to. Check how it is written."),
    "address-code-wrong": _("The code does not match, or is older than 30 minutes. Have a new one sent."),
    "channel-not-available": _("The channel cannot be reached at the moment. It is tried again automatically."),
    "channel-not-allowed": _(
        "Its address is inside the company and not among PRIVYSEAL_INSIDE_HOSTS. Add it there, or correct it."
    ),
    "host-not-reached": _("The host cannot be reached. Nothing was sent."),
    "host-not-allowed": _(
        "Its address is inside the company and not among PRIVYSEAL_INSIDE_HOSTS. Add it there, or correct it."
    ),
    "answer-lost": _("The host gave no valid answer: what was sent may have arrived, or not."),
    "address-not-reachable": _("The address accepts no messages. Its owner should enter another one."),
    "delivery-unclear": _("The channel stopped answering while this was sent: it may have arrived, or not."),
    "template-missing": _("No approved text says this. Add one to the table of templates, then send it again."),
    "templates-unreadable": _("The table of templates cannot be read: %(why)s"),
    "message-obliged": _(
        "The rules oblige us to announce losses, suspended seals and changes to how you sign in through every channel. "
        "Nothing was changed."
    ),
    "hook-unsigned": _("The message is not signed by the key of its sender, or not from now."),
    "hook-key-unreadable": _("This is no public key of Standard Webhooks: it begins with whpk_."),
    "webhook-refused": _("The program answered, and did not accept it."),
    "webhook-not-possible": _(
        "A webhook goes to an address that begins with https://, or to a host inside that PRIVYSEAL_INSIDE_HOSTS names."
    ),
    "webhooks-not-set-up": _(
        "There is no key to sign webhooks with. Who runs the installation sets PRIVYSEAL_WEBHOOK_KEY."
    ),
    "too-many-webhooks": _("No more webhooks can be added. End one that nobody needs."),
    "push-not-possible": _("This browser gave no address of a push service that is allowed here. Choose another way."),
    "push-not-set-up": _(
        "Messages are not shown in closed browsers here. Who runs the installation sets PRIVYSEAL_PUSH_SERVICES."
    ),
    "too-many-browsers": _("No more browsers can be added. Remove one that you no longer use."),
    "too-many-codes": _("Several codes were sent already. Wait a quarter of an hour and try again."),
    "not-delivered": _("The network accepted it and could not deliver it."),
    "message-without-words": _("The program failed to put this into words. The log says more."),
    "program-fault": _("The program failed while it sent this: it may have arrived, or not. The log says more."),
    "may-have-left": _(
        "A backup was restored, so this may or may not have arrived. Send it again if its reader needs it."
    ),
    "address-gone": _("Its reader has removed the address, or has left."),
    "command-id-reused": _("This form was sent before with other content. Reload the page and fill it in again."),
}
