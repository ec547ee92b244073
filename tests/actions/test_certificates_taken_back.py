"""What an authority outside says of a seal's certificate is looked after, and acted upon."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import IntegrityError
from django.test import Client as Browser
from pytest_django import Settings

from privyseal.approvals import actions as approvals
from privyseal.egress import Egress
from privyseal.identity.models import Person
from privyseal.notification import reminding
from privyseal.notification.models import Message
from privyseal.sealing import actions as sealing
from privyseal.sealing import watching
from privyseal.sealing.authorities import EvidenceUnavailable
from privyseal.seals import actions as seals
from privyseal.seals.models import OutsideCertificate, OutsideWatch, OutsideWord, Permit, Seal
from privyseal.seals.rules.outside import CertificateUnwatched
from privyseal.signer.client import Client
from privyseal.signer.outside import CertificateAwaited, CertificateRevoked
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act
from tests.actions.test_outside_certificates import awaited, bring, issued
from tests.conftest import apply, permit_of, recorded, say_yes
from tests.outside_ca import OutsideCa

__all__ = ["awaited"]
DAY = timedelta(days=1)


class Listing(HTTPServer):
    """The addresses of the authority outside on this machine: a list, a responder, and whoever asked."""

    says: dict[str, bytes]
    asked: list[str]


class Answering(BaseHTTPRequestHandler):
    server: Listing

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.says.get(self.path)
        self.send_response(200 if body is not None else 503)
        self.end_headers()
        self.wfile.write(body or b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listing(settings: Settings) -> Iterator[Listing]:
    with Listing(("127.0.0.1", 0), Answering) as server:
        server.says, server.asked = {}, []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        settings.EGRESS = Egress(frozenset({"127.0.0.1"}))
        settings.OUTSIDE_CRL_URLS = (f"http://127.0.0.1:{server.server_port}/crl",)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def seal(
    awaited: Permit, zhao: Person, noon: datetime, signer: Client, outside_ca: OutsideCa, settings: Settings
) -> Seal:
    """The party's seal, in force under a certificate from outside."""
    settings.OUTSIDE_ROOTS = (outside_ca.root,)
    bring(zhao, noon, awaited, issued(outside_ca), outside_ca, signer)
    return Seal.objects.get(pk=awaited.seal_id)


def certificate_of(seal: Seal) -> bytes:
    return bytes(seal.versions.get(voided_at=None).certificate or b"")


def of_certificates() -> list[str]:
    kinds = ("seal.certificate-re", "seal.certificate-un", "seal.certificate-w", "seal.suspended")
    return [kind.removeprefix("seal.") for kind in recorded() if kind.startswith(kinds)]


def test_a_certificate_revoked_outside_puts_its_seal_to_rest_and_another_one_alone_brings_it_back(
    seal: Seal, listing: Listing, zhao: Person, li: Person, noon: datetime, signer: Client, outside_ca: OutsideCa,
) -> None:  # fmt: skip
    listing.says["/crl"] = outside_ca.crl([certificate_of(seal)])

    assert watching.look_after_certificates(noon) == 1
    assert seals.tell_revoked(noon, signer=signer) == 1
    seals.tell_signer(noon, signer=signer)

    seal.refresh_from_db()
    assert (seal.state, seal.signer_state) == ("suspended", "suspended")
    assert of_certificates() == [
        "certificate-revoked", "suspended", "certificate-revoked-at-signer", "suspended-at-signer"
    ]  # fmt: skip
    for asked in (noon, noon + DAY):  # it stays so, and is said once
        watching.look_after_certificates(asked)
    assert seals.tell_revoked(noon, signer=signer) == 0
    assert len(of_certificates()) == 4
    with pytest.raises(CertificateRevoked):
        approvals.apply_to_resume(zhao, noon, seal_uid=seal.uid, reason="恢复")
    anybody = Browser(headers={"accept-language": "en"})
    page = anybody.get(f"/pki/certificates/{seal.versions.get().serial}/").content.decode()
    assert "The authority outside that issued it has revoked it" in page
    status = anybody.get("/status/", {"uscc": seal.company.uscc, "number": seal.number}).content.decode()
    assert "revoked the seal" in status
    with pytest.raises(IntegrityError, match="revoked_certificate_wakes_nothing"):
        Seal.objects.filter(pk=seal.pk).update(state="active")


def test_an_approval_to_resume_from_before_wakes_nothing_and_a_new_certificate_lets_it(
    seal: Seal, listing: Listing, zhao: Person, li: Person, noon: datetime, signer: Client, outside_ca: OutsideCa
) -> None:
    seals.suspend(zhao, noon, seal_uid=seal.uid, reason="盘点", signer=signer)
    resume = approvals.apply_to_resume(zhao, noon, seal_uid=seal.uid, reason="恢复")
    say_yes(li, noon, resume)
    listing.says["/crl"] = outside_ca.crl([certificate_of(seal)])
    watching.look_after_certificates(noon)
    seals.tell_revoked(noon, signer=signer)
    seal.refresh_from_db()
    assert (seal.state, permit_of(resume).revoked_at) == ("suspended", noon)

    permit = approved_act(zhao, [li], noon, seal, Purpose.EXTEND)
    with pytest.raises(CertificateAwaited):
        seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    certificate = outside_ca.issue(bytes(permit.outside.request), days=300)
    bring(zhao, noon, permit, certificate, outside_ca, signer)
    again = approvals.apply_to_resume(zhao, noon, seal_uid=seal.uid, reason="恢复")
    say_yes(li, noon, again)
    seals.carry_out(zhao, noon, permit_uid=permit_of(again).uid, signer=signer)

    seal.refresh_from_db()
    assert (seal.state, seal.signer_state, seal.version) == ("active", "active", 2)


