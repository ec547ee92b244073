"""What a yes is made of, in words: a passkey in software is called one, on every page, sheet and pack."""

import json
from dataclasses import replace

from django.utils import translation

from privyseal.signer.passkeys import Page
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.web.shown.course import made_of


def test_a_passkey_in_software_is_never_called_its_owners_own() -> None:
    held = SoftwarePasskey(person="5f" * 16, page=Page("http://localhost:8001"), id=b"one")
    software = held.says_yes(b"{}")
    said = {name: value for name, value in json.loads(software.client_data).items() if name != "software"}
    own = replace(software, client_data=json.dumps(said).encode())

    with translation.override("en"):
        words = made_of(one.to_json() for one in (software, software, own))

    assert words == ["a passkey in software, for demonstrations: nobody was asked", "by their own passkey"]
