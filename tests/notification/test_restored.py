"""After a restore nothing is told a second time by itself; what is uncertain is said, and sent by hand."""

from datetime import datetime, timedelta

from privyseal.config.backup import recording
from privyseal.config.worker import WORDS
from privyseal.identity.models import Person
from privyseal.notification.actions import send_again
from privyseal.notification.channels import Sender
from privyseal.notification.models import Address, Delivery, Message, Notice, Position, Subscription
from privyseal.notification.outbox import send_codes, send_due
from privyseal.notification.reminding import remind
from privyseal.notification.rules import Channel
from tests.conftest import Use, say_yes
from tests.notification.conftest import Clock, Office, begin_to_follow, catch_up, reached
from tests.notification.test_outbox import delivery_to

LATER = timedelta(hours=1)


def restored(at: datetime) -> int:
    """Record a restore that began now, and return how many messages it holds back."""
    return recording.enter_restored(recording.RESTORE, at, began_at=at, epoch=0, said={})[1]


def states() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "trouble"))


def test_what_may_have_left_since_the_copy_leaves_by_hand_alone(
    wang: Person, zhou: Person, noon: datetime, office: Office, mail: dict[Channel, Sender]
) -> None:
    reached(wang, noon)
    dying, waiting, later = (delivery_to(wang, noon, cause=f"fact:{number}") for number in range(3))
    Delivery.objects.filter(pk=dying.pk).update(state="sending", claimed_at=noon)
    Delivery.objects.filter(pk=later.pk).update(due_at=noon + LATER)

    assert (restored(noon), restored(noon)) == (2, 0)
    assert states() == [("unclear", "may-have-left")] * 2 + [("waiting", "")]
    assert send_due(Clock(noon + timedelta(minutes=30)), senders=mail, words=WORDS) == 0

    send_again(zhou, noon, delivery_uid=waiting.uid)
    assert send_due(Clock(noon + LATER), senders=mail, words=WORDS) == 2
    assert [state for state, _ in states()] == ["unclear", "sent", "sent"]


def test_what_happened_before_a_restore_and_is_told_after_it_stays_on_the_page(
    pending: Use, li: Person, wang: Person, noon: datetime, office: Office, mail: dict[Channel, Sender]
) -> None:
    reached(wang, noon)
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)

    restored(noon + LATER)
    catch_up(noon + LATER)

    assert Message.objects.filter(person=wang).exists()
    assert {state for state in states() if state[0] != "waiting"} == {("unclear", "may-have-left")}
    assert not Delivery.objects.filter(state="waiting", message__happened_at__lt=noon + LATER).exists()


def test_a_day_that_may_have_been_told_since_the_copy_is_not_told_again_by_itself(
    approved: Use, wang: Person, noon: datetime
) -> None:
    reached(wang, noon)
    remind(noon)
    ends = approved.permit.expires_at
    restored(ends - timedelta(minutes=1))  # the reminder of its end came in between

    remind(ends - timedelta(minutes=1))

    assert Message.objects.filter(kind="permit.ending", person=wang).count() == 1
    assert states() == [("unclear", "may-have-left")]


def test_a_code_that_was_to_be_sent_is_asked_for_anew(
    wang: Person, noon: datetime, office: Office, mail: dict[Channel, Sender]
) -> None:
    Address.objects.create(
        person=wang, channel="email", value="wang@example.com", named_at=noon, code="123456", code_due_at=noon
    )

    restored(noon)

    assert send_codes(Clock(noon), senders=mail, words=WORDS) == 0
    assert Address.objects.get().trouble == "may-have-left"


def test_a_program_is_told_again_under_the_same_name(pending: Use, li: Person, noon: datetime) -> None:
    Subscription.objects.create(name="OA", address="https://oa.example.com/", kinds=[], made_at=noon)
    begin_to_follow(noon)
    begun = Position.objects.get().next_index
    say_yes(li, noon, pending.uid)
    catch_up(noon)
    first = list(Notice.objects.order_by("pk").values_list("uid", flat=True))

    Notice.objects.all().delete()  # the copy is from before
    Position.objects.update(next_index=begun)
    catch_up(noon)

    assert list(Notice.objects.order_by("pk").values_list("uid", flat=True)) == first
