"""What makes the product unready, and what only limits it."""

import pytest

from privyseal.config.readiness import FULL, HELD, LATE, PAGE, PAGE_ASKED, STALE, UNKEPT, Cosigners, judge


@pytest.mark.parametrize(
    ("page", "asked", "cosigners", "missing", "limited"),
    [
        (True, True, Cosigners(), {}, {}),
        (False, False, Cosigners(), {}, {"approval-page": PAGE}),
        (False, True, Cosigners(), {"approval-page": PAGE_ASKED}, {}),
        (True, True, Cosigners(late=1), {}, {"cosigners": LATE}),
        (True, True, Cosigners(late=2, are_enough=False), {}, {"cosigners": STALE}),
    ],
)
def test_only_what_is_asked_for_and_in_our_hands_makes_us_unready(
    *, page: bool, asked: bool, cosigners: Cosigners, missing: dict[str, str], limited: dict[str, str]
) -> None:
    found = judge(database=True, signer=True, approval_page=page, is_passkey_asked=asked, cosigners=cosigners)

    assert (found.missing, found.limited) == (missing, limited)


def test_a_record_that_is_held_back_only_limits_us() -> None:
    found = judge(
        database=True, signer=True, approval_page=True, is_passkey_asked=True, cosigners=Cosigners(), is_held=True
    )

    assert (found.missing, found.limited) == ({}, {"record": HELD})


def test_a_disk_that_is_full_is_said() -> None:
    asked = {"database": True, "signer": True, "approval_page": True, "is_passkey_asked": False}

    found = judge(**asked, cosigners=Cosigners(), is_disk_full=True, is_log_unkept=True)

    assert (found.missing, found.limited) == ({}, {"disk": FULL, "archive": UNKEPT})
