"""Twenty digits: each grant once, at its time, on its device; and nothing else."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.device import codes, keypad, receipts
from privyseal.device.codes import Grant, Holder, Kind, Voice
from privyseal.device.keypad import Entered, Keypad
from tests.device.attacks import attack
from tests.long import Run

HOLDER: Final = Holder("D-0009", "3f2a", 1)
KEY: Final = codes.key_of(bytes(range(32)), HOLDER)
NOON: Final = 1_800_000_000 // codes.SLOT_SECONDS * codes.SLOT_SECONDS
SLOT: Final = codes.slot_of(NOON)

grants = st.builds(
    Grant,
    kind=st.sampled_from(Kind),
    sequence=st.integers(1, codes.LAST_SEQUENCE),
    slot=st.just(SLOT),
    minutes=st.sampled_from(codes.MINUTES),
    count=st.sampled_from(codes.COUNTS),
)


def grant(sequence: int = 1, *, slot: int = SLOT, minutes: int = 240, count: int = 3) -> Grant:
    return Grant(Kind.USE, sequence, slot, minutes, count)


def code_of(sequence: int = 1, *, slot: int = SLOT, minutes: int = 240) -> str:
    return codes.issued(KEY, HOLDER, grant(sequence, slot=slot, minutes=minutes))


def answer(before: Keypad, code: str, *, now: int = NOON, holder: Holder = HOLDER, key: bytes = KEY) -> Entered:
    return keypad.enter(before, key, holder, code, now=now)[1]


def taken(before: Keypad, code: str, *, now: int = NOON) -> Keypad:
    after, said, _ = keypad.enter(before, KEY, HOLDER, code, now=now)
    assert said is Entered.ACCEPTED
    return keypad.closed(after)


@given(grants, st.sampled_from(Voice))
def test_a_code_says_its_grant(said: Grant, voice: Voice) -> None:
    code = codes.issued(KEY, HOLDER, said, voice)

    assert len(code) == codes.DIGITS
    assert codes.read(KEY, HOLDER, code, first_sequence=max(said.sequence - 200, 1), now=NOON) == (said, voice)


def test_the_codes_of_the_document_are_these() -> None:
    document = (Path(__file__).parents[2] / "docs" / "device-protocol.md").read_text()
    receipt = receipts.shown(KEY, HOLDER, sequence=1, used=2, head=bytes(32))

    for said in (KEY.hex(), *(codes.issued(KEY, HOLDER, grant(), voice) for voice in Voice), receipt):
        assert f"`{said}`" in document


@pytest.mark.invariant("T16", column="rule")
def test_a_grant_opens_once() -> None:
    after = taken(Keypad(), code_of())

    assert answer(after, code_of()) is Entered.USED


def test_codes_are_taken_out_of_order_each_once_within_the_window() -> None:
    numbers = sorted(range(1, keypad.BEHIND + 1), key=lambda number: number * 37 % 67)
    after = Keypad()
    for number in numbers:
        after = taken(after, code_of(number))

    assert {answer(after, code_of(number)) for number in numbers} == {Entered.USED}


def test_a_code_left_behind_the_window_or_too_far_ahead_is_wrong() -> None:
    after = taken(Keypad(newest=200, taken=1), code_of(200 + keypad.AHEAD))

    assert answer(after, code_of(200 + keypad.AHEAD - keypad.BEHIND)) is Entered.WRONG
    assert answer(after, code_of(200 + 2 * keypad.AHEAD + 1)) is Entered.WRONG


def test_sequences_go_on_where_their_low_bits_begin_again() -> None:
    after = Keypad()
    for number in range(1, 2 * codes.SEQUENCES, 60):
        after = taken(after, code_of(number))
    last = Keypad(newest=codes.LAST_SEQUENCE - 1, taken=1)

    assert after.newest > codes.SEQUENCES
    assert answer(last, code_of(codes.LAST_SEQUENCE)) is Entered.ACCEPTED


@pytest.mark.invariant("T16", column="rule")
def test_a_code_holds_from_its_half_hour_until_its_end() -> None:
    code = code_of(minutes=60)

    assert [answer(Keypad(), code, now=NOON + seconds) for seconds in (-1, 0, 3_599, 3_600)] == [
        Entered.EARLY,
        Entered.ACCEPTED,
        Entered.ACCEPTED,
        Entered.LATE,
    ]


def test_half_hours_that_begin_again_after_three_weeks_bring_no_code_back() -> None:
    wrapped = NOON + codes.SLOTS * codes.SLOT_SECONDS

    assert answer(Keypad(), code_of(minutes=20_160), now=wrapped) is Entered.WRONG


@pytest.mark.invariant("T16", column="rule")
@pytest.mark.parametrize(
    "other", [Holder("D-0008", "3f2a", 1), Holder("D-0009", "3f2b", 1), Holder("D-0009", "3f2a", 2)]
)
def test_a_code_opens_no_other_device_seal_or_epoch(other: Holder) -> None:
    master = bytes(range(32))

    assert answer(Keypad(), code_of(), holder=other, key=codes.key_of(master, other)) is Entered.WRONG


def test_no_digit_mistyped_and_no_two_swapped_open_anything() -> None:
    for number in range(1, 11):
        code = code_of(number)
        typed = {code[:at] + digit + code[at + 1 :] for at in range(20) for digit in "0123456789"}
        typed |= {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(19)}

        assert {answer(Keypad(), each) for each in typed - {code}} == {Entered.WRONG}


@pytest.mark.parametrize(
    "code", ["", "1" * 19, "1" * 21, "９" * 20, "9" * 20, "1234 5678 9012 3456 7890", "-" + "1" * 19]
)
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert answer(Keypad(), code) is Entered.WRONG


def test_wrong_tries_cost_ever_longer_waits_up_to_a_day() -> None:
    after, now, waits = Keypad(), NOON, []
    for _ in range(20):
        after, said, _ = keypad.enter(after, KEY, HOLDER, "0" * 20, now=now)
        assert said is Entered.WRONG
        waits.append(max(after.waits_until - now, 0))
        assert answer(after, code_of(), now=after.waits_until - 1) in {Entered.LOCKED_OUT, Entered.ACCEPTED}
        now = max(after.waits_until, now)

    assert waits[:8] == [0, 0, 0, 0, 60, 120, 240, 480]
    assert waits[-1] == 86_400


def test_while_it_waits_even_the_right_code_opens_nothing_and_then_it_does() -> None:
    locked = Keypad(wrong=7, waits_until=NOON + 240)

    assert answer(locked, code_of()) is Entered.LOCKED_OUT
    assert taken(locked, code_of(), now=NOON + 240).wrong == 0


def test_no_second_code_opens_before_the_first_is_closed() -> None:
    after, _, opened = keypad.enter(Keypad(), KEY, HOLDER, code_of(1), now=NOON)

    assert keypad.enter(after, KEY, HOLDER, code_of(2), now=NOON) == (after, Entered.OPEN, opened)
    assert answer(keypad.closed(after), code_of(2)) is Entered.ACCEPTED


def test_a_code_that_was_forced_out_of_somebody_opens_nothing_and_is_spent() -> None:
    forced = codes.issued(KEY, HOLDER, grant(), Voice.DURESS)
    after, said, _ = keypad.enter(Keypad(), KEY, HOLDER, forced, now=NOON)

    assert (said, after.grant) == (Entered.DURESS, None)
    assert answer(after, code_of()) is Entered.USED


@given(st.integers(1, 20_000))
def test_any_number_of_impressions_is_shared_among_codes(impressions: int) -> None:
    found = codes.shares(impressions)

    assert sum(found) == impressions
    assert set(found) <= set(codes.COUNTS)


def test_two_people_are_told_half_a_code_each_and_it_is_read_in_fours() -> None:
    code = code_of()

    assert "".join(codes.halves(code)) == code == codes.in_groups(code).replace(" ", "")
    assert [len(half) for half in codes.halves(code)] == [10, 10]


@given(st.integers(1, codes.LAST_SEQUENCE), st.integers(0, receipts.MOST), st.binary(min_size=32, max_size=32))
def test_a_receipt_says_its_count_and_binds_its_events(sequence: int, used: int, head: bytes) -> None:
    code = receipts.shown(KEY, HOLDER, sequence=sequence, used=used, head=head)
    found = receipts.read(KEY, HOLDER, sequence=sequence, code=code)

    assert found is not None
    assert (len(code), found.used) == (receipts.DIGITS, used)
    assert receipts.binds(KEY, HOLDER, sequence=sequence, receipt=found, head=head)


def test_a_receipt_with_another_count_is_seen_but_for_one_guess_in_thirty_thousand() -> None:
    code = int(receipts.shown(KEY, HOLDER, sequence=5, used=7, head=bytes(32)))
    others = [f"{code - 7 + used:012d}" for used in range(receipts.MOST + 1) if used != 7]

    assert [receipts.read(KEY, HOLDER, sequence=5, code=each) for each in others] == [None] * receipts.MOST
    assert receipts.read(KEY, HOLDER, sequence=6, code=f"{code:012d}") is None


def test_events_other_than_those_a_receipt_was_shown_for_are_seen() -> None:
    code = receipts.shown(KEY, HOLDER, sequence=5, used=7, head=bytes(32))
    found = receipts.read(KEY, HOLDER, sequence=5, code=code)

    assert found is not None
    assert not receipts.binds(KEY, HOLDER, sequence=5, receipt=found, head=b"\1" + bytes(31))


@pytest.mark.parametrize("code", ["", "1" * 11, "9" * 12, "１" * 12])
def test_what_is_no_receipt_is_none(code: str) -> None:
    assert receipts.read(KEY, HOLDER, sequence=5, code=code) is None


def test_attacks_on_codes_and_receipts_open_nothing_and_every_right_one_is_taken() -> None:
    found = attack(600, seed=7)

    assert found.tried.total() > 15_000
    assert (+found.opened, found.refused) == (Counter(), 0)


@pytest.mark.long
def test_attacks_by_the_million_open_nothing() -> None:
    with Run("attacks_by_the_million", goal=3_000_000, unit="attacks on codes and receipts, none stood") as counted:
        while counted.left:
            found = attack(5_000, seed=counted.left)
            counted.add(found.tried.total())
            assert (+found.opened, found.refused) == (Counter(), 0)
            assert found.by_chance < 20  # of some 50,000


def test_a_code_of_two_weeks_holds_until_its_last_minute() -> None:
    code = code_of(minutes=20_160)

    assert answer(Keypad(), code, now=NOON + 20_160 * 60 - 1) is Entered.ACCEPTED
    assert answer(Keypad(), code, now=NOON + 20_160 * 60) is Entered.LATE
