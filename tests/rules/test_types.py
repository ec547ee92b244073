"""Types of a group's own, over plain values."""

import pytest

from privyseal.identity.rules import Office
from privyseal.kernel.errors import Refused
from privyseal.seals.rules import (
    KEEPERS_APART,
    BarredFromKeeping,
    OwnRule,
    SealKind,
    SealType,
    SetHasThisKeeper,
    SetTooSmall,
    StampsNothing,
    TypeNotFitting,
    check_fits,
    check_keeper,
    check_kind,
    check_own_rule,
    check_set,
)

TYPES = [OwnRule(like, kind, frozenset()) for like in SealType for kind in (None, *SealKind)]


def passes(act: object, *args: object, **said: object) -> bool:
    try:
        act(*args, **said)  # type: ignore[operator]  # each of the functions above
    except Refused:
        return False
    return True


@pytest.mark.parametrize("own", TYPES)
def test_whatever_a_type_allows_the_built_in_one_allows(own: OwnRule) -> None:
    for like in SealType:
        for kind in SealKind:
            fits = passes(check_fits, own, type=like, kind=kind, company=1, within={1, 2})
            assert fits == (like is own.like and own.kind in {None, kind})
            if fits and passes(check_own_rule, own) and own.kind is kind:
                assert passes(check_kind, kind, like)


def test_what_stamps_nothing_gets_no_electronic_type() -> None:
    with pytest.raises(StampsNothing):
        check_own_rule(OwnRule(SealType.U_KEY, SealKind.ELECTRONIC, frozenset()))


def test_a_type_is_of_its_group() -> None:
    own = OwnRule(SealType.OTHER, None, frozenset())
    with pytest.raises(TypeNotFitting):
        check_fits(own, type=SealType.OTHER, kind=SealKind.PHYSICAL, company=3, within={1, 2})


def test_a_type_bars_posts_besides_those_that_keep_nothing_and_frees_none() -> None:
    with pytest.raises(BarredFromKeeping):
        check_keeper(SealType.OTHER, offices=[Office.UNIT_HEAD], keeps=(), barred={Office.UNIT_HEAD})
    with pytest.raises(BarredFromKeeping):
        check_keeper(SealType.OTHER, offices=[Office.FINANCE_HEAD], keeps=(), barred={Office.UNIT_HEAD})
    check_keeper(SealType.OTHER, offices=[Office.UNIT_HEAD], keeps=())


def test_sets_come_beside_the_pairs_that_are_always_apart() -> None:
    ((one, other),) = KEEPERS_APART
    for said in ({"keeps": [other], "sets": []}, {"keeps": [], "sets": ["bank"]}):
        assert not passes(check_keeper, one, offices=(), **said)
    check_keeper(one, offices=(), keeps=())


def test_a_set_has_two_seals_and_a_keeper_each() -> None:
    check_set([1, 2], keepers=[7])
    with pytest.raises(SetTooSmall):
        check_set([1, 1], keepers=[])
    with pytest.raises(SetHasThisKeeper):
        check_set([1, 2], keepers=[7, 7])
