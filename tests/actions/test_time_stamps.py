"""A time stamp authority of the installation: asked over HTTP, and waited for where it is away."""

import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings as product
from pytest_django import Settings

from privyseal.identity.models import Person
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.sealing import actions, authorities
from privyseal.sealing.models import Intent
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from tests.conftest import Use
from tests.engine.pki import Pki, Stamper

pytestmark = pytest.mark.documents


class Authority(HTTPServer):
    """Answers on this machine as a time stamp authority does, or as the test says."""

    pki: Pki
    says: bytes | None = None
    status = 200
    name = "tsa"
    at: datetime | None = None
    away: frozenset[str] | set[str] = frozenset()
    asked: list[str]

    def now(self) -> datetime:
        return self.at or datetime.now().astimezone().replace(microsecond=0)

    def status_of(self, path: str) -> int:
        self.asked.append(path)
        return 503 if path in self.away else self.status


class Answering(BaseHTTPRequestHandler):
    @property
    def authority(self) -> Authority:
        assert isinstance(self.server, Authority)
        return self.server

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        at, says = self.authority.now(), self.authority.says
        if self.path == "/ocsp":
            assert self.headers["Content-Type"] == "application/ocsp-request"
            self._answer(self.authority.pki.ocsp_answer(query, at))
            return
        assert self.headers["Content-Type"] == "application/timestamp-query"
        self._answer(Stamper(self.authority.pki, at, self.authority.name).answer(query) if says is None else says)

    def do_GET(self) -> None:
        self._answer(self.authority.pki.crl(self.authority.now()))

    def _answer(self, answer: bytes) -> None:
        self.send_response(self.authority.status_of(self.path))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki.made_in(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def authority(pki: Pki, settings: Settings) -> Iterator[Authority]:
    server = Authority(("127.0.0.1", 0), Answering)
    server.pki, server.asked = pki, []
    settings.TSA_URL = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_seal_carries_the_authoritys_time_stamp(
    authority: Authority, approved: Use, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    actions.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)

    sealed = product.BLOBS.get(Intent.objects.get().result_sha256)
    roots = (public.ca, authority.pki.certificate("root").dump())
    judged = judge(sealed, trust=roots, at=noon)
    assert judged.verdict is Verdict.VALID
    assert judged.signatures[0].proven_at is not None


def test_while_the_authority_is_away_the_intent_waits_and_the_sweep_finishes_it(
    authority: Authority, approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    authority.status = 503
    with pytest.raises(TimestampRefused):
        actions.seal_document(
            wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer
        )
    waiting = Intent.objects.get().state
    authority.status = 200

    ended = actions.finish_open_intents(noon + actions.LEFT_OPEN, signer=signer)

    assert (waiting, ended, Intent.objects.get().state) == ("intended", 1, "sealed")


@pytest.mark.parametrize(
    ("status", "says"),
    [(200, b""), (200, b"not DER"), (200, b"\x30" * 70_000), (302, None), (500, None)],
    ids=["nothing", "no-answer", "too-much", "elsewhere", "broken"],
)
def test_what_is_no_time_stamp_is_refused(status: int, says: bytes | None, authority: Authority) -> None:
    authority.status, authority.says = status, says

    with pytest.raises(TimestampRefused):
        authorities.time_stamp(bytes(32))


def test_without_an_authority_nobody_is_asked(settings: Settings) -> None:
    settings.TSA_URL = ""

    assert authorities.stamper() is None
