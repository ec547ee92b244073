"""Everything that changes a seal, its keeper or its key: load, ask the rules, save, record."""

from privyseal.seals.actions.acting import (
    ActUnderWay,
    acts_under_way,
    carry_out,
    confirm_act,
    fail_act,
    finish_open_acts,
    intend_act,
)
from privyseal.seals.actions.campaign import (
    close_campaign,
    close_group_campaign,
    enter_sighting,
    open_campaign,
    open_group_campaign,
    take_pictures,
)
from privyseal.seals.actions.catching_up import catch_up
from privyseal.seals.actions.certifying import bring_certificate, give_up_certificate
from privyseal.seals.actions.denying import deny_at_signer
from privyseal.seals.actions.ending import end, end_permit, end_resting, sweep_permits
from privyseal.seals.actions.entering import (
    CompanyNotVerified,
    ExistingSeal,
    FaceMissing,
    SealNameTaken,
    SealWish,
    abandon_draft,
    draft_seal,
    enter_existing,
    unit_of,
)
from privyseal.seals.actions.forging import open_over_factor, watch_factors
from privyseal.seals.actions.freezing import freeze, freeze_group, unfreeze
from privyseal.seals.actions.idle import DaysNotPossible, set_idle_days
from privyseal.seals.actions.incidents import (
    Report,
    end_incident,
    enter_loss,
    give_consent,
    give_opinion,
    leave_co_custody,
    name_co_custodian,
    propose_end,
    raise_incident,
    reassign_incident,
    watch_seals,
)
from privyseal.seals.actions.losing import follow_key, void_counted_mandates, void_open_permits
from privyseal.seals.actions.moving import KeeperMissing, PredecessorInForce, evidence_of, last_day_of, locked_seal
from privyseal.seals.actions.persons import confirm_person, name_person, revoke, revoke_mandate
from privyseal.seals.actions.remarking import RemarkMissing, check_remarks, remark_on_seal
from privyseal.seals.actions.renewing import see_old_rubber_end
from privyseal.seals.actions.rulebook import (
    NotTheKeeper,
    acknowledge_rules,
    publish_rules,
    take_responsibility,
    write_rules,
)
from privyseal.seals.actions.sets import end_set, make_set, propose_set_end
from privyseal.seals.actions.stopping import expire_seals, suspend, suspend_seal, tell_signer
from privyseal.seals.actions.taking_back import tell_revoked
from privyseal.seals.actions.types import add_type, level_of, retire_type
from privyseal.seals.actions.words import NotAPhoto, attest, enter_photo, look_at_photo, receive_photo

__all__ = [
    "ActUnderWay",
    "CompanyNotVerified",
    "DaysNotPossible",
    "ExistingSeal",
    "FaceMissing",
    "KeeperMissing",
    "NotAPhoto",
    "NotTheKeeper",
    "PredecessorInForce",
    "RemarkMissing",
    "Report",
    "SealNameTaken",
    "SealWish",
    "abandon_draft",
    "acknowledge_rules",
    "acts_under_way",
    "add_type",
    "attest",
    "bring_certificate",
    "carry_out",
    "catch_up",
    "check_remarks",
    "close_campaign",
    "close_group_campaign",
    "confirm_act",
    "confirm_person",
    "deny_at_signer",
    "draft_seal",
    "end",
    "end_incident",
    "end_permit",
    "end_resting",
    "end_set",
    "enter_existing",
    "enter_loss",
    "enter_photo",
    "enter_sighting",
    "evidence_of",
    "expire_seals",
    "fail_act",
    "finish_open_acts",
    "follow_key",
    "freeze",
    "freeze_group",
    "give_consent",
    "give_opinion",
    "give_up_certificate",
    "intend_act",
    "last_day_of",
    "leave_co_custody",
    "level_of",
    "locked_seal",
    "look_at_photo",
    "make_set",
    "name_co_custodian",
    "name_person",
    "open_campaign",
    "open_group_campaign",
    "open_over_factor",
    "propose_end",
    "propose_set_end",
    "publish_rules",
    "raise_incident",
    "reassign_incident",
    "receive_photo",
    "remark_on_seal",
    "retire_type",
    "revoke",
    "revoke_mandate",
    "see_old_rubber_end",
    "set_idle_days",
    "suspend",
    "suspend_seal",
    "sweep_permits",
    "take_pictures",
    "take_responsibility",
    "tell_revoked",
    "tell_signer",
    "unfreeze",
    "unit_of",
    "void_counted_mandates",
    "void_open_permits",
    "watch_factors",
    "watch_seals",
    "write_rules",
]
