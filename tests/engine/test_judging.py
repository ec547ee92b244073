"""The verdict is on the document: what was altered, by whom, and what nobody can tell."""

from datetime import UTC, datetime
from io import BytesIO
from mmap import MAP_PRIVATE, mmap

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privyseal.pdf.judge import MAX_BYTES, Judgement, Reason, SignatureReport, Verdict, judge, judge_each
from privyseal.pdf.judgement import MEANS, ChangeKind, Outcome, Step, judgement
from privyseal.pdf.seal import Following
from tests.engine.conftest import NOON, Authority, Sealing, authority_named
from tests.engine.outside import Outside, byte_range, flipped
from tests.engine.papers import contract, form, revision, stream


@pytest.fixture(scope="module")
def sealed(sealing: Sealing) -> bytes:
    return sealing(contract())


@pytest.fixture(scope="module")
def open_to_others(sealing: Sealing) -> bytes:
    return sealing(contract(), following=Following.OTHERS)


def verdict_of(data: bytes | mmap, authority: Authority) -> tuple[Verdict, tuple[Reason, ...]]:
    found = judge(data, trust=[authority.der], at=NOON)
    return found.verdict, found.reasons


def test_the_report_names_the_holder_and_the_claimed_time(sealed: bytes, authority: Authority) -> None:
    found = judge(sealed, trust=[authority.der], at=NOON)

    assert found.signatures == (
        SignatureReport(
            field="privyseal",
            signer_name="合同专用章",
            organization="上海示例贸易有限公司",
            organization_identifier="NTRCN-91310000MA1FL0XX0A",
            serial=found.signatures[0].serial,
            claimed_at=NOON,
            intact=True,
            trusted=True,
            covers_whole_document=True,
            reasons=(),
            signed_to=len(sealed),
            checks=found.signatures[0].checks,
        ),
    )
    assert Judgement.from_json(found.to_json()) == found


def test_a_time_that_no_page_can_show_is_none(sealed: bytes, authority: Authority) -> None:
    (found,) = judge(sealed.replace(b"/M (D:2", b"/M (D:9"), trust=[authority.der], at=NOON).signatures
    (ended,) = judge(sealed.replace(b"/M (D:2026", b"/M (D:9999"), trust=[authority.der], at=NOON).signatures

    assert (found.claimed_at is not None and found.claimed_at.year, ended.claimed_at) == (9026, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.NOT_A_PDF),
        (b"PK\x03\x04 a word processor's file", Reason.NOT_A_PDF),
        (contract(), Reason.UNSIGNED),
    ],
)
def test_what_carries_no_signature_is_unsupported(data: bytes, reason: Reason, authority: Authority) -> None:
    assert verdict_of(data, authority) == (Verdict.UNSUPPORTED, (reason,))


def test_documents_judged_together_are_judged_as_each_alone(
    sealed: bytes, open_to_others: bytes, authority: Authority
) -> None:
    every = [
        sealed,
        b"",
        contract(),
        open_to_others,
        sealed[:-900],
        sealed + b"%",
        sealed.replace(b"/Pages", b"/Pagez"),
    ]

    together = judge_each(every, trust=[authority.der], at=NOON)

    assert together == [judge(data, trust=[authority.der], at=NOON) for data in every]
    assert len({one.verdict for one in together}) > 2


def test_a_signature_of_an_unknown_format_is_reported_and_not_passed_over(
    sealed: bytes, sealing: Sealing, authority: Authority
) -> None:
    unknown = sealed.replace(b"/ETSI.CAdES.detached", b"/GM.sm2seal.detached")
    first = sealing(contract(), following=Following.OTHERS)
    mixed = sealing(first.replace(b"/ETSI.CAdES.detached", b"/GM.sm2seal.detached"), field="ours")

    assert verdict_of(unknown, authority) == (Verdict.UNSUPPORTED, (Reason.UNKNOWN_FORMAT,))
    assert verdict_of(mixed, authority) == (Verdict.UNSUPPORTED, (Reason.UNKNOWN_FORMAT,))


def test_what_cannot_be_read_cannot_be_validated(sealed: bytes, authority: Authority) -> None:
    encrypted = BytesIO()
    with pikepdf.open(BytesIO(contract())) as document:
        document.save(encrypted, encryption=pikepdf.Encryption(owner="owner", user="user"))

    assert verdict_of(encrypted.getvalue(), authority) == (Verdict.CANNOT_VALIDATE, (Reason.ENCRYPTED,))
    assert verdict_of(sealed[:-200], authority) == (Verdict.CANNOT_VALIDATE, (Reason.UNREADABLE,))
    assert verdict_of(b"%PDF-1.7 and nothing", authority) == (Verdict.CANNOT_VALIDATE, (Reason.UNREADABLE,))
    assert verdict_of(mmap(-1, MAX_BYTES + 1, flags=MAP_PRIVATE), authority) == (
        Verdict.CANNOT_VALIDATE,
        (Reason.TOO_LARGE,),
    )


