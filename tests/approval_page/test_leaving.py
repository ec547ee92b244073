"""What works where: every row is a browser's name, whether no passkey can be used there, and where one tap leads."""

import pytest

from privyseal.approval_page.drawing import hand_over
from privyseal.approval_page.leaving import is_inside, way_out

LINK = "https://approve.example.com/o/" + "a" * 43
INTENT = (
    LINK.replace("https://", "intent://")
    + "#Intent;scheme=https;action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 15; V2324A) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


@pytest.mark.parametrize(
    ("browser", "leads_to"),
    [
        (f"{IPHONE} Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh", f"x-safari-{LINK}"),
        (f"{ANDROID} wxwork/4.1.22 MicroMessenger/7.0.1", INTENT),
        (f"{WINDOWS} wxwork/4.1.22 (MicroMessenger/6.2) WindowsWechat", LINK),
        (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.50 NetType/WIFI", f"x-safari-{LINK}"),
        (f"{IPHONE} Mobile/15E148 AliApp(DingTalk/7.6.15) com.laiwang.DingTalk", f"x-safari-{LINK}"),
        (f"{ANDROID} AliApp(DingTalk/7.6.15)", INTENT),
        (f"{WINDOWS} dingtalk-win/1.0.0 nw(0.14.7) DingTalk(7.6.15)", LINK),
        (f"{IPHONE} Mobile/15E148 Lark/7.20 LarkLocale/zh_CN Feishu", f"x-safari-{LINK}"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1 Mobile wxwork/4.1", INTENT),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", ""),
        (ANDROID, ""),
        (WINDOWS, ""),
    ],
)
def test_where_no_passkey_can_be_used_one_tap_leads_to_the_devices_own_browser(browser: str, leads_to: str) -> None:
    assert is_inside(browser) is bool(leads_to)
    if leads_to:
        assert way_out(browser, LINK) == leads_to
        page = hand_over("zh-hans", link=LINK, browser=browser)
        assert [f'href="{leads_to}"' in page, f'value="{LINK}"' in page, "code.svg" in page] == [True] * 3
