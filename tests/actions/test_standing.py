"""Standing permits: routine papers for a quarter, each counted before the key is asked, samples reviewed."""

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.casting import cast_of
from privyseal.approvals.models import Application
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.rules import Part
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person, Unit
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.models import CheckpointRow
from privyseal.ledger.proofs import Head
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.sealing import actions as sealing
from privyseal.sealing.actions import SWEEP, AlreadySealed
from privyseal.sealing.models import Document, DocumentShown, Intent, StandingUse
from privyseal.sealing.queries import draws_of, samples_to_review
from privyseal.sealing.using import drawn_by
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal
from privyseal.seals.permits import NotTheHolder, PermitRevoked
from privyseal.seals.rules import SealNotInForce
from privyseal.seals.rules.standing import (
    DocumentClass,
    DrawAwaited,
    HoldersOrUnit,
    NeverStanding,
    NotOfItsClass,
    OutsideTheUnit,
    SampleOverdue,
    SamplesWaiting,
    StandingNotPossible,
    StandingOverrun,
    check_for_whom,
)
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.membership import NotOfTheUnit
from tests.actions.keepers import forbidden
from tests.conftest import ask_key, bring, holding, new_person, permit_of, recorded, say_yes
from tests.standing import accepted_invoices, apply_for_standing, head_over_all, standing_permit

pytestmark = pytest.mark.documents


@pytest.fixture(scope="session")
def accepted() -> list[Accepted]:
    return accepted_invoices(6)


@pytest.fixture
def invoices(company: Company, wang: Person, noon: datetime, accepted: list[Accepted]) -> list[str]:
    """Return three; the one test that takes more brings them itself."""
    return [bring(wang, noon, company, each) for each in accepted[:3]]


@pytest.fixture
def standing(official: Seal, wang: Person, li: Person, ma: Person, noon: datetime) -> Permit:
    """Wang may seal two invoices a day, five in all; ma reviews every second one."""
    return standing_permit(wang, li, noon, official, reviewer=ma)


def seal(person: Person, at: datetime, permit: Permit, document: str, signer: Client) -> Intent:
    uid = sealing.seal_under_standing(person, at, permit_uid=permit.uid, document_sha256=document, signer=signer)
    return Intent.objects.get(uid=uid)


def now(permit: Permit) -> Permit:
    return Permit.objects.get(pk=permit.pk)


