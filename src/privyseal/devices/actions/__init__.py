"""What is done about machines that hold rubber seals."""

from privyseal.devices.actions.asking import ask, end_device, stop_at_signer
from privyseal.devices.actions.by_hand import begin_by_hand, confirm_by_hand
from privyseal.devices.actions.cabinet_codes import cabinet_digits, read_cabinet_receipt
from privyseal.devices.actions.cabinets import open_cabinet
from privyseal.devices.actions.coding import end_forced, second_half, set_words
from privyseal.devices.actions.confirming import confirm, confirm_at_signer, decline, review, set_confirmations
from privyseal.devices.actions.enrolling import enrol, give_code, renew
from privyseal.devices.actions.mounting import ask_mounting, decide_mounting, mount_at_signer
from privyseal.devices.actions.opening import allow_at_signer, digits_of, finish, open_machine, withdraw
from privyseal.devices.actions.picturing import SHOW, show_picture, take_picture
from privyseal.devices.actions.placing import lock_group, place_device
from privyseal.devices.actions.receipts import compare_receipts, read_receipt
from privyseal.devices.actions.registering import register
from privyseal.devices.actions.showing import show_ticket
from privyseal.devices.actions.telling import hear, keep_events, keep_together, take_events
from privyseal.devices.actions.unlocking import ask_unlocking, decide_unlocking, unlock_at_signer
from privyseal.devices.actions.watching import stop_uses, watch_machines

__all__ = [
    "SHOW",
    "allow_at_signer",
    "ask",
    "ask_mounting",
    "ask_unlocking",
    "begin_by_hand",
    "cabinet_digits",
    "compare_receipts",
    "confirm",
    "confirm_at_signer",
    "confirm_by_hand",
    "decide_mounting",
    "decide_unlocking",
    "decline",
    "digits_of",
    "end_device",
    "end_forced",
    "enrol",
    "finish",
    "give_code",
    "hear",
    "keep_events",
    "keep_together",
    "lock_group",
    "mount_at_signer",
    "open_cabinet",
    "open_machine",
    "place_device",
    "read_cabinet_receipt",
    "read_receipt",
    "register",
    "renew",
    "review",
    "second_half",
    "set_confirmations",
    "set_words",
    "show_picture",
    "show_ticket",
    "stop_at_signer",
    "stop_uses",
    "take_events",
    "take_picture",
    "unlock_at_signer",
    "watch_machines",
    "withdraw",
]
