"""Types of a group's own, and sets of seals that do not share a keeper."""

from datetime import datetime

import pytest
from django.db import connection

from privyseal.approvals import actions as approvals
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Found, KeepsASeal, Office, Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.transactions import writing
from privyseal.seals import actions as seals
from privyseal.seals import queries
from privyseal.seals.keeping import check_may_keep
from privyseal.seals.models import Custody, KeeperSet, OwnType, Seal
from privyseal.seals.rules import (
    BarredFromKeeping,
    Level,
    OwnRule,
    SealKind,
    SealType,
    SetHasThisKeeper,
    SetTooSmall,
    StampsNothing,
    TypeNameTaken,
    TypeNotFitting,
    TypeOfOtherLevel,
)
from privyseal.signer.statement import Purpose
from tests.actions.keepers import forbidden, rubber
from tests.actions.test_keepers import put_into
from tests.conftest import FACE, holding, new_company, new_person, recorded

OTHER = "91110108MA01ABCE1B"


@pytest.fixture
def ke(company: Company, long_ago: datetime) -> Person:
    """Keeps too."""
    return holding(new_person("ke", "柯管"), Power.CUSTODY, company, long_ago)


def added(
    zhao: Person, at: datetime, company: Company, name: str = "法人授权章", *, prefix: str = "", **said: object
) -> str:
    rule = OwnRule(**{"like": SealType.FINANCE, **said})  # type: ignore[arg-type]  # each is of its kind
    return seals.add_type(
        zhao, at, company_uid=company.uid, name_zh=name, name_en="Mandate seal", rule=rule, prefix=prefix
    )


def entered(zhao: Person, at: datetime, company: Company, keeper: Person, own: str, name: str = "授权章") -> Seal:
    existing = seals.ExistingSeal(name=name, type=SealType.FINANCE, own_type_uid=own, keeper_pseudonym=keeper.pseudonym)
    return Seal.objects.get(uid=seals.enter_existing(zhao, at, company_uid=company.uid, existing=existing))


