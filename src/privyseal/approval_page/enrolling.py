"""Enrolling a passkey for this page: browsers bind one to the origin on which it was made, so it is made here. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from privyseal.approval_page import answering
from privyseal.approval_page.answering import PasskeyAnswerRefused
from privyseal.approval_page.asking import BACK, CONTEXT, CREDENTIAL, LANGUAGE, MAX_ASK_BYTES, ApprovalAskUnreadable
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, parse
from privyseal.kernel.errors import Refused
from privyseal.signer.passkeys import Page, web_text

MAX_EXCLUDED: Final = 50

_FIELDS: Final = frozenset({"person", "name", "login", "challenge", "excluded", "language", "back", "context"})
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_TRANSPORTS: Final = re.compile(r"[a-z-]{1,20}")
_CREATE: Final = "webauthn.create"
_LONGEST_NAME: Final = 300
_MOST_TRANSPORTS: Final = 10
_MOST_ATTESTATION: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """Whose passkey is to be made; the challenge is the web application's, and so is the check of what is made."""

    person: str
    name: str
    login: str
    challenge: str
    excluded: tuple[str, ...]
    language: str
    back: str
    context: str

    def to_bytes(self) -> bytes:
        return canonical(
            {
                "person": self.person,
                "name": self.name,
                "login": self.login,
                "challenge": self.challenge,
                "excluded": list(self.excluded),
                "language": self.language,
                "back": self.back,
                "context": self.context,
            }
        )


def read(data: bytes) -> Enrol:
    """Return what is asked, or refuse what is not of the agreed form."""
    if len(data) > MAX_ASK_BYTES:
        raise ApprovalAskUnreadable(bytes=len(data))
    try:
        entry = shapes.fields(parse(data), _FIELDS)
        return Enrol(
            person=shapes.uid(entry["person"]),
            name=shapes.text(entry["name"], most=_LONGEST_NAME),
            login=shapes.text(entry["login"], most=_LONGEST_NAME),
            challenge=shapes.word(entry["challenge"], _CHALLENGE),
            excluded=tuple(shapes.word(one, CREDENTIAL) for one in shapes.items(entry["excluded"], most=MAX_EXCLUDED)),
            language=shapes.word(entry["language"], LANGUAGE),
            back=shapes.word(entry["back"], BACK),
            context=shapes.word(entry["context"], CONTEXT),
        )
    except (Refused, shapes.Misshapen, UnicodeError) as error:
        raise ApprovalAskUnreadable from error


def made(enrol: Enrol, answer: object, own: Page) -> Mapping[str, Json]:
    """Return what the browser made, looked at as far as its client data says, or refuse."""
    if not isinstance(answer, dict):
        raise PasskeyAnswerRefused(reason="shape")
    client = answering.octets(answer.get("client_data"))
    answering.check_client(client, kind=_CREATE, challenge=enrol.challenge, origin=own.origin)
    attestation = answering.octets(answer.get("attestation_object"), most=_MOST_ATTESTATION)
    return {
        "person": enrol.person,
        "attestation_object": web_text(attestation),
        "client_data": web_text(client),
        "transports": _transports(answer.get("transports")),
    }


def _transports(value: object) -> list[Json]:
    try:
        return [shapes.word(one, _TRANSPORTS) for one in shapes.items(value, most=_MOST_TRANSPORTS)]
    except shapes.Misshapen as error:
        raise PasskeyAnswerRefused(reason="shape") from error
