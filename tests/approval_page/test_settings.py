"""Where a passkey can approve, said before anything runs."""

import pytest

from privyseal.config.approvalserver import Counter
from privyseal.config.env import WrongSetting
from privyseal.config.installation import Installation


def counter(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Counter:
    for name in ("PORT", "PUBLIC_URL", "APPROVAL_URL", "APPROVAL_PORT"):
        monkeypatch.delenv(f"PRIVYSEAL_{name}", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(f"PRIVYSEAL_{name}", value)
    return Counter.from_environment()


def test_by_itself_the_page_is_beside_the_product_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, last = counter(monkeypatch), counter(monkeypatch, PORT="65535")

    assert (usual.url, usual.port, usual.home) == ("http://localhost:8001", 8001, "http://localhost:8000")
    assert last.port == 65_534


@pytest.mark.parametrize(
    "address",
    [
        "http://approve.example.com",
        "https://192.0.2.7",
        "http://127.0.0.1:8001",
        "https://[2001:db8::7]",
        "https://seals.example.com",
        "https://approve.example.com/page",
    ],
)
def test_an_address_that_no_passkey_can_be_bound_to_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(WrongSetting, match="PRIVYSEAL_APPROVAL_URL must be an address"):
        counter(monkeypatch, PUBLIC_URL="https://seals.example.com", APPROVAL_URL=address)


def test_a_public_product_whose_page_is_local_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    public = {"PUBLIC_URL": "https://seals.example.com"}

    assert counter(monkeypatch, **public).is_for_this_machine
    assert not counter(monkeypatch, **public, APPROVAL_URL="https://approve.example.com").is_for_this_machine


def test_the_page_is_told_of_nothing_that_opens_a_door(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {"SECRET_KEY": "s", "VAULT_KEY_FILE": "f", "MAIL_URL": "smtp://u:p@h", "DATABASE_URL": "postgresql://h/d"}
    for name, value in secret.items():
        monkeypatch.setenv(f"PRIVYSEAL_{name}", value)

    told = {name for name in Installation.from_environment().approval() if name.startswith("PRIVYSEAL_")}

    assert {name for name in told if "APPROVAL" not in name} <= {
        "PRIVYSEAL_PORT",
        "PRIVYSEAL_PUBLIC_URL",
        "PRIVYSEAL_LANGUAGE",
        "PRIVYSEAL_LOG_LEVEL",
    }
