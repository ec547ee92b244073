"""What is done about machines that hold rubber seals."""

from privyseal.devices.actions.asking import ask, end_device, stop_at_signer
from privyseal.devices.actions.enrolling import enrol, give_code, renew
from privyseal.devices.actions.registering import register
from privyseal.devices.actions.telling import hear, take_events

__all__ = ["ask", "end_device", "enrol", "give_code", "hear", "register", "renew", "stop_at_signer", "take_events"]
