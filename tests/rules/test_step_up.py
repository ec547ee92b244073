"""When a proof is good enough: the table's two demands, every way of proving, and time."""

from datetime import UTC, datetime, timedelta

import pytest

from privyseal.identity.rules import STRONG, Least, Means, ProofTooOld, Proved, SecondFactorMissing, check_proof

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEAK = sorted(set(Means) - STRONG)


def proof(means: Means, *, minutes: float = 0) -> Proved:
    return Proved(means, NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize("least", Least)
@pytest.mark.parametrize("means", sorted(STRONG))
def test_a_second_factor_is_good_for_ten_minutes_and_no_longer(least: Least, means: Means) -> None:
    check_proof(least, proof(means, minutes=10), at=NOON, has_strong=True, is_demo=False)
    for minutes in (10.1, -0.1):
        with pytest.raises(ProofTooOld):
            check_proof(least, proof(means, minutes=minutes), at=NOON, has_strong=True, is_demo=False)


@pytest.mark.parametrize("is_demo", [False, True])
@pytest.mark.parametrize("least", Least)
@pytest.mark.parametrize("means", WEAK)
def test_nothing_weaker_counts_where_there_is_a_second_factor(*, least: Least, means: Means, is_demo: bool) -> None:
    with pytest.raises(ProofTooOld):
        check_proof(least, proof(means), at=NOON, has_strong=True, is_demo=is_demo)


@pytest.mark.parametrize("means", WEAK)
def test_without_a_second_factor_the_far_reaching_is_refused(means: Means) -> None:
    with pytest.raises(SecondFactorMissing):
        check_proof(Least.SECOND_FACTOR, proof(means), at=NOON, has_strong=False, is_demo=False)


@pytest.mark.parametrize("means", WEAK)
def test_the_first_second_factor_is_enrolled_on_what_there_is(means: Means) -> None:
    check_proof(Least.BEST_THERE_IS, proof(means, minutes=9), at=NOON, has_strong=False, is_demo=False)
    with pytest.raises(ProofTooOld):
        check_proof(Least.BEST_THERE_IS, proof(means, minutes=11), at=NOON, has_strong=False, is_demo=False)


@pytest.mark.parametrize("least", Least)
def test_a_demonstrations_sign_in_counts_while_it_is_fresh(least: Least) -> None:
    check_proof(least, proof(Means.DEMO), at=NOON, has_strong=False, is_demo=True)
    for stale in (None, proof(Means.DEMO, minutes=11)):
        with pytest.raises(ProofTooOld):
            check_proof(least, stale, at=NOON, has_strong=False, is_demo=True)
