"""Everything that changes who is who and who may do what."""

from privyseal.identity.actions.companies import (
    ReasonMissing,
    WrongCreditCode,
    bring_evidence,
    check_credit_code,
    register_company,
    reject_company,
    verify_company,
)
from privyseal.identity.actions.entry import change_password, confirm_entry_code, make_entry_code, open_account
from privyseal.identity.actions.imports import import_people, import_units
from privyseal.identity.actions.membership import join_company, leave_company, leave_group, move_within_company
from privyseal.identity.actions.organisation import (
    close_post,
    close_unit,
    move_unit,
    open_post,
    open_unit,
    place_company,
)
from privyseal.identity.actions.people import (
    AlreadyRegistered,
    WeakPassword,
    check_password,
    create_person,
    enrol_person,
    record_sign_in,
    record_sign_out,
    set_language,
)
from privyseal.identity.actions.posts import fill_post, vacate_post
from privyseal.identity.actions.powers import confirm_grant, end_grant, grant_power
from privyseal.identity.actions.sessions import (
    end_other_sessions,
    end_session,
    forget_ended_sessions,
    forget_sessions_of,
)

__all__ = [
    "AlreadyRegistered",
    "ReasonMissing",
    "WeakPassword",
    "WrongCreditCode",
    "bring_evidence",
    "change_password",
    "check_credit_code",
    "check_password",
    "close_post",
    "close_unit",
    "confirm_entry_code",
    "confirm_grant",
    "create_person",
    "end_grant",
    "end_other_sessions",
    "end_session",
    "enrol_person",
    "fill_post",
    "forget_ended_sessions",
    "forget_sessions_of",
    "grant_power",
    "import_people",
    "import_units",
    "join_company",
    "leave_company",
    "leave_group",
    "make_entry_code",
    "move_unit",
    "move_within_company",
    "open_account",
    "open_post",
    "open_unit",
    "place_company",
    "record_sign_in",
    "record_sign_out",
    "register_company",
    "reject_company",
    "set_language",
    "vacate_post",
    "verify_company",
]