def test_silence_is_told_once_the_last_word_is_over_and_stops_uses_where_that_is_asked_for(
    seal: Seal, listing: Listing, wang: Person, li: Person, noon: datetime, signer: Client, outside_ca: OutsideCa,
    contract: str, settings: Settings,
) -> None:  # fmt: skip
    listing.says["/crl"] = outside_ca.crl(days=2)
    watching.look_after_certificates(noon)
    watch = OutsideWatch.objects.get()
    assert (watch.answer, watch.trouble, watch.look_again_at) == ("good", "", noon + timedelta(hours=1))
    permit = permit_of(say_and_return(li, noon, apply(wang, noon, seal, contract)))

    listing.says = {}
    watching.look_after_certificates(noon + DAY)
    assert of_certificates() == []  # its word still counts
    late = noon + timedelta(days=2, hours=1)
    for minutes in (0, 11):
        watching.look_after_certificates(late + timedelta(minutes=minutes))

    watch.refresh_from_db()
    assert (watch.answer, watch.trouble) == ("unknown", "evidence-unavailable")
    assert of_certificates() == ["certificate-unwatched"]
    settings.OUTSIDE_UNWATCHED = "refuse"
    with pytest.raises(CertificateUnwatched):
        sealing.seal_document(wang, noon, permit_uid=permit.uid, document_sha256=contract, signer=signer)
    listing.says["/crl"] = outside_ca.crl(at=late)
    watching.look_after_certificates(late + timedelta(minutes=30))
    assert of_certificates() == ["certificate-unwatched", "certificate-watched"]
    assert sealing.seal_document(wang, noon, permit_uid=permit.uid, document_sha256=contract, signer=signer)


def say_and_return(li: Person, at: datetime, application: str) -> str:
    say_yes(li, at, application)
    return application


@pytest.mark.parametrize("what", ["somebody else's list", "an old list after a newer one", "no list"])
def test_what_the_authority_does_not_say_now_is_not_believed(
    what: str, seal: Seal, listing: Listing, noon: datetime, outside_ca: OutsideCa
) -> None:
    newer = outside_ca.crl(at=noon)
    listing.says["/crl"] = newer
    watching.look_after_certificates(noon)
    said = {
        "somebody else's list": OutsideCa(noon).crl([certificate_of(seal)]),
        "an old list after a newer one": outside_ca.crl(at=noon - DAY),
        "no list": b"<html>",
    }
    listing.says["/crl"] = said[what]

    watching.look_after_certificates(noon + timedelta(hours=2))

    assert bytes(OutsideWord.objects.get().content) == newer
    assert (OutsideWatch.objects.get().answer, of_certificates()) == ("good", [])


def test_a_responder_is_asked_and_addresses_of_certificates_only_where_they_may_be_and_never_inside(
    awaited: Permit, listing: Listing, zhao: Person, noon: datetime, signer: Client, outside_ca: OutsideCa,
    settings: Settings,
) -> None:  # fmt: skip
    inside = settings.OUTSIDE_CRL_URLS[0].replace("/crl", "/inside.crl")
    request = bytes(OutsideCertificate.objects.get().request)
    bring(zhao, noon, awaited, outside_ca.issue(request, list_url=inside), outside_ca, signer)
    seal = Seal.objects.get(pk=awaited.seal_id)
    settings.OUTSIDE_CRL_URLS, settings.OUTSIDE_OCSP_URL = (), inside.replace("/inside.crl", "/ocsp")
    listing.says = {"/ocsp": outside_ca.ocsp(certificate_of(seal)), "/inside.crl": outside_ca.crl()}

    watching.look_after_certificates(noon)
    settings.OUTSIDE_ADDRESSES = "certificate"
    listing.says["/ocsp"] = outside_ca.ocsp(certificate_of(seal), is_revoked=True, at=noon)
    watching.look_after_certificates(noon + DAY)

    assert listing.asked == ["/ocsp", "/ocsp"]  # the host is one of those inside, and yet not asked for a list
    assert of_certificates() == ["certificate-revoked", "suspended"]


def test_the_end_of_a_certificate_from_outside_is_told_three_times(seal: Seal, noon: datetime) -> None:
    end = seal.versions.get().not_after
    assert end is not None
    for days in (400, 90, 30, 7):
        reminding.remind(end - days * DAY)

    told = Message.objects.filter(kind__startswith="certificate.ends").order_by("pk")
    assert sorted(set(told.values_list("kind", flat=True))) == [
        "certificate.ends-in-30", "certificate.ends-in-7", "certificate.ends-in-90"
    ]  # fmt: skip


def test_the_evidence_of_the_authority_outside_is_kept_with_what_is_sealed(
    seal: Seal, listing: Listing, wang: Person, li: Person, noon: datetime, signer: Client, outside_ca: OutsideCa,
) -> None:  # fmt: skip
    sealed = [certificate_of(seal)]
    with pytest.raises(EvidenceUnavailable):
        watching.evidence_of(sealed)
    listing.says["/crl"] = outside_ca.crl()
    watching.look_after_certificates(noon)

    above, lists, answers = watching.evidence_of(sealed)

    assert (above, lists, answers) == ([*outside_ca.between, outside_ca.root], [listing.says["/crl"]], [])
