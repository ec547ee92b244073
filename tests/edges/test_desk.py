"""A key ceremony in person: each makes a passkey and says yes by it in a browser, which comes back to the terminal."""

import json
import re
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from typing import Any

from privyseal.approval_page.client import Client as PageClient
from privyseal.approvals.models import ApprovalPasskey
from privyseal.config import ceremony
from privyseal.config.ceremony import read_answers
from privyseal.config.desk import BACK, Desk, returns
from privyseal.config.keys_at_hand import KeysAtHand, Terminal
from privyseal.identity.queries import installation
from privyseal.sealing.signing import web_key
from privyseal.signer.client import Client
from privyseal.signer.passkeys import Page
from tests.actions.test_ceremony import APPROVING, CHARTER, fresh  # noqa: F401  the fixture
from tests.edges.ctap import UsbKey
from tests.edges.softkey import SoftKey
from tests.edges.test_approving import ApprovalPage, page  # noqa: F401  the fixture
from tests.running.test_ceremony import ANSWERS, write


class Room:
    """Everybody in front of one browser, each with a passkey of their own that says nothing of software."""

    def __init__(self, page: ApprovalPage, port: int) -> None:  # noqa: F811  the fixture's own name
        self._page, self._port = page, port
        self.keys: dict[str, SoftKey] = {}
        self.read: list[str] = []

    def show(self, words: str, address: str) -> None:
        who = words.partition(":")[0]
        shown = self._page.get(address).more["Location"]
        text = self._page.get(shown).body.decode()
        self.read.append(text)
        said = self._made(who, text) if who not in self.keys else self._yes(who, text)
        back = json.loads(self._page.post(f"{shown}/answer", said).body)["to"].partition(BACK)[2]
        line = HTTPConnection("127.0.0.1", self._port, timeout=10)
        line.request("GET", f"{BACK}{back}")
        assert "terminal" in line.getresponse().read().decode()

    def _made(self, who: str, text: str) -> Any:  # noqa: ANN401  JSON
        key = self.keys[who] = SoftKey(origin=f"http://{self._page.host}")
        options = {"user": {"id": "bGk"}, "rp": {"id": "localhost"}, "challenge": challenge(text)}
        response = json.loads(key.create(options))["response"]
        return {
            "client_data": response["clientDataJSON"],
            "attestation_object": response["attestationObject"],
            "transports": ["usb"],
        }

    def _yes(self, who: str, text: str) -> Any:  # noqa: ANN401  JSON
        answer = json.loads(self.keys[who].get({"rpId": "localhost", "challenge": challenge(text)}))
        said = answer["response"]
        return [
            {
                "credential": answer["id"],
                "authenticator_data": said["authenticatorData"],
                "client_data": said["clientDataJSON"],
                "signature": said["signature"],
            }
        ]


def challenge(text: str) -> str:
    return str(re.findall(r"challenges?[^A-Za-z0-9_-].{0,40}?([\w-]{43})", text)[0])


def test_a_customers_people_found_it_by_the_passkeys_that_they_make_there(
    db: None,
    fresh: Client,  # noqa: F811  the fixture
    page: ApprovalPage,  # noqa: F811  the fixture
    noon: datetime,
    tmp_path: Path,
    settings: Any,  # noqa: ANN401  pytest-django's
) -> None:
    settings.DATA = tmp_path
    web_key.cache_clear()
    answers = read_answers(
        write(tmp_path, {**ANSWERS, "colleagues": APPROVING, "charter": {**CHARTER, "is_bound": True}})
    )
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with returns("127.0.0.1", port) as returned:
        room = Room(page, port)
        desk = Desk(Page(settings.APPROVAL_URL), PageClient(Path(settings.APPROVAL_SOCKET)), room.show, returned)
        held = ceremony.hold(noon, answers, signer=fresh, passkeys=desk)
    web_key.cache_clear()

    founded = installation()
    assert founded is not None
    assert (founded.is_demo, founded.assurance, founded.is_bound) == (False, "passkey", True)
    assert ApprovalPasskey.objects.filter(is_bound=True, roster="security").count() == 2
    assert set(room.keys) == {"陈安", "何全", "孙明", "李批", "吴准"}
    assert "启用本系统" in room.read[-1]
    assert held is not None
    assert "Demonstration" not in held.on_paper()
    assert "吴准 (wu), approvers" in held.on_paper()


def test_they_found_it_at_one_terminal_by_security_keys_over_usb(
    db: None,
    fresh: Client,  # noqa: F811  the fixture
    noon: datetime,
    tmp_path: Path,
    settings: Any,  # noqa: ANN401  pytest-django's
) -> None:
    settings.DATA = tmp_path
    web_key.cache_clear()
    said = {**ANSWERS, "colleagues": APPROVING, "charter": {**CHARTER, "is_bound": True}}
    keys: dict[str, UsbKey] = {}
    plugged, told, pins = list[UsbKey](), list[str](), ["wrong"]

    def ask(words: str) -> None:
        who = words.partition(":")[0]
        if who == "何全" and not any("somebody else" in one for one in told):
            who = "陈安"  # with whose key 何全 tries first
        plugged[:] = [keys.setdefault(who, UsbKey())]

    def pin(_words: str) -> str:
        return pins.pop() if pins else "1234"

    terminal = Terminal(told.append, ask, pin)
    held = ceremony.hold(
        noon,
        read_answers(write(tmp_path, said)),
        signer=fresh,
        passkeys=KeysAtHand(Page(settings.APPROVAL_URL), terminal, lambda: list(plugged)),
    )
    web_key.cache_clear()

    founded = installation()
    assert held is not None
    assert founded is not None
    assert (founded.is_demo, founded.assurance, founded.is_bound) == (False, "passkey", True)
    assert set(keys) == {"陈安", "何全", "孙明", "李批", "吴准"}
    assert [any(word in one for one in told) for word in ("wrong PIN", "somebody else", "Touch")] == [True] * 3
    shown = max(told, key=len)
    assert [word in shown for word in ("启用本系统", "Begin the installation", "吴准")] == [True] * 3
    assert "Demonstration" not in held.on_paper()
