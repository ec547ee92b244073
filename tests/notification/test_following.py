"""Who is told of what happened, once, and nobody of what they did themselves."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from privyseal.approvals import actions as approvals
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.rules import Manner, Step
from privyseal.approvals.wishes import LineWish
from privyseal.custody import actions as custody
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.language.messages import texts_for
from privyseal.notification.models import Delivery, Message, Position, Wishes
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from privyseal.seals.actions.incidents import Report
from privyseal.seals.models import Seal
from privyseal.seals.rules import Act
from privyseal.signer.client import Client, SignerUnavailable
from tests.conftest import Use, apply, say_yes
from tests.notification.conftest import begin_to_follow, catch_up, reached


def quiet_at(at: datetime) -> dict[str, time]:
    """Return hours that are quiet around a time, whatever time it is."""
    local, hour = localtime(at), timedelta(hours=1)
    return {"quiet_begins": (local - hour).time(), "quiet_ends": (local + hour).time()}


def heard(person: Person) -> list[str]:
    return list(Message.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_what_was_before_the_first_time_is_told_to_nobody(official: Seal, noon: datetime) -> None:
    begin_to_follow(noon)

    assert not Message.objects.exists()
    assert Position.objects.get().next_index > 0


def test_whose_turn_it_is_hears_of_an_application_and_the_applicant_does_not(
    official: Seal, contract: str, wang: Person, li: Person, wu: Person, zhao: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    apply(wang, noon, official, contract)

    catch_up(noon)

    assert heard(li) == heard(wu) == ["application.submitted"]
    assert heard(wang) == heard(zhao) == []


def test_another_application_costs_the_follower_little_more(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    apply(wang, noon, official, contract)
    with CaptureQueriesContext(connection) as first:
        catch_up(noon)
    for _ in range(5):
        apply(wang, noon, official, contract)

    with CaptureQueriesContext(connection) as five:
        catch_up(noon)

    assert len(heard(li)) == 6
    assert len(five) - len(first) <= 4 * 2


def test_whoever_is_to_compare_a_copy_hears_of_the_application_until_they_have(
    official: Seal, contract: str, wang: Person, ma: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    line = LineWish(official.uid, contract, "nobody", (Placement(1, 150_000, 60_000),), manner=Manner.TRUE_COPY)
    apply(wang, noon, official, contract, lines=(line,), papers=Papers(checker_pseudonym=ma.pseudonym))

    catch_up(noon)

    assert heard(ma) == ["application.submitted"]


def test_the_applicant_hears_that_it_was_approved(pending: Use, li: Person, wang: Person, noon: datetime) -> None:
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)

    catch_up(noon)

    assert heard(wang) == ["application.approved"]
    assert heard(li) == []


def test_nobody_is_told_twice_however_often_the_ledger_is_followed(
    pending: Use, li: Person, wang: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)
    catch_up(noon)
    Position.objects.update(next_index=0)

    while catch_up(noon):
        pass

    assert heard(wang).count("application.approved") == 1


def test_a_loss_is_told_to_everybody_in_charge_at_once(
    approved: Use, official: Seal, zhao: Person, li: Person, wang: Person, sun: Person, noon: datetime, signer: Client
) -> None:
    begin_to_follow(noon)
    Wishes.objects.create(person=li, **quiet_at(noon))
    reached(li, noon)
    said = Report(account="出差时不见了")
    custody.report(zhao, noon, seal_uid=official.uid, act=Act.LOSE, said=said, signer=signer)

    catch_up(noon)

    assert all("seal.lost" in heard(person) for person in (li, sun))
    assert "seal.lost" in heard(wang), "who holds a permit learns that it is of no use now"
    assert Delivery.objects.get(message__person=li).due_at == noon, "a loss does not wait for the morning"


def test_quiet_hours_put_off_what_only_waits(pending: Use, li: Person, wang: Person, noon: datetime) -> None:
    begin_to_follow(noon)
    Wishes.objects.create(person=wang, **quiet_at(noon))
    reached(wang, noon)
    say_yes(li, noon, pending.uid)

    catch_up(noon)

    assert Delivery.objects.get(message__person=wang).due_at > noon


def test_who_wants_the_days_news_on_the_page_gets_no_mail_of_it(
    approved: Use, zhao: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    begin_to_follow(noon)
    Wishes.objects.create(person=zhao, quiet_begins=time(0), quiet_ends=time(0), daily_on_page_only=True)
    reached(zhao, noon)
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)

    catch_up(noon)

    assert heard(zhao) == ["document.sealed"]
    assert not Delivery.objects.filter(message__person=zhao).exists()


def test_who_waits_and_who_can_help_hear_once_of_a_use_that_is_not_finished_for_ten_minutes(
    approved: Use, wang: Person, zhao: Person, zhou: Person, noon: datetime, signer: Client, tmp_path: Path
) -> None:
    begin_to_follow(noon)
    with pytest.raises(SignerUnavailable):
        sealing.seal_document(
            wang,
            noon,
            permit_uid=approved.permit.uid,
            document_sha256=approved.document,
            signer=Client(tmp_path / "nobody.sock"),
        )

    told = [sealing.tell_of_lingering(noon + timedelta(minutes=minutes)) for minutes in (9, 10, 11)]
    catch_up(noon + timedelta(minutes=11))

    assert told == [0, 1, 0]
    assert [heard(who) for who in (wang, zhao, zhou)] == [["document.seal.lingers"]] * 3
    (text,) = texts_for(list(Message.objects.filter(person=zhou)), language="en")
    assert text is not None
    assert "/readyz says what does not answer" in text.body
    sealing.finish_open_intents(noon + timedelta(minutes=12), signer=signer)
    assert sealing.tell_of_lingering(noon + timedelta(minutes=13)) == 0


def test_the_auditor_hears_of_duties_that_were_tried_together(
    pending: Use, wang: Person, sun: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    shown = application_visible_to(wang, noon, pending.uid).shown_sha256
    with pytest.raises(Refused):
        approvals.vote(wang, noon, application_uid=pending.uid, step=Step.APPROVE, shown_sha256=shown)

    catch_up(noon)

    assert heard(sun) == ["application.vote.refused"]


def test_who_has_left_is_told_nothing(pending: Use, li: Person, wang: Person, noon: datetime) -> None:
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)
    Person.objects.filter(pk=wang.pk).update(is_active=False)

    catch_up(noon + timedelta(seconds=1))

    assert heard(wang) == []


def test_an_applicants_own_words_stand_in_a_letter_and_not_in_an_approved_text(
    pending: Use, li: Person, wang: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)
    catch_up(noon)

    (text,) = texts_for([Message.objects.get(person=wang)])

    assert text is not None
    assert "与乙方签订合同" in text.line
    assert not any("与乙方签订合同" in value for value in text.values.values())
    assert "示例科技有限公司" in text.values["what"]
