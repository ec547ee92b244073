"""The companies of a group and their people."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from stdnum.cn import uscc

from privyseal.config.seeding.sizes import Size
from privyseal.config.seeding.tables import Connection, Sheet
from privyseal.identity.models import Company, Grant, Membership, Person, Unit
from privyseal.identity.names import skeleton
from privyseal.identity.rules import Power

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
)
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英文华建国志红玉兰海燕春梅晓东波宁晨宇轩浩然子涵思雨佳琪"
_TRADES: Final = ("置业", "物流", "科技", "能源", "贸易", "建设", "食品", "传媒", "医药", "化工")
_UNITS: Final = ("综合部", "财务部", "项目部")
_FIRST_DAY: Final = date(2020, 1, 6)


@dataclass(frozen=True, slots=True)
class Staff:
    """The keys of one company's people, by what they may do."""

    company: int
    units: tuple[int, ...]
    managers: tuple[int, ...]
    approvers: tuple[int, ...]
    users: tuple[int, ...]


class Organisation:
    """Fills companies, people, memberships and powers; everybody signs in with the password of ``like``."""

    def __init__(self, connection: Connection, size: Size, dice: random.Random, *, like: Person, at: datetime) -> None:
        self._connection, self._size, self._dice, self._like, self._at = connection, size, dice, like, at
        self._companies = Sheet(
            Company, "id", "uid", "name", "uscc", "legal_representative", "licence_sha256", "parent_id",
            "skeleton", "representative_sha256",
            "registered_by_id", "registered_at", "verified_by_id", "verified_at",
        )  # fmt: skip
        self._people = Sheet(Person, "id", "login", "name", "pseudonym", "password")
        self._memberships = Sheet(Membership, "person_id", "company_id", "joined_on")
        self._units = Sheet(Unit, "id", "uid", "company_id", "name", "opened_at")
        self._grants = Sheet(Grant, "person_id", "power", "company_id", "granted_at", "confirmed_at", "starts_at")
        self.pseudonyms: dict[int, str] = {}
        self.company_uids: dict[int, str] = {}

    def fill(self, *, parent: Company, verifier: Person) -> list[Staff]:
        """Return the staff of every company, in order of their keys."""
        first_company = self._companies.first_free(self._connection)
        first_person = self._people.first_free(self._connection)
        companies = range(first_company, first_company + self._size.companies)
        people = range(first_person, first_person + self._size.people)
        self.pseudonyms = {key: self._uid() for key in people}
        self.company_uids = {key: self._uid() for key in companies}
        self._people.copy(self._connection, self._person_rows())
        self._companies.copy(self._connection, self._company_rows(parent, verifier))
        staff = self._staff(companies, people, self._units.first_free(self._connection))
        self._units.copy(self._connection, self._unit_rows(staff))
        belongs = ((key, self._company_of(key, companies, people), _FIRST_DAY) for key in people)
        self._memberships.copy(self._connection, belongs)
        self._grants.copy(self._connection, self._grant_rows(staff))
        for sheet in (self._people, self._companies, self._units):
            sheet.keep_counting(self._connection)
        return staff

    def _person_rows(self) -> Iterator[tuple[object, ...]]:
        password = self._like.password
        for number, (key, pseudonym) in enumerate(self.pseudonyms.items(), start=1):
            given = "".join(self._dice.choices(_GIVEN, k=self._dice.choice((1, 2, 2))))
            yield key, f"p{number:06d}", self._dice.choice(_SURNAMES) + given, pseudonym, password

    def _company_rows(self, parent: Company, verifier: Person) -> Iterator[tuple[object, ...]]:
        for number, (key, uid) in enumerate(self.company_uids.items(), start=1):
            code = f"91110108MA{number:07d}"
            name = f"示例{_TRADES[number % len(_TRADES)]}第{number}有限公司"
            legal = self._dice.choice(_SURNAMES) + self._dice.choice(_GIVEN)
            licence = f"{self._dice.getrandbits(256):064x}"
            yield (
                key, uid, name, code + uscc.calc_check_digit(code), legal, licence, parent.pk,
                skeleton(name), licence,
                self._like.pk, self._at, verifier.pk, self._at,
            )  # fmt: skip

    def _unit_rows(self, staff: list[Staff]) -> Iterator[tuple[object, ...]]:
        for team in staff:
            for key, name in zip(team.units, _UNITS, strict=True):
                yield key, self._uid(), team.company, name, self._at

    def _staff(self, companies: range, people: range, first_unit: int) -> list[Staff]:
        each = self._size.people // self._size.companies
        ends = [0, self._size.managers, self._size.approvers, self._size.users]
        ends = [sum(ends[: number + 1]) for number in range(len(ends))]
        return [
            Staff(company, units, *(tuple(team[start:end]) for start, end in pairwise(ends)))
            for number, company in enumerate(companies)
            for team in [people[number * each : (number + 1) * each]]
            for units in [tuple(range(first_unit + number * len(_UNITS), first_unit + (number + 1) * len(_UNITS)))]
        ]

    def _company_of(self, person: int, companies: range, people: range) -> int:
        return companies[min((person - people.start) * len(companies) // len(people), len(companies) - 1)]

    def _grant_rows(self, staff: list[Staff]) -> Iterator[tuple[object, ...]]:
        for team in staff:
            holders = ((Power.MANAGE, team.managers), (Power.APPROVE, team.approvers), (Power.USE, team.users))
            for power, people in holders:
                for person in people:
                    yield person, power.value, team.company, self._at, self._at, self._at
        for team in staff[1:]:  # the first company's first approver decides for the whole group
            yield staff[0].approvers[0], Power.APPROVE.value, team.company, self._at, self._at, self._at

    def _uid(self) -> str:
        return f"{self._dice.getrandbits(128):032x}"
