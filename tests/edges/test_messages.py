"""The pages of messages: what came, where one is reached, what did not go out."""

from datetime import datetime
from pathlib import Path

import pytest
from django.utils.translation import override
from pytest_django import Settings

from privyseal.config.worker import WORDS
from privyseal.identity.models import Installation, Person
from privyseal.language.samples import sample
from privyseal.notification.aliyun import Aliyun
from privyseal.notification.channels import Sender
from privyseal.notification.hooks import public_key_of
from privyseal.notification.models import Address, Browser, Delivery, Message, Subscription, Unwanted, Wishes
from privyseal.notification.outbox import send_codes
from privyseal.notification.push.sender import WebPush
from privyseal.notification.rules import CODE_LASTS, REMINDED, TOLD, Channel, DeliveryState
from privyseal.notification.seen import Way, seen
from privyseal.notification.templates import read
from privyseal.web.limits import MOST_CODES_BY_ONE, MOST_CODES_TO_ONE
from tests.conftest import Use, recorded, say_yes
from tests.edges.conftest import Enter, alert, command, queries_of
from tests.edges.told import ADDRESS, CODE, DELIVERY, MESSAGE, tell
from tests.notification.conftest import Office, begin_to_follow, catch_up


@pytest.fixture
def told(wang: Person, noon: datetime) -> Person:
    tell(wang, noon)
    return wang


def test_whoever_was_told_sees_it_in_words_and_goes_on_from_there(
    pending: Use, li: Person, wang: Person, enter: Enter, noon: datetime
) -> None:
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)
    catch_up(noon)

    page = enter(wang).get("/messages/").content.decode()

    assert "申请单已通过" in page
    assert "与乙方签订合同" in page
    assert "李批" in page
    assert f'href="/applications/{pending.uid}/"' in page


def test_a_message_without_words_leaves_the_others_on_the_page(told: Person, enter: Enter, noon: datetime) -> None:
    Message.objects.create(
        person=told,
        cause="fact:1",
        kind="power.ended",
        actor="service:test",
        about=["not what a fact is about"],
        urgency="prompt",
        happened_at=noon,
        made_at=noon,
    )

    page = enter(told).get("/messages/")

    assert page.status_code == 200
    assert "无法生成消息内容" in page.content.decode()


def test_the_menu_counts_what_is_unread_until_it_is_read(told: Person, enter: Enter) -> None:
    browser = enter(told)
    assert 'href="/messages/"' in browser.get("/").content.decode()

    browser.post("/messages/read/", command(up_to_uid=MESSAGE))

    assert Message.objects.get().read_at is not None
    assert recorded()[-1] == "message.read"
    assert "messages/read" not in browser.get("/messages/").content.decode()


def test_what_came_after_the_page_was_shown_stays_unread(told: Person, enter: Enter, noon: datetime) -> None:
    browser = enter(told)
    later = Message.objects.create(
        person=told,
        cause="fact:1",
        kind="power.ended",
        actor="service:test",
        about={},
        urgency="prompt",
        happened_at=noon,
        made_at=noon,
    )

    browser.post("/messages/read/", command(up_to_uid=MESSAGE))

    assert Message.objects.get(pk=later.pk).read_at is None


def test_a_page_of_messages_asks_as_often_as_one_message(told: Person, enter: Enter, noon: datetime) -> None:
    browser = enter(told)
    one = queries_of(browser, "/messages/")
    for number in range(20):
        Message.objects.create(
            person=told,
            cause=f"fact:{number + 1}",
            kind="power.ended",
            actor="service:test",
            about={"person": told.pseudonym},
            urgency="daily",
            happened_at=noon,
            made_at=noon,
        )

    assert queries_of(browser, "/messages/") <= one + 1


def test_an_address_is_named_confirmed_by_its_code_and_removed(
    wang: Person, enter: Enter, settings: Settings, office: Office, mail: dict[Channel, Sender], noon: datetime
) -> None:
    settings.SENDERS = mail
    browser = enter(wang)
    browser.post("/mine/messages/addresses/", command(channel="email", value="wang@example.com"))
    send_codes(lambda: datetime.now(noon.tzinfo), senders=mail, words=WORDS)
    address = Address.objects.get()
    (letter,) = office.letters

    assert address.code in str(letter["Subject"])
    browser.post(f"/mine/messages/addresses/{address.uid}/confirm/", command(code=address.code))
    assert Address.objects.get().confirmed_at is not None
    assert "已验证" in browser.get("/mine/messages/").content.decode()

    browser.post(f"/mine/messages/addresses/{address.uid}/remove/", command())
    assert not Address.objects.exists()
    assert [kind for kind in recorded() if kind.startswith("address.")] == [
        "address.named",
        "address.confirmed",
        "address.removed",
    ]