def test_a_seal_under_a_strangers_authority_is_intact_and_not_trusted(sealed: bytes) -> None:
    for trust in ([], [authority_named("Stranger").der]):
        found = judge(sealed, trust=trust, at=NOON)

        assert (found.verdict, found.reasons) == (Verdict.CANNOT_VALIDATE, (Reason.ISSUER_NOT_TRUSTED,))
        assert (found.signatures[0].intact, found.signatures[0].trusted) == (True, False)


def test_a_certificate_out_of_its_time_proves_nothing(sealed: bytes, authority: Authority) -> None:
    late = judge(sealed, trust=[authority.der], at=datetime(2085, 1, 1, tzinfo=UTC))

    assert (late.verdict, late.reasons) == (Verdict.CANNOT_VALIDATE, (Reason.CERTIFICATE_NOT_IN_FORCE,))


@pytest.mark.parametrize("tail", [b"\n", b"\0", b"%", b" " * 1000, b"%%EOF\n"])
def test_appended_bytes_are_never_valid(sealed: bytes, tail: bytes, authority: Authority) -> None:
    assert verdict_of(sealed + tail, authority)[0] in {Verdict.INVALID, Verdict.CANNOT_VALIDATE}


def test_a_page_replaced_by_a_later_revision_is_found(open_to_others: bytes, authority: Authority) -> None:
    changed = revision(open_to_others, {10_001: stream(b"BT /F 12 Tf 72 600 Td (Another contract) Tj ET")})

    assert verdict_of(changed, authority) == (
        Verdict.INVALID,
        (Reason.BYTES_AFTER_SIGNATURE, Reason.CHANGED_AFTER_SIGNING),
    )


def test_a_page_replaced_between_two_seals_is_found(
    open_to_others: bytes, sealing: Sealing, authority: Authority
) -> None:
    changed = revision(open_to_others, {10_001: stream(b"BT /F 12 Tf 72 600 Td (Another contract) Tj ET")})

    both = sealing(changed, field="counterpart")

    assert verdict_of(both, authority) == (Verdict.INVALID, (Reason.CHANGED_AFTER_SIGNING,))


def test_a_form_filled_in_between_two_seals_is_found_where_pyhanko_permits_it(
    sealing: Sealing, outside: Outside, authority: Authority
) -> None:
    first = sealing(form("100"), following=Following.OTHERS)
    field = first[first.index(b"6 0 obj\n") + 8 : first.index(b"\nendobj", first.index(b"6 0 obj\n"))]
    changed = revision(first, {6: field.replace(b"/V(100)", b"/V(999)")})

    both = sealing(changed, field="counterpart")

    assert outside.pyhanko(both, at=NOON) == [True, True]
    assert verdict_of(both, authority) == (
        Verdict.INVALID,
        (Reason.FORM_SHOWS_OTHERWISE, Reason.CHANGED_AFTER_SIGNING),
    )


def test_a_strangers_seal_on_top_takes_the_verdict_away(
    open_to_others: bytes, sealing: Sealing, authority: Authority
) -> None:
    both = sealing(open_to_others, field="stranger", key=authority_named("Stranger").key("公章"))

    found = judge(both, trust=[authority.der], at=NOON)

    assert (found.verdict, found.reasons) == (Verdict.CANNOT_VALIDATE, (Reason.ISSUER_NOT_TRUSTED,))
    assert [(report.trusted, report.covers_whole_document) for report in found.signatures] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("stored", "judged"),
    [
        ("certificate", (Verdict.VALID, ())),
        ("anything", (Verdict.CANNOT_VALIDATE, (Reason.ADDITIONS_NOT_SIGNED,))),
    ],
)
def test_behind_the_last_signature_stand_proofs_of_validity_and_nothing_else(
    stored: str, judged: tuple[Verdict, tuple[Reason, ...]], open_to_others: bytes, authority: Authority
) -> None:
    start = open_to_others.rindex(b"\n1 0 obj\n") + 9
    catalog = open_to_others[start : open_to_others.index(b"\nendobj", start)]
    catalog = catalog.rstrip()[:-2] + b"/DSS 15000 0 R>>"
    content = authority.der if stored == "certificate" else b"anything"

    extended = revision(
        open_to_others, {1: catalog, 15_000: b"<</Certs[15001 0 R]>>", 15_001: stream(content)}, size=15_002
    )

    assert verdict_of(extended, authority) == judged


def test_a_digit_of_the_signature_in_the_other_case_is_not_the_same_file(sealed: bytes, authority: Authority) -> None:
    _, before, _, _ = byte_range(sealed)
    letter = next(at for at in range(before + 1, len(sealed)) if sealed[at : at + 1].isalpha())

    assert verdict_of(flipped(sealed, letter, 0x20), authority) == (Verdict.INVALID, (Reason.BYTE_RANGE_BROKEN,))


