"""Where mosquitto is not installed, machines are heard by HTTPS alone, told of no broker, and the start says so."""

from pathlib import Path

import pytest

from privyseal.config import broker
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Installation
from privyseal.config.processes import Crew
from privyseal.device import mosquitto


def test_a_start_without_mosquitto_says_what_to_install_and_starts_no_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(mosquitto, "_PLACES", ())
    monkeypatch.setenv("PRIVYSEAL_DATA", str(tmp_path))
    monkeypatch.setenv("PRIVYSEAL_BROKER_PORT", "8883")
    monkeypatch.setenv("PRIVYSEAL_SIGNER_SOCKET", str(tmp_path / "signer"))
    installation, said = Installation.from_environment(), list[str]()

    Crew(installation, said.append).raise_broker({})

    assert said == ["Machines are heard by HTTPS alone: for MQTT install mosquitto, and start again."]
    assert (installation.broker.address, installation.broker.told) == ("localhost:8883", "")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CannotStart, match="mosquitto is not installed"):
        broker.run(installation.broker)
