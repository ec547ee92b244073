"""A new rubber in the place of an old one: ordered, accepted by two, the old one destroyed before two."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from privyseal.approvals.wishes import TermsIncomplete, WitnessesMissing
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.seals import actions as seals
from privyseal.seals import queries
from privyseal.seals.models import Custody, Incident, Permit, Seal, SealVersion
from privyseal.seals.rules import ProofMissing, Role
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act, forbidden, keeper_of, photo, rubber
from tests.conftest import holding, new_person, recorded

MAKER: Final[dict[str, Any]] = {
    "name": "公章（新）",
    "maker": "示例刻章店",
    "maker_licence": "110108-0001",
    "hand_in_days": 5,
}


@pytest.fixture
def used(company: Company, zhao: Person, gu: Person, noon: datetime) -> Seal:
    """A rubber seal in force."""
    seal = rubber(zhao, noon, company, gu)
    Seal.objects.filter(pk=seal.pk).update(state="active")
    seal.refresh_from_db()
    return seal


@pytest.fixture
def ordered(used: Seal, zhao: Person, li: Person, ma: Person, wang: Person, noon: datetime, signer: Client) -> Permit:
    permit = approved_act(zhao, [li], noon, used, Purpose.CHANGE, witnesses=(ma, wang), **MAKER)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    return permit


def accept(permit: Permit, gu: Person, ma: Person, at: datetime) -> str:
    imprint = photo(gu, at, permit.seal, b"\xff\xd8\xff the new imprint")
    seals.attest(gu, at, permit_uid=permit.uid, role=Role.RECEIVER, photo_sha256=imprint, filing_number="1101080000009")
    assert seals.attest(ma, at, permit_uid=permit.uid, role=Role.WITNESS)
    return imprint


def test_a_new_rubber_takes_the_old_ones_place_when_its_keeper_and_a_witness_accept_it(
    ordered: Permit, used: Seal, gu: Person, ma: Person, noon: datetime
) -> None:
    used.refresh_from_db()
    assert (used.version, used.state, used.name, recorded()[-1]) == (1, "active", "公章（实体）", "seal.change-ordered")
    assert [(word.act, word.role) for word in queries.words_asked_of(gu, noon, used)] == [("accept", "receiver")]

    imprint = accept(ordered, gu, ma, noon)

    used.refresh_from_db()
    assert (used.version, used.state, used.name, keeper_of(used)) == (2, "active", "公章（新）", gu)
    old, new = SealVersion.objects.filter(seal=used).order_by("version")
    assert (old.voided_at, old.hand_in_by) == (noon, noon + timedelta(days=5))
    assert (new.filing_number, new.imprint_sha256, new.maker, new.voided_at) == (
        "1101080000009",
        imprint,
        "示例刻章店",
        None,
    )
    assert Custody.objects.filter(seal=used).count() == 1
    assert recorded()[-1] == "seal.changed"
    with pytest.raises(OutOfTurn):
        seals.attest(gu, noon, permit_uid=ordered.uid, role=Role.RECEIVER)


def test_the_old_rubber_is_destroyed_before_two_each_with_a_picture(
    ordered: Permit, used: Seal, gu: Person, ma: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(OutOfTurn):
        seals.see_old_rubber_end(ma, noon, permit_uid=ordered.uid, photo_sha256="")
    accept(ordered, gu, ma, noon)
    picture = photo(ma, noon, used, b"\xff\xd8\xff the old one, cut in two")

    with pytest.raises(ProofMissing):
        seals.see_old_rubber_end(ma, noon, permit_uid=ordered.uid, photo_sha256="0" * 64)
    with pytest.raises(NotEntitled):
        seals.see_old_rubber_end(gu, noon, permit_uid=ordered.uid, photo_sha256=picture)
    assert queries.old_rubber_asked_of(ma, noon, used) == ordered
    assert not seals.see_old_rubber_end(ma, noon, permit_uid=ordered.uid, photo_sha256=picture)
    with pytest.raises(OutOfTurn):
        seals.see_old_rubber_end(ma, noon, permit_uid=ordered.uid, photo_sha256=picture)
    assert queries.old_rubber_asked_of(ma, noon, used) is None
    assert seals.see_old_rubber_end(wang, noon, permit_uid=ordered.uid, photo_sha256=picture)

    assert SealVersion.objects.get(seal=used, version=1).destroyed_at == noon
    assert recorded()[-1] == "seal.old-rubber-destroyed"
    assert seals.watch_seals(noon + timedelta(days=30)) == 0


def test_an_old_rubber_that_is_not_destroyed_in_time_is_an_incident(
    ordered: Permit, used: Seal, gu: Person, ma: Person, noon: datetime
) -> None:
    accept(ordered, gu, ma, noon)

    assert seals.watch_seals(noon + timedelta(days=4)) == 0
    assert (seals.watch_seals(noon + timedelta(days=5)), seals.watch_seals(noon + timedelta(days=5))) == (1, 0)
    assert (Incident.objects.get().kind, Incident.objects.get().seal) == ("not-handed-in", used)


def test_a_new_rubber_has_a_maker_a_number_and_two_witnesses(
    official: Seal, used: Seal, zhao: Person, ma: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(WitnessesMissing):
        approved_act(zhao, [], noon, used, Purpose.CHANGE, witnesses=(ma,), **MAKER)
    with pytest.raises(TermsIncomplete):
        approved_act(zhao, [], noon, used, Purpose.CHANGE, witnesses=(ma, wang), name="公章（新）", maker="")
    with pytest.raises(TermsIncomplete):
        approved_act(zhao, [], noon, official, Purpose.CHANGE, **MAKER)


def test_a_new_rubber_is_filed_before_it_is_accepted(ordered: Permit, used: Seal, gu: Person, noon: datetime) -> None:
    with pytest.raises(ProofMissing):
        seals.attest(
            gu, noon, permit_uid=ordered.uid, role=Role.RECEIVER, photo_sha256=photo(gu, noon, used), filing_number=" "
        )


def test_another_keeper_than_the_one_named_does_not_accept_it(
    ordered: Permit, used: Seal, gu: Person, company: Company, noon: datetime, long_ago: datetime
) -> None:
    ke = holding(new_person("ke", "柯管"), Power.CUSTODY, company, long_ago)
    Custody.objects.filter(seal=used).update(keeper=ke)
    for person in (gu, ke):
        with pytest.raises(NotEntitled):
            seals.attest(person, noon, permit_uid=ordered.uid, role=Role.RECEIVER, photo_sha256="", filing_number="1")


def test_what_is_suspended_meanwhile_is_not_accepted(
    ordered: Permit, used: Seal, zhao: Person, ma: Person, noon: datetime
) -> None:
    seals.suspend_seal(zhao, noon, seal_uid=used.uid, reason="盘点")

    with pytest.raises(OutOfTurn):
        seals.attest(ma, noon, permit_uid=ordered.uid, role=Role.WITNESS)


def test_the_database_destroys_no_rubber_that_is_in_use(used: Seal, noon: datetime) -> None:
    with forbidden("old_rubber_is_void_before_its_end"):
        SealVersion.objects.filter(seal=used).update(destroyed_at=noon)