def test_a_new_address_leaves_the_old_one_until_it_is_confirmed(told: Person, enter: Enter, noon: datetime) -> None:
    Address.objects.create(person=told, channel="email", value="old@example.com", named_at=noon, confirmed_at=noon)

    enter(told).post(f"/mine/messages/addresses/{ADDRESS}/confirm/", command(code=CODE))

    assert [row.value for row in Address.objects.all()] == ["wang@example.com"]


def test_nobodys_telephone_is_rung_with_codes_without_end(
    told: Person, li: Person, enter: Enter, settings: Settings, mail: dict[Channel, Sender]
) -> None:
    settings.SENDERS = mail

    def named(who: Person, value: str) -> int:
        answer = enter(who).post("/mine/messages/addresses/", command(channel="email", value=value))
        return int(answer.status_code)

    said = [named(told, "stranger@example.com") for _ in range(MOST_CODES_TO_ONE + 1)]
    assert [code == 429 for code in said] == [False] * MOST_CODES_TO_ONE + [True]
    assert named(li, " stranger@example.com ") == 429  # nor by another
    said = [named(told, f"s{number}@example.com") for number in range(MOST_CODES_BY_ONE - MOST_CODES_TO_ONE + 1)]
    assert [code == 429 for code in said] == [False] * (MOST_CODES_BY_ONE - MOST_CODES_TO_ONE) + [True]
    assert named(li, "li@example.com") != 429


@pytest.mark.parametrize("code", ["000000", "31415", ""])
def test_a_wrong_code_confirms_nothing(code: str, told: Person, enter: Enter) -> None:
    answer = enter(told).post(f"/mine/messages/addresses/{ADDRESS}/confirm/", command(code=code))

    assert answer.status_code in {400, 403}
    assert Address.objects.get().confirmed_at is None


def test_a_code_is_too_old_after_half_an_hour(told: Person, enter: Enter) -> None:
    Address.objects.update(named_at=datetime.now().astimezone() - CODE_LASTS)

    answer = enter(told).post(f"/mine/messages/addresses/{ADDRESS}/confirm/", command(code=CODE))

    assert "30 分钟" in alert(answer)


def test_codes_are_not_tried_one_after_the_other(told: Person, enter: Enter, settings: Settings) -> None:
    settings.SIGN_INS_BEFORE_LOCK_OUT = 3
    browser = enter(told)
    for number in range(3):
        browser.post(f"/mine/messages/addresses/{ADDRESS}/confirm/", command(code=f"{number:06d}"))

    answer = browser.post(f"/mine/messages/addresses/{ADDRESS}/confirm/", command(code=CODE))

    assert answer.status_code == 429
    assert Address.objects.get().confirmed_at is None


@pytest.mark.parametrize("value", ["nobody", "a@b@c", "x@example.com\nBcc: y@example.com", "", "13800138000"])
def test_what_is_no_address_is_refused_in_words(
    value: str, wang: Person, enter: Enter, settings: Settings, mail: dict[Channel, Sender]
) -> None:
    settings.SENDERS = mail
    answer = enter(wang).post("/mine/messages/addresses/", command(channel="email", value=value))

    assert answer.status_code in {400, 409}
    assert "检查" in alert(answer)
    assert not Address.objects.exists()


def test_quiet_hours_are_kept_and_shown(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    browser.post("/mine/messages/hours/", command(begins="22:00", ends="07:30", daily_on_page_only="on"))

    wishes = Wishes.objects.get(person=wang)
    assert (wishes.quiet_begins.hour, wishes.quiet_ends.minute, wishes.daily_on_page_only) == (22, 30, True)
    assert 'value="22:00"' in browser.get("/mine/messages/").content.decode()


def test_who_runs_the_installation_sees_what_failed_without_what_it_said_and_sends_it_again(
    told: Person, zhou: Person, enter: Enter
) -> None:
    browser = enter(zhou)
    page = browser.get("/messages/deliveries/").content.decode()
    assert told.name in page
    assert "wang@example.com" not in page

    browser.post(f"/messages/deliveries/{DELIVERY}/send-again/", command())

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.sends) == (DeliveryState.WAITING.value, 0, 0)
    assert recorded()[-1] == "message.sent-again"


def test_what_is_on_its_way_is_not_sent_a_second_time(told: Person, zhou: Person, enter: Enter) -> None:
    Delivery.objects.update(state=DeliveryState.SENT.value)

    answer = enter(zhou).post(f"/messages/deliveries/{DELIVERY}/send-again/", command())

    assert answer.status_code == 404
    assert Delivery.objects.get().state == DeliveryState.SENT.value


def test_an_empty_page_says_what_will_stand_there(wang: Person, enter: Enter) -> None:
    assert "暂无消息" in enter(wang).get("/messages/").content.decode()


