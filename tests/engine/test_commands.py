"""The engine from the shell, without Django."""

import json
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12

import privyseal
from privyseal.__main__ import main
from privyseal.kernel import merkle, note, receipt
from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.pdf import pack
from privyseal.pdf.face import Face
from privyseal.pdf.timestamps import StampedKey
from tests import photographed
from tests.engine.conftest import NOON, Authority, Sealing
from tests.engine.outside import Outside, PopplerSays, flipped
from tests.engine.papers import contract
from tests.engine.parties import Party
from tests.engine.photos import jpeg, photo
from tests.engine.pki import Pki, Stamper
from tests.engine.test_protection import protected

LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = note.verifier_key("seals.example/ledger", LOG_KEY)


def privy(*words: str | Path) -> int:
    return main([str(word) for word in words])


def receipt_for(data: Json) -> str:
    fact = canonical({"v": 1, "data": data})
    leaf = merkle.leaf_hash(fact)
    checkpoint = note.Checkpoint(LOG.name, 1, leaf)
    return receipt.write(fact, 0, [], note.sign_note(checkpoint.text, LOG.name, LOG_KEY))


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVYSEAL_DATA", str(tmp_path / "data"))


@pytest.fixture
def root(tmp_path: Path, authority: Authority) -> Path:
    file = tmp_path / "root.pem"
    file.write_bytes(authority.pem)
    return file


@pytest.fixture
def sealed(tmp_path: Path, sealing: Sealing) -> Path:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealing(contract()))
    return file


@pytest.fixture
def p12(tmp_path: Path, authority: Authority) -> Path:
    return _p12(tmp_path / "key.p12", authority, b"secret")


