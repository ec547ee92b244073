"""Everybody, in two companies: for tests that need a foreigner."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from tests.conftest import USCC, holding, new_company, new_person

OTHER_USCC: Final = "91110108MA01ABCE1B"
# Who there is: login, name, power, and in which company. Whoever holds nothing is a stranger.
CAST: Final = (
    ("qiu", "丘外", None, None),
    ("zhou", "周维", Power.SYSTEM, None),
    ("chen", "陈安", Power.SECURITY, None),
    ("dong", "董安", Power.SECURITY, None),
    ("sun", "孙明", Power.AUDIT, None),
    ("zhao", "赵管", Power.MANAGE, "own"),
    ("wang", "王用", Power.USE, "own"),
    ("ma", "马行", Power.USE, "own"),
    ("li", "李批", Power.APPROVE, "own"),
    ("wu", "吴准", Power.APPROVE, "own"),
    ("gu", "顾守", Power.CUSTODY, "own"),
    ("ke", "柯管", Power.CUSTODY, "own"),
    ("tian", "田管", Power.MANAGE, "other"),
    ("he", "何用", Power.USE, "other"),
    ("lu", "卢批", Power.APPROVE, "other"),
    ("bai", "白守", Power.CUSTODY, "other"),
)


def people_of_two_companies(at: datetime, *, without: Collection[str] = ()) -> tuple[dict[str, Person], Company]:
    """Seat everybody but these, with their powers in force since then; return them with the first company."""
    seated = [each for each in CAST if each[0] not in without]
    people = {login: new_person(login, name) for login, name, _, _ in seated}
    registrar, verifier = people["chen"], people["sun"]
    own = new_company("示例科技有限公司", USCC, registrar=registrar, verifier=verifier, at=at)
    other = new_company("另一科技有限公司", OTHER_USCC, registrar=registrar, verifier=verifier, at=at)
    for login, _, power, where in seated:
        if power is not None:
            holding(people[login], power, {None: None, "own": own, "other": other}[where], at)
    return people, own
