"""Configuration by PRIVYSEAL_* variables only; a wrong value stops with one sentence."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.cosigner.client import Cosigner
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import KeyUnreadable

PREFIX: Final = "PRIVYSEAL_"


class WrongSetting(Refused):
    """A variable that cannot be used; ``expected`` finishes the sentence."""

    code = "wrong-setting"

    def __str__(self) -> str:
        return f"{self.facts['name']} must be {self.facts['expected']}."


def text(name: str, default: str = "") -> str:
    return os.environ.get(PREFIX + name, default)


def integer(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise WrongSetting(name=PREFIX + name, expected=f"a whole number from {least} to {most}")
    return int(value)


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in options:
        raise WrongSetting(name=PREFIX + name, expected="one of " + ", ".join(options))
    return value


def address(name: str, default: str) -> str:
    """Return an http or https address without path, query or closing slash."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.path or parts.query or parts.fragment or parts.username:
        raise WrongSetting(name=PREFIX + name, expected="an address like https://seals.example.com, without a path")
    return value


def endpoint(name: str) -> str:
    """Return an http or https address with whatever path it has, or nothing."""
    return _endpoint(name, text(name))


def endpoints(name: str) -> tuple[str, ...]:
    """Return addresses that stand apart by spaces."""
    return tuple(_endpoint(name, value) for value in text(name).split())


def _endpoint(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.fragment
    except ValueError:
        usable = False
    if value and not usable:
        raise WrongSetting(name=PREFIX + name, expected="an address like https://tsa.example.com/rfc3161")
    return value


def certificates(name: str) -> tuple[bytes, ...]:
    """Return the certificates, DER, of a PEM file, or none where no file is named."""
    path = text(name)
    if not path:
        return ()
    try:
        found = x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise WrongSetting(name=PREFIX + name, expected="the path of a PEM file with certificates") from error
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def hosts(name: str) -> frozenset[str]:
    """Return names or addresses of hosts, apart by spaces."""
    found = frozenset(text(name).lower().split())
    if any("/" in one or one.count(":") == 1 for one in found):
        raise WrongSetting(
            name=PREFIX + name, expected="names or addresses of hosts such as sms.example.com, without ports"
        )
    return found


def cosigners(name: str) -> tuple[Cosigner, ...]:
    """Return cosigners of the ledger, each as ``KEY@ADDRESS``, apart by spaces."""
    try:
        found = tuple(map(Cosigner.parse, text(name).split()))
    except KeyUnreadable as error:
        wanted = "keys of cosigners, each with its address: NAME+ID+KEY@https://audit.example.com"
        raise WrongSetting(name=PREFIX + name, expected=wanted) from error
    if len({one.key.name for one in found}) < len(found):
        raise WrongSetting(name=PREFIX + name, expected="cosigners of different names")
    return found


def database(name: str) -> str:
    value = text(name)
    if value and urlsplit(value).scheme not in {"postgres", "postgresql"}:
        raise WrongSetting(name=PREFIX + name, expected="an address like postgresql://user:password@host/database")
    return value


def server(name: str, value: str, schemes: tuple[str, ...]) -> SplitResult | None:
    """Return the parts of an address such as ``smtp://user:password@host:587``, or None where there is none."""
    if not value:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment:
        raise WrongSetting(name=PREFIX + name, expected=f"an address like {schemes[0]}://user:password@host:587")
    return parts


def mailbox(name: str, *, is_needed: bool) -> str:
    """Return an e-mail address, or nothing where none is needed."""
    value = text(name)
    local, _, domain = value.rpartition("@")
    if (value or is_needed) and not (local and domain and value.isascii() and value.isprintable() and " " not in value):
        raise WrongSetting(name=PREFIX + name, expected="an e-mail address like seals@example.com")
    return value


def secret(name: str) -> str:
    """Return the value, or the content of the file that NAME_FILE names."""
    path = text(f"{name}_FILE")
    if not path:
        return text(name)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongSetting(name=f"{PREFIX}{name}_FILE", expected="the path of a readable file") from error


def folder(name: str, default: str) -> Path:
    value = Path(text(name, default)).expanduser()
    return value if value.is_absolute() else Path.cwd() / value
