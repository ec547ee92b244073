"""The authority of machines, as strangers get it, and what it makes of a log that came with its own."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpResponse
from django.test import Client as Browser

from privyseal.__main__ import main
from privyseal.device import logged
from privyseal.device.published import Published
from privyseal.devices import actions
from privyseal.devices.rules import DeviceAct
from privyseal.identity.models import Person
from privyseal.kernel.canonical import canonical, utc_text
from privyseal.signer import device_authority
from tests.at_machine import Bench
from tests.edges.test_statuses import judged


def log_of(bench: Bench) -> str:
    """Return the log of a machine with all that it told."""
    (given,) = bench.device.certificates.all()
    keys, frames, waiting = [logged.key_in(bytes(given.data))], list[str](), list[object]()
    for event in bench.device.events.order_by("number"):
        waiting.append(event.said)
        if event.frame:
            frames.append(logged.lengthened(bytes(event.frame), waiting, keys))  # type: ignore[arg-type]  # as it was told
            waiting = []
    return logged.write(bytes(given.authority), [bytes(given.data)], frames)


def test_a_log_is_held_against_the_authority_that_everybody_gets(
    bench: Bench, zhao: Person, noon: datetime, outside: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log.txt").write_text(log_of(bench))
    (key,) = outside.get("/status/keys.json").json()["keys"]
    manifest: HttpResponse = outside.get("/pki/devices.json")  # type: ignore[assignment]  # a test response is one
    der, crl = outside.get("/pki/devices.cer").content, outside.get("/pki/devices.crl").content
    pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
    actions.end_device(zhao, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)
    ended = outside.get("/pki/devices.json").content

    assert judged(key, manifest, tag="privyseal-devices").parameters["keyid"] == key["kid"]
    again = outside.get("/pki/devices.cer", headers={"if-none-match": outside.get("/pki/devices.cer").headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, no-cache")
    public = x509.load_der_x509_certificate(der).public_key()
    assert x509.load_der_x509_crl(crl).is_signature_valid(public)  # type: ignore[arg-type]  # a P-256 key
    over = [{"certificate": bench.device.certificates.get().serial, "since": utc_text(noon)}]
    another = device_authority.new_home(at=noon).ca
    for file, code, whose, since in (
        (b"", 0, "own", []),
        (der, 0, "given", []),
        (pem, 0, "given", []),
        (manifest.content, 0, "given", []),
        (ended, 0, "given", over),
        (another, 1, None, None),
        (b"{}", 1, None, None),
        (canonical(Published(another).to_json()), 1, None, None),
    ):
        (tmp_path / "authority").write_bytes(file)
        named = ["--authority", str(tmp_path / "authority")] if file else []
        assert main(["prove", "device", str(tmp_path / "log.txt"), "--json", *named]) == code
        said = json.loads(capsys.readouterr().out)
        assert (said.get("authority"), said.get("ended")) == (whose, since)
    (tmp_path / "authority").write_bytes(ended)
    assert main(["prove", "device", str(tmp_path / "log.txt"), "--authority", str(tmp_path / "authority")]) == 0
    assert f"had ended by {utc_text(noon)}" in capsys.readouterr().out
    assert main(["prove", "device", str(tmp_path / "log.txt")]) == 0
    assert "the log's own; compare it with /pki/devices.json" in capsys.readouterr().out
