"""Receive a document; seal it; keep it checkable."""

from privyseal.sealing.actions.batches import confirm_each, finish_each, intend_each, seal_each
from privyseal.sealing.actions.bringing import TASK as TAKE_IN
from privyseal.sealing.actions.bringing import (
    bring_document,
    receive_brought,
    take_in,
    turn_away,
)
from privyseal.sealing.actions.keeping import EvidenceSpoils, keep_sealed, put_kept, put_off_keeping, renew_kept
from privyseal.sealing.actions.lingering import STAYS_OPEN, tell_of_lingering
from privyseal.sealing.actions.papers import receive_paper, receive_secret
from privyseal.sealing.actions.receiving import bring_along, enter_document, receive_document
from privyseal.sealing.actions.sealing import (
    LEFT_OPEN,
    SWEEP,
    AlreadySealed,
    EarlierSealAwaited,
    EarlierSealFailed,
    confirm_sealed,
    fail_sealing,
    finish_open_intents,
    finish_sealing,
    go_without_time_stamp,
    intend_to_seal,
    seal_document,
)
from privyseal.sealing.actions.standing import (
    FAILED_REVIEW,
    draw_sample,
    draw_samples,
    intend_under_standing,
    review_sample,
    seal_under_standing,
    stop_standing,
    stop_unreviewed,
)

__all__ = [
    "FAILED_REVIEW",
    "LEFT_OPEN",
    "STAYS_OPEN",
    "SWEEP",
    "TAKE_IN",
    "AlreadySealed",
    "EarlierSealAwaited",
    "EarlierSealFailed",
    "EvidenceSpoils",
    "bring_along",
    "bring_document",
    "confirm_each",
    "confirm_sealed",
    "draw_sample",
    "draw_samples",
    "enter_document",
    "fail_sealing",
    "finish_each",
    "finish_open_intents",
    "finish_sealing",
    "go_without_time_stamp",
    "intend_each",
    "intend_to_seal",
    "intend_under_standing",
    "keep_sealed",
    "put_kept",
    "put_off_keeping",
    "receive_brought",
    "receive_document",
    "receive_paper",
    "receive_secret",
    "renew_kept",
    "review_sample",
    "seal_document",
    "seal_each",
    "seal_under_standing",
    "stop_standing",
    "stop_unreviewed",
    "take_in",
    "tell_of_lingering",
    "turn_away",
]