def test_a_broken_signature_value_is_named(sealed: bytes, authority: Authority) -> None:
    _, before, after, _ = byte_range(sealed)
    digit = before + len(sealed[before : after - 1].rstrip(b"0")) - 9
    other = b"0" if sealed[digit : digit + 1] != b"0" else b"1"
    changed = sealed[:digit] + other + sealed[digit + 1 :]

    assert verdict_of(changed, authority) == (Verdict.INVALID, (Reason.SIGNATURE_BROKEN,))


def test_two_digits_that_hide_in_the_padding_are_named(sealed: bytes, authority: Authority) -> None:
    after = byte_range(sealed)[2]

    assert verdict_of(flipped(sealed, after - 40), authority) == (Verdict.INVALID, (Reason.PADDING_NOT_EMPTY,))


@settings(max_examples=150, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_outside_the_container_is_ever_valid(
    sealed: bytes, authority: Authority, at: float, bit: int
) -> None:
    _, before, after, _ = byte_range(sealed)
    container = range(before + 1, before + len(sealed[before : after - 1].rstrip(b"0")))
    position = int(at * (len(sealed) - len(container)))
    position += len(container) if position >= container.start else 0

    assert verdict_of(flipped(sealed, position, 1 << bit), authority)[0] is not Verdict.VALID


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_anything_gets_a_verdict(data: bytes, authority: Authority) -> None:
    assert judge(b"%PDF-1.7\n" + data, trust=[authority.der], at=NOON).verdict is not Verdict.VALID


def test_every_reason_means_a_verdict_and_the_gravest_one_counts() -> None:
    assert set(MEANS) == set(Reason)
    assert Verdict.VALID not in MEANS.values()
    assert judgement([Reason.UNKNOWN_FORMAT, Reason.DOCUMENT_CHANGED], [], "").verdict is Verdict.INVALID
    assert judgement([Reason.UNKNOWN_FORMAT, Reason.ISSUER_NOT_TRUSTED], [], "").verdict is Verdict.CANNOT_VALIDATE


def test_each_step_is_numbered_and_says_what_came_of_it(sealed: bytes, authority: Authority) -> None:
    found = judge(sealed, trust=[authority.der], at=NOON)

    checks = {check.step: check.outcome for check in found.signatures[0].checks}
    assert [step.number for step in checks] == sorted(step.number for step in checks)
    assert {step for step, outcome in checks.items() if outcome is not Outcome.PASSED} == {
        Step.TIME,
        Step.REVOCATION,
        Step.PARTIES,
    }
    assert found.to_json()["signatures"][0]["checks"][0] == {
        "number": Step.BYTE_RANGE.number,
        "step": "byte-range",
        "outcome": "passed",
        "reasons": (),
    }


def test_a_failed_step_names_its_reason_and_later_ones_are_not_claimed(sealed: bytes, authority: Authority) -> None:
    start = sealed.index(b"Contract")

    found = judge(flipped(sealed, start), trust=[authority.der], at=NOON).signatures[0]

    checks = {check.step: check for check in found.checks}
    assert checks[Step.DIGEST].reasons == (Reason.DOCUMENT_CHANGED,)
    assert checks[Step.SIGNATURE].outcome is Outcome.PASSED
    assert (found.intact, found.trusted) == (False, False)


def test_each_later_revision_says_what_it_did(open_to_others: bytes, sealing: Sealing, authority: Authority) -> None:
    changed = revision(open_to_others, {10_001: stream(b"BT /F 12 Tf 72 600 Td (Another contract) Tj ET")})

    found = judge(sealing(changed, field="counterpart"), trust=[authority.der], at=NOON)

    assert [[(change.kind, change.where) for change in one.changes] for one in found.revisions] == [
        [(ChangeKind.SIGNED, "privyseal")],
        [(ChangeKind.CONTENT, "10001")],
        [(ChangeKind.SIGNED, "counterpart")],
    ]
    assert sealing(contract(), following=Following.OTHERS) == changed[: found.signatures[0].signed_to]


def test_those_who_sign_are_those_who_were_expected(sealed: bytes, authority: Authority) -> None:
    def found(*parties: str) -> tuple[Reason, ...]:
        return judge(sealed, trust=[authority.der], at=NOON, parties=parties).reasons

    assert found("上海示例贸易有限公司") == found("NTRCN-91310000MA1FL0XX0A") == ()
    assert found("上海示例贸易有限公司", "别的公司") == (Reason.PARTY_MISSING,)
    assert found("别的公司") == (Reason.PARTY_NOT_EXPECTED, Reason.PARTY_MISSING)


def test_a_receipts_time_proves_a_seal_whose_certificate_has_since_expired(sealed: bytes, authority: Authority) -> None:
    late = datetime(2085, 1, 1, tzinfo=UTC)

    found = judge(sealed, trust=[authority.der], at=late, proven_at=NOON)

    assert (found.verdict, found.signatures[0].proven_at) == (Verdict.VALID, NOON)