def test_who_runs_the_installation_sees_what_no_template_says(
    zhou: Person, enter: Enter, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "templates.toml"
    path.write_text('[en."*"]\ncode = "1"', "utf-8")
    settings.SENDERS = {Channel.SMS: Aliyun("http://127.0.0.1:1", "key", "secret", "示例科技", read(path))}

    page = enter(zhou).get("/messages/deliveries/").content.decode()

    assert "[zh-hans.&quot;seal.lost&quot;]" in page
    assert "[en." not in page


def test_who_runs_the_installation_sets_up_a_webhook_and_sees_its_public_key(zhou: Person, enter: Enter) -> None:
    browser = enter(zhou)
    browser.post("/webhooks/new/", command(name="OA", address="https://oa.example.com/", kinds=["seal.lost"]))

    webhook = Subscription.objects.get()
    page = browser.get("/webhooks/").content.decode()
    assert webhook.kinds == ["seal.lost"]
    assert public_key_of(webhook.uid) in page


def test_a_webhook_that_is_not_possible_is_refused_in_words_and_the_form_is_kept(zhou: Person, enter: Enter) -> None:
    browser = enter(zhou)

    answer = browser.post("/webhooks/new/", command(name="OA", address="http://oa.example.com/"))

    assert "https://" in alert(answer)
    assert 'value="http://oa.example.com/"' in answer.content.decode()
    assert not Subscription.objects.exists()


def test_ways_are_chosen_on_a_page_and_what_is_obliged_is_refused_in_words(
    wang: Person, enter: Enter, settings: Settings, mail: dict[Channel, Sender]
) -> None:
    settings.SENDERS = mail
    browser = enter(wang)
    everything = [f"{row.kind} email" for row in (*TOLD, *REMINDED)]
    wanted = [one for one in everything if one != "application.approved email"]

    browser.post("/mine/messages/ways/", command(wanted=wanted))
    assert [(row.kind, row.channel) for row in Unwanted.objects.all()] == [("application.approved", "email")]

    answer = browser.post("/mine/messages/ways/", command(wanted=[one for one in everything if "seal.lost" not in one]))
    assert "必须通过所有渠道" in alert(answer)
    assert Unwanted.objects.count() == 1


def test_a_browser_is_named_and_removed_on_ones_page(
    wang: Person, enter: Enter, settings: Settings, tmp_path: Path
) -> None:
    push = WebPush(tmp_path / "secrets", ("push.example",), "mailto:it@seals.example.com", datetime.now)
    settings.SENDERS = {Channel.PUSH: push}
    browser, keys = enter(wang), {"p256dh": push.public_key, "auth": "A" * 22}
    assert f'data-push="{push.public_key}"' in browser.get("/mine/messages/").content.decode()

    browser.post("/mine/messages/browsers/", command(endpoint="https://push.example/1", **keys), HTTP_USER_AGENT="Edge")
    row = Browser.objects.get()
    assert "Edge" in browser.get("/mine/messages/").content.decode()
    browser.post(f"/mine/messages/browsers/{row.uid}/remove/", command())

    assert not Browser.objects.exists()
    assert "Edge" not in browser.get("/mine/messages/").content.decode()


def test_whoever_looks_after_the_channels_sees_each_kind_as_its_receivers_do(
    zhou: Person, wang: Person, enter: Enter, settings: Settings, tmp_path: Path
) -> None:
    browser = enter(zhou)

    page = browser.get("/messages/seen/", {"kind": "seal.lost"}).content.decode()

    for said in ("示例商贸有限公司", "Example Trading Co., Ltd.", "条短信", "本系统未配置"):
        assert said in page, said
    path = tmp_path / "templates.toml"
    path.write_text('[en."*"]\ncode = "SMS_77"\nvalues = ["what"]', "utf-8")
    settings.SENDERS = {Channel.SMS: Aliyun("http://127.0.0.1:1", "key", "secret", "示例科技", read(path))}
    page = browser.get("/messages/seen/").content.decode()
    assert "SMS_77" in page
    assert "没有获批的模板" in page
    assert browser.get("/messages/seen/", {"kind": "no"}).status_code == 400
    assert enter(wang).get("/messages/seen/").status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_of_message_has_a_sample_that_says_what_it_is_about(
    language: str, installation: Installation, noon: datetime
) -> None:
    with override(language):
        texts = {row.kind: sample(row.kind, noon) for row in (*TOLD, *REMINDED)}

    assert [kind for kind, text in texts.items() if not text.line or not text.brief or "None" in text.body] == []
    ways = [list(seen(text, language=language, senders={})) for text in texts.values()]
    assert {one.way for each in ways for one in each if one.body} == set(Way)
