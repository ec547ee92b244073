"""What is tried at a device's keypad: codes that open it once, at their time, and receipts that close them."""

from dataclasses import replace
from typing import Final

from privyseal.conformance.gateway import MASTER
from privyseal.conformance.trial import OTHER_SEAL, Trial, Wrong
from privyseal.device import codes, receipts
from privyseal.device.codes import Grant, Kind, Voice
from privyseal.device.events import Event, Head

_PAST_A_WAIT: Final = 100


def good_code(trial: Trial) -> None:
    grant = trial.grant(count=2)
    uid = entered(trial, grant)
    for impression in (1, 2):
        trial.done("press")
        trial.one(trial.came(), "committed", uid, impression=impression)
    if trial.do("press").how == "ok":
        raise Wrong("it says that it stamped a third time on a code for two")
    trial.none(trial.came(), "reserved", "fired")
    trial.done("close")
    closed(trial, grant, 2)


def code_again(trial: Trial) -> None:
    grant = trial.grant(count=1)
    entered(trial, grant)
    trial.done("close")
    closed(trial, grant, 0)
    refused(trial, trial.code(grant), "used")


def code_after_cut(trial: Trial) -> None:
    grant = trial.grant(count=1)
    entered(trial, grant)
    trial.done("cut")
    trial.done("power")
    trial.do("close")
    refused(trial, trial.code(trial.grant()), "open")
    closed(trial, grant, 0)
    refused(trial, trial.code(grant), "used")


def code_before_receipt(trial: Trial) -> None:
    first, second = trial.grant(), trial.grant()
    entered(trial, first)
    refused(trial, trial.code(second), "open")
    trial.done("close")
    refused(trial, trial.code(second), "open")
    closed(trial, first, 0)
    entered(trial, second)


def untimely_codes(trial: Trial) -> None:
    refused(trial, trial.code(trial.grant(hours=2)), "early")
    refused(trial, trial.code(trial.grant(hours=-3)), "late")
    refused(trial, trial.code(trial.grant(hours=-24 * 14, minutes=20_160)), "late", "accepted")


def long_code(trial: Trial) -> None:
    entered(trial, trial.grant(hours=-24 * 13, minutes=20_160))


def foreign_codes(trial: Trial) -> None:
    holder = trial.holder
    others = (
        replace(holder, serial="OTHER-1"),
        replace(holder, seal=OTHER_SEAL),
        replace(holder, epoch=holder.epoch + 1),
    )
    for other in others:
        refused(trial, trial.code(trial.grant(), holder=other), "wrong")
        _forgiven(trial)
    grant = trial.grant()
    code = trial.code(grant)
    for typed in (
        code[:7] + str((int(code[7]) + 1) % 10) + code[8:],
        code[1] + code[0] + code[2:],
        code[:-1],
        "9" * 20,
    ):
        if typed != code:
            refused(trial, typed, "wrong")
            _forgiven(trial)
    key = codes.key_of(MASTER, holder)
    refused(trial, codes.issued(key, holder, replace(grant, sequence=grant.sequence + 256)), "wrong")
    refused(trial, codes.issued(key, holder, replace(grant, slot=grant.slot + codes.SLOTS)), "wrong")


def forced_code(trial: Trial) -> None:
    grant = trial.grant()
    trial.do("code", trial.code(grant, voice=Voice.DURESS))
    trial.one(trial.came(), "code-entered", answer="duress", sequence=grant.sequence)
    if trial.do("press").how == "ok":
        raise Wrong("it stamped on a code that was said under duress")
    trial.none(trial.came(), "reserved", "fired")
    refused(trial, trial.code(grant), "used")


