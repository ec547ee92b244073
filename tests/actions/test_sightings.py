"""Photographs of stamped pages are held beside what was approved, by a job, once."""

from datetime import datetime

import pytest

from privyseal.custody import actions, printing
from privyseal.custody.models import PagePrint, Photograph, Sighting
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.actors import Service
from privyseal.paper.verdict import Box, Mark, Seen, Sight
from privyseal.seals.models import Incident, Permit
from tests.by_hand import Out, photographed, turn
from tests.conftest import recorded
from tests.jobs import do_jobs

COMPARER = Service("comparer")
BOX = Box(Mark.PRINT, 200, 300, 20, 15)


def photo(out: Out, wang: Person, jian: Person, at: datetime) -> str:
    return photographed(wang, at, turn(out, wang, jian, at, impressions=1))


@pytest.mark.documents
def test_a_photograph_is_compared_by_its_job_and_what_shows_nothing_raises_no_alarm(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    uid = photo(out, wang, jian, noon)

    assert do_jobs() == [actions.COMPARE]

    sighting = Sighting.objects.get(photograph__uid=uid)
    assert sighting.seen == Seen(Sight.UNREADABLE)
    assert PagePrint.objects.filter(document_sha256=sighting.photograph.turn.line.document_sha256).exists()
    assert not Incident.objects.exists()
    assert recorded().count("hand.page-compared") == 1


@pytest.mark.parametrize(
    ("seen", "kinds"),
    [
        (Seen(Sight.SAME, 1, 100, 100), []),
        (Seen(Sight.DIFFERS, 1, 99, 100, (BOX,)), ["page-differs"]),
        (Seen(Sight.NOT_THERE), ["page-strange"]),
        (Seen(Sight.UNREADABLE), []),
    ],
)
def test_what_a_photograph_showed_is_on_record_once_and_opens_its_incident(
    seen: Seen, kinds: list[str], out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    uid = photo(out, wang, jian, noon)

    for _ in range(2):
        actions.enter_sighting(COMPARER, noon, photograph_uid=uid, seen=seen)

    assert Sighting.objects.get().seen == seen
    assert [incident.kind for incident in Incident.objects.all()] == kinds
    assert recorded().count("hand.page-compared") == 1


def test_a_second_page_that_differs_goes_into_the_incident_that_is_open(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    for uid in (photo(out, wang, jian, noon), photo(out, wang, jian, noon)):
        actions.enter_sighting(COMPARER, noon, photograph_uid=uid, seen=Seen(Sight.NOT_THERE))

    assert (Sighting.objects.count(), Incident.objects.count()) == (2, 1)


@pytest.mark.documents
def test_the_pages_of_what_was_approved_lately_are_kept_once(permit: Permit, contract: str, noon: datetime) -> None:
    assert printing.documents_to_keep(noon) == [contract]

    printing.keep_pages(contract)

    assert (printing.documents_to_keep(noon), PagePrint.objects.count()) == ([], 1)


def test_no_photograph_is_compared_that_is_not_there(out: Out, noon: datetime) -> None:
    with pytest.raises(NotFound):
        actions.compare_photograph(noon, photograph_uid="0" * 32)

    assert not Photograph.objects.exists()
