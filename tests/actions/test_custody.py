"""Physical seals: entered, ordered, accepted, handed over, covered for, collected."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from privyseal.approvals import actions as approvals
from privyseal.approvals.rules import Part
from privyseal.approvals.wishes import TermsIncomplete, WitnessesMissing
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.seals import actions as seals
from privyseal.seals import permits, queries
from privyseal.seals.models import Attestation, Custody, Seal, SealVersion
from privyseal.seals.rules import ProofMissing, Role, SealType, StampsNothing
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act, forbidden, hand_over, keeper_of, ordered, photo, rubber
from tests.conftest import holding, new_person, recorded, say_yes


@pytest.fixture
def ke(company: Company, long_ago: datetime) -> Person:
    """Keeps seals too."""
    return holding(new_person("ke", "柯管"), Power.CUSTODY, company, long_ago)


@pytest.fixture
def resting(zhao: Person, company: Company, gu: Person, noon: datetime) -> Seal:
    return rubber(zhao, noon, company, gu)


@pytest.fixture
def in_use(resting: Seal, zhao: Person, li: Person, noon: datetime, signer: Client) -> Seal:
    permit = approved_act(zhao, [li], noon, resting, Purpose.RESUME)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    resting.refresh_from_db()
    return resting


def test_a_seal_that_exists_is_entered_at_rest_with_its_keeper(resting: Seal, gu: Person) -> None:
    assert (resting.state, resting.kind, resting.face) == ("suspended", "physical", None)
    assert keeper_of(resting) == gu
    assert recorded()[-2:] == ["seal.suspended", "seal.kept"]


@pytest.mark.invariant("T14", column="database")
def test_numbers_follow_each_other_without_a_gap(zhao: Person, company: Company, gu: Person, noon: datetime) -> None:
    first = rubber(zhao, noon, company, gu, name="一号章")
    with pytest.raises(seals.SealNameTaken):
        rubber(zhao, noon, company, gu, name="一号章")
    second = rubber(zhao, noon, company, gu, name="二号章")

    assert [first.number, second.number] == ["S00001", "S00002"]


def test_a_bank_token_is_kept_like_a_seal(zhao: Person, company: Company, gu: Person, noon: datetime) -> None:
    token = seals.ExistingSeal(name="工行U盾", type=SealType.U_KEY, keeper_pseudonym=gu.pseudonym)
    uid = seals.enter_existing(zhao, noon, company_uid=company.uid, existing=token)

    assert keeper_of(Seal.objects.get(uid=uid)) == gu
    with pytest.raises(StampsNothing):
        approvals.apply_for_seal(
            zhao, noon, company_uid=company.uid, reason="要", name="电子U盾", type=SealType.U_KEY, face={"ring": "字"}
        )


def test_nobody_but_a_manager_enters_a_seal_and_nobody_but_a_keeper_keeps_it(
    zhao: Person, wang: Person, company: Company, gu: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        rubber(wang, noon, company, gu)
    with pytest.raises(NotEntitled):
        rubber(zhao, noon, company, wang)

    assert not Seal.objects.exists()
    assert recorded()[-1] == "seal.enter.refused"


def test_a_rubber_seal_is_ordered_accepted_by_two_and_then_in_force(
    zhao: Person, li: Person, company: Company, gu: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    permit = ordered(zhao, li, noon, company, gu, ma)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    seal = Seal.objects.get()
    assert seal.state == "made"

    imprint = photo(gu, noon, seal)
    with pytest.raises(ProofMissing):
        seals.attest(gu, noon, permit_uid=permit.uid, role=Role.RECEIVER, photo_sha256=imprint)
    with pytest.raises(ProofMissing):
        seals.attest(gu, noon, permit_uid=permit.uid, role=Role.RECEIVER, filing_number="110108-2026-7")
    is_last = seals.attest(
        gu, noon, permit_uid=permit.uid, role=Role.RECEIVER, photo_sha256=imprint, filing_number="110108-2026-7"
    )
    assert (is_last, Seal.objects.get().state) == (False, "made")
    assert seals.attest(ma, noon, permit_uid=permit.uid, role=Role.WITNESS)

    version = SealVersion.objects.get()
    assert (Seal.objects.get().state, keeper_of(seal)) == ("active", gu)
    assert (version.maker, version.filing_number, version.imprint_sha256) == ("示例刻章店", "110108-2026-7", imprint)
    assert recorded()[-3:] == ["seal.attested", "seal.kept", "seal.active"]


def test_an_order_names_its_maker_a_keeper_and_a_witness(
    zhao: Person, li: Person, company: Company, gu: Person, ma: Person, noon: datetime
) -> None:
    wish = approvals.RubberWish(
        name="章",
        type=SealType.HR,
        maker="店",
        maker_licence="1",
        keeper_pseudonym=gu.pseudonym,
        witness_pseudonym=ma.pseudonym,
    )
    refusals: list[tuple[dict[str, str], type[Refused]]] = [
        ({"maker": " "}, TermsIncomplete),
        ({"maker_licence": ""}, TermsIncomplete),
        ({"keeper_pseudonym": ma.pseudonym}, NotEntitled),
        ({"witness_pseudonym": gu.pseudonym}, DutiesNotSeparate),
        ({"witness_pseudonym": zhao.pseudonym}, DutiesNotSeparate),
    ]
    for changes, refusal in refusals:
        with pytest.raises(refusal):
            approvals.apply_for_rubber(
                zhao,
                noon,
                company_uid=company.uid,
                reason="要",
                wish=replace(wish, **changes),  # type: ignore[arg-type]  # each is text
            )

    assert not Seal.objects.exists()


@pytest.mark.invariant("T15", column="database")
def test_a_hand_over_takes_three_words_and_leaves_one_keeper(
    in_use: Seal, zhao: Person, li: Person, gu: Person, ke: Person, ma: Person, noon: datetime
) -> None:
    permit = approved_act(zhao, [li], noon, in_use, Purpose.HAND_OVER, receiver=ke, witnesses=(ma,))

    seals.attest(gu, noon, permit_uid=permit.uid, role=Role.GIVER)
    seals.attest(ma, noon, permit_uid=permit.uid, role=Role.WITNESS)
    assert keeper_of(in_use) == gu
    assert seals.attest(ke, noon, permit_uid=permit.uid, role=Role.RECEIVER)

    assert keeper_of(in_use) == ke
    assert Custody.objects.get(seal=in_use, keeper=gu).until == noon
    permit.refresh_from_db()
    assert (permit.used, permit.finished_at) == (1, noon)
    assert recorded()[-2:] == ["seal.attested", "seal.kept"]


def test_a_word_is_taken_from_nobody_else_and_once(
    in_use: Seal, zhao: Person, li: Person, gu: Person, ke: Person, ma: Person, noon: datetime
) -> None:
    permit = approved_act(zhao, [li], noon, in_use, Purpose.HAND_OVER, receiver=ke, witnesses=(ma,))
    seals.attest(gu, noon, permit_uid=permit.uid, role=Role.GIVER)

    for person, role, refusal in (
        (ke, Role.GIVER, NotEntitled),
        (ke, Role.WITNESS, NotEntitled),
        (li, Role.WITNESS, NotEntitled),
        (gu, Role.GIVER, OutOfTurn),
    ):
        with pytest.raises(refusal):
            seals.attest(person, noon, permit_uid=permit.uid, role=role)

    assert Attestation.objects.count() == 1
    assert recorded()[-1] == "seal.attest.refused"


def test_a_word_is_not_taken_after_the_hand_over_or_its_time(
    in_use: Seal, zhao: Person, li: Person, gu: Person, ke: Person, ma: Person, noon: datetime
) -> None:
    late = approved_act(zhao, [li], noon, in_use, Purpose.HAND_OVER, receiver=ke, witnesses=(ma,))
    with pytest.raises(permits.PermitExpired):
        seals.attest(gu, noon + timedelta(days=8), permit_uid=late.uid, role=Role.GIVER)

    hand_over(late, noon, giver=gu, receiver=ke, witness=ma)
    with pytest.raises(permits.PermitSpent):
        seals.attest(ke, noon, permit_uid=late.uid, role=Role.GIVER)


def test_who_receives_and_who_witnesses_do_not_approve(
    in_use: Seal, zhao: Person, li: Person, wu: Person, ke: Person, ma: Person, company: Company, noon: datetime
) -> None:
    uid = approvals.apply_for_act(
        zhao,
        noon,
        seal_uid=in_use.uid,
        purpose=Purpose.HAND_OVER,
        reason="岗位调整",
        receiver_pseudonym=ke.pseudonym,
        witness_pseudonyms=[wu.pseudonym],
    )

    with pytest.raises(DutiesNotSeparate) as refused:
        say_yes(wu, noon, uid)

    assert refused.value.facts == {"part": Part.APPROVER.value, "already": Part.WITNESS.value}


def test_a_hand_over_without_its_witness_is_not_applied_for(
    in_use: Seal, zhao: Person, ke: Person, ma: Person, noon: datetime
) -> None:
    for named in ((), (ma.pseudonym, ke.pseudonym)):
        with pytest.raises(WitnessesMissing):
            approvals.apply_for_act(
                zhao,
                noon,
                seal_uid=in_use.uid,
                purpose=Purpose.HAND_OVER,
                reason="岗位调整",
                receiver_pseudonym=ke.pseudonym,
                witness_pseudonyms=named,
            )


def test_leave_cover_has_count_and_imprint_at_both_ends(
    in_use: Seal, zhao: Person, li: Person, gu: Person, ke: Person, ma: Person, noon: datetime
) -> None:
    back_at = noon + timedelta(days=5)
    permit = approved_act(zhao, [li], noon, in_use, Purpose.COVER, receiver=ke, witnesses=(ma,), due_at=back_at)
    imprint = photo(gu, noon, in_use)
    with pytest.raises(ProofMissing):
        seals.attest(gu, noon, permit_uid=permit.uid, role=Role.GIVER, photo_sha256=imprint)

    seals.attest(gu, noon, permit_uid=permit.uid, role=Role.GIVER, photo_sha256=imprint, counter=120)
    seals.attest(ma, noon, permit_uid=permit.uid, role=Role.WITNESS)
    seals.attest(ke, noon, permit_uid=permit.uid, role=Role.RECEIVER)

    cover = Custody.objects.get(seal=in_use, until=None)
    assert (cover.keeper, cover.covers_for, cover.due_at) == (ke, gu, back_at)
    assert list(queries.overdue_covers(zhao, back_at)) == [cover]
    assert [word.role for word in queries.words_asked_of(ke, back_at, in_use)] == [Role.GIVER]

    seals.attest(ke, back_at, permit_uid=permit.uid, role=Role.GIVER, photo_sha256=imprint, counter=131)
    seals.attest(ma, back_at, permit_uid=permit.uid, role=Role.WITNESS)
    assert seals.attest(gu, back_at, permit_uid=permit.uid, role=Role.RECEIVER)

    assert keeper_of(in_use) == gu
    assert list(Attestation.objects.filter(role="giver").order_by("at").values_list("counter", flat=True)) == [120, 131]
    assert recorded()[-1] == "seal.cover-ended"
    assert not queries.overdue_covers(zhao, back_at)


def test_a_cover_needs_its_last_day(in_use: Seal, zhao: Person, ke: Person, ma: Person, noon: datetime) -> None:
    for due_at in (None, noon, noon + timedelta(days=91)):
        with pytest.raises(TermsIncomplete):
            approved_act(zhao, [], noon, in_use, Purpose.COVER, receiver=ke, witnesses=(ma,), due_at=due_at)


def test_a_collected_seal_is_with_headquarters_and_comes_back_by_approval(
    in_use: Seal, zhao: Person, li: Person, gu: Person, ke: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    permit = approved_act(zhao, [li], noon, in_use, Purpose.COLLECT, receiver=ke, witnesses=(ma,))
    hand_over(permit, noon, giver=gu, receiver=ke, witness=ma)
    in_use.refresh_from_db()
    assert (in_use.state, keeper_of(in_use)) == ("collected", ke)

    back = approved_act(zhao, [li], noon, in_use, Purpose.RESUME)
    seals.carry_out(zhao, noon, permit_uid=back.uid, signer=signer)

    assert Seal.objects.get().state == "active"


@pytest.mark.invariant("T15", column="database")
def test_the_database_keeps_one_open_custody_an_object(in_use: Seal, ke: Person, noon: datetime) -> None:
    with forbidden("one_open_custody_an_object"):
        Custody.objects.create(seal=in_use, keeper=ke, since=noon)


def test_whoever_is_named_for_a_seal_sees_it_and_a_stranger_does_not(
    in_use: Seal, zhao: Person, li: Person, ke: Person, ma: Person, stranger: Person, noon: datetime
) -> None:
    approved_act(zhao, [li], noon, in_use, Purpose.HAND_OVER, receiver=ke, witnesses=(ma,))

    assert [word.role for word in queries.words_asked_of(ma, noon, in_use)] == [Role.WITNESS]
    with pytest.raises(NotFound):
        queries.seal_visible_to(stranger, noon, in_use.uid)


def test_a_picture_is_a_picture_and_is_entered_once(in_use: Seal, gu: Person, stranger: Person, noon: datetime) -> None:
    assert photo(gu, noon, in_use) == photo(gu, noon, in_use)
    with pytest.raises(seals.NotAPhoto):
        photo(gu, noon, in_use, b"<svg onload=...>")
    with pytest.raises(NotFound):
        photo(stranger, noon, in_use)

    assert recorded().count("seal.photographed") == 1
