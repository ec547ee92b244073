"""WeCom, DingTalk and Feishu: what is sent to whom, with a token that is fetched once, and what refusals mean."""

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from privyseal.notification.channels import NeverTaken, NotTaken, PerhapsTaken, Text
from privyseal.notification.chat.asking import Tokens, content
from privyseal.notification.chat.dingtalk import DingTalk
from privyseal.notification.chat.feishu import Feishu
from privyseal.notification.chat.wecom import WeCom
from tests.notification.company import Company, running

Chat: TypeAlias = WeCom | DingTalk | Feishu
LOST = Text("印章遗失：公章，理由", "请登录处理。", "https://seals.example.com/seals/1/", brief="印章遗失：公章")


@pytest.fixture
def company() -> Iterator[Company]:
    with running() as company:
        yield company


def wecom(company: Company) -> WeCom:
    return WeCom(company.address, "company", "secret", 1000002)


def dingtalk(company: Company) -> DingTalk:
    return DingTalk(company.address, "company", "secret", 1000002)


def feishu(company: Company) -> Feishu:
    return Feishu(company.address, "company", "secret")


each = pytest.mark.parametrize("chat", [wecom, dingtalk, feishu])


def text_in(message: dict[str, Any]) -> str:
    """Return what a member reads, wherever the chat has it."""
    if "content" in message:
        return str(json.loads(message["content"])["text"])
    return str(message.get("msg", message)["text"]["content"])


def test_wecom_is_asked_in_its_own_words(company: Company) -> None:
    wecom(company).send("wangyong", [LOST], language="zh-hans")

    (message,) = company.messages
    assert message["path"] == "/cgi-bin/message/send"
    assert (message["touser"], message["agentid"], message["msgtype"]) == ("wangyong", 1000002, "text")
    assert (message["enable_duplicate_check"], message["duplicate_check_interval"]) == (1, 1800)


def test_dingtalk_is_asked_in_its_own_words(company: Company) -> None:
    dingtalk(company).send("wangyong", [LOST], language="zh-hans")

    (message,) = company.messages
    assert message["path"] == "/topapi/message/corpconversation/asyncsend_v2"
    assert (message["userid_list"], message["agent_id"], message["msg"]["msgtype"]) == ("wangyong", 1000002, "text")


def test_feishu_is_asked_in_its_own_words_and_shows_a_second_send_once(company: Company) -> None:
    sender = feishu(company)
    sender.send("wangyong", [LOST], language="zh-hans")
    sender.send("wangyong", [LOST], language="zh-hans")

    first, second = company.messages
    assert (first["path"], first["query"]) == ("/open-apis/im/v1/messages", {"receive_id_type": "user_id"})
    assert (first["receive_id"], first["msg_type"]) == ("wangyong", "text")
    assert first["uuid"] == second["uuid"]


@each
def test_a_member_reads_what_happened_and_not_what_an_applicant_wrote(
    chat: Callable[[Company], Chat], company: Company
) -> None:
    chat(company).send("wangyong", [LOST], language="zh-hans")

    assert text_in(company.messages[0]) == "印章遗失：公章\n请登录处理。\nhttps://seals.example.com/seals/1/"


@each
def test_one_token_serves_until_it_ends(chat: Callable[[Company], Chat], company: Company) -> None:
    sender = chat(company)
    for _ in range(3):
        sender.send("wangyong", [LOST], language="zh-hans")

    assert (company.tokens_given, len(company.messages)) == (1, 3)


@each
def test_a_token_that_is_refused_is_fetched_anew_once(chat: Callable[[Company], Chat], company: Company) -> None:
    sender = chat(company)
    sender.send("wangyong", [LOST], language="zh-hans")
    company.tokens_given += 1  # as if somebody else had fetched one: the one before counts no more

    sender.send("wangyong", [LOST], language="zh-hans")

    assert (company.tokens_given, len(company.messages)) == (3, 2)


def test_a_token_is_fetched_again_before_it_ends() -> None:
    times = iter([0.0, 0.0, 6000.0, 6901.0, 6901.0])
    fetched: list[str] = []

    def fetch() -> tuple[str, float]:
        fetched.append("token")
        return "token", 7200.0

    tokens = Tokens(lambda: next(times))
    counts = []
    for _ in range(3):
        tokens.get(fetch)
        counts.append(len(fetched))

    assert counts == [1, 1, 2]


@each
def test_a_wrong_secret_is_said_and_nothing_has_left(chat: Callable[[Company], Chat], company: Company) -> None:
    company.secret = "another"

    with pytest.raises(NotTaken) as refusal:
        chat(company).send("wangyong", [LOST], language="zh-hans")

    assert refusal.value.facts["answer"] == "token 40001"


@pytest.mark.parametrize(
    ("chat", "answer", "raised"),
    [
        (wecom, {"errcode": 81013}, NeverTaken),
        (wecom, {"errcode": 0, "invaliduser": "wangyong"}, NeverTaken),
        (wecom, {"errcode": 45009}, NotTaken),
        (wecom, {"errcode": -1}, NotTaken),
        (dingtalk, {"errcode": 33012}, NeverTaken),
        (dingtalk, {"errcode": 88, "sub_code": "90018"}, NotTaken),
        (feishu, {"code": 230013}, NeverTaken),
        (feishu, {"code": 99991400}, NotTaken),
    ],
)
def test_what_a_chat_refuses_is_tried_again_or_given_up(
    chat: Callable[[Company], Chat], answer: dict[str, Any], raised: type[Exception], company: Company
) -> None:
    company.answer = answer

    with pytest.raises(raised):
        chat(company).send("wangyong", [LOST], language="zh-hans")


@each
@pytest.mark.parametrize(("status", "raised"), [(429, NotTaken), (503, NotTaken), (500, PerhapsTaken)])
def test_a_chat_in_trouble_may_or_may_not_have_taken_it(
    chat: Callable[[Company], Chat], status: int, raised: type[Exception], company: Company
) -> None:
    sender = chat(company)
    sender.send("wangyong", [LOST], language="zh-hans")
    company.status = status

    with pytest.raises(raised):
        sender.send("wangyong", [LOST], language="zh-hans")


@each
def test_while_no_token_can_be_had_nothing_has_left(chat: Callable[[Company], Chat], company: Company) -> None:
    company.status = 500

    with pytest.raises(NotTaken):
        chat(company).send("wangyong", [LOST], language="zh-hans")


def test_several_messages_come_as_one_that_every_chat_takes() -> None:
    long = Text("", "", "https://seals.example.com/messages/", brief="章" * 200)

    said = content([long] * WeCom.most_at_once)

    assert said.count("\n") == WeCom.most_at_once
    assert len(said.encode()) <= 2048
