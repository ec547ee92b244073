"""Photographs and scans whose time is over: listed, agreed to, deleted file by file, and never what is held."""

from datetime import datetime, timedelta
from io import BytesIO
from secrets import token_bytes

import pytest
from django.conf import settings
from django.utils.timezone import localdate

from privyseal.custody import actions as custody
from privyseal.custody.models import Photograph
from privyseal.identity.models import Company, Person
from privyseal.keeping import actions
from privyseal.keeping.ended import check_is_kept, gone
from privyseal.keeping.erased import done_so_far
from privyseal.keeping.models import Clearance, ClearedPaper, Hold
from privyseal.keeping.rules import DecidedByAsker, Decision, Held
from privyseal.keeping.terms import ListChanged, NothingEnded, Paper, PaperDeleted
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.ledger.queries import last_fact_about
from privyseal.seals.models import Permit
from privyseal.web.shown import hands
from tests.actions.keepers import forbidden
from tests.by_hand import Out
from tests.conftest import recorded

LATER = timedelta(days=10 * 365 + 5)


@pytest.fixture
def stamped(out: Out, wang: Person, jian: Person, noon: datetime) -> list[Photograph]:
    """Two stamped pages of one turn, photographed, kept for ten years."""
    turn = custody.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    custody.fire(wang, noon, turn_uid=turn, made=2)
    for page in (token_bytes(8), token_bytes(8)):  # the vault is everybody's
        digest, small = (settings.VAULT.put(BytesIO(page + size)) for size in (b"", b" small"))
        kept = custody.Kept(sha256=digest, small_sha256=small, kind="image/jpeg", size=3)
        custody.enter_photograph(wang, noon, turn_uid=turn, kept=kept, impressions=1)
    return list(Photograph.objects.order_by("pk"))


def listed(zhao: Person, at: datetime, company: Company) -> Clearance:
    return Clearance.objects.get(uid=actions.ask_clearance(zhao, at, company_uid=company.uid, reason="保管期满"))


def agreed(sun: Person, at: datetime, clearance: Clearance) -> None:
    actions.decide_clearance(
        sun, at, clearance_uid=clearance.uid, decision=Decision.AGREED, list_sha256=clearance.list_sha256
    )


def is_there(sha256: str) -> bool:
    try:
        settings.VAULT.size(sha256)
    except NotFound:
        return False
    return True


def test_what_is_over_goes_once_two_agree_and_its_digests_stay(
    stamped: list[Photograph], company: Company, zhao: Person, sun: Person, noon: datetime
) -> None:
    with pytest.raises(NothingEnded):
        listed(zhao, noon, company)
    then = noon + LATER
    clearance = listed(zhao, then, company)
    with pytest.raises(NothingEnded):
        listed(zhao, then, company)
    assert all(is_there(one.sha256) for one in stamped)

    agreed(sun, then, clearance)

    assert (actions.clear(then, clearance_uid=clearance.uid), actions.clear(then, clearance_uid=clearance.uid)) == (
        2,
        0,
    )
    assert [is_there(digest) for one in stamped for digest in (one.sha256, one.small_sha256)] == [False] * 4
    for one in stamped:
        with pytest.raises(PaperDeleted):
            check_is_kept(one.sha256)
    assert gone(Paper.PHOTOGRAPH, [one.pk for one in stamped]) == {one.pk for one in stamped}
    (turn,) = hands.use(stamped[0].turn.use, zhao, None).turns
    assert [one.is_gone for one in turn.photographs] == [True] * 2
    fact = last_fact_about("paper.deleted", "company", company.uid)
    assert fact is not None
    assert (fact.data["file_sha256"], fact.data["retention"]) == (stamped[1].sha256, "ten-years")
    assert recorded()[-1] == "paper.deleted"


def test_a_list_is_asked_for_by_a_manager_and_decided_by_the_auditor_as_it_was_shown(
    stamped: list[Photograph], company: Company, zhao: Person, sun: Person, wang: Person, noon: datetime
) -> None:
    then = noon + LATER
    with pytest.raises(NotEntitled):
        listed(wang, then, company)
    clearance = listed(zhao, then, company)
    said = {"clearance_uid": clearance.uid, "decision": Decision.AGREED}
    with pytest.raises(NotEntitled):
        actions.decide_clearance(zhao, then, list_sha256=clearance.list_sha256, **said)  # type: ignore[arg-type]  # as said
    with pytest.raises(ListChanged):
        actions.decide_clearance(sun, then, list_sha256="0" * 64, **said)  # type: ignore[arg-type]  # as said
    Clearance.objects.filter(pk=clearance.pk).update(asked_by=sun)
    with pytest.raises(DecidedByAsker):
        agreed(sun, then, clearance)
    Clearance.objects.filter(pk=clearance.pk).update(asked_by=zhao)

    actions.decide_clearance(
        sun, then, clearance_uid=clearance.uid, decision=Decision.REFUSED, list_sha256=clearance.list_sha256
    )

    assert actions.clear(then, clearance_uid=clearance.uid) == 0
    assert all(is_there(one.sha256) for one in stamped)
    assert listed(zhao, then, company).papers.count() == 2


