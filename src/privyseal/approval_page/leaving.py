"""Out of the pages inside other applications, which know no passkeys, into the device's own browser. Pure."""

import re
from typing import Final

# Each is told by a word of its own in the browser's name.
_INSIDE: Final = re.compile(r"MicroMessenger|wxwork|DingTalk|Lark|Feishu|QQ/|AlipayClient", re.IGNORECASE)
_APPLE: Final = re.compile(r"iPhone|iPad|iPod")
_ANDROID: Final = re.compile(r"Android|OpenHarmony", re.IGNORECASE)


def is_inside(browser: str) -> bool:
    """Tell whether a browser says that it is the page inside another application."""
    return _INSIDE.search(browser) is not None


def way_out(browser: str, link: str) -> str:
    """Return the link as the device's own browser takes it in one tap, where its system has a word for that."""
    scheme, _, rest = link.partition("://")
    if _APPLE.search(browser):
        return f"x-safari-{link}"
    if _ANDROID.search(browser):
        view = "action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE"
        return f"intent://{rest}#Intent;scheme={scheme};{view};end"
    return link
