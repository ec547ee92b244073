"""How much one person may have under way on the approval page, on plain values."""

from datetime import UTC, datetime
from typing import Final

import pytest

from privyseal.approval_page.enrolling import Enrol
from privyseal.approval_page.keeping import MAX_ASKS, MAX_ASKS_OF_ONE, ApprovalCodeUnknown, ApprovalPageFull, Kept
from tests.signer.cast import LI, WANG, uid

NOON: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)


def ask(person: str) -> Enrol:
    said = {"name": "Wang", "login": "wang", "challenge": "", "language": "en", "back": "/", "context": ""}
    return Enrol(person=person, excluded=(), **said)


def test_whoever_asks_without_end_loses_their_own_and_nobody_elses() -> None:
    kept = Kept()
    theirs, _ = kept.begin(ask(LI), NOON)
    own = [kept.begin(ask(WANG), NOON)[0] for _ in range(MAX_ASKS + 1)]

    for code in (theirs, *own[-MAX_ASKS_OF_ONE:]):
        assert kept.ready(code, NOON)
    with pytest.raises(ApprovalCodeUnknown):
        kept.ready(own[-MAX_ASKS_OF_ONE - 1], NOON)


def test_what_was_counted_takes_no_room_for_what_comes() -> None:
    kept = Kept()
    for number in range(MAX_ASKS):
        code, _ = kept.begin(ask(uid(str(number))), NOON)
    with pytest.raises(ApprovalPageFull):
        kept.begin(ask(WANG), NOON)

    kept.counted(kept.answer(kept.open(kept.ready(code, NOON), NOON), (), NOON), NOON)

    assert kept.begin(ask(WANG), NOON)