def test_what_is_held_is_neither_listed_nor_deleted_until_the_hold_is_lifted(
    stamped: list[Photograph], company: Company, zhao: Person, sun: Person, chen: Person, noon: datetime
) -> None:
    then = noon + LATER
    seal = stamped[0].turn.use.seal
    clearance = listed(zhao, then, company)
    hold = actions.place_hold(sun, then, about=Held.SEAL, uid=seal.uid, reason="诉讼保全")
    agreed(sun, then, clearance)

    assert actions.clear(then, clearance_uid=clearance.uid) == 0
    assert all(is_there(one.sha256) for one in stamped)
    with forbidden("what_is_held_stays"):
        ClearedPaper.objects.update(gone_at=then)

    actions.ask_lifting(sun, then, hold_uid=hold, reason="结案")
    actions.lift_hold(chen, then, hold_uid=hold)

    assert actions.clear(then, clearance_uid=clearance.uid) == 2


@pytest.mark.parametrize("about", [Held.COMPANY, Held.APPLICATION, Held.PERSON])
def test_a_hold_on_company_application_or_person_covers_their_photographs(
    about: Held, stamped: list[Photograph], company: Company, zhao: Person, sun: Person, noon: datetime
) -> None:
    permit = stamped[0].turn.use.permit
    uid = {Held.APPLICATION: permit.application_uid, Held.PERSON: stamped[0].by.pseudonym}.get(about, "")
    actions.place_hold(sun, noon, about=about, uid=uid, company_uid=company.uid, reason="诉讼保全")

    with pytest.raises(NothingEnded):
        listed(zhao, noon + LATER, company)
    assert Hold.objects.count() == 1


def test_the_database_lets_nothing_go_before_its_day_or_without_a_yes(
    stamped: list[Photograph], company: Company, zhao: Person, sun: Person, noon: datetime
) -> None:
    then = noon + LATER
    clearance = listed(zhao, then, company)
    with forbidden("paper_goes_as_it_was_agreed"):
        clearance.papers.update(gone_at=then)
    agreed(sun, then, clearance)
    with forbidden("nothing_goes_before_its_day"):
        clearance.papers.update(gone_at=noon)
    with forbidden("paper_goes_as_it_was_agreed"):
        clearance.papers.update(ended_on=localdate(noon))
    with forbidden("clearance_is_decided_by_a_second_person"):
        Clearance.objects.update(decided_by=zhao)
    with forbidden("paper_is_recorded_before_it_is_deleted"):
        clearance.papers.update(deleted_at=then)


def test_a_file_that_a_photograph_kept_for_ever_shows_as_well_stays(
    stamped: list[Photograph], company: Company, zhao: Person, wang: Person, sun: Person, noon: datetime
) -> None:
    first, second = stamped
    Permit.objects.update(terms={"photographs": {"asks": "each", "retention": "permanent"}})
    kept = custody.Kept(sha256="0" * 64, small_sha256=first.sha256, kind="image/jpeg", size=3)
    custody.enter_photograph(wang, noon, turn_uid=first.turn.uid, kept=kept, impressions=0)
    then = noon + LATER
    clearance = listed(zhao, then, company)
    agreed(sun, then, clearance)

    assert actions.clear(then, clearance_uid=clearance.uid) == 2
    assert [is_there(digest) for digest in (first.sha256, first.small_sha256, second.sha256)] == [True, False, False]


def test_a_restored_backup_deletes_again_what_it_brought_back(
    stamped: list[Photograph], company: Company, zhao: Person, sun: Person, noon: datetime
) -> None:
    then = noon + LATER
    page = BytesIO(b"".join(settings.VAULT.parts(stamped[0].sha256)))
    clearance = listed(zhao, then, company)
    agreed(sun, then, clearance)
    actions.clear(then, clearance_uid=clearance.uid)
    lines = list(done_so_far())
    settings.VAULT.put(page)

    assert [actions.erase_again(then, lines).done for _ in range(2)] == [1, 0]
    assert (len(lines), is_there(stamped[0].sha256), recorded()[-1]) == (4, False, "paper.deleted")
