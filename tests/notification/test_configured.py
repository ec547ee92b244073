"""The channels that an installation has, by its variables."""

from collections.abc import Mapping

import pytest

from privyseal.config.env import WrongSetting
from privyseal.config.senders import configured
from privyseal.notification.chat.dingtalk import DingTalk
from privyseal.notification.chat.feishu import Feishu
from privyseal.notification.chat.wecom import WeCom
from privyseal.notification.rules import Channel
from privyseal.notification.smpp.sender import Smpp
from privyseal.notification.smpp.session import Centre


@pytest.mark.parametrize(
    ("variables", "channel", "sender"),
    [
        (
            {"SMS_URL": "smpps://acme:s%40cret@smsc.example.com", "SMS_FROM": "1069", "SMS_LONG": "payload"},
            Channel.SMS,
            Smpp(Centre("smsc.example.com", 3550, "acme", "s@cret", is_secure=True), "1069", as_payload=True),
        ),
        (
            {"WECOM_URL": "https://corp:secret@qyapi.weixin.qq.com", "WECOM_AGENT": "1000002"},
            Channel.WECOM,
            WeCom("https://qyapi.weixin.qq.com", "corp", "secret", 1000002),
        ),
        (
            {"DINGTALK_URL": "https://key:secret@oapi.dingtalk.com", "DINGTALK_AGENT": "7"},
            Channel.DINGTALK,
            DingTalk("https://oapi.dingtalk.com", "key", "secret", 7),
        ),
        (
            {"FEISHU_URL": "https://app:secret@open.feishu.cn", "FEISHU_NAMES": "open_id"},
            Channel.FEISHU,
            Feishu("https://open.feishu.cn", "app", "secret", "open_id"),
        ),
    ],
)
def test_a_channel_is_set_up_by_its_variables(
    variables: Mapping[str, str], channel: Channel, sender: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PRIVYSEAL_{name}", value)

    assert configured() == {channel: sender}


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ({"SMS_URL": "http://sms.example.com"}, "PRIVYSEAL_SMS_URL"),
        ({"SMS_URL": "smpp://a:b@smsc.example.com", "SMS_WINDOW": "0"}, "PRIVYSEAL_SMS_WINDOW"),
        ({"WECOM_URL": "https://corp:secret@qyapi.weixin.qq.com"}, "PRIVYSEAL_WECOM_AGENT"),
        ({"DINGTALK_URL": "https://key:secret@oapi.dingtalk.com", "DINGTALK_AGENT": "x"}, "PRIVYSEAL_DINGTALK_AGENT"),
        ({"FEISHU_URL": "https://app:secret@open.feishu.cn", "FEISHU_NAMES": "name"}, "PRIVYSEAL_FEISHU_NAMES"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    variables: Mapping[str, str], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PRIVYSEAL_{name}", value)

    with pytest.raises(WrongSetting) as refusal:
        configured()

    assert refusal.value.facts["name"] == wrong
