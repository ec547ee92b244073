"""What is refused of machines that hold seals, and of what they tell."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, Promise]] = {
    "frame-broken": _("What a device sent cannot be read. Bring its software up to date, or tell its maker."),
    "frame-forged": _("What came in a device’s name is not signed by it. Look at the device, and tell the auditor."),
    "chain-broken": _("A device contradicts what it reported before. Stop using it, and tell the auditor."),
    "events-missing": _("Events of a device before these have not come yet. It sends them again automatically."),
    "log-unreadable": _("This is not a log of a machine, or it was altered. Ask for the evidence pack again."),
    "log-foreign": _(
        "A certificate in the log is not by the authority, or not of the machine that the log is of. Do not rely on it."
    ),
    "device-unknown": _("No such device is enrolled. Enrol it with a new code."),
    "device-of-another": _("This device was enrolled for another company. Register another one."),
    "device-enrol-anew": _(
        "The key was restored and does not know all that this machine was given before: no digits of then are shown "
        "again. A seal that a cabinet let out by a code goes back by the digits that its keeper noted. Then set the "
        "machine back and enrol it with a new code; the seals in it stay known."
    ),
    "device-of-other-kind": _(
        "A cabinet or box lets a seal be taken out by hand and stamps nothing; a machine that stamps lets none out. "
        "Open it in its own way."
    ),
    "device-kind-unknown": _(
        "The key does not know yet what this machine is, and never let it stamp. Enrol it again with a new code, or "
        "wait until it has renewed its certificate by newer firmware; the seals in it stay known."
    ),
    "device-kind-differs": _(
        "The key knows this machine as one of another kind, and seals are in it. Look at the machine itself; where it "
        "is another one, register it under its own serial number."
    ),
    "seal-in-two-devices": _("According to the key, another machine holds this seal. Have it taken out there first."),
    "seal-not-mounted": _("The device does not hold this seal. Have it mounted there first."),
    "ticket-outside-window": _("The device would be open at another time than was approved. Choose a time within it."),
    "count-not-in-code": _(
        "No code can state this number of impressions or this time. Choose one of those offered; more than 999 "
        "impressions take several codes."
    ),
    "code-too-soon": _(
        "No device accepts a code more than six and a half days before its time. Ask for it nearer to that."
    ),
    "fence-not-approved": _(
        "The seal would be used further away than was approved. Draw the fence as approved, or closer."
    ),
    "fence-needs-ticket": _(
        "This seal may be used at one place only, and no code says where. Open the machine over the network, where it "
        "is there."
    ),
    "openings-spent": _(
        "The cabinet has let this seal out as often as impressions were approved. Apply for what is still to be "
        "stamped."
    ),
    "receipt-missing": _("The last code of this device is not closed yet. Read back the receipt that it shows."),
    "receipt-wrong": _("These are not the twelve digits that the device shows. Have them read to you again."),
    "receipts-locked-out": _("Too many wrong receipts. Wait for %(seconds)s seconds and try again."),
    "order-broken": _("The device cannot do this. Check the slot and try again."),
    "agreement-unreadable": _("What was agreed to cannot be read. Reload the page and agree again."),
    "agreement-missing": _("The key found no agreement of one person to exactly this. Look again, and agree again."),
    "enrolment-refused": _(
        "The machine could not be enrolled: no code is open for it, or it was typed wrongly. Give it a new one."
    ),
    "gateway-away": _("The machines’ gateway is not reached just now. What was carried stays on the phone."),
    "other-machine": _("This is of another machine. Open the page of that one, and carry it there."),
    "device-revoked": _("The machine was retired or reported lost, and nothing from it is accepted."),
    "picture-unknown": _(
        "No event of this device names this picture. It sends its events first, and then the picture again."
    ),
    "serial-taken": _("A machine of this serial number is registered already."),
    "device-differs": _(
        "This is not the machine that was registered: look at its kind, its serial number and its slots."
    ),
    "seal-in-machine": _("The seal is in a machine already, or the slot holds another one. Have that taken out first."),
    "only-at-machine": _(
        "This seal is in a machine, or about to be, and nobody can take it in hand. Stamp at the machine. Or have the "
        "seal taken out: one of those who look after the machine asks for that on its page, another agrees."
    ),
    "not-in-cabinet": _("No cabinet in service holds this seal. Give it out from where it lies."),
    "two-hold-codes": _(
        "Two people hold each code of this cabinet, and none is made for a seal that one of them takes out. Have it "
        "open over the network."
    ),
    "seal-not-in-machine": _("No machine in service that stamps holds this seal. Have it mounted, or use it by hand."),
    "confirmers-missing": _("Too few people may see each impression first. Ask a manager to name more approvers."),
    "mode-not-approved": _(
        "The machine would wait for fewer people than was approved, or for none. Nothing was opened; open it as it was "
        "approved."
    ),
    "emergency-not-approved": _(
        "No emergency was approved with this use: others did not have to see its impressions then. Have them see each, "
        "or apply again."
    ),
    "confirmation-needs-network": _("Others see each impression first, which a code cannot wait for. Use a ticket."),
    "picture-changed": _("A newer picture has come, or the impression no longer waits. Look at what is shown now."),
    "code-word-wrong": _("This is not your code word. Type it again, as you set it under “Sign-in and security”."),
    "code-words-alike": _("Choose two different words of at least four characters each, or leave both empty."),
    "emergency-unreviewed": _(
        "The last emergency at this machine or with this seal was not reviewed. An approver reviews it first."
    ),
    "machine-busy": _("The last code of this machine is not closed yet. Read back the receipt that it shows."),
    "cloud-refused": _("The maker’s cloud does not do what it was asked."),
    "cloud-broken": _("What came from the maker’s cloud is not signed by it, or is not understood."),
}
