"""What lists and answers that were just fetched say of a certificate now, and until when they say so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.x509 import ocsp

from privyseal.pdf.verifying import revocation
from privyseal.pdf.verifying.certificates import Certificate, Path
from privyseal.pdf.verifying.revocation import Knowledge, Standing

_CLOCKS_APART: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Current:
    """``evidence`` says it; ``until`` is when it is to be asked anew, ``since`` when the authority took it back."""

    standing: Standing
    evidence: bytes = b""
    until: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Dated:
    """When something was said, until when it counts, and since when it says that one certificate is revoked."""

    said_at: datetime
    until: datetime | None
    revoked: dict[int, datetime | None]


def current(path: Path, evidence: Sequence[bytes], at: datetime) -> Current:
    """Return what is known now: revoked where any certificate below the root is; good as long as the first one is.

    What comes from a time that has not come says nothing. Without an end a list or an answer takes a certificate back
    as well as any, and calls none good: nobody could tell how old that is.
    """
    dated = [(written, found) for written in evidence if (found := _dated(written)) and _has_come(found.said_at, at)]
    for one, issuer in pairwise(path):
        words = [
            Current(Standing.REVOKED, written, found.until, found.revoked.get(one.serial) or found.said_at)
            for written, found in dated if _standing(one, issuer, written, at) is Standing.REVOKED
        ]  # fmt: skip
        if words:  # where a list and an answer say two times, the earlier one counts, whichever is newer
            return min(words, key=lambda word: word.since or at)
    good = [(found.until, written) for written, found in dated if _is_good(path, written, at) and found.until]
    if not good:
        return Current(Standing.UNKNOWN)
    until, written = max(good)
    return Current(Standing.GOOD, written, until)


def usable(path: Path, evidence: Sequence[bytes], at: datetime) -> Iterator[bytes]:
    """Yield what says something now of any certificate on the way, for whoever keeps it with a sealed file."""
    for written in evidence:
        says = (_standing(one, issuer, written, at) for one, issuer in pairwise(path))
        if any(one is not Standing.UNKNOWN for one in says):
            yield written


def said_at(written: bytes) -> datetime | None:
    """Return when a list or an answer was made; None where it is neither."""
    found = _dated(written)
    return found.said_at if found else None


def is_of_now(written: bytes, at: datetime) -> bool:
    """Tell whether a list or an answer was made by now, by whatever clock: one from later would outdate every other."""
    made = said_at(written)
    return made is not None and _has_come(made, at)


def is_list(written: bytes) -> bool:
    return _of_list(written) is not None


def _is_good(path: Path, written: bytes, at: datetime) -> bool:
    return len(path) > 1 and _standing(path[0], path[1], written, at) is Standing.GOOD


def _standing(one: Certificate, issuer: Certificate, written: bytes, at: datetime) -> Standing:
    return revocation.standing((one, issuer), Knowledge(crls=(written,), ocsps=(written,)), at)


def _has_come(moment: datetime, at: datetime) -> bool:
    return moment <= at + _CLOCKS_APART


def _dated(written: bytes) -> _Dated | None:
    return _of_list(written) or _of_answer(written)


def _of_list(written: bytes) -> _Dated | None:
    try:
        found = x509.load_der_x509_crl(written)
        revoked: dict[int, datetime | None] = {one.serial_number: one.revocation_date_utc for one in found}
        return _Dated(found.last_update_utc, found.next_update_utc, revoked)
    except Exception:  # noqa: BLE001  a parser on a hostile file
        return None


def _of_answer(written: bytes) -> _Dated | None:
    try:
        found = ocsp.load_der_ocsp_response(written)
        if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        return _Dated(found.this_update_utc, found.next_update_utc, {found.serial_number: found.revocation_time_utc})
    except Exception:  # noqa: BLE001  a parser on a hostile file
        return None
