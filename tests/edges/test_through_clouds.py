"""A machine that only its maker's cloud reaches: each of its uses says so, wherever somebody relies on it."""

from datetime import datetime

import pytest
from django.db import connection
from django.urls import reverse

from privyseal.config.commands.prove import _words
from privyseal.custody.actions.machines import reserve
from privyseal.custody.models import HandUse, Turn
from privyseal.devices.models import Device, MachineUse
from privyseal.identity.models import Company, Person
from privyseal.ledger.queries import facts_about
from privyseal.seals.models import Permit, Seal, UseEntry
from privyseal.signer.client import Client
from privyseal.web.shown.packs import _by_hand
from tests.actions.keepers import forbidden
from tests.at_machine import Bench, benched, opened
from tests.edges.conftest import Enter

MARK, WORDS = "经厂商云", "计数仅凭厂商一方所述"


@pytest.fixture
def bench(
    request: pytest.FixtureRequest,
    stamp: Seal,
    company: Company,
    zhao: Person,
    gu: Person,
    signer: Client,
    noon: datetime,
) -> Bench:
    """A machine, which a maker's cloud stands before where a test says so."""
    return benched(stamp, company, zhao, gu, signer, noon, is_through_cloud=request.param)


@pytest.mark.parametrize(("bench", "said"), [(False, None), (True, "maker")], indirect=["bench"])
def test_a_use_through_a_makers_cloud_says_so_on_record_and_on_every_page(
    bench: Bench, said: str | None, permit: Permit, wang: Person, noon: datetime, enter: Enter
) -> None:
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    for _ in range(6):
        bench.stamp(noon)
    bench.machine.close("done", noon)
    bench.sync(noon)

    hand, entry = HandUse.objects.get(), UseEntry.objects.get()
    told = {fact.kind: fact.data.get("assurance") for fact in facts_about("permit", permit.uid, kind="hand.")}
    assert told.keys() >= {"hand.reserved", "hand.made", "hand.committed", "hand.ended", "hand.entered"}
    assert {*told.values(), hand.is_through_cloud and "maker"} == {said}
    for taken_away in (Device, HandUse):
        with forbidden("what_goes_through_a_cloud_says_so"):
            taken_away.objects.update(is_through_cloud=not said)

    browser, is_shown = enter(wang), said is not None
    pages = [
        *(reverse(name, args=[permit.uid]) for name in ("by-hand", "machine-use")),
        *(reverse("register-use", args=[entry.pk]), reverse("register-of-uses")),
    ]
    assert {page: MARK in browser.get(page).content.decode() for page in pages} == dict.fromkeys(pages, is_shown)
    assert (WORDS in "".join(str(value) for _, value in _by_hand(hand))) is is_shown  # in the evidence pack


@pytest.mark.parametrize("bench", [True], indirect=True)
def test_a_use_through_a_cloud_that_hides_it_takes_nothing_off_a_permit(
    bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    with forbidden("turn_at_a_machine_has_its_machine"), connection.cursor() as cursor:
        line = permit.lines.get().pk
        turn = reserve.within(wang, noon, permit_uid=permit.uid, line_id=line, impressions=6)
        hidden = MachineUse(device=bench.device, turn=Turn.objects.get(uid=turn), impressions=6)
        hidden.opens_at, hidden.closes_at = noon, permit.expires_at
        hidden.save(force_insert=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_whoever_proves_a_receipt_offline_reads_it_too() -> None:
    said = {"index": 1, "origin": "log", "size": 2, "cosigned": {}, "fact": {"data": {"assurance": "maker"}}}

    assert "its maker's word alone" in _words(said)
    assert "its maker's word alone" not in _words({**said, "fact": {}})
