"""Every no that can come out of the signer, by its code: its caller raises the class that the signer raised."""

from typing import Final

from privyseal.kernel import quorum
from privyseal.kernel.errors import DutiesNotSeparate, FactValue, Refused
from privyseal.pdf import accepted, face, figures, glyphs, placement, seal, spots, timestamps
from privyseal.signer import (
    additions,
    changes,
    checks,
    cosigned,
    database,
    denials,
    epochs,
    governing,
    heads,
    impressions,
    keys,
    mandates,
    membership,
    operations,
    own_yes,
    passkeys,
    protocol,
    requests,
    rosters,
    server,
    standing,
    statement,
    store,
    tokens,
)

_CLASSES: Final[tuple[type[Refused], ...]] = (
    # the frame and the request
    protocol.FrameTooLong,
    protocol.FrameCut,
    protocol.HeaderUnreadable,
    protocol.SignerFull,
    requests.OperationUnknown,
    requests.RequestUnreadable,
    server.PeerNotAllowed,
    # the keys behind a lock
    keys.SignerSealed,
    keys.ShareRefused,
    keys.CustodiansNeeded,
    keys.CustodiansTooFew,
    keys.NothingEntrusted,
    # what was taken back
    denials.PermitDenied,
    denials.MandateDenied,
    denials.ApplicationDenied,
    denials.PasskeyDenied,
    denials.PasskeyOfSecurity,
    # the log, as others see it
    quorum.CosignersStale,
    cosigned.NotCosigned,
    # the statements and who asserted them
    statement.StatementUnreadable,
    changes.ChangeUnreadable,
    governing.CharterOutOfStep,
    governing.RosterTooSmall,
    rosters.PageAlreadyPinned,
    rosters.PasskeyOnRoster,
    passkeys.AssertionInvalid,
    passkeys.AssertionForAnother,
    passkeys.AssertionFromElsewhere,
    passkeys.PersonNotVerified,
    passkeys.PasskeyUnknown,
    passkeys.PasskeyCopied,
    passkeys.PasskeyNotBound,
    checks.StatementsMixed,
    checks.StagesIncomplete,
    checks.PurposeDiffers,
    checks.ApprovalsMissing,
    additions.AdditionDiffers,
    checks.AssuranceTooLow,
    own_yes.OwnYesMissing,
    own_yes.OwnYesTooLow,
    own_yes.MandateExceeded,
    standing.StandingTooWide,
    standing.NotAStandingHolder,
    membership.NotOfTheUnit,
    checks.WindowNotOpen,
    checks.WindowClosed,
    DutiesNotSeparate,
    # the seal and the document
    checks.SealUnknown,
    checks.SealSuspended,
    checks.SealDestroyed,
    checks.SealVersionDiffers,
    checks.CertificateExpired,
    checks.DocumentDiffers,
    checks.DocumentNotApproved,
    checks.FaceNotApproved,
    checks.SealedFileInvalid,
    accepted.NotSealable,
    face.FaceUnreadable,
    face.FaceTextTooLong,
    glyphs.MissingGlyph,
    placement.NoSuchPage,
    placement.PageTooSmall,
    placement.PlacementOutsidePage,
    spots.PageTwice,
    spots.SeamNeedsPages,
    spots.SeamTooNarrow,
    seal.FieldTaken,
    figures.CodeTooLong,
    timestamps.TimestampRefused,
    tokens.TokenUnavailable,
    # what was done before
    store.NotFounded,
    store.StatementSpent,
    store.SealTypeKnown,
    store.CheckpointOutOfStep,
    impressions.ImpressionsSpent,
    impressions.IntentReused,
    mandates.MandateUsedUp,
    database.ClockRunsBackwards,
    epochs.SignerReplaced,
    epochs.SignerIsAnother,
    operations.AlreadyFounded,
    operations.SealAlreadyMade,
    heads.CheckpointRolledBack,
    heads.CheckpointForked,
)
BY_CODE: Final = {refusal.code: refusal for refusal in _CLASSES}


def refusal(code: str, facts: dict[str, FactValue]) -> Refused:
    """Return the refusal of this code; for one that a newer signer knows, the family's own."""
    known = BY_CODE.get(code)
    return known(**facts) if known else protocol.SignerRefused(signer_code=code)
