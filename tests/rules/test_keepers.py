"""Who may keep which seals beside which others."""

from itertools import product

import pytest

from privyseal.identity.rules import Office
from privyseal.seals.rules import (
    KEEPERS_APART,
    KEEPS_NOTHING,
    BarredFromKeeping,
    KeepersNotSeparate,
    SealType,
    check_keeper,
)


@pytest.mark.parametrize("office", Office)
def test_whoever_decides_keeps_nothing(office: Office) -> None:
    if office in KEEPS_NOTHING:
        with pytest.raises(BarredFromKeeping):
            check_keeper(SealType.CONTRACT, offices=[Office.STAFF, office], keeps=())
    else:
        check_keeper(SealType.CONTRACT, offices=[office], keeps=())


def test_what_is_kept_apart_is_kept_apart_in_either_order_and_nothing_else_is() -> None:
    refused = set()
    for seal, other in product(SealType, SealType):
        try:
            check_keeper(seal, offices=(), keeps=[other])
        except KeepersNotSeparate:
            refused.add(frozenset({seal, other}))

    assert refused == set(KEEPERS_APART)
    assert frozenset({SealType.FINANCE, SealType.LEGAL_REPRESENTATIVE}) in refused
