"""What the worker tidies up by itself."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from privyseal.config.worker import sweep_once
from privyseal.identity.models import Installation
from privyseal.ledger.models import CommandRow
from privyseal.signer.client import Client, SignerUnavailable


def test_an_absent_signer_holds_up_nothing_that_does_without_it(
    installation: Installation, noon: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    CommandRow.objects.create(id=uuid4(), name="x", actor="y", input_sha256="0" * 64, at=noon - timedelta(days=8))
    monkeypatch.setattr("privyseal.config.worker.client", lambda: Client(tmp_path / "nobody.sock"))

    with pytest.raises(SignerUnavailable):
        sweep_once(noon)

    assert not CommandRow.objects.exists()


def test_the_list_of_revocations_is_laid_out_for_the_command_line(
    installation: Installation,
    noon: datetime,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    signer: Client,
) -> None:
    monkeypatch.setattr("privyseal.config.worker.client", lambda: signer)
    settings.DATA = tmp_path
    (tmp_path / "public").mkdir()

    sweep_once(noon)

    assert (tmp_path / "public" / "ca.crl").read_bytes() == signer.public().crl
