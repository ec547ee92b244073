"""The cases in their order, each under the sentence that it tries: enrolment first, what tells of everything last."""

from collections.abc import Mapping
from typing import Final

from privyseal.conformance import (
    carried_cases,
    cases,
    hand_cases,
    keypad_cases,
    ordered_cases,
    pictured_cases,
    reserved_cases,
    scanned_cases,
    seen_cases,
    unasked_cases,
)
from privyseal.conformance.trial import Case

CASES: Final[Mapping[str, Case]] = {
    "an enrolment whose answer is not proved is thrown away": cases.unproved_enrolment,
    "it enrols by a code that is never sent, begins its events and says hello": cases.enrolment,
    "orders from before its enrolment are none to it": ordered_cases.from_before,
    "a good ticket lets its operator stamp as often as it says": cases.good_ticket,
    "tickets that are forged, altered, or for another device open nothing": cases.forged_tickets,
    "told that its tickets name its enrolment, it takes none that does not": scanned_cases.of_before,
    "tickets open nothing before and after their window": cases.untimely_tickets,
    "a ticket opens for nobody but its operators": cases.other_operators,
    "a ticket for another seal opens nothing": cases.other_seals,
    "a seal that is changed while it is open does not come down": cases.seal_changed,
    "outside its fence it neither opens nor stamps": cases.fences,
    "carried away or withdrawn while an impression is reserved it brings no seal down": (
        reserved_cases.changed_before_it_comes_down
    ),
    "where it is fenced it tells where it is, every ten minutes": unasked_cases.positions,
    "it waits until as many others have agreed to this impression as the ticket says": seen_cases.confirmations,
    "what was agreed to an older picture counts no more": seen_cases.later_picture,
    "after a cut, or a door that opened, it takes another picture, and what was agreed to counts no more": (
        seen_cases.changed_paper
    ),
    "a ticket that is withdrawn opens and stamps nothing": cases.withdrawn,
    "without a network it takes a ticket from a QR code, and none that is not its own": scanned_cases.scanned,
    "a telephone carries its frames by Bluetooth both ways, and goes on after a cut": carried_cases.carries,
    "what a telephone garbles or forges is not taken, and what was left out is asked for again": carried_cases.garbled,
    "a telephone carries its pictures, sealed to the gateway, and it keeps each until the gateway has it": (
        pictured_cases.carries_pictures
    ),
    "a cut before the seal comes down leaves an impression that is made once": cases.cut_before,
    "a cut after the seal came down is told once at the next start": cases.cut_after,
    "a jam gives the impression back, and is told": cases.jam,
    "a stamp past it is told as excess": cases.excess,
    "a photograph that fails is told": cases.no_camera,
    "pictures come, and are those whose digests were told": cases.pictures,
    "it forgets nothing that is not acknowledged by the gateway, up to this very event": cases.unacknowledged,
    "what a gateway did not take is sent again, and nothing is lost or counted twice": cases.gateway_away,
    "told to ask later, it does, and not before": unasked_cases.left_alone,
    "after days without a network everything comes, in frames that are not too large": cases.days_without,
    "whoever is the gateway locks it, nobody but the signer unlocks it, and no order is taken twice": cases.lock,
    "an order to unlock from before what locked it leaves it locked": cases.late_unlock,
    "an order waits for the one before it that somebody kept back": ordered_cases.later_order,
    "a lock waits for nothing before it and is done once, and what was kept back is done when it comes": (
        ordered_cases.later_request
    ),
    "locked in the middle of a session it stamps no more": cases.locked_within,
    "it stays locked over a cut": cases.lock_over_cut,
    "it makes itself heard, and tells how it is": cases.requests,
    "a clock that went back opens nothing": cases.clock,
    "a time that does not answer a hello of just now is not taken": cases.late_time,
    "it is told which seal is meant to be where": cases.mount_order,
    "it renews its certificate": cases.renewal,
    "by itself it tells once a day how it is, and renews its certificate in time": unasked_cases.by_itself,
    "a code opens it as often as it says, and its receipt says how often it was used": keypad_cases.good_code,
    "a code opens once": keypad_cases.code_again,
    "a code that was taken stays taken over a cut": keypad_cases.code_after_cut,
    "no next code opens before the receipt of the one before": keypad_cases.code_before_receipt,
    "codes open nothing before and after their time": keypad_cases.untimely_codes,
    "a code for two weeks holds in its last days": keypad_cases.long_code,
    "codes for others, mistyped ones and those that begin again open nothing": keypad_cases.foreign_codes,
    "a code said under duress opens nothing, and is told": keypad_cases.forced_code,
    "codes out of their order open once each, within their window": keypad_cases.windows,
    "codes of other kinds open nothing or stamp nothing, and one to lock locks": keypad_cases.other_kinds,
    "after five wrong tries it waits": keypad_cases.lockout,
    "a ticket by hand lets the seal out of its slot of a cabinet once, and back in; nothing else opens by it": (
        hand_cases.by_hand
    ),
    "a code for a take-out lets the seal out of its slot of a cabinet once, and back in; its receipt comes after": (
        hand_cases.by_code
    ),
    "whoever was let into one slot and opens another is an alarm that locks": hand_cases.other_slot,
    "doors belong to a session, or are an alarm that locks": cases.doors,
    "somebody at its case or with its mechanical key is an alarm that locks": cases.case_opened,
    "the seal came down as often as the events say, and no impression twice": cases.counters,
}
AT_A_BROKER: Final[Mapping[str, Case]] = {
    "it tells by the broker that its enrolment names": unasked_cases.tells_by_broker,
    "what comes by the broker unasked it takes at once": unasked_cases.told_unasked,
}
