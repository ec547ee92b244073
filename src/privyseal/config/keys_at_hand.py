"""A key ceremony at one terminal, by security keys over USB (CTAP): no browser, no second machine, no name by HTTPS.

The terminal takes the browser's part, and is as careful: the page's origin and its RP id stand in what is signed, the
PIN or the finger is asked for, and whose key was used already is refused as anybody else's.
"""

import hashlib
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from getpass import getpass
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.cose import ES256, EdDSA
from fido2.ctap import CtapDevice, CtapError
from fido2.ctap2.pin import ClientPin
from fido2.hid import list_devices
from fido2.webauthn import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from privyseal.approval_page.saying import Reader, of_change
from privyseal.approval_page.words import CHINESE, ENGLISH
from privyseal.config.beginning import Member
from privyseal.config.failures import CannotStart
from privyseal.signer.changes import parse
from privyseal.signer.passkeys import Credential, Page, PasskeyAssertion, web_text
from privyseal.signer.statement import challenge
from privyseal.web.own_passkeys import verified

_CHALLENGE_BYTES: Final = 32
_TRIES: Final = 5
_KIND: Final = PublicKeyCredentialType.PUBLIC_KEY
_ALGORITHMS: Final = (ES256.ALGORITHM, EdDSA.ALGORITHM)
Answer = TypeVar("Answer")


class Terminal(UserInteraction):
    """``say`` tells a person what to do, ``ask`` waits for Enter, ``pin`` for what only they know."""

    def __init__(self, say: Callable[[str], None], ask: Callable[[str], object], pin: Callable[[str], str]) -> None:
        self.say = say
        self.ask = ask
        self._pin = pin

    def prompt_up(self) -> None:
        self.say("Touch the key now.")

    def request_pin(self, _permissions: ClientPin.PERMISSION, _rp_id: str | None) -> str | None:
        return self._pin("PIN of the key, which its owner types: ")


class KeysAtHand:
    """``plugged`` returns what is plugged in at this moment."""

    are_software: Final = False

    def __init__(self, page: Page, terminal: Terminal, plugged: Callable[[], Iterable[CtapDevice]]) -> None:
        self.page: Final = page
        self._terminal = terminal
        self._plugged = plugged
        self._made: dict[str, bytes] = {}

    def make(self, who: Member, at: datetime) -> Credential:
        options = PublicKeyCredentialCreationOptions(
            rp=PublicKeyCredentialRpEntity(id=self.page.rp_id, name=self.page.rp_id),
            user=PublicKeyCredentialUserEntity(id=who.pseudonym.encode(), name=who.login, display_name=who.name),
            challenge=secrets.token_bytes(_CHALLENGE_BYTES),
            pub_key_cred_params=[PublicKeyCredentialParameters(type=_KIND, alg=one) for one in _ALGORITHMS],
            exclude_credentials=[PublicKeyCredentialDescriptor(type=_KIND, id=one) for one in self._made.values()],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            attestation=AttestationConveyancePreference.NONE,
        )
        answer = self._answered(f"{who.name}: make your passkey.", lambda client: client.make_credential(options))
        made = verified(web_text(bytes(answer.response.attestation_object)), page=self.page)
        self._made[who.pseudonym] = made.credential
        return Credential(id=made.credential, person=who.pseudonym, key=made.key, is_bound=made.is_bound, starts_at=at)

    def say(self, who: Member, statement: bytes, names: Mapping[str, str], /) -> PasskeyAssertion:
        options = PublicKeyCredentialRequestOptions(
            challenge=challenge(statement),
            rp_id=self.page.rp_id,
            allow_credentials=[PublicKeyCredentialDescriptor(type=_KIND, id=self._made[who.pseudonym])],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        self._terminal.say(in_words(statement, names))
        answer = self._answered(
            f"{who.name}: read what begins here, and say yes to it.",
            lambda client: client.get_assertion(options).get_response(0),
        )
        return PasskeyAssertion(
            approver=who.pseudonym,
            credential=self._made[who.pseudonym],
            authenticator_data=bytes(answer.response.authenticator_data),
            client_data=bytes(answer.response.client_data),
            signature=answer.response.signature,
        )

    def _answered(self, words: str, act: Callable[[Fido2Client], Answer]) -> Answer:
        """Have the key that is plugged in answer, or say why not and wait for the next try."""
        for _ in range(_TRIES):
            self._terminal.ask(f"{words} Plug in your own security key, no other, and press Enter: ")
            devices = list(self._plugged())
            try:
                if len(devices) == 1:
                    return act(self._client(devices[0]))
                self._terminal.say(f"{len(devices)} security keys are plugged in; one has to be.")
            except (ClientError, CtapError) as error:
                self._terminal.say(_why(error))
            finally:
                for device in devices:
                    device.close()
        raise CannotStart(f"No security key answered {_TRIES} times. Nothing was made; hold the ceremony again.")

    def _client(self, device: CtapDevice) -> Fido2Client:
        def is_the_page(rp_id: str, origin: str) -> bool:
            return (rp_id, origin) == (self.page.rp_id, self.page.origin)

        collector = DefaultClientDataCollector(self.page.origin, verify=is_the_page)
        return Fido2Client(device, collector, user_interaction=self._terminal, extensions=())


def in_words(statement: bytes, names: Mapping[str, str]) -> str:
    """Return what is said yes to in words, in both languages, with the digest of its bytes."""
    said, zone = parse(statement), ZoneInfo(settings.TIME_ZONE)
    readers = [Reader(language, zone, names) for language in (CHINESE, ENGLISH)]
    lines = [f"  {label}: {value}" for reader in readers for label, value in (*of_change(said, reader), ("", ""))]
    return "\n".join([*lines, f"  SHA-256: {hashlib.sha256(statement).hexdigest()}"])


def at_this_terminal(page: Page) -> KeysAtHand:
    """Return the keys that people plug into this machine, one after the other."""
    if not sys.stdin.isatty():
        raise CannotStart("Nobody is here to plug in a security key: run this at a terminal of the machine.")

    def say(words: str) -> None:
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()

    return KeysAtHand(page, Terminal(say, input, getpass), list_devices)


def _why(error: ClientError | CtapError) -> str:
    code = error.code.name if isinstance(error, ClientError) else f"0x{int(error.code):02x}"
    why = {
        "DEVICE_INELIGIBLE": "This key was used by somebody else here, or is not the one that was made a passkey.",
        "CONFIGURATION_UNSUPPORTED": "This key has neither a PIN nor a finger set. Set one with its maker's program.",
        "TIMEOUT": "Nobody touched it.",
    }.get(code, "The key did not answer yes: a wrong PIN, a key taken out, or no touch.")
    return f"{why} Try again. [{code}]"
