"""What an authority outside says of a seal's certificate is looked after, and acted upon."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings as product
from django.db import IntegrityError
from django.test import Client as Browser
from pytest_django import Settings

from privyseal.approvals import actions as approvals
from privyseal.config.backup import proving
from privyseal.egress import Egress
from privyseal.identity.models import Person
from privyseal.ledger.queries import last_fact_about
from privyseal.notification import reminding
from privyseal.notification.models import Message
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.verifying import evidence as found_evidence
from privyseal.sealing import actions as sealing
from privyseal.sealing import watching
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.models import OutsideCertificate, OutsideWatch, OutsideWord, Permit, Seal, UseEntry
from privyseal.seals.queries import outside
from privyseal.seals.rules.outside import CertificateUnwatched
from privyseal.signer.client import Client
from privyseal.signer.copying import FILE
from privyseal.signer.outside import CertificateAwaited, CertificateRevoked
from privyseal.signer.replaying import Later, replay
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act
from tests.actions.test_outside_certificates import awaited, bring, issued
from tests.actions.test_time_stamps import Authority, authority, pki
from tests.conftest import Use, apply, permit_of, recorded, say_yes
from tests.outside_ca import OutsideCa

__all__ = ["authority", "awaited", "pki"]
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


@pytest.fixture
def use(seal: Seal, contract: str, wang: Person, li: Person, noon: datetime) -> Use:
    """An approved use of it."""
    application = apply(wang, noon, seal, contract)
    say_yes(li, noon, application)
    return Use(application, contract)


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
    assert "The outside authority that issued it has revoked it" in page
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
    use: Use, listing: Listing, wang: Person, noon: datetime, signer: Client, outside_ca: OutsideCa,
    settings: Settings,
) -> None:  # fmt: skip
    listing.says["/crl"] = outside_ca.crl(days=2)
    watching.look_after_certificates(noon)
    watch = OutsideWatch.objects.get()
    assert (watch.answer, watch.trouble, watch.look_again_at) == ("good", "", noon + timedelta(hours=1))

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
        sealing.seal_document(wang, noon, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)
    listing.says["/crl"] = outside_ca.crl(at=late)
    watching.look_after_certificates(late + timedelta(minutes=30))
    assert of_certificates() == ["certificate-unwatched", "certificate-watched"]
    assert sealing.seal_document(wang, noon, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)


def uses_said(seal: Seal) -> int:
    fact = last_fact_about("seal.certificate-revoked", "seal", seal.uid)
    assert fact is not None
    return int(fact.data["uses"])


def named(entry: UseEntry, page: str) -> bool:
    return f'href="/registers/uses/{entry.pk}/"' in page


def after_revocation(page: str) -> str:
    """Return the part of a seal's page that lists what was sealed after its certificate was revoked."""
    return page.partition('id="after-revocation"')[2].partition("</section>")[0]


@pytest.mark.parametrize("was_used", [True, False])
def test_a_certificate_of_before_that_is_revoked_for_a_time_in_which_it_was_used_is_told_of_and_stops_nothing(
    use: Use, seal: Seal, listing: Listing, wang: Person, zhao: Person, li: Person, noon: datetime, signer: Client,
    outside_ca: OutsideCa, *, was_used: bool,
) -> None:  # fmt: skip
    sealing.seal_document(wang, noon, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)
    old, later = certificate_of(seal), noon + timedelta(hours=1)
    listing.says["/crl"] = outside_ca.crl(at=noon - 2 * DAY)
    watching.look_after_certificates(noon)
    permit = approved_act(zhao, [li], noon, seal, Purpose.EXTEND)
    with pytest.raises(CertificateAwaited):
        seals.carry_out(zhao, later, permit_uid=permit.uid, signer=signer)
    bring(zhao, later, permit, outside_ca.issue(bytes(permit.outside.request), days=900), outside_ca, signer)
    listing.says["/crl"] = outside_ca.crl([old], at=noon - DAY if was_used else later)

    for days in (1, 3):
        watching.look_after_certificates(later + days * DAY)
    assert seals.tell_revoked(later + 3 * DAY, signer=signer) == 0

    seal.refresh_from_db()
    kinds = [
        kind for kind in recorded() if kind.startswith(("seal.past", "seal.certificate-revoked", "seal.suspended"))
    ]
    assert (seal.state, kinds) == ("active", [f"seal.past-certificate-{'revoked' if was_used else 'ended'}"])
    fact = last_fact_about(kinds[0], "seal", seal.uid)
    assert fact is not None
    assert (fact.data["version"], fact.data["uses"]) == (1, int(was_used))
    reader = Browser(headers={"accept-language": "en"})
    reader.force_login(zhao)
    listed = after_revocation(reader.get(f"/seals/{seal.uid}/").content.decode())
    assert named(UseEntry.objects.get(), listed) is was_used

    # its authority moves the time, once beyond the use and once before it
    for days, is_before in enumerate((not was_used, was_used, was_used), 4):
        since = noon - DAY if is_before else later
        listing.says["/crl"] = outside_ca.crl([old], at=later + days * DAY, revoked_since=since)
        watching.look_after_certificates(later + days * DAY)
        assert UseEntry.objects.filter(outside.after_revocation()).exists() is is_before  # as the seal's page lists it
        moved = last_fact_about("seal.revocation-moved", "seal", seal.uid)
        assert moved is not None
        assert moved.data["uses"] == int(is_before)
    seal.refresh_from_db()
    assert (seal.state, recorded().count("seal.revocation-moved")) == ("active", 2)


