"""What is permanent: the codes of refusals, and how much is taken at most. Who changes one of them decides it here."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from privyseal import signer
from privyseal.kernel.errors import Refused
from privyseal.signer import changes
from privyseal.signer.bound import Binding
from privyseal.signer.denials import What
from privyseal.signer.documents import Following
from privyseal.signer.statement import Decision, Purpose

# Pages, client and record of other versions go by these codes for ever: each is its name, said with hyphens.
REFUSALS: Final = """
AdditionDiffers AgreementMissing AgreementUnreadable AlreadyFounded ApplicationDenied ApprovalBroken ApprovalsDiffer
ApprovalsMissing
AssertionForAnother AssertionFromElsewhere AssertionInvalid AssuranceTooLow CertificateAlreadyUsed
CertificateAwaited CertificateEndsSooner CertificateExpired CertificateForAnotherKey CertificateNamesAnother
CertificateNotForSeals CertificateNotInForce CertificateNotTrusted CertificateRevoked CertificateTooWeak
CertificateUnreadable
ChangeUnreadable CharterOutOfStep CheckpointForked CheckpointOutOfStep CheckpointRolledBack ClockRunsBackwards
CodeTooSoon CountNotInCode CustodiansNeeded CustodiansTooFew DeviceEnrolAnew DeviceKindDiffers DeviceKindUnknown
DeviceOfAnother DeviceOfOtherKind DocumentDiffers DocumentNotApproved
FaceNotApproved FenceNeedsTicket FenceNotApproved FoundingDiffers FrameCut FrameTooLong
HeaderUnreadable
ImpressionsSpent IntentReused
MandateDenied MandateExceeded MandateUsedUp ModeNotApproved NotAStandingHolder NotCosigned NotFounded NotOfTheUnit
NotRevoked
NothingAwaited NothingEntrusted OpeningsSpent OperationUnknown OrderBroken OwnYesMissing OwnYesTooLow PageAlreadyPinned
PasskeyCopied PasskeyDenied PasskeyInSoftware PasskeyNotBound PasskeyOfSecurity PasskeyOnRoster PasskeyUnknown
PeerNotAllowed PermitDenied PersonNotVerified PurposeDiffers ReceiptMissing ReceiptWrong ReceiptsLockedOut
RequestUnreadable RosterTooSmall SealAlreadyMade SealDestroyed SealInTwoDevices SealNotMounted SealSuspended
SealTypeKnown
SealUnknown SealVersionDiffers SealedFileInvalid ShareRefused SignerFull SignerIsAnother SignerRefused
ListenerIsStranger SignerReplaced SignerSealed SignerUnavailable StagesIncomplete StandingTooWide StatementSpent
StatementUnreadable StatementsMixed TicketOutsideWindow TokenUnavailable TooManyAtRest WindowClosed WindowNotOpen
"""
WORDS: Final = """
use standing make resume unfreeze change assign extend hand-over cover collect find retire destroy invalidate
top-up prolong approve consent mandate enter seat remove amend begin permit mandate application passkey seat
file paper secret nobody parties others
"""
# Signer, page and client of different versions take as much as each other.
LIMITS: Final = {
    "alike": {"MAX_ALIKE": 1_000},
    "answers": {"_MAX_TEXT": 1_000, "_LONGEST_CHAIN": 8, "_MAX_CODE": 64},
    "batches": {"_MAX_BYTES": 600_000_000},
    "bound": {"MOST_SHEETS": 5_000, "MOST_TAKEN": 30, "MOST_A_COPY": 999, "LONGEST_TITLE": 100, "LONGEST_ENVELOPE": 32},
    "certifying": {"MOST_BETWEEN": 6, "MOST_CERTIFICATE_BYTES": 6_000},
    "changes": {"MOST_FIRST_ENTRIES": 30, "MOST_SEATS": 50, "_LONGEST_NAME": 300},
    "charters": {"MOST_APPROVALS": 20, "MOST_VERSIONS": 1_000_000},
    "denials": {"MOST_AT_ONCE": 400},
    "device_requests": {"_MOST_ADDRESS": 255, "_MOST_NAMES": 20},
    "devices": {"_LONGEST_WAIT": 86_400},
    "documents": {
        "MAX_PLACEMENTS": 50,
        "MAX_CODES": 5,
        "MAX_WRITINGS": 50,
        "MAX_AWAITED": 10,
        "_MAX_TEXT": 200,
        "_LONGEST_WRITING": 60,
        "_MAX_SIDE": 100_000,
    },
    "ocsp": {"MOST_BYTES": 2_000, "_MOST_NONCE": 32},
    "passkeys": {
        "MAX_ID_BYTES": 1_023,
        "MAX_KEY_BYTES": 800,
        "_MAX_CLIENT_DATA": 2_000,
        "_MAX_AUTHENTICATOR_DATA": 500,
        "_MAX_SIGNATURE": 512,
        "_LEAST_AUTHENTICATOR_DATA": 37,
    },
    "places": {"_MAX_PAGE": 5_000, "_MAX_RANGES": 100, "_MAX_MICROMETRES": 10_000_000},
    "protocol": {"MAX_HEADER_BYTES": 1_000_000, "MAX_BODY_BYTES": 600_000_000, "MAX_IN_MEMORY_BYTES": 60_000_000},
    "proving": {"MOST_YESES": 1_200, "_MOST_LINE": 200_000},
    "requests": {"MAX_LOG_SIZE": 9_007_199_254_740_991, "_MAX_URL": 200, "_MAX_PROOF": 128},
    "shares": {"MOST_SHARES": 16},
    "statement": {
        "MAX_STAGES": 20,
        "MAX_STATEMENTS": 60,
        "MAX_ASSERTIONS": 20,
        "MAX_VERSIONS": 1_000_000,
        "_MAX_COUNTERPARTY": 200,
    },
    "terms": {
        "MAX_DOCUMENTS": 50,
        "MAX_IMPRESSIONS": 1_000_000,
        "_MAX_NAME": 64,
        "_MOST_TITLE_WORDS": 3,
        "_MOST_HOLDERS": 50,
        "_MOST_MICROMETRES": 10_000_000,
        "_MOST_METRES": 50_000,
    },
    "unlocking": {
        "_MAX_SHARE": 200,
        "_MAX_KEY": 500,
        "_MOST_COSIGNERS": 20,
        "_LEAST_SECONDS": 60,
        "_MOST_SECONDS": 604_800,
    },
}


def test_the_codes_of_refusals_are_their_names_for_ever() -> None:
    found = {kind.__name__: kind.code for kind in _refusals(Refused) if kind.__module__.startswith(signer.__name__)}

    assert found == {name: re.sub(r"(?<=.)([A-Z])", r"-\1", name).lower() for name in REFUSALS.split()}


def test_words_of_statements_are_written_in_the_record_for_ever() -> None:
    kinds: tuple[type[StrEnum], ...] = (Purpose, Decision, changes.Kind, What, Binding, Following)

    assert [one.value for kind in kinds for one in kind] == WORDS.split()


def test_no_more_is_taken_than_was_decided() -> None:
    modules = {name: importlib.import_module(f"{signer.__name__}.{name}") for name in LIMITS}

    assert {name: {limit: getattr(modules[name], limit) for limit in of} for name, of in LIMITS.items()} == LIMITS


def _refusals(kind: type[Refused]) -> Iterator[type[Refused]]:
    for module in pkgutil.iter_modules(signer.__path__):
        if module.name != "__main__":
            importlib.import_module(f"{signer.__name__}.{module.name}")
    for each in kind.__subclasses__():
        if "code" in vars(each):
            yield each
        yield from _refusals(each)