def test_a_sealed_file_is_valid(sealed: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert privy("verify", sealed, "--trust", root) == 0
    assert capsys.readouterr().out.startswith("VALID.")


def test_the_answer_is_one_json_document(sealed: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = privy("verify", sealed, "--trust", root, "--json")

    said = json.loads(capsys.readouterr().out)
    assert (code, said["exit"], said["verdict"], said["reasons"], said["receipt"]) == (0, 0, "valid", [], None)
    assert said["sha256"] == sha256(sealed.read_bytes())
    assert said["signatures"][0]["organization_identifier"] == "NTRCN-91310000MA1FL0XX0A"


def test_each_step_is_told_with_its_number(sealed: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    privy("verify", sealed, "--trust", root)

    said = capsys.readouterr().out
    assert "   3. It leaves out nothing but itself: yes." in said
    assert "  13. The certificates were not revoked: nothing to tell by." in said
    assert "Revision 2, up to byte " in said


def test_those_who_signed_must_be_those_expected(sealed: Path, root: Path) -> None:
    assert privy("verify", sealed, "--trust", root, "--party", "上海示例贸易有限公司") == 0
    assert privy("verify", sealed, "--trust", root, "--party", "别的公司") == 2


def test_roots_of_time_stamps_are_given_apart(
    tmp_path: Path, root: Path, sealing: Sealing, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pki"
    folder.mkdir()
    pki, file, time_root = Pki.made_in(folder), tmp_path / "sealed.pdf", tmp_path / "tsa.pem"
    file.write_bytes(sealing(contract(), key=StampedKey(authority.key(), Stamper(pki, NOON))))
    time_root.write_text(ssl.DER_cert_to_PEM_cert(pki.certificate("root").dump()))
    proven = []

    for more in (("--trust", time_root), ("--trust-time", time_root)):
        privy("verify", file, "--trust", root, *more, "--json")
        proven.append(json.loads(capsys.readouterr().out)["signatures"][0]["proven_at"] is not None)

    assert proven == [False, True]


def test_a_revocation_list_is_read_however_it_is_written(
    sealed: Path, root: Path, tmp_path: Path, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    issuer = Party(authority.certificate, authority.private_key)
    (tmp_path / "ca.crl").write_bytes(issuer.crl())

    assert privy("verify", sealed, "--trust", root, "--crl", tmp_path / "ca.crl") == 0
    assert "The certificates were not revoked: yes." in capsys.readouterr().out


def test_the_revocation_list_of_this_installation_is_read_without_being_named(
    sealed: Path, root: Path, tmp_path: Path, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    public = tmp_path / "data" / "public"
    public.mkdir(parents=True)
    (public / "ca.pem").write_bytes(authority.pem)
    (public / "ca.crl").write_bytes(Party(authority.certificate, authority.private_key).crl())

    assert privy("verify", sealed) == 0
    assert "The certificates were not revoked: yes." in capsys.readouterr().out
    assert privy("verify", sealed, "--trust", root) == 0
    assert "The certificates were not revoked: nothing to tell by." in capsys.readouterr().out


def test_a_machines_own_roots_may_be_trusted_as_well(sealed: Path, root: Path) -> None:
    assert privy("verify", sealed, "--trust-system", "--trust", root) == 0


def test_the_document_is_written_as_it_was_at_each_signature(sealed: Path, root: Path, tmp_path: Path) -> None:
    privy("verify", sealed, "--trust", root, "--revisions", tmp_path / "then")

    assert [file.name for file in (tmp_path / "then").iterdir()] == ["revision-2.pdf"]
    assert (tmp_path / "then" / "revision-2.pdf").read_bytes() == sealed.read_bytes()


def test_a_changed_file_is_invalid(sealed: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = sealed.read_bytes()
    sealed.write_bytes(flipped(data, data.index(b"Contract, page 1")))

    assert privy("verify", sealed, "--trust", root) == 1
    assert "The document was changed after it was signed." in capsys.readouterr().out


def test_without_a_root_nothing_can_be_validated(sealed: Path) -> None:
    assert privy("verify", sealed) == 2


def test_the_root_of_this_installation_is_trusted_without_being_named(
    sealed: Path, tmp_path: Path, authority: Authority
) -> None:
    (tmp_path / "data" / "public").mkdir(parents=True)
    (tmp_path / "data" / "public" / "ca.pem").write_bytes(authority.pem)

    assert privy("verify", sealed) == 0


def test_an_unsigned_file_is_unsupported(tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(contract())

    assert privy("verify", tmp_path / "plain.pdf") == 3


@pytest.mark.parametrize(
    ("data", "code"), [(b"%PDF-1.7 and nothing", 2), (b"%PDF-1.7" + bytes(60_000_000), 2), (b"", 3)]
)
def test_what_is_not_read_is_not_judged(tmp_path: Path, data: bytes, code: int) -> None:
    (tmp_path / "odd.pdf").write_bytes(data)

    assert privy("verify", tmp_path / "odd.pdf") == code


def test_a_picture_without_a_code_is_told_so(tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.jpg").write_bytes(photographed.jpeg(photographed.blank()))

    assert privy("verify", tmp_path / "paper.jpg", "--paper", root) == 2
    assert capsys.readouterr().out == "No signed code can be read from this picture. Photograph the code alone.\n"


def test_a_file_that_is_not_there_cannot_be_validated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert privy("verify", tmp_path / "nowhere.pdf") == 2
    assert capsys.readouterr().err == (
        f"privyseal: {tmp_path / 'nowhere.pdf'} cannot be used: No such file or directory. [file-unusable]\n"
    )


@pytest.mark.parametrize(("option", "what"), [("--trust", "certificate in PEM"), ("--crl", "revocation list")])
def test_a_file_that_holds_something_else_is_said(
    sealed: Path, option: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert privy("verify", sealed, option, sealed) == 2
    assert capsys.readouterr().err == f"privyseal: {sealed} holds no {what}. [file-unusable]\n"


def test_a_receipt_for_this_file_is_proved(
    sealed: Path, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = tmp_path / "receipt"
    proof.write_text(receipt_for({"result_sha256": sha256(sealed.read_bytes())}))

    assert privy("verify", sealed, "--trust", root, "--receipt", proof, "--log-key", LOG.text) == 0
    assert "Receipt: fact 0 of seals.example/ledger." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (receipt_for({"result_sha256": "0" * 64}), "receipt-for-another-file"),
        (receipt_for("nothing"), "receipt-for-another-file"),
        ("no receipt", "receipt-unreadable"),
        (receipt_for({}).replace("\u2014 seals", "\u2014 other"), "note-broken"),
    ],
)
def test_a_receipt_that_proves_nothing_here_makes_the_answer_invalid(
    sealed: Path, root: Path, tmp_path: Path, text: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = tmp_path / "receipt"
    proof.write_text(text)

    exit_code = privy("verify", sealed, "--trust", root, "--receipt", proof, "--log-key", LOG.text, "--json")

    said = json.loads(capsys.readouterr().out)
    assert (exit_code, said["verdict"], said["receipt"]) == (1, "valid", {"proved": False, "code": code})


def test_a_receipt_without_a_log_key_cannot_be_validated(sealed: Path, root: Path, tmp_path: Path) -> None:
    proof = tmp_path / "receipt"
    proof.write_text(receipt_for({"result_sha256": sha256(sealed.read_bytes())}))

    assert privy("verify", sealed, "--trust", root, "--receipt", proof) == 2


def test_the_log_key_of_this_installation_is_trusted_without_being_named(
    sealed: Path, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "data" / "public").mkdir(parents=True)
    (tmp_path / "data" / "public" / "log.vkey").write_text(LOG.text + "\n")
    proof = tmp_path / "receipt"
    proof.write_text(receipt_for({"result_sha256": sha256(sealed.read_bytes())}))

    assert privy("verify", sealed, "--trust", root, "--receipt", proof) == 0


def test_a_document_is_sealed_from_the_shell(tmp_path: Path, p12: Path, root: Path, outside: Outside) -> None:
    (tmp_path / "in.pdf").write_bytes(contract())
    (tmp_path / "password").write_text("secret\n")
    where = ("--page", "2", "--x-mm", "100.5", "--y-mm", "60")
    key = ("--p12", p12, "--password-file", tmp_path / "password")

    assert privy("pdf", "seal", tmp_path / "in.pdf", tmp_path / "out.pdf", *key, *where) == 0

    sealed = (tmp_path / "out.pdf").read_bytes()
    assert outside.pdfsig(sealed) == [PopplerSays("Signature is Valid.", "Certificate is Trusted.", is_whole=True)]
    left, _, right, _ = outside.picture(sealed, page=2, dpi=72).red_box()
    assert (left + right) / 2 == pytest.approx(100.5 / 210, abs=0.005)
    assert privy("verify", tmp_path / "out.pdf", "--trust", root) == 0


def test_two_seals_from_the_shell_stand_beside_each_other(tmp_path: Path, authority: Authority, root: Path) -> None:
    (tmp_path / "in.pdf").write_bytes(contract())
    (tmp_path / "face.json").write_text(json.dumps({"ring": "上海示例贸易有限公司", "bottom": "财务专用章"}))
    key = (
        "--p12",
        _p12(tmp_path / "open.p12", authority, None),
        "--face",
        tmp_path / "face.json",
        "--following",
        "others",
    )

    assert privy("pdf", "seal", tmp_path / "in.pdf", tmp_path / "one.pdf", *key) == 0
    assert privy("pdf", "seal", tmp_path / "one.pdf", tmp_path / "two.pdf", *key, "--x-mm", "50") == 0

    assert privy("verify", tmp_path / "two.pdf", "--trust", root) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--page", "3"), "no-such-page"),
        (("--x-mm", "1"), "placement-outside-page"),
        (("--face", "face.json"), "face-unreadable"),
        (("--password-file", "wrong"), "password"),
    ],
)
def test_what_cannot_be_sealed_is_said_and_nothing_is_written(
    tmp_path: Path, p12: Path, words: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.pdf").write_bytes(contract())
    (tmp_path / "face.json").write_text("{}")
    (tmp_path / "password").write_text("secret")
    (tmp_path / "wrong").write_text("wrong")
    name, value = words
    option = (name, tmp_path / value if (tmp_path / value).exists() else value)

    code = privy(
        "pdf", "seal", tmp_path / "in.pdf", tmp_path / "out.pdf",
        "--p12", p12, "--password-file", tmp_path / "password", *option,
    )  # fmt: skip

    assert code == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    ("name", "begins"), [("face.svg", b"<svg "), ("face.pdf", b"%PDF-1.7"), ("face.png", b"\x89PNG")]
)
def test_a_face_is_drawn_from_the_shell(tmp_path: Path, name: str, begins: bytes) -> None:
    (tmp_path / "face.json").write_text(json.dumps({"ring": "上海示例贸易有限公司"}))

    assert privy("face", "render", tmp_path / "face.json", "-o", tmp_path / name, "--dpi", "100") == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        (("--edge", "both", "--edge-pages", "1-last"), 1),
        (("--page", "all", "--x-mm", "50", "--y-mm", "50"), 1),
        (("--at-words", "Contract", "--which", "all"), 1),
        (("--at-words", "page", "--which", "2", "--qr", "https://seals.example/r/1", "--line", "2026年11月25日"), 1),
    ],
)
def test_a_seal_goes_where_the_shell_says(
    tmp_path: Path, p12: Path, options: tuple[str, ...], fields: int, outside: Outside
) -> None:
    (tmp_path / "in.pdf").write_bytes(contract(pages=3))
    (tmp_path / "password").write_text("secret")

    code = privy(
        "pdf", "seal", tmp_path / "in.pdf", tmp_path / "out.pdf",
        "--p12", p12, "--password-file", tmp_path / "password", *options,
    )  # fmt: skip

    assert code == 0
    assert len(outside.pdfsig((tmp_path / "out.pdf").read_bytes())) == fields


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--at-words", "盖章"), "words-not-found"),
        (("--over-date",), "words-not-found"),
        (("--page", "4"), "no-such-page"),
        (("--page", "x"), "pages-unreadable"),
        (("--edge", "right", "--edge-pages", "1"), "seam-needs-pages"),
        (("--edge", "right", "--edge-strip-mm", "30"), "seam-too-narrow"),
        (("--qr", "x", "--qr-at", "1,40,213"), "place-not-blank"),
        (("--qr", "x", "--qr-at", "1,5,5"), "placement-outside-page"),
    ],
)
def test_a_place_that_cannot_be_is_said(
    tmp_path: Path, p12: Path, options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.pdf").write_bytes(contract(pages=3))
    (tmp_path / "password").write_text("secret")

    code = privy(
        "pdf", "seal", tmp_path / "in.pdf", tmp_path / "out.pdf",
        "--p12", p12, "--password-file", tmp_path / "password", *options,
    )  # fmt: skip

    assert (code, (tmp_path / "out.pdf").exists()) == (1, False)
    assert said in capsys.readouterr().err


def test_a_copy_says_what_it_is_for(tmp_path: Path, outside: Outside) -> None:
    (tmp_path / "in.pdf").write_bytes(protected("owner", "开门"))
    (tmp_path / "password").write_text("开门\n", "utf-8")

    words = ("--words", "仅供投标使用", "--until", "2026-12-31", "--document-password-file", tmp_path / "password")
    assert privy("pdf", "watermark", tmp_path / "in.pdf", tmp_path / "copy.pdf", *words) == 0
    assert "No syntax or stream encoding errors" in outside.qpdf((tmp_path / "copy.pdf").read_bytes())


def test_a_picture_of_an_imprint_becomes_a_template_from_the_shell(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(jpeg(photo(Face(ring="上海示例贸易有限公司"))))

    assert privy("face", "trace", tmp_path / "photo.jpg", "-o", tmp_path / "face.json") == 0
    assert privy("face", "render", tmp_path / "face.json", "-o", tmp_path / "face.svg") == 0
    assert Face.from_json(json.loads((tmp_path / "face.json").read_text())).shape == "imprint"


def test_a_picture_of_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"nothing")

    assert privy("face", "trace", tmp_path / "photo.jpg", "-o", tmp_path / "face.json") == 1
    assert "imprint-unreadable" in capsys.readouterr().err
    assert not (tmp_path / "face.json").exists()


@pytest.mark.parametrize(
    ("template", "name"), [("{", "face.svg"), ("[]", "face.svg"), ('{"ring": "公司"}', "face.gif")]
)
def test_a_face_that_cannot_be_drawn_is_said(
    tmp_path: Path, template: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "face.json").write_text(template)

    assert privy("face", "render", tmp_path / "face.json", "-o", tmp_path / name) == 1
    assert capsys.readouterr().err


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "face.json").write_text('{"ring": "公司"}')
    (tmp_path / "full.svg").symlink_to("/dev/full")

    assert privy("face", "render", tmp_path / "face.json", "-o", tmp_path / "full.svg") == 1
    assert "No space left on device" in capsys.readouterr().err


def test_verify_loads_neither_django_nor_a_library_that_reads_pdfs() -> None:
    probe = (
        "import sys; sys.path.insert(0, sys.argv[1]); import privyseal.pdf.commands.verify\n"
        "print(sorted({'pikepdf', 'pyhanko', 'pypdfium2', 'django'} & set(sys.modules)))"
    )
    source = Path(privyseal.__file__).parents[1]

    done = subprocess.run([sys.executable, "-c", probe, source], capture_output=True, check=True)

    assert done.stdout == b"[]\n"


def _p12(file: Path, authority: Authority, password: bytes | None) -> Path:
    private_key = ec.generate_private_key(ec.SECP256R1())
    certificate = x509.load_der_x509_certificate(authority.issue("公章", private_key))
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"seal", private_key, certificate, [authority.certificate], encryption)
    )
    return file


def test_a_folder_is_sealed_and_told(
    tmp_path: Path, p12: Path, capsys: pytest.CaptureFixture[str], outside: Outside
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in ("a.pdf", "b.pdf"):
        (folder / name).write_bytes(contract())
    (folder / "c.pdf").write_bytes(b"no PDF")
    (folder / "d.pdf").write_bytes(contract(more={11: b"<</Type/Page/Parent 3 0 R>>"}))
    (tmp_path / "password").write_text("secret")
    words = ("pdf", "batch", folder, out, "--p12", p12, "--password-file", tmp_path / "password")

    assert privy(*words) == 1
    first = capsys.readouterr()
    assert privy(*words) == 1

    assert first.out == f"{out}: 2 refused, 2 sealed\n"
    assert "c.pdf: pdf-not-sealable" in first.err
    assert "d.pdf: pdf-not-sealable" in first.err
    assert capsys.readouterr().out == f"{out}: 2 refused, 2 sealed before\n"
    assert outside.pdfsig((out / "b.pdf").read_bytes())[0].is_whole


def test_parts_and_originals_make_sealed_files(tmp_path: Path, p12: Path, outside: Outside) -> None:
    folder, parts, out = tmp_path / "in", tmp_path / "parts", tmp_path / "a.sealed.pdf"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(contract())
    (tmp_path / "password").write_text("secret")
    words = ("--p12", p12, "--password-file", tmp_path / "password", "--following", "others")

    assert privy("pdf", "batch", folder, parts, "--parts", *words) == 0
    assert privy("pdf", "whole", parts, folder / "a.pdf", out) == 0

    assert out.read_bytes().startswith(contract())
    assert outside.pdfsig(out.read_bytes())[0].is_whole


def test_an_original_that_was_changed_has_no_part(
    tmp_path: Path, p12: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts, original = tmp_path / "parts", tmp_path / "a.pdf"
    with pack.opened(parts):
        original.write_bytes(contract())

    assert privy("pdf", "whole", parts, original, tmp_path / "out.pdf") == 1
    assert capsys.readouterr().err == "part-missing (document=a.pdf)\n"
