"""Digits that must open nothing, and the right ones beside them: many devices, every state of a keypad, every wrap."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final, NamedTuple

from privyseal.device import codes, keypad, receipts
from privyseal.device.codes import SLOT_SECONDS, SLOTS, Grant, Holder, Kind
from privyseal.device.keypad import Entered, Keypad

_MASTER: Final = bytes(range(32))
_STRANGE: Final = bytes(range(1, 33))
_NOW: Final = 1_800_000_000
_OPENS: Final = frozenset((Entered.ACCEPTED, Entered.DURESS))


class Case(NamedTuple):
    """One device as it is when a code comes: who it is, what it remembers, what its clock says."""

    holder: Holder
    key: bytes
    before: Keypad
    now: int

    def opens(self, code: str, *, now: int | None = None, before: Keypad | None = None) -> bool:
        at = self.now if now is None else now
        return keypad.enter(before or self.before, self.key, self.holder, code, now=at)[1] in _OPENS


class Found(NamedTuple):
    """How often each attack was tried, what opened or stood that must not, and how many right digits did neither.

    ``by_chance`` are receipts of which half is right by chance: the tag, one in 32,768, until the events have come, and
    the bits of events that were written anew by whoever has the device's key, one in 16,384.
    """

    tried: Counter[str]
    opened: Counter[str]
    refused: int
    by_chance: int


def attack(rounds: int, *, seed: int) -> Found:
    """Try so many grants of as many devices, each from some twenty sides, and the receipt of each from ten."""
    random, tried, opened = Random(seed), Counter[str](), Counter[str]()  # noqa: S311  not a secret: the same each time
    refused = by_chance = 0
    for _ in range(rounds):
        case = _case(random)
        grant = _grant(random, case)
        code = codes.issued(case.key, case.holder, grant)
        refused += not case.opens(code)
        for name, opens in _entered(random, case, grant, code):
            tried[name] += 1
            opened[name] += opens
        used, head = random.randrange(grant.count + 1), random.randbytes(32)
        right = receipts.shown(case.key, case.holder, sequence=grant.sequence, used=used, head=head)
        refused += not _stands(case, grant.sequence, right, used, head)
        for name, digits in _read_back(random, case, grant, used, right):
            tried[name] += 1
            opened[name] += _stands(case, grant.sequence, digits, used, head)
            by_chance += receipts.read(case.key, case.holder, sequence=grant.sequence, code=digits) is not None
        anew = receipts.shown(case.key, case.holder, sequence=grant.sequence, used=used, head=random.randbytes(32))
        by_chance += _stands(case, grant.sequence, anew, used, head)
    return Found(tried, opened, refused, by_chance)


def _case(random: Random) -> Case:
    holder = Holder(
        f"D-{random.randrange(10_000):04d}", f"{random.getrandbits(128):032x}", random.choice((1, 2, 256, 2**32))
    )
    newest = random.choice((0, 1, random.randrange(64), 255, 256, 257, random.randrange(2**32), codes.LAST_SEQUENCE))
    taken = random.getrandbits(keypad.BEHIND) & ~2 | 1 if newest else 0
    now = _NOW + random.randrange(4 * SLOTS * SLOT_SECONDS)
    return Case(holder, codes.key_of(_MASTER, holder), Keypad(newest=newest, taken=taken), now)


def _grant(random: Random, case: Case) -> Grant:
    """Return a grant that this device takes now: not taken yet, within its window and its time."""
    newest, taken = case.before.newest, case.before.taken
    numbers = [newest - back for back in range(keypad.BEHIND) if not taken >> back & 1 and newest > back]
    numbers += range(newest + 1, min(newest + keypad.AHEAD, codes.LAST_SEQUENCE) + 1)
    minutes = random.choice(codes.MINUTES)
    begun = random.randrange(max(1, minutes // 30)) * SLOT_SECONDS
    slot = codes.slot_of(case.now - begun)
    if case.now >= slot * SLOT_SECONDS + minutes * 60:
        minutes = 30
    return Grant(random.choice([*Kind]), random.choice(numbers or [newest]), slot, minutes, random.choice(codes.COUNTS))


def _entered(random: Random, case: Case, grant: Grant, code: str) -> Iterator[tuple[str, bool]]:
    key, holder, before = case.key, case.holder, case.before
    after = keypad.enter(before, key, holder, code, now=case.now)[0]
    for _ in range(3):
        yield "forged", case.opens(f"{random.getrandbits(66):020d}")
    yield "replayed", case.opens(code, before=keypad.closed(after))
    yield "while another is open", case.opens(code, before=after)
    yield "while it waits", case.opens(code, before=replace(before, waits_until=case.now + 1))
    yield "early", case.opens(code, now=grant.opens_at - 1 - random.randrange(40 * 86_400))
    yield "late", case.opens(code, now=grant.closes_at + random.randrange(40 * 86_400))
    for name, other in _foreign(random, holder):
        yield name, case.opens(codes.issued(codes.key_of(_MASTER, other), other, grant))
        yield f"{name}, by this key", case.opens(codes.issued(key, other, grant))
    yield "other master", case.opens(codes.issued(codes.key_of(_STRANGE, holder), holder, grant))
    for name, typed in _mistyped(random, code):
        yield name, case.opens(typed)
    for name, wrapped in _wrapped(random, case, grant):
        yield name, case.opens(codes.issued(key, holder, wrapped))


def _foreign(random: Random, holder: Holder) -> Iterator[tuple[str, Holder]]:
    yield "other device", replace(holder, serial=f"E-{random.randrange(10_000):04d}")
    yield "other seal", replace(holder, seal=f"{random.getrandbits(127) | 1 << 127:032x}"[::-1] + "0")
    yield "other epoch", replace(holder, epoch=holder.epoch + random.choice((-1, 1, 256)))


def _mistyped(random: Random, digits: str) -> Iterator[tuple[str, str]]:
    at, digit = random.randrange(len(digits)), random.choice("0123456789")
    typed = {"one digit": digits[:at] + digit + digits[at + 1 :], "doubled": digits[:at] + digits[at] + digits[at:-1]}
    at = random.randrange(len(digits) - 1)
    typed["swapped"] = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    typed["left out"] = digits[:at] + digits[at + 1 :] + "0"
    for name, said in typed.items():
        if said != digits:
            yield f"mistyped: {name}", said


def _wrapped(random: Random, case: Case, grant: Grant) -> Iterator[tuple[str, Grant]]:
    """Other grants whose digits say the same low bits of sequence and half hour."""
    times = random.choice((-2, -1, 1, 2))
    yield "wrapped half hour", replace(grant, slot=grant.slot + times * SLOTS)
    sequence = grant.sequence + times * codes.SEQUENCES
    if 1 <= sequence <= codes.LAST_SEQUENCE:
        yield "wrapped sequence", replace(grant, sequence=sequence)
    behind, ahead = case.before.newest - keypad.BEHIND, case.before.newest + keypad.AHEAD + 1
    for sequence in (behind - random.randrange(400), ahead + random.randrange(400)):
        if 1 <= sequence <= codes.LAST_SEQUENCE:
            yield "outside the window", replace(grant, sequence=sequence)


def _stands(case: Case, sequence: int, digits: str, used: int, head: bytes) -> bool:
    """Tell whether a receipt stands once the events have come, which say how often it stamped."""
    found = receipts.read(case.key, case.holder, sequence=sequence, code=digits)
    if found is None or found.used != used:
        return False
    return receipts.binds(case.key, case.holder, sequence=sequence, receipt=found, head=head)


def _read_back(random: Random, case: Case, grant: Grant, used: int, right: str) -> Iterator[tuple[str, str]]:
    key, holder, sequence = case.key, case.holder, grant.sequence
    yield "receipt: forged", f"{random.getrandbits(39):012d}"
    for name, typed in _mistyped(random, right):
        yield f"receipt: {name}", typed
    more = (int(right) - used) | random.choice([count for count in range(1_024) if count != used])
    yield "receipt: other count", f"{more:012d}"
    head = random.randbytes(32)
    other = sequence + 1
    yield "receipt: other grant", receipts.shown(key, holder, sequence=other, used=used, head=head)
    for name, one in _foreign(random, holder):
        yield (
            f"receipt: {name}",
            receipts.shown(codes.key_of(_MASTER, one), one, sequence=sequence, used=used, head=head),
        )
