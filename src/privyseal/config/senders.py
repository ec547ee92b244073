"""The ways to people that this installation has, by its PRIVYSEAL_* variables."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote

from privyseal.config import env
from privyseal.notification import templates
from privyseal.notification.aliyun import Aliyun
from privyseal.notification.channels import Sender
from privyseal.notification.chat.dingtalk import DingTalk
from privyseal.notification.chat.feishu import Feishu
from privyseal.notification.chat.wecom import WeCom
from privyseal.notification.mail import Mail
from privyseal.notification.push.sender import WebPush
from privyseal.notification.rules import Channel
from privyseal.notification.smpp.sender import Smpp
from privyseal.notification.smpp.session import Centre
from privyseal.notification.tencent import Tencent

_WEB: Final = ("https", "http")
_MOST_AGENT: Final = 10**12


def configured() -> dict[Channel, Sender]:
    """Return the ways to people that this installation has."""
    found = (_mail(), _sms(), _wecom(), _dingtalk(), _feishu(), _push())
    return {sender.channel: sender for sender in found if sender is not None}


def _mail() -> Mail | None:
    server = env.server("MAIL_URL", env.secret("MAIL_URL"), ("smtp", "smtps"))
    sender = env.mailbox("MAIL_FROM", is_needed=server is not None)
    if server is None:
        return None
    tls = "implicit" if server.scheme == "smtps" else env.choice("MAIL_TLS", "starttls", ("starttls", "none"))
    port = server.port or (465 if tls == "implicit" else 587)
    return Mail(server.hostname or "", port, *_account(server), sender, tls)


def _sms() -> Sender | None:
    """Return the provider of text messages, where one is set. ``+http`` is for one on this machine, in a trial."""
    schemes = ("aliyun", "tencent", "smpp", "smpps", "aliyun+http", "tencent+http")
    server = env.server("SMS_URL", env.secret("SMS_URL"), schemes)
    sign, app, path = env.text("SMS_SIGN"), env.text("SMS_APP"), env.text("SMS_TEMPLATES")
    if server is None:
        return None
    if server.scheme.startswith("smpp"):
        return _smpp(server, sign)
    kind, _, plain = server.scheme.partition("+")
    if not sign or not path or (kind == "tencent" and not app):
        missing = "SMS_TEMPLATES" if not path else "SMS_SIGN" if not sign else "SMS_APP"
        raise env.WrongSetting(name=f"PRIVYSEAL_{missing}", expected="set where PRIVYSEAL_SMS_URL is")
    address, account = _address(plain or "https", server), _account(server)
    approved = templates.read(Path(path))
    if kind == "aliyun":
        return Aliyun(address, *account, sign, approved)
    return Tencent(address, *account, app, sign, approved)


def _smpp(server: SplitResult, sign: str) -> Smpp:
    is_secure = server.scheme == "smpps"
    centre = Centre(
        server.hostname or "",
        server.port or (3550 if is_secure else 2775),
        *_account(server),
        is_secure=is_secure,
        window=env.integer("SMS_WINDOW", 10, least=1, most=100),
    )
    as_payload = env.choice("SMS_LONG", "parts", ("parts", "payload")) == "payload"
    per_second = env.integer("SMS_PER_SECOND", 20, least=1, most=10_000)
    return Smpp(centre, env.text("SMS_FROM"), sign, as_payload=as_payload, most_per_second=per_second)


def _wecom() -> WeCom | None:
    server = env.server("WECOM_URL", env.secret("WECOM_URL"), _WEB)
    if server is None:
        return None
    agent = env.integer("WECOM_AGENT", 0, least=1, most=_MOST_AGENT)
    return WeCom(_address(server.scheme, server), *_account(server), agent)


def _dingtalk() -> DingTalk | None:
    server = env.server("DINGTALK_URL", env.secret("DINGTALK_URL"), _WEB)
    if server is None:
        return None
    agent = env.integer("DINGTALK_AGENT", 0, least=1, most=_MOST_AGENT)
    return DingTalk(_address(server.scheme, server), *_account(server), agent)


def _feishu() -> Feishu | None:
    server = env.server("FEISHU_URL", env.secret("FEISHU_URL"), _WEB)
    names = env.choice("FEISHU_NAMES", "user_id", ("user_id", "open_id", "email"))
    return Feishu(_address(server.scheme, server), *_account(server), names) if server is not None else None


def _push() -> WebPush | None:
    named = env.text("PUSH_SERVICES")
    home = env.address("PUBLIC_URL", "http://localhost:8000")
    contact, services = env.text("PUSH_CONTACT", home), tuple(named.lower().split())
    if not contact.startswith(("https://", "mailto:")) and services:
        raise env.WrongSetting(name="PRIVYSEAL_PUSH_CONTACT", expected="mailto: or https:, as push services ask for")
    folder = env.folder("DATA", ".data") / "secrets"
    return WebPush(folder, services, contact, lambda: datetime.now(UTC)) if services else None


def _account(server: SplitResult) -> tuple[str, str]:
    return unquote(server.username or ""), unquote(server.password or "")


def _address(scheme: str, server: SplitResult) -> str:
    return f"{scheme}://{server.hostname}{f':{server.port}' if server.port else ''}"
