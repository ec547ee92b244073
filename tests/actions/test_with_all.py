"""An application with all that belongs to it, in questions whose words are known."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privyseal.approvals.casting import with_all
from privyseal.approvals.models import Application, Casting, Line, Vote
from privyseal.identity.models import Person
from privyseal.seals.models import Seal
from tests.conftest import Use, apply

BELONGING = ("lines", "castings", "own_yeses", "seats", "votes")


@pytest.fixture
def applied(approved: Use, official: Seal, contract: str, wang: Person, noon: datetime) -> list[Application]:
    apply(wang, noon, official, contract)
    return list(Application.objects.order_by("pk"))


def test_what_belongs_to_an_application_is_its_own_and_knows_it(applied: list[Application]) -> None:
    with_all(applied)

    for one in applied:
        assert list(one.lines.all()) == list(Line.objects.filter(application=one).order_by("position"))
        assert list(one.castings.all()) == list(Casting.objects.filter(application=one).order_by("person_id"))
        assert list(one.votes.all()) == list(Vote.objects.filter(application=one))
        assert all(line.application is one for line in one.lines.all())
    assert [one.votes.exclude(person=None).count() for one in applied] == [1, 1, 0]


def test_it_is_read_once_for_all_and_not_again(applied: list[Application]) -> None:
    with_all(applied)

    with CaptureQueriesContext(connection) as captured:
        with_all(applied)
        _ = [(line.seal.company.name, line.seal.unit) for one in applied for line in one.lines.all()]
        _ = [list(getattr(one, name).all()) for one in applied for name in BELONGING]
    assert len(captured) == len(BELONGING)
    assert with_all([]) == []