def test_a_paper_of_the_class_is_sealed_without_an_application_of_its_own(
    standing: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    assert (standing.purpose, standing.impressions, standing.lines.count()) == ("standing", 5, 0)

    intent = seal(wang, noon, standing, invoices[0], signer)

    assert judge(settings.BLOBS.get(intent.result_sha256), trust=(public.ca,), at=noon).verdict is Verdict.VALID
    use = StandingUse.objects.get()
    assert (use.number, use.by, use.is_sample, now(standing).used) == (1, wang, True, 1)
    assert recorded()[-3:] == ["permit.sample-taken", "document.seal.intended", "document.sealed"]


def test_a_sample_that_two_people_brought_is_shown_to_its_reviewer(
    standing: Permit,
    company: Company,
    invoices: list[str],
    accepted: list[Accepted],
    wang: Person,
    ma: Person,
    noon: datetime,
    signer: Client,
) -> None:
    bring(holding(new_person("he", "何用"), Power.USE, company, noon), noon, company, accepted[0])

    seal(wang, noon, standing, invoices[0], signer)

    (shown,) = DocumentShown.objects.filter(person=ma)
    assert (shown.document.sha256, shown.document.received_by) == (invoices[0], wang)


def test_the_second_time_the_same_paper_is_refused(
    standing: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client
) -> None:
    seal(wang, noon, standing, invoices[0], signer)

    with pytest.raises(AlreadySealed):
        seal(wang, noon, standing, invoices[0], signer)

    assert (now(standing).used, StandingUse.objects.count()) == (1, 1)


@pytest.mark.invariant("T20", column="rule")
def test_one_more_than_allowed_in_a_day_ends_the_permit(
    standing: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client
) -> None:
    for document in invoices[:2]:
        seal(wang, noon, standing, document, signer)

    with pytest.raises(StandingOverrun):
        seal(wang, noon, standing, invoices[2], signer)

    assert (now(standing).used, now(standing).revoked_at, recorded()[-2]) == (2, noon, "permit.stopped")
    with pytest.raises(PermitRevoked):
        seal(wang, noon + timedelta(days=2), standing, invoices[2], signer)


def test_a_day_later_there_is_room_again(
    standing: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client
) -> None:
    for document in invoices[:2]:
        seal(wang, noon, standing, document, signer)
    head_over_all()
    sealing.draw_samples(noon)

    uid = sealing.intend_under_standing(
        wang, noon + timedelta(hours=25), permit_uid=standing.uid, document_sha256=invoices[2]
    )

    assert (Intent.objects.get(uid=uid).state, now(standing).used) == ("intended", 3)


def test_the_key_counts_the_day_by_itself(
    standing: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client
) -> None:
    for document in invoices[:2]:
        seal(wang, noon, standing, document, signer)
    head_over_all()
    sealing.draw_samples(noon)
    later = noon + timedelta(hours=25)
    uid = sealing.intend_under_standing(wang, later, permit_uid=standing.uid, document_sha256=invoices[2])

    with pytest.raises(Exception, match="impressions-spent"):
        sealing.finish_sealing(wang, later, intent_uid=uid, signer=signer)

    assert Intent.objects.get(uid=uid).failure == "impressions-spent"


def test_the_last_one_in_all_is_the_last(
    official: Seal, invoices: list[str], wang: Person, li: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    permit = standing_permit(wang, li, noon, official, reviewer=ma, a_day=1, in_all=1)
    seal(wang, noon, permit, invoices[0], signer)

    with pytest.raises(StandingOverrun):
        seal(wang, noon, permit, invoices[1], signer)

    assert now(permit).revoked_at == noon


def test_a_paper_of_another_kind_is_refused(
    standing: Permit, contract: str, wang: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(NotOfItsClass):
        seal(wang, noon, standing, contract, signer)

    assert now(standing).used == 0


def test_nobody_but_its_holders_uses_it_and_no_seal_at_rest(
    standing: Permit, invoices: list[str], wang: Person, ma: Person, zhao: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(NotTheHolder):
        seal(ma, noon, standing, invoices[0], signer)
    seals.suspend(zhao, noon, seal_uid=standing.seal.uid, reason="盘点", signer=signer)
    with pytest.raises(SealNotInForce):
        seal(wang, noon, standing, invoices[0], signer)

    assert now(standing).used == 0


def test_a_sample_is_reviewed_once_by_its_reviewer(
    standing: Permit, invoices: list[str], wang: Person, ma: Person, li: Person, noon: datetime, signer: Client
) -> None:
    for document in invoices[:2]:
        seal(wang, noon, standing, document, signer)

    assert [one.number for one in samples_to_review(ma, noon)] == [1]

    def review(person: Person, number: int, *, is_fit: bool = True) -> None:
        sealing.review_sample(person, noon, permit_uid=standing.uid, number=number, is_fit=is_fit)

    for other in (wang, li):
        with pytest.raises(NotEntitled):
            review(other, 1)
    with pytest.raises(OutOfTurn):
        review(ma, 2)
    review(ma, 1)
    with pytest.raises(OutOfTurn):
        review(ma, 1, is_fit=False)
    assert (now(standing).revoked_at, recorded().count("permit.sample-reviewed")) == (None, 1)
    assert not samples_to_review(ma, noon)


@pytest.mark.invariant("T20", column="rule")
def test_a_sample_that_does_not_fit_ends_the_permit(
    standing: Permit, invoices: list[str], wang: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    seal(wang, noon, standing, invoices[0], signer)

    sealing.review_sample(ma, noon, permit_uid=standing.uid, number=1, is_fit=False, note="不是发票")

    assert (now(standing).revoked_at, recorded()[-2:]) == (noon, ["permit.sample-reviewed", "permit.stopped"])


def test_samples_that_nobody_reviews_hold_the_permit_up(
    official: Seal, accepted: list[Accepted], wang: Person, li: Person, ma: Person, noon: datetime
) -> None:
    permit = standing_permit(wang, li, noon, official, reviewer=ma, a_day=9, in_all=9, sample_every=1)
    invoices = [bring(wang, noon, official.company, each) for each in accepted]
    for document in invoices[:5]:
        sealing.intend_under_standing(wang, noon, permit_uid=permit.uid, document_sha256=document)
    head_over_all()
    assert sealing.draw_samples(noon) == 4

    with pytest.raises(SamplesWaiting):
        sealing.intend_under_standing(wang, noon, permit_uid=permit.uid, document_sha256=invoices[5])

    assert now(permit).used == 5


@pytest.mark.invariant("T20", column="rule")
def test_a_sample_that_nobody_reviews_in_time_ends_the_permit_and_nothing_more_is_sealed(
    standing: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client
) -> None:
    seal(wang, noon, standing, invoices[0], signer)
    late = noon + timedelta(days=3)
    assert sealing.stop_unreviewed(late - timedelta(seconds=1)) == 0

    with pytest.raises(SampleOverdue):
        seal(wang, late, standing, invoices[1], signer)

    assert (now(standing).used, now(standing).revoked_at, now(standing).denied_at) == (1, late, late)
    assert recorded()[-2:] == ["permit.stopped", "permit.denied-at-signer"]
    assert sealing.stop_unreviewed(late) == 0


def test_the_sweep_ends_what_nobody_uses_or_reviews(
    standing: Permit, invoices: list[str], wang: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    seal(wang, noon, standing, invoices[0], signer)
    late = noon + timedelta(days=3)

    assert [sealing.stop_unreviewed(late), sealing.stop_unreviewed(late)] == [1, 0]

    assert (now(standing).revoked_at, recorded().count("permit.stopped")) == (late, 1)


@pytest.mark.parametrize("never", [DocumentClass.GUARANTEE, DocumentClass.CONTRACT, DocumentClass.LETTER_OF_AUTHORITY])
def test_what_binds_anew_never_goes_under_a_standing_permit(
    official: Seal, wang: Person, ma: Person, noon: datetime, never: DocumentClass
) -> None:
    with pytest.raises(NeverStanding):
        apply_for_standing(wang, noon, official, holders=[wang], reviewer=ma, document_class=never)

    assert not Application.objects.filter(purpose="standing").exists()


@pytest.mark.parametrize(
    "changes",
    [{"days": 93}, {"a_day": 6}, {"title_words": []}, {"title_words": ["a"]}, {"most_pages": 0}, {"sample_every": 0}],
)
def test_a_standing_permit_is_limited(
    official: Seal, wang: Person, ma: Person, noon: datetime, changes: dict[str, int]
) -> None:
    with pytest.raises(StandingNotPossible):
        apply_for_standing(wang, noon, official, holders=[wang], reviewer=ma, **changes)


def test_nobody_reviews_what_they_seal_or_asked_for(
    official: Seal, wang: Person, ma: Person, li: Person, noon: datetime
) -> None:
    for holders, reviewer in (([wang], wang), ([ma], wang), ([wang, ma], ma)):
        with pytest.raises(DutiesNotSeparate):
            apply_for_standing(wang, noon, official, holders=holders, reviewer=reviewer)


def test_approvers_see_what_it_covers(official: Seal, wang: Person, ma: Person, li: Person, noon: datetime) -> None:
    uid = apply_for_standing(wang, noon, official, holders=[wang], reviewer=ma)

    (statement,) = application_visible_to(li, noon, uid).statements
    assert statement.standing is not None
    assert (statement.standing.document_class, statement.standing.a_day, statement.impressions) == ("invoice", 2, 5)
    assert (statement.standing.holders, statement.standing.reviewer) == ((wang.pseudonym,), ma.pseudonym)


@pytest.mark.invariant("T20", column="database")
def test_the_database_keeps_the_limits_of_a_standing_permit(
    standing: Permit, wang: Person, ma: Person, li: Person, noon: datetime
) -> None:
    mine = Permit.objects.filter(pk=standing.pk)
    with forbidden("standing_is_for_routine"):
        mine.update(terms={**standing.terms, "document_class": "guarantee"})
    with forbidden("standing_ends_within_a_quarter"):
        mine.update(starts_at=noon - timedelta(days=90))

    def use(number: int, digest: str) -> StandingUse:
        line = standing.lines.create(document_sha256=digest * 64, following="nobody", impressions=1)
        said = {"by": wang, "at": noon, "is_sample": number == 1 or None}
        return StandingUse.objects.create(permit=standing, number=number, line=line, **said)

    with forbidden("standing_use_is_counted"):
        use(1, "1")
    mine.update(used=3)
    first, _second = use(1, "2"), use(2, "3")
    later = noon + timedelta(days=3)
    line = standing.lines.create(document_sha256="5" * 64, following="nobody", impressions=1)
    with forbidden("standing_use_waits_for_no_sample"):
        StandingUse.objects.create(permit=standing, number=3, line=line, by=wang, at=later)
    with forbidden("standing_use_is_within_its_day"):
        use(3, "4")
    fields = {"reviewed_at": noon, "is_fit": True}
    for person, name in ((li, "sample_is_reviewed_by_its_reviewer"), (wang, "sample_is_reviewed_by_its_reviewer")):
        with forbidden(name):
            StandingUse.objects.filter(pk=first.pk).update(reviewed_by=person, **fields)
    StandingUse.objects.filter(pk=first.pk).update(reviewed_by=ma, **fields)
    with forbidden("standing_use_stays_as_counted"):
        StandingUse.objects.filter(pk=first.pk).update(is_fit=False)


def test_a_receipt_says_that_no_approver_saw_the_paper(
    standing: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client
) -> None:
    intent = seal(wang, noon, standing, invoices[0], signer)

    fact = last_fact_about("document.sealed", "intent", intent.uid)
    assert fact is not None
    assert (fact.data["under"], fact.data["document_class"]) == ("standing-permit", "invoice")


@pytest.fixture
def second(standing: Permit, invoices: list[str], wang: Person, noon: datetime) -> StandingUse:
    """The second use under the permit, intended and on record, of which nobody knows whether it is a sample."""
    for document in invoices[:2]:
        sealing.intend_under_standing(wang, noon, permit_uid=standing.uid, document_sha256=document)
    return StandingUse.objects.select_related("line").get(number=2)


def root_that_draws(use: StandingUse, *, is_sample: bool) -> bytes:
    heads = (Head(1, bytes([number]) * 32) for number in range(256))
    return next(head.root for head in heads if drawn_by(head, use) is is_sample)


@pytest.mark.parametrize("is_sample", [True, False])
def test_the_first_head_over_a_use_draws_whether_it_is_a_sample(
    second: StandingUse, ma: Person, noon: datetime, *, is_sample: bool
) -> None:
    assert (second.is_sample, sealing.draw_samples(noon)) == (None, 0)
    size = head_over_all(root_that_draws(second, is_sample=is_sample))

    assert [sealing.draw_samples(noon), sealing.draw_samples(noon)] == [1, 0]

    second.refresh_from_db()
    assert (second.is_sample, second.drawn_from) == (is_sample, size)
    assert [one.number for one in samples_to_review(ma, noon)] == [1, 2][: 1 + is_sample]
    assert recorded().count("permit.use-drawn") == 1
    assert draws_of(ma, noon, [second]) == {second.pk: True}


@pytest.mark.invariant("T20", column="database")
def test_nobody_steers_which_use_is_a_sample(second: StandingUse, ma: Person, noon: datetime) -> None:
    size = head_over_all(root_that_draws(second, is_sample=True))
    later = CheckpointRow.objects.create(size=size + 1, root=root_that_draws(second, is_sample=False), note="")
    mine = StandingUse.objects.filter(pk=second.pk)

    for said in ({"is_sample": False, "drawn_from": size}, {"is_sample": False, "drawn_from": None}):
        with forbidden("use_is_drawn_by_the_log"):
            mine.update(**said)
    with forbidden("use_is_drawn_by_the_log"):
        mine.update(is_sample=False, drawn_from=later.size)
    sealing.draw_samples(noon)
    with forbidden("standing_use_stays_as_counted"):
        mine.update(is_sample=False)
    with pytest.raises(OutOfTurn):
        sealing.draw_sample(SWEEP, noon, permit_uid=second.permit.uid, number=2)


def test_nothing_more_is_sealed_while_an_earlier_use_waits_to_be_drawn(
    second: StandingUse, invoices: list[str], wang: Person, noon: datetime
) -> None:
    Permit.objects.filter(pk=second.permit_id).update(terms={**second.permit.terms, "a_day": 9})
    late = noon + timedelta(hours=1)

    with pytest.raises(DrawAwaited):
        sealing.intend_under_standing(wang, late, permit_uid=second.permit.uid, document_sha256=invoices[2])
    line = second.permit.lines.create(document_sha256="8" * 64, following="nobody", impressions=1)
    Permit.objects.filter(pk=second.permit_id).update(used=3)
    with forbidden("standing_use_waits_for_no_draw"):
        StandingUse.objects.create(permit=second.permit, number=3, line=line, by=wang, at=late)
    with forbidden("use_is_drawn_later"):
        StandingUse.objects.create(permit=second.permit, number=3, line=line, by=wang, at=noon, is_sample=False)


@pytest.fixture
def sales(chen: Person, company: Company, wang: Person, noon: datetime) -> Unit:
    """A unit to which wang belongs, by one below it."""
    said = {"company_uid": company.uid, "name": "销售部"}
    above = Unit.objects.get(uid=identity.open_unit(chen, noon, **said))
    below = identity.open_unit(chen, noon, company_uid=company.uid, name="华东组", parent_uid=above.uid)
    where = {"person_pseudonym": wang.pseudonym, "company_uid": company.uid}
    identity.join_company(chen, noon, unit_uid=below, joined_on=date(2026, 1, 5), **where)
    return above


@pytest.fixture
def of_sales(official: Seal, sales: Unit, wang: Person, li: Person, ma: Person, noon: datetime) -> Permit:
    """Whoever belongs to sales may seal two invoices a day; ma reviews every second one."""
    uid = apply_for_standing(wang, noon, official, holders=sales, reviewer=ma)
    say_yes(li, noon, uid)
    return permit_of(uid)


@pytest.mark.invariant("T20", column="rule")
def test_whoever_belongs_to_the_unit_seals_until_they_leave_it(
    of_sales: Permit, invoices: list[str], company: Company, chen: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    assert seal(wang, noon, of_sales, invoices[0], signer).state == "sealed"

    where = {"person_pseudonym": wang.pseudonym, "company_uid": company.uid}
    identity.move_within_company(chen, noon, unit_uid=None, **where)

    with pytest.raises(OutsideTheUnit):
        seal(wang, noon, of_sales, invoices[1], signer)
    assert (now(of_sales).used, of_sales.parts.filter(person=wang).exists()) == (1, False)


def test_nobody_of_the_unit_seals_without_the_right_to_use_the_seal(
    of_sales: Permit,
    sales: Unit,
    invoices: list[str],
    company: Company,
    chen: Person,
    stranger: Person,
    noon: datetime,
    signer: Client,
) -> None:
    joined = {"person_pseudonym": stranger.pseudonym, "company_uid": company.uid, "unit_uid": sales.uid}
    identity.join_company(chen, noon, joined_on=date(2026, 1, 5), **joined)

    DocumentShown.objects.create(document=Document.objects.get(sha256=invoices[0]), person=stranger)
    with pytest.raises(NotEntitled):
        seal(stranger, noon, of_sales, invoices[0], signer)

    assert now(of_sales).used == 0


def test_the_key_takes_nobody_of_a_unit_without_a_word_for_this_use(
    of_sales: Permit, invoices: list[str], wang: Person, signer: Client
) -> None:
    with pytest.raises(NotOfTheUnit):
        ask_key(of_sales, invoices[0], signer, operator=wang)


def test_a_standing_permit_is_for_people_or_for_one_open_unit(
    official: Seal, sales: Unit, wang: Person, ma: Person, noon: datetime
) -> None:
    with pytest.raises(HoldersOrUnit):
        check_for_whom(holders=1, unit=sales.uid)
    with pytest.raises(HoldersOrUnit):
        apply_for_standing(wang, noon, official, holders=[], reviewer=ma)
    with pytest.raises(NotFound):
        apply_for_standing(wang, noon, official, holders=Unit(uid="0" * 32), reviewer=ma)

    assert not Application.objects.filter(purpose="standing").exists()


def test_whoever_sealed_under_it_does_not_approve_more_of_it(
    of_sales: Permit, invoices: list[str], wang: Person, noon: datetime, signer: Client
) -> None:
    seal(wang, noon, of_sales, invoices[0], signer)

    uid = approvals.apply_to_top_up(wang, noon, application_uid=of_sales.application_uid, reason="月末", uses=1)
    assert cast_of(Application.objects.get(uid=uid))[Part.OPERATOR] == {wang.pk}
    with forbidden("approver_has_not_used_it"):
        of_sales.parts.create(person=wang, part="approver")


@pytest.mark.invariant("T20", column="database")
def test_the_database_keeps_whose_a_standing_permit_is(
    of_sales: Permit,
    standing: Permit,
    sales: Unit,
    wang: Person,
    ma: Person,
    li: Person,
    stranger: Person,
    noon: datetime,
) -> None:
    with forbidden("unit_of_a_permit_is_of_the_company"):
        Permit.objects.filter(pk=standing.pk).update(unit=sales)
    Permit.objects.filter(pk__in=[standing.pk, of_sales.pk]).update(used=2)

    def use(permit: Permit, person: Person) -> None:
        line = permit.lines.create(document_sha256="7" * 64, following="nobody", impressions=1)
        StandingUse.objects.create(permit=permit, number=1, line=line, by=person, at=noon, is_sample=True)

    for permit, person, name in (
        (standing, stranger, "standing_use_is_by_a_holder"),
        (of_sales, stranger, "standing_use_is_by_one_of_the_unit"),
        (of_sales, li, "user_of_a_unit_has_no_other_part"),
        (of_sales, ma, "user_of_a_unit_has_no_other_part"),
    ):
        with forbidden(name):
            use(permit, person)
    use(of_sales, wang)
    with forbidden("only_a_standing_permit_is_for_a_unit"):
        Permit.objects.filter(pk=of_sales.pk).update(purpose="use")
