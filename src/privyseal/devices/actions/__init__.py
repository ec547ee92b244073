"""What is done about machines that hold rubber seals."""

from privyseal.devices.actions.asking import ask, end_device, stop_at_signer
from privyseal.devices.actions.enrolling import enrol, give_code, renew
from privyseal.devices.actions.mounting import ask_mounting, decide_mounting, mount_at_signer
from privyseal.devices.actions.picturing import take_picture
from privyseal.devices.actions.registering import register
from privyseal.devices.actions.telling import hear, take_events

__all__ = [
    "ask",
    "ask_mounting",
    "decide_mounting",
    "end_device",
    "enrol",
    "give_code",
    "hear",
    "mount_at_signer",
    "register",
    "renew",
    "stop_at_signer",
    "take_events",
    "take_picture",
]
