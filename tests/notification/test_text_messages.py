"""Text messages: signed as the providers publish it, in approved words, and refused as they refuse."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from privyseal.language.messages import companies_in
from privyseal.notification import aliyun, tencent
from privyseal.notification.aliyun import Aliyun
from privyseal.notification.channels import Gap, NeverTaken, NotTaken, PerhapsTaken, Text
from privyseal.notification.templates import TemplateMissing, Templates, TemplatesUnreadable, read
from privyseal.notification.tencent import Tencent
from tests.notification.provider import Provider, running

TABLE = """
[zh-hans."seal.lost"]
code = "SMS_1"
values = ["what", "time"]
[zh-hans."*"]
code = "SMS_9"
values = ["happened"]
[en."*"]
code = "SMS_8"
"""
LOST = Text("line", "body", "url", "seal.lost", {"happened": "印章遗失", "what": "公章（S00001）", "time": "10:31"})
NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    return written(tmp_path, TABLE)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


def written(folder: Path, table: str) -> Templates:
    path = folder / "templates.toml"
    path.write_text(table, "utf-8")
    return read(path)


def at_aliyun(provider: Provider, templates: Templates) -> Aliyun:
    provider.answer = {"Code": "OK", "BizId": "1"}
    return Aliyun(provider.address, "key", "secret", "示例科技", templates, clock=lambda: NOON)


def at_tencent(provider: Provider, templates: Templates) -> Tencent:
    provider.answer = {"Response": {"SendStatusSet": [{"Code": "Ok"}], "RequestId": "1"}}
    return Tencent(provider.address, "id", "key", "1400000000", "示例科技", templates, clock=lambda: NOON)


def test_aliyuns_published_example_is_signed_as_published() -> None:
    """The example of "Request syntax and signature method V3": fixed key, time and nonce."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}

    signed = aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)

    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_tencents_published_example_is_signed_as_published() -> None:
    """The example of "Signature v3": its key is published with stars in it, and was signed so."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'

    signed = tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
        "Gu5t9xGARNpq86cd98joQYCN3*******",
        "cvm",
        "cvm.tencentcloudapi.com",
        body,
        1551113065,
    )

    assert signed.endswith("Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c")


def test_aliyun_is_asked_in_its_own_words(provider: Provider, templates: Templates) -> None:
    at_aliyun(provider, templates).send("+8613800138000", [LOST], language="zh-hans")

    ((headers, query, _),) = provider.requests
    assert query["PhoneNumbers"] == "8613800138000"
    assert (query["TemplateCode"], query["SignName"]) == ("SMS_1", "示例科技")
    assert json.loads(query["TemplateParam"]) == {"what": "公章（S00001）", "time": "10:31"}
    names = ("host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version")
    signed = {name: headers[name] for name in names}
    assert headers["authorization"] == aliyun.authorization("key", "secret", query, signed)


def test_tencent_is_asked_in_its_own_words(provider: Provider, templates: Templates) -> None:
    at_tencent(provider, templates).send("13800138000", [LOST], language="zh-hans")

    ((headers, _, body),) = provider.requests
    said = json.loads(body)
    assert said["PhoneNumberSet"] == ["+8613800138000"]
    assert said["TemplateParamSet"] == ["公章（S00001）", "10:31"]
    seconds = int(headers["x-tc-timestamp"])
    assert headers["authorization"] == tencent.authorization("id", "key", "sms", headers["host"], body, seconds)


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ({"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, NeverTaken),
        ({"Code": "isv.BUSINESS_LIMIT_CONTROL"}, NotTaken),
        ({"Code": "isv.AMOUNT_NOT_ENOUGH"}, NotTaken),
        ({}, NotTaken),
        ([], PerhapsTaken),
    ],
)
def test_what_aliyun_refuses_is_tried_again_or_given_up(
    answer: object, raised: type[Exception], provider: Provider, templates: Templates
) -> None:
    sender = at_aliyun(provider, templates)
    provider.answer = answer

    with pytest.raises(raised):
        sender.send("13800138000", [LOST], language="zh-hans")


@pytest.mark.parametrize(
    ("response", "raised"),
    [
        ({"SendStatusSet": [{"Code": "InvalidParameterValue.IncorrectPhoneNumber"}]}, NeverTaken),
        ({"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]}, NotTaken),
        ({"Error": {"Code": "AuthFailure.SignatureExpire", "Message": "late"}}, NotTaken),
        (None, NotTaken),
    ],
)
def test_what_tencent_refuses_is_tried_again_or_given_up(
    response: Mapping[str, Any] | None, raised: type[Exception], provider: Provider, templates: Templates
) -> None:
    sender = at_tencent(provider, templates)
    provider.answer = {"Response": response}

    with pytest.raises(raised):
        sender.send("13800138000", [LOST], language="zh-hans")


@pytest.mark.parametrize(
    ("status", "raised"), [(503, NotTaken), (429, NotTaken), (500, PerhapsTaken), (301, PerhapsTaken)]
)
def test_a_provider_in_trouble_may_or_may_not_have_sent(
    status: int, raised: type[Exception], provider: Provider, templates: Templates
) -> None:
    sender = at_aliyun(provider, templates)
    provider.status = status

    with pytest.raises(raised):
        sender.send("13800138000", [LOST], language="zh-hans")


def test_a_provider_that_is_not_there_has_sent_nothing(templates: Templates) -> None:
    with pytest.raises(NotTaken):
        Aliyun("http://127.0.0.1:1", "key", "secret", "示例科技", templates).send(
            "13800138000", [LOST], language="zh-hans"
        )


def test_a_kind_without_a_template_of_its_own_takes_the_one_for_the_rest(templates: Templates) -> None:
    assert templates.filled(Text("", "", "", "seal.kept", {"happened": "新保管人"}), language="zh-hans") == (
        "SMS_9",
        {"happened": "新保管人"},
    )
    assert templates.filled(LOST, language="en") == ("SMS_8", {})


def test_a_kind_that_no_template_says_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateMissing):
        written(tmp_path, '[en."seal.kept"]\ncode = "1"').filled(LOST, language="en")


def test_a_value_is_cut_to_what_a_provider_takes(templates: Templates) -> None:
    long = Text("", "", "", "seal.kept", {"happened": "新" * 60})

    (value,) = templates.filled(long, language="zh-hans")[1].values()

    assert len(value) == 35


@pytest.mark.parametrize(
    "table",
    [
        "not toml",
        '[en."x"]\nvalues = []',
        '[en."x"]\ncode = "1"\nvalues = ["password"]',
        "en = 1",
        '[en."x"]\ncode = 5',
    ],
)
def test_a_table_that_is_none_is_refused_with_its_path(table: str, tmp_path: Path) -> None:
    with pytest.raises(TemplatesUnreadable) as refusal:
        written(tmp_path, table)

    assert "templates.toml" in str(refusal.value)


def test_what_no_template_says_is_found_before_it_happens(tmp_path: Path) -> None:
    few = written(tmp_path, '[zh-hans."seal.lost"]\ncode = "1"\n[en."*"]\ncode = "2"')

    gaps = few.gaps(["seal.lost", "seal.kept"], ["zh-hans", "en"])

    assert gaps == [Gap("seal.kept", "zh-hans")]


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (60, "北京华夏远景贸易有限公司、上海第二制造有限公司、广州南方物流有限公司"),
        (30, "北京华夏远景贸易有限公司、上海第二制造有限公司等 3 家公司"),
        (25, "北京华夏远景贸易有限公司等 3 家公司"),
        (15, "北京华夏远景贸…等 3 家公司"),
    ],
)
def test_a_text_message_names_as_many_companies_as_fit_and_says_how_many_there_are(room: int, said: str) -> None:
    names = ["北京华夏远景贸易有限公司", "上海第二制造有限公司", "广州南方物流有限公司"]

    with override("zh-hans"):
        assert companies_in(names, room) == said
        assert companies_in(names[:1], 3) == names[0]