def test_numbers_begin_with_the_letters_of_their_type_and_go_on_as_one_sequence(
    company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    own = added(zhao, noon, company, prefix="HT")

    numbers = [rubber(zhao, noon, company, gu, name="甲").number, entered(zhao, noon, company, gu, own).number]

    assert numbers == ["S00001", "HT00002"]
    with forbidden("prefix_of_numbers_in_form"):
        OwnType.objects.update(prefix="h1")


def test_a_seal_belongs_where_its_type_says(
    company: Company, zhao: Person, li: Person, gu: Person, chen: Person, noon: datetime
) -> None:
    own = added(zhao, noon, company, level=Level.UNIT)
    unit = identity.open_unit(chen, noon, company_uid=company.uid, name="营销中心")
    with pytest.raises(TypeOfOtherLevel):
        entered(zhao, noon, company, gu, own)
    existing = seals.ExistingSeal(
        name="授权章", type=SealType.FINANCE, own_type_uid=own, keeper_pseudonym=gu.pseudonym, unit_uid=unit
    )
    seal = Seal.objects.get(uid=seals.enter_existing(zhao, noon, company_uid=company.uid, existing=existing))

    with pytest.raises(TypeOfOtherLevel):
        approvals.apply_for_act(
            zhao, noon, seal_uid=seal.uid, purpose=Purpose.ASSIGN, reason="机构调整", terms={"unit": ""}
        )
    with forbidden("own_type_is_of_the_seals_level"):
        Seal.objects.filter(pk=seal.pk).update(unit=None)


def test_a_type_of_ones_own_is_a_built_in_one_under_another_name(
    company: Company, zhao: Person, gu: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    own = added(zhao, noon, company)
    seal = entered(zhao, noon, company, gu, own)
    assert (seal.type, str(seal.own_type), recorded().count("seal-type.added")) == ("finance", "法人授权章", 1)

    below = new_company("另一科技有限公司", OTHER, registrar=chen, verifier=sun, at=noon)
    with pytest.raises(NotFound):
        added(zhao, noon, below)
    holding(zhao, Power.MANAGE, below, noon)
    holding(gu, Power.CUSTODY, below, noon)
    with pytest.raises(TypeNotFitting):
        entered(zhao, noon, below, gu, own)
    Company.objects.filter(pk=below.pk).update(parent=company)
    assert entered(zhao, noon, below, gu, own).own_type == seal.own_type


def test_a_type_is_never_looser_than_the_one_that_it_is_like(
    company: Company, zhao: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(StampsNothing):
        added(zhao, noon, company, like=SealType.LICENCE, kind=SealKind.ELECTRONIC)
    own = added(zhao, noon, company, kind=SealKind.PHYSICAL)
    said = {"company_uid": company.uid, "reason": "需要", "name": "授权章", "face": FACE}
    standing = approvals.Standing(own_type_uid=own)
    for like in (SealType.FINANCE, SealType.CONTRACT):
        with pytest.raises(TypeNotFitting):
            approvals.apply_for_seal(zhao, noon, type=like, standing=standing, **said)  # type: ignore[arg-type]  # as above
    with pytest.raises(TypeNameTaken):
        added(zhao, noon, company)
    with pytest.raises(NotEntitled):
        added(wang, noon, company, "另一个")
    assert (OwnType.objects.count(), Seal.objects.count()) == (1, 0)


def test_a_retired_type_takes_no_further_seal_and_leaves_those_that_are(
    company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    own = added(zhao, noon, company)
    seal = entered(zhao, noon, company, gu, own)
    seals.retire_type(zhao, noon, type_uid=own)

    with pytest.raises(NotFound):
        entered(zhao, noon, company, gu, own, "授权章二")
    with pytest.raises(OutOfTurn):
        seals.retire_type(zhao, noon, type_uid=own)
    seal.refresh_from_db()
    assert (str(seal.own_type), recorded()[-2]) == ("法人授权章", "seal.enter.refused")
    added(zhao, noon, company)


def test_whom_a_type_bars_keeps_none_of_it(
    company: Company, zhao: Person, gu: Person, ke: Person, chen: Person, noon: datetime, long_ago: datetime
) -> None:
    own = added(zhao, noon, company, barred=frozenset({Office.UNIT_HEAD}))
    seal = entered(zhao, noon, company, ke, own)
    put_into(gu, Office.UNIT_HEAD, company, chen, long_ago)

    with pytest.raises(BarredFromKeeping), writing():
        check_may_keep(gu, noon, seal=seal)
    with forbidden("keeper_is_not_barred"):
        Custody.objects.filter(seal=seal).update(keeper=gu)
    post = identity.open_post(chen, noon, company_uid=company.uid, name="部门经理", office=Office.UNIT_HEAD)
    with pytest.raises(KeepsASeal):
        identity.fill_post(chen, noon, post_uid=post, person_pseudonym=ke.pseudonym, starts_at=noon)


def test_the_database_keeps_a_type_to_what_it_is_like(
    company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    own = OwnType.objects.get(uid=added(zhao, noon, company, kind=SealKind.ELECTRONIC))
    seal = rubber(zhao, noon, company, gu)

    with forbidden("own_type_is_like_the_seals_type"):
        OwnType.objects.filter(pk=own.pk).update(kind="")
        Seal.objects.filter(pk=seal.pk).update(own_type=own)
    with forbidden("own_type_fits_the_seal"):
        Seal.objects.filter(pk=seal.pk).update(own_type=own, type="finance")


@pytest.fixture
def pair(company: Company, zhao: Person, gu: Person, ke: Person, noon: datetime) -> list[Seal]:
    """Two seals with a keeper each."""
    return [rubber(zhao, noon, company, one, name=name) for one, name in ((gu, "网银复核章"), (ke, "网银制单章"))]


def named(zhao: Person, at: datetime, company: Company, chosen: list[Seal]) -> str:
    numbers = [seal.number for seal in chosen]
    return seals.make_set(zhao, at, company_uid=company.uid, name="网银", numbers=numbers)


def test_seals_of_a_set_do_not_share_a_keeper(
    pair: list[Seal], company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    uid = named(zhao, noon, company, pair)

    with pytest.raises(SetHasThisKeeper) as refused, writing():
        check_may_keep(gu, noon, seal=pair[1])
    assert refused.value.facts == {"set": uid}
    with forbidden("set_has_a_keeper_each"):
        Custody.objects.filter(seal=pair[1], until=None).update(keeper=gu)
    assert recorded()[-1] == "keeper-set.made"


def test_a_set_is_not_named_over_seals_that_share_a_keeper(
    pair: list[Seal], company: Company, zhao: Person, wang: Person, gu: Person, noon: datetime
) -> None:
    Custody.objects.filter(seal=pair[1], until=None).update(keeper=gu)

    with pytest.raises(SetHasThisKeeper):
        named(zhao, noon, company, pair)
    with pytest.raises(SetTooSmall):
        named(zhao, noon, company, pair[:1])
    with pytest.raises(NotEntitled):
        named(wang, noon, company, pair)
    with pytest.raises(NotFound):
        seals.make_set(zhao, noon, company_uid=company.uid, name="网银", numbers=[pair[0].number, "S99999"])
    assert not KeeperSet.objects.exists()
    empty = KeeperSet.objects.create(company=company, name="网银", made_by=zhao, made_at=noon)
    with forbidden("set_has_a_keeper_each"):
        empty.seals.add(*pair)


def test_a_set_is_ended_by_a_second_person(
    pair: list[Seal], company: Company, zhao: Person, li: Person, gu: Person, noon: datetime
) -> None:
    uid = named(zhao, noon, company, pair)

    with pytest.raises(OutOfTurn):
        seals.end_set(li, noon, set_uid=uid)
    with pytest.raises(NotEntitled):
        seals.propose_set_end(li, noon, set_uid=uid)
    seals.propose_set_end(zhao, noon, set_uid=uid)
    with pytest.raises(OutOfTurn):
        seals.propose_set_end(zhao, noon, set_uid=uid)
    with pytest.raises(NotEntitled):
        seals.end_set(zhao, noon, set_uid=uid)
    with forbidden("keeper_set_is_ended_by_a_second_person"):
        KeeperSet.objects.update(ended_by=zhao, ended_at=noon)
    seals.end_set(li, noon, set_uid=uid)

    with writing():
        check_may_keep(gu, noon, seal=pair[1])
    with pytest.raises(NotFound):
        seals.end_set(li, noon, set_uid=uid)
    assert [kind for kind in recorded() if kind in ("keeper-set.end-proposed", "keeper-set.ended")] == [
        "keeper-set.end-proposed",
        "keeper-set.ended",
    ]


def test_whoever_proposed_the_end_of_a_set_does_not_agree_to_it(
    pair: list[Seal], company: Company, zhao: Person, li: Person, noon: datetime
) -> None:
    uid = named(zhao, noon, company, pair)
    KeeperSet.objects.update(ending_by=li)

    with pytest.raises(DutiesNotSeparate):
        seals.end_set(li, noon, set_uid=uid)


def test_a_scan_finds_a_set_with_one_keeper(
    pair: list[Seal], company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    named(zhao, noon, company, pair)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE custody DISABLE TRIGGER keeper_fits_type_and_sets")
    assert Found.SET_WITH_ONE_KEEPER not in {one.found for one in queries.scan(noon)}
    Custody.objects.filter(seal=pair[1], until=None).update(keeper=gu)

    (found,) = (one for one in queries.scan(noon) if one.found is Found.SET_WITH_ONE_KEEPER)
    assert (found.name, found.count) == ("顾守", 2)
