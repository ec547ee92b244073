"""Everything that changes who is who and who may do what."""

from privyseal.identity.actions.companies import WrongCreditCode, check_credit_code, register_company, verify_company
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
from privyseal.identity.actions.powers import confirm_grant, end_grant, grant_power

__all__ = [
    "AlreadyRegistered",
    "WeakPassword",
    "WrongCreditCode",
    "check_credit_code",
    "check_password",
    "confirm_grant",
    "create_person",
    "end_grant",
    "enrol_person",
    "grant_power",
    "record_sign_in",
    "record_sign_out",
    "register_company",
    "set_language",
    "verify_company",
]
