"""Where django-allauth asks this installation: by its adapters, never by its signals."""

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from privyseal.identity.models import Person

PRODUCT: Final = "Privyseal"
_LABEL: Final = b"privyseal/factor/v1\0"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library ships no types
    """Second factors as this installation wants them: secrets encrypted, passkeys bound to the public address."""

    def encrypt(self, text: str) -> str:
        return _box(settings.FACTOR_KEYS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box(settings.FACTOR_KEYS).decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Person) -> str:
        return user.login

    def get_totp_issuer(self) -> str:
        return f"{PRODUCT} {urlsplit(settings.PUBLIC_URL).hostname}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # Never the request's Host header: whoever forges it would choose for whom a passkey is good.
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "", "name": PRODUCT}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, str | bytes]:
        return {"id": user.pseudonym.encode(), "name": user.login, "display_name": user.name}


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    """Return what encrypts by the first of the keys and opens by any."""
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(_LABEL + key.encode()).digest())) for key in keys])
