"""Who has to have seen the log, and what becomes of a use and of people when they have not."""

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import Settings

from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.quorum import CosignersStale, Needed, Quorum
from privyseal.ledger.cosigned import check_fresh, standings, watch_cosigners
from privyseal.ledger.models import CheckpointRow, CosignerRow
from privyseal.ledger.queries import latest_facts

pytestmark = pytest.mark.usefixtures("db")

MANAGEMENT, AUDITOR = (cosigner_key(f"{name}.example", Ed25519PrivateKey.generate()) for name in ("m", "a"))
WITHIN = timedelta(minutes=10)
LATE, LONG = timedelta(minutes=11), timedelta(minutes=30)


@pytest.fixture
def both(settings: Settings) -> None:
    settings.QUORUM = Quorum((MANAGEMENT, AUDITOR), Needed.ALL, WITHIN)


def seen(name: str, ago: timedelta, at: datetime, *, size: int = 9, problem: str = "") -> None:
    CosignerRow.objects.update_or_create(
        name=f"{name}.example",
        defaults={
            "size": size,
            "seconds": int((at - ago).timestamp()),
            "problem": problem,
            "problem_at": at if problem else None,
        },
    )


def head(size: int, signed_at: datetime) -> None:
    CheckpointRow.objects.create(size=size, root=bytes(32), note="", signed_at=signed_at)


@pytest.mark.parametrize(
    ("needed", "ages", "is_enough"),
    [
        (Needed.NONE, (), True),
        (Needed.ANY, (), False),
        (Needed.ANY, (LATE, timedelta(0)), True),
        (Needed.ANY, (LATE, LATE), False),
        (Needed.ALL, (LATE, timedelta(0)), False),
        (Needed.ALL, (timedelta(minutes=9), timedelta(0)), True),
        (Needed.ALL, (timedelta(0), -LATE), False),
    ],
)
def test_cosigners_have_to_have_seen_the_log_lately(
    needed: Needed, ages: tuple[timedelta, ...], noon: datetime, settings: Settings, *, is_enough: bool
) -> None:
    settings.QUORUM = Quorum((MANAGEMENT, AUDITOR), needed, WITHIN)
    for name, ago in zip("ma", ages, strict=False):
        seen(name, ago, noon)

    if is_enough:
        check_fresh(noon)
        return
    with pytest.raises(CosignersStale):
        check_fresh(noon)


def test_a_fresh_time_over_an_old_head_is_not_enough(both: None, noon: datetime) -> None:
    seen("m", timedelta(0), noon, size=12)
    seen("a", timedelta(0), noon, size=9)
    head(9, noon - LONG)
    head(12, noon - timedelta(minutes=5))

    check_fresh(noon)  # the newer head is not old enough to be missed
    with pytest.raises(CosignersStale):
        check_fresh(noon + timedelta(minutes=5))


def test_it_is_on_record_once_that_a_cosigner_is_late_or_differs_or_is_back(both: None, noon: datetime) -> None:
    seen("m", timedelta(0), noon)
    seen("a", LATE, noon)

    watch_cosigners(noon)
    watch_cosigners(noon)
    seen("a", LATE, noon, problem="cosigner-refuses")
    watch_cosigners(noon)
    seen("a", timedelta(0), noon)
    watch_cosigners(noon)
    watch_cosigners(noon)

    told = [(fact.kind, fact.data["cosigner"]) for fact in reversed(latest_facts())]
    assert told == [(f"cosigner.{state}", "a.example") for state in ("late", "differs", "back")]


def test_those_that_never_answered_are_shown_as_well(both: None, noon: datetime) -> None:
    seen("m", timedelta(0), noon)

    found = [(one.name, one.size, one.is_fresh) for one in standings(noon)]

    assert found == [("m.example", 9, True), ("a.example", 0, False)]
