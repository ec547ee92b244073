"""Stamped pages: photographed once however often they are sent, never read off the disk, looked at on record."""

from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from privyseal.custody import actions
from privyseal.custody.actions import Taken
from privyseal.custody.models import Photograph, Turn
from privyseal.custody.queries.photographs import photographs_visible_to
from privyseal.custody.rules.photographs import PhotographShowsTooMany, PhotographUnreadable
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf.foreign import PictureUnreadable
from privyseal.seals.models import Incident
from tests.actions.keepers import forbidden
from tests.by_hand import Out, photographed, stamped_page, turn
from tests.conftest import recorded


def test_a_stamped_page_is_on_record_with_its_digest_and_permit_however_often_it_is_sent(
    out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    uid, key, page = turn(out, wang, jian, noon, impressions=2), uuid4(), Taken(data=stamped_page(), impressions=2)
    sent = {actions.photograph(wang, noon, command_id=key, turn_uid=uid, taken=page) for _ in range(2)}
    sent |= {photographed(person, noon, uid, impressions=2) for person in (gu, jian)}

    kept = Photograph.objects.get()
    assert sent == {kept.uid}
    assert (kept.by, kept.impressions, kept.is_late, kept.retention) == (wang, 2, False, "ten-years")
    fact = last_fact_about("hand.photographed", "permit", out.permit.uid)
    assert fact is not None
    assert (fact.data["photo_sha256"], fact.data["how"]) == (sha256(stamped_page()), "by-hand")
    assert recorded().count("hand.photographed") == 1


def test_nothing_of_a_stamped_page_lies_readable_on_the_disk(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    photographed(wang, noon, turn(out, wang, jian, noon, impressions=1))

    kept = Photograph.objects.get()
    assert b"".join(settings.VAULT.parts(kept.sha256)) == stamped_page()
    assert b"".join(settings.VAULT.parts(kept.small_sha256)).startswith(b"\xff\xd8\xff")
    root: Path = settings.VAULT.root
    for digest in (kept.sha256, kept.small_sha256):
        assert b"JFIF" not in (root / digest[:2] / digest).read_bytes()


def test_what_is_no_photograph_or_not_of_what_was_made_is_refused_and_changes_nothing(
    out: Out, wang: Person, jian: Person, ma: Person, zhao: Person, noon: datetime
) -> None:
    uid = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)
    with pytest.raises(OutOfTurn):
        photographed(wang, noon, uid)
    actions.fire(wang, noon, turn_uid=uid, made=1)
    for said, refusal in (
        (Taken(data=b"%PDF-1.7", impressions=1), PhotographUnreadable),
        (Taken(data=b"\xff\xd8\xff\xe0 nothing", impressions=1), PictureUnreadable),
        (Taken(data=stamped_page(), impressions=101), PhotographShowsTooMany),
    ):
        with pytest.raises(refusal):
            actions.photograph(wang, noon, command_id=uuid4(), turn_uid=uid, taken=said)
    with pytest.raises(NotFound):
        photographed(ma, noon, uid)
    with pytest.raises(NotEntitled):
        photographed(zhao, noon, uid)

    assert not Photograph.objects.exists()


@pytest.mark.failure("clock")
def test_a_photograph_that_comes_after_the_seal_went_back_is_late_whenever_it_was_taken(
    out: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    uid = turn(out, wang, jian, noon, impressions=6)
    photographed(wang, noon, uid)
    actions.put_back(gu, noon, use_uid=out.uid, place="1号柜")
    late = Taken(data=stamped_page(1), impressions=5, taken_at=noon)
    actions.photograph(wang, noon, command_id=uuid4(), turn_uid=uid, taken=late)

    assert [one.is_late for one in Photograph.objects.order_by("pk")] == [False, True]
    with forbidden("late_photograph_says_so"):
        Photograph.objects.create(turn=Turn.objects.get(), by=wang, at=noon, is_late=False, impressions=1, size=1)
    with forbidden("photograph_stays"):
        Photograph.objects.update(impressions=2)


def test_looking_at_a_stamped_page_goes_on_record(
    out: Out, wang: Person, jian: Person, ma: Person, noon: datetime
) -> None:
    uid = photographed(wang, noon, turn(out, wang, jian, noon, impressions=1))

    actions.look_at_photograph(jian, noon, uid=uid)
    assert recorded()[-1] == "hand.photograph-seen"
    with pytest.raises(NotFound):
        actions.look_at_photograph(ma, noon, uid=uid)
    assert not photographs_visible_to(ma, noon)


def test_photographs_that_show_more_than_was_counted_open_one_incident_before_and_after_the_count(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    settled = turn(out, wang, jian, noon, impressions=1)
    photographed(wang, noon, settled, impressions=1)
    assert not Incident.objects.exists()
    photographed(jian, noon, settled, impressions=1, page=1)
    opened = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    actions.fire(wang, noon, turn_uid=opened, made=2)
    photographed(wang, noon, opened, impressions=3, page=2)
    actions.commit(jian, noon, turn_uid=opened, counted=2)

    assert [incident.kind for incident in Incident.objects.all()] == ["count-mismatch"]
    assert recorded().count("hand.count-differs") == 2
