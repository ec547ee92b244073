"""Everything that changes a seal, its keeper or its key: load, ask the rules, save, record."""

from privyseal.seals.actions.acting import (
    ActUnderWay,
    carry_out,
    confirm_act,
    fail_act,
    finish_open_acts,
    intend_act,
)
from privyseal.seals.actions.entering import (
    CompanyNotVerified,
    ExistingSeal,
    FaceMissing,
    SealNameTaken,
    SealWish,
    abandon_draft,
    draft_seal,
    enter_existing,
)
from privyseal.seals.actions.importing import import_seals
from privyseal.seals.actions.moving import KeeperMissing, PredecessorInForce, evidence_of
from privyseal.seals.actions.stopping import expire_seals, suspend, suspend_seal, tell_signer
from privyseal.seals.actions.words import NotAPhoto, attest, enter_photo, receive_photo

__all__ = [
    "ActUnderWay",
    "CompanyNotVerified",
    "ExistingSeal",
    "FaceMissing",
    "KeeperMissing",
    "NotAPhoto",
    "PredecessorInForce",
    "SealNameTaken",
    "SealWish",
    "abandon_draft",
    "attest",
    "carry_out",
    "confirm_act",
    "draft_seal",
    "enter_existing",
    "enter_photo",
    "evidence_of",
    "expire_seals",
    "fail_act",
    "finish_open_acts",
    "import_seals",
    "intend_act",
    "receive_photo",
    "suspend",
    "suspend_seal",
    "tell_signer",
]
