"""What of the product answers: what is so badly missing that others should be asked, and what only stops a part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DATABASE: Final = "It does not answer: no page opens."
SIGNER: Final = "It does not answer: nothing is sealed."
PAGE: Final = "It does not answer: nobody can approve with a passkey. Everything else goes on."
PAGE_ASKED: Final = "It does not answer: nothing is approved for seals whose charter asks for passkeys."
LATE: Final = "Some have not seen the record lately. Enough have: everything goes on."
HELD: Final = (
    "A transaction of the database stays open: until it ends, no receipt is made and nobody is told what happens."
)
FULL: Final = "The disk is nearly full: no file is taken in, and soon nothing is sealed or recorded. Make room."
UNKEPT: Final = (
    "The database's own log is not taken by its archive: it piles up in the data folder, and a restore to a moment "
    "ends before it. See postgres.log, and make room in the archive or bring it back."
)
STALE: Final = "Too few have seen the record lately: no seal is used until they do."


@dataclass(frozen=True, slots=True)
class Cosigners:
    """How many have not seen the record lately, and whether the others are enough to use a seal."""

    late: int = 0
    are_enough: bool = True


@dataclass(frozen=True, slots=True)
class Readiness:
    """In words, by the part's name: what is missing, without which we are not ready, and what is limited."""

    missing: Mapping[str, str]
    limited: Mapping[str, str]


def judge(
    *,
    database: bool,
    signer: bool,
    approval_page: bool,
    is_passkey_asked: bool,
    cosigners: Cosigners,
    is_held: bool = False,
    is_disk_full: bool = False,
    is_log_unkept: bool = False,
) -> Readiness:
    """Say what is missing and what is limited.

    Cosigners never make us unready: they are in other hands, who would take away the pages on which a seal is stopped.
    """
    missing, limited = {}, {}
    if not database:
        missing["database"] = DATABASE
    if not signer:
        missing["signer"] = SIGNER
    if not approval_page and is_passkey_asked:
        missing["approval-page"] = PAGE_ASKED
    elif not approval_page:
        limited["approval-page"] = PAGE
    if cosigners.late:
        limited["cosigners"] = LATE if cosigners.are_enough else STALE
    if is_held:
        limited["record"] = HELD
    if is_disk_full:
        limited["disk"] = FULL
    if is_log_unkept:
        limited["archive"] = UNKEPT
    return Readiness(missing, limited)
