"""The newest head, stamped once a day by an authority of OpenSSL's, and checked by OpenSSL."""

from argparse import Namespace
from datetime import timedelta
from pathlib import Path

from django.db import connection
from pytest_django import Settings

from privyseal.config.commands.ledger import BROKEN, run
from privyseal.egress import Egress
from privyseal.kernel.note import VerifierKey
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.models import CheckpointRow, HeadStamp
from privyseal.ledger.proofs import Break, audit
from privyseal.ledger.stamping import stamp_head, stamped_on
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.sealing.authorities import time_stamp
from privyseal.signer.client import Client
from tests.ledger.conftest import NOON
from tests.ledger.test_cosigning import grow
from tests.openssl_tsa import openssl, stamping


def refuses(_imprint: bytes) -> bytes:
    raise TimestampRefused(status=None)


def test_a_head_is_stamped_once_a_day_and_openssl_finds_it_good(
    integrator: Integrator, log: tuple[Client, VerifierKey], settings: Settings, tmp_path: Path
) -> None:
    assert not stamp_head(NOON, stamp=refuses)  # there is no head yet
    grow(integrator, 3)
    assert not stamp_head(NOON, stamp=refuses)
    assert HeadStamp.objects.count() == 0
    with stamping(tmp_path) as settings.TSA_URL:
        settings.EGRESS = Egress(frozenset({"127.0.0.1"}))

        assert stamp_head(NOON, stamp=time_stamp)
        assert not stamp_head(NOON + timedelta(hours=1), stamp=time_stamp)

    found, day = stamped_on(NOON.date()), NOON.date().isoformat()
    assert found is not None
    assert found.note == CheckpointRow.objects.get(size=HeadStamp.objects.get().size).note
    assert run(Namespace(what="stamp", day=NOON.date(), output=tmp_path)) == 0
    files = ("-data", tmp_path / f"{day}.note", "-in", tmp_path / f"{day}.tst", "-token_in")
    assert "Verification: OK" in openssl("ts", "-verify", *files, "-CAfile", tmp_path / "tsa.pem")
    assert run(Namespace(what="stamp", day=NOON.date() - timedelta(days=1), output=tmp_path)) == BROKEN
    grow(integrator, 1)
    assert audit(log[1]).broken is None
    with connection.cursor() as cursor:  # a token is worth nothing beside another head
        cursor.execute("UPDATE ledger_head_stamp SET size = (SELECT max(size) FROM ledger_checkpoint)")
    assert audit(log[1]).broken is Break.STAMP_BROKEN