def other_kinds(trial: Trial) -> None:
    refused(trial, trial.code(trial.grant(kind=Kind.USE if trial.is_cabinet else Kind.TAKE_OUT)), "wrong")
    if not trial.is_cabinet:
        entered(trial, grant := trial.grant(kind=Kind.SERVICE))
        trial.stamps_nothing()
        trial.none(trial.came(), "reserved", "fired")
        trial.done("close")
        closed(trial, grant, 0)
    trial.came()
    trial.done("code", trial.code(trial.grant(kind=Kind.LOCK)))
    trial.one(trial.came(), "code-entered", answer="accepted", locked=True)
    trial.do("close")
    trial.do("receipt")
    trial.refuses(trial.offered().uid, "locked")


def lockout(trial: Trial) -> None:
    for _ in range(4):
        refused(trial, "0" * 20, "wrong")
    entered(trial, first := trial.grant())
    trial.done("close")
    closed(trial, first, 0)
    for _ in range(5):
        refused(trial, "0" * 20, "wrong")
    grant = trial.grant()
    trial.came()
    if trial.do("code", trial.code(grant)).how == "ok":
        raise Wrong("it took a code in the minute after the fifth wrong one")
    trial.done("clock", str(_PAST_A_WAIT))
    entered(trial, grant)
    trial.done("close")
    closed(trial, grant, 0)
    trial.done("clock", "0")


def windows(trial: Trial) -> None:
    """Codes out of their order, each once, and none that is too far ahead."""
    grants = [trial.grant() for _ in range(5)]
    for grant in reversed(grants):
        entered(trial, grant)
        trial.done("close")
        closed(trial, grant, 0)
    for grant in grants:
        refused(trial, trial.code(grant), "used")
    refused(trial, trial.code(replace(grants[-1], sequence=grants[-1].sequence + 128)), "wrong")


def entered(trial: Trial, grant: Grant) -> str:
    trial.came()
    trial.done("code", trial.code(grant))
    uid = codes.uid_of(trial.holder, grant.sequence)
    trial.one(trial.came(), "code-entered", uid, answer="accepted", sequence=grant.sequence)
    return uid


def refused(trial: Trial, digits: str, *answers: str) -> None:
    trial.came()
    answer = trial.do("code", digits)
    came = trial.came()
    trial.none(came, "reserved", "fired")
    if "accepted" not in answers and answer.how == "ok":
        raise Wrong(f"it took a code whose answer is {answers[0]}")
    told = [event.said.get("answer") for event in came if event.type == "code-entered"]
    if told and told[0] not in answers:
        raise Wrong(f"it answers a code {told[0]!r} where it has to be {answers[0]!r}")
    if not told and answer.more not in answers:
        raise Wrong(f"it says '{answer.more}' to a code where it has to be '{answers[0]}'")


def _forgiven(trial: Trial) -> None:
    """Begin the count of wrong tries again."""
    grant = trial.grant()
    entered(trial, grant)
    trial.done("close")
    closed(trial, grant, 0)


def closed(trial: Trial, grant: Grant, used: int) -> None:
    """Have the receipt shown, and find fault where it does not fit what the events say."""
    trial.came()
    head = trial.played.head
    digits = trial.done("receipt").more.replace(" ", "")
    told = trial.one(
        trial.came(), "receipt-shown", codes.uid_of(trial.holder, grant.sequence), used=used, receipt=digits
    )
    key = codes.key_of(MASTER, trial.holder)
    found = receipts.read(key, trial.holder, sequence=grant.sequence, code=digits)
    if found is None or found.used != used:
        raise Wrong("its receipt is not that of this grant and count")
    if not _binds(trial, grant, found, told, head):
        raise Wrong("its receipt does not bind the head of its events")


def _binds(trial: Trial, grant: Grant, found: receipts.Receipt, told: Event, head: Head) -> bool:
    key = codes.key_of(MASTER, trial.holder)
    heads = {bytes.fromhex(head.digest), bytes.fromhex(told.previous)}
    return any(receipts.binds(key, trial.holder, sequence=grant.sequence, receipt=found, head=one) for one in heads)