@pytest.mark.parametrize(
    "what", ["somebody else's list", "an old list after a newer one", "a list of next year", "no list"]
)
def test_what_the_authority_does_not_say_now_is_not_believed(
    what: str, seal: Seal, listing: Listing, noon: datetime, outside_ca: OutsideCa
) -> None:
    newer = outside_ca.crl(at=noon)
    listing.says["/crl"] = newer
    watching.look_after_certificates(noon)
    said = {
        "somebody else's list": OutsideCa(noon).crl([certificate_of(seal)]),
        "an old list after a newer one": outside_ca.crl(at=noon - DAY),
        "a list of next year": outside_ca.crl(at=noon + 365 * DAY),
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


def test_what_is_sealed_waits_for_the_authoritys_word_keeps_it_and_stays_valid_after_a_later_revocation(
    use: Use, seal: Seal, listing: Listing, authority: Authority, wang: Person, noon: datetime, signer: Client,
    outside_ca: OutsideCa, settings: Settings,
) -> None:  # fmt: skip
    settings.TSA_ROOTS, settings.SEAL_LEVEL = (authority.pki.certificate("root").dump(),), "b-lt"
    settings.CRL_URLS, settings.OCSP_URL = (f"{settings.TSA_URL}crl",), f"{settings.TSA_URL}ocsp"
    uid = sealing.seal_document(wang, noon, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)
    assert sealing.keep_sealed(noon, signer=signer) == 0  # its authority has said nothing yet
    listing.says["/crl"] = good = outside_ca.crl()
    watching.look_after_certificates(noon)

    later = noon + timedelta(hours=2)
    assert sealing.keep_sealed(later, signer=signer) == 1
    listing.says["/crl"] = outside_ca.crl([certificate_of(seal)], at=later)
    watching.look_after_certificates(later)

    intent = Intent.objects.get(uid=uid)
    kept = product.BLOBS.get(intent.kept_sha256)
    held = found_evidence.gathered(PdfFile.open(kept), roots=(), time_roots=()).knowledge
    judged = judge(kept, trust=[outside_ca.root], time_trust=settings.TSA_ROOTS, at=later + DAY)
    assert (intent.kept_level, judged.verdict, good in held.crls) == ("b-lt", Verdict.VALID, True)
    assert judge(kept, trust=[], time_trust=settings.TSA_ROOTS, at=later).verdict is not Verdict.VALID
    assert uses_said(seal) == 0


def test_what_was_sealed_before_a_revocation_was_known_is_counted_listed_and_saved(
    use: Use, seal: Seal, listing: Listing, wang: Person, zhao: Person, noon: datetime, signer: Client,
    outside_ca: OutsideCa,
) -> None:  # fmt: skip
    sealing.seal_document(wang, noon, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)
    entry, page, book = UseEntry.objects.get(), f"/seals/{seal.uid}/", "/registers/uses/"
    reader = Browser(headers={"accept-language": "en"})
    reader.force_login(zhao)
    assert "is_after_revocation" not in reader.get(book).content.decode()
    listing.says["/crl"] = outside_ca.crl([certificate_of(seal)], at=noon - DAY)

    watching.look_after_certificates(noon + timedelta(minutes=1))

    assert uses_said(seal) == 1
    assert named(entry, after_revocation(reader.get(page).content.decode()))
    asked = f"?company={seal.company.uid}&year={entry.book.year}&is_after_revocation=on"
    saved = reader.get(f"/registers/uses.csv{asked}").getvalue()
    assert (named(entry, reader.get(book + asked).content.decode()), saved.count(b"\n")) == (True, 2)


def test_a_signer_restored_from_before_a_revocation_learns_of_it_before_it_opens(
    seal: Seal, listing: Listing, noon: datetime, signer: Client, outside_ca: OutsideCa, signer_folder: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    with (
        closing(sqlite3.connect(signer_folder / "data" / FILE)) as file,
        closing(sqlite3.connect(tmp_path / FILE)) as copy,
    ):
        file.backup(copy)
    listing.says["/crl"] = outside_ca.crl([certificate_of(seal)])
    watching.look_after_certificates(noon)
    seals.tell_revoked(noon, signer=signer)

    replay(tmp_path, Later(None, (), taken_back=proving.taken_back()), at=noon)

    with closing(sqlite3.connect(tmp_path / FILE)) as copy:
        both = "seal JOIN revoked_outside gone ON (gone.seal, gone.version) = (uid, seal.version)"
        said = copy.execute(f"SELECT seal.version, is_active FROM {both} WHERE uid = ?", (seal.uid,))
        assert said.fetchall() == [(1, 0)]
        with pytest.raises(sqlite3.IntegrityError, match="revoked_outside_rests"):
            copy.execute("UPDATE seal SET is_active = 1 WHERE uid = ?", (seal.uid,))
