"""Uses enter the register by themselves, under numbers without a gap, and nothing in it changes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from privyseal.approvals.models import Application
from privyseal.approvals.queries.books import Wanted, page_of_book, uses_in_book, years_of
from privyseal.approvals.queries.registers import last_uses_by, rows_of_uses
from privyseal.config.seeding import books
from privyseal.identity.models import Company, Membership, Person, Unit
from privyseal.identity.rules import Office
from privyseal.ledger.queries import last_fact_about
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Document, Intent
from privyseal.seals.entering_uses import enter_use
from privyseal.seals.models import Permit, PermitLine, Seal, SealUses, UseBook, UseEntry, UseRemark
from privyseal.signer.client import Client
from tests.actions.policies import post
from tests.conftest import Use, apply, new_person, say_yes

pytestmark = pytest.mark.documents
_ENTER = """
    INSERT INTO use_entry (line_id, book_id, at, seal_id, operator_id, number, impressions)
    VALUES (%s, %s, %s, %s, %s, %s, 1)
"""


def made(use: Use, operator: Person, at: datetime, signer: Client) -> UseEntry:
    sealing.seal_document(operator, at, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)
    return UseEntry.objects.get(line__permit=use.permit)


def test_a_use_stands_in_the_register_under_its_number(
    approved: Use, official: Seal, wang: Person, noon: datetime, signer: Client
) -> None:
    entry = made(approved, wang, noon, signer)

    book = UseBook.objects.get()
    fact = last_fact_about("document.sealed", "seal", official.uid)
    assert (entry.number, entry.operator, entry.seal, entry.impressions) == (1, wang, official, 1)
    assert (book.company, book.uses, book.impressions, sum(book.months)) == (official.company, 1, 1, 1)
    assert fact is not None
    assert (fact.data["register_number"], fact.data["register_year"]) == (1, book.year)
    assert [(one.uses, one.impressions, one.last_at) for one in SealUses.objects.all()] == [(1, 1, noon)]


def lines(permit: Permit, *, count: int) -> list[PermitLine]:
    """Return so many more lines of a permit, each of a document of its own."""
    said = (
        PermitLine(permit=permit, document_sha256=f"{n:064x}", following="nobody", impressions=2) for n in range(count)
    )
    return PermitLine.objects.bulk_create(said)


def test_what_was_used_is_called_as_its_row_calls_it(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    applied = made(approved, wang, noon, signer)
    # A standing permit is used for what no application names: brought by somebody, or known by its digest alone.
    brought, unknown = lines(approved.permit, count=2)
    Document.objects.create(
        **{**Document.objects.filter(sha256=approved.document).values().get(), "id": None}
        | {"sha256": brought.document_sha256, "name": "发票.pdf"}
    )
    with transaction.atomic():
        others = [enter_use(wang, noon, line=line, seal=applied.seal) and line.pk for line in (brought, unknown)]

    last = last_uses_by(wang, noon, [approved.permit.pk], most=3)

    rows = rows_of_uses(wang, noon, [entry for entry, _name in last])
    assert last == [(row.entry, row.line.document_name) for row in rows]
    names = {entry.pk: name for entry, name in last}
    assert [names[key] for key in (applied.pk, *others)] == ["contract.pdf", "发票.pdf", ""]
    assert last_uses_by(wang, noon, [], most=3) == []


def test_whoever_heads_the_unit_that_applied_sees_what_was_used_last_and_others_do_not(
    official: Seal, contract: str, wang: Person, li: Person, ma: Person, chen: Person, noon: datetime, signer: Client
) -> None:
    unit = Unit.objects.create(company=official.company, name="市场部", opened_at=noon)
    Membership.objects.create(person=wang, company=official.company, unit=unit, joined_on=noon.date())
    use = Use(apply(wang, noon, official, contract), contract)
    say_yes(li, noon, use.uid)
    entry = made(use, wang, noon, signer)
    before = last_uses_by(ma, noon, [use.permit.pk], most=3)

    post(official.company, ma, Office.UNIT_HEAD, noon, chen, unit=unit)

    seen = [last_uses_by(who, noon, [use.permit.pk], most=3) for who in (ma, li, wang)]
    assert [before, *seen] == [[], [(entry, "contract.pdf")], [], [(entry, "contract.pdf")]]


def test_a_page_of_a_book_is_the_part_of_it_that_a_reader_sees(
    approved: Use, wang: Person, li: Person, zhao: Person, sun: Person, noon: datetime, signer: Client
) -> None:
    entry = made(approved, wang, noon, signer)
    company, year = entry.book.company, entry.book.year

    def page(reader: Person, before: int | None, wanted: Wanted) -> list[UseEntry]:
        return page_of_book(reader, noon, company, year, wanted, before=before, most=2)

    for wanted in (Wanted(), Wanted(seal_uid=entry.seal.uid)):
        assert [page(who, None, wanted) for who in (wang, li, zhao, sun)] == [[entry], [], [entry], [entry]]
        assert [page(zhao, before, wanted) for before in (entry.number, entry.number + 1)] == [[], [entry]]
    assert [list(uses_in_book(who, noon, company, year, Wanted())) for who in (wang, li)] == [[entry], []]
    assert page_of_book(zhao, noon, company, year - 1, Wanted(), before=None, most=2) == []
    assert [years_of(who, noon, company) for who in (wang, new_person("ma", "马一"))] == [[year], []]


def test_a_second_confirmation_takes_no_second_number(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    made(approved, wang, noon, signer)
    intent = Intent.objects.get()

    sealing.confirm_sealed(wang, noon, intent_uid=intent.uid, result_sha256=intent.result_sha256)

    assert UseBook.objects.get().uses == UseEntry.objects.count() == 1


def test_a_sealing_that_failed_takes_no_number(approved: Use, wang: Person, noon: datetime) -> None:
    uid = sealing.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)

    sealing.fail_sealing(wang, noon, intent_uid=uid, failure="document-changed")

    assert (UseBook.objects.count(), UseEntry.objects.count()) == (0, 0)


@pytest.mark.invariant("R1", column="database")
def test_nothing_is_sealed_that_does_not_stand_in_the_register(approved: Use, wang: Person, noon: datetime) -> None:
    sealing.intend_to_seal(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document)

    with pytest.raises(IntegrityError, match="stands in the register"), transaction.atomic():
        Intent.objects.update(state="sealed", ended_at=noon, result_sha256="0" * 64)


def test_each_year_and_each_company_has_a_book_of_its_own(approved: Use, wang: Person, noon: datetime) -> None:
    seal, (first, second, third) = approved.permit.seal, lines(approved.permit, count=3)
    new_years_eve, new_year = datetime(2025, 12, 31, 15, 59, tzinfo=UTC), datetime(2025, 12, 31, 16, tzinfo=UTC)

    with transaction.atomic():
        numbers = [
            enter_use(wang, at, line=line, seal=seal)
            for at, line in ((new_years_eve, first), (new_year, second), (noon, third))
        ]

    assert [tuple(said.values()) for said in numbers[:2]] == [(2025, 1), (2026, 1)]
    counted = [(book.year, book.uses, book.impressions) for book in UseBook.objects.order_by("year")]
    assert counted[0] == (2025, 1, 2)
    assert sum(uses for _, uses, _ in counted) == 3
    assert UseBook.objects.get(year=2025).months == [0] * 11 + [1]


@pytest.mark.invariant("R1", column="rule")
def test_what_is_rolled_back_leaves_no_gap(approved: Use, wang: Person, noon: datetime) -> None:
    seal, (first, second, third) = approved.permit.seal, lines(approved.permit, count=3)
    with transaction.atomic():
        enter_use(wang, noon, line=first, seal=seal)

    with transaction.atomic():
        enter_use(wang, noon, line=second, seal=seal)
        transaction.set_rollback(True)
    with transaction.atomic():
        enter_use(wang, noon, line=third, seal=seal)

    assert list(UseEntry.objects.order_by("number").values_list("number", "line")) == [(1, first.pk), (2, third.pk)]


@pytest.mark.invariant("R1", column="database")
@pytest.mark.parametrize("number", [1, 3])
def test_the_database_takes_no_number_but_the_next(number: int, approved: Use, wang: Person, noon: datetime) -> None:
    seal, (first, second) = approved.permit.seal, lines(approved.permit, count=2)
    with transaction.atomic():
        enter_use(wang, noon, line=first, seal=seal)
    book = UseBook.objects.get()

    UseBook.objects.update(uses=number)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ENTER, [second.pk, book.pk, noon, seal.pk, wang.pk, number])


@pytest.mark.invariant("R1", column="database")
@pytest.mark.parametrize(("uses", "numbers"), [(3, (2, 2)), (3, (3, 4)), (4, (2, 4)), (2, (2, 3))])
def test_nor_several_at_once_that_are_not_the_next_ones(
    uses: int, numbers: tuple[int, int], approved: Use, wang: Person, noon: datetime
) -> None:
    seal, (first, *others) = approved.permit.seal, lines(approved.permit, count=3)
    with transaction.atomic():
        enter_use(wang, noon, line=first, seal=seal)
    book = UseBook.objects.get()
    rows = [
        UseEntry(line=line, book=book, at=noon, seal=seal, operator=wang, number=number, impressions=1)
        for line, number in zip(others, numbers, strict=True)
    ]

    UseBook.objects.update(uses=uses)

    with pytest.raises(IntegrityError), transaction.atomic():
        UseEntry.objects.bulk_create(rows)


@pytest.mark.invariant("R2", column="database")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE use_entry SET impressions = 9",
        "DELETE FROM use_entry",
        "TRUNCATE use_entry CASCADE",
        "UPDATE use_remark SET text = 'no'",
        "DELETE FROM use_remark",
        "UPDATE application SET counterparty = 'somebody else' WHERE purpose = 'use'",
        "UPDATE application SET amount = 1 WHERE purpose = 'use'",
        "UPDATE application SET particulars = '{}' WHERE purpose = 'use'",
        "UPDATE application SET off_site = 'elsewhere' WHERE purpose = 'use'",
        "UPDATE application_line SET document_name = 'another.pdf' WHERE document_name <> ''",
        "DELETE FROM application_line WHERE document_name <> ''",
    ],
)
def test_nothing_that_the_register_says_is_changed(change: str, approved: Use, wang: Person, noon: datetime) -> None:
    (line,) = lines(approved.permit, count=1)
    with transaction.atomic():
        enter_use(wang, noon, line=line, seal=approved.permit.seal)
    UseRemark.objects.create(entry_id=line.pk, author=wang, at=noon, text="副本", is_correction=False)

    with pytest.raises((IntegrityError, OperationalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_seals_of_a_company_are_counted_without_a_gap(official: Seal, second: Seal, noon: datetime) -> None:
    assert [seal.place for seal in Seal.objects.order_by("pk")] == [1, 2]

    for change in ("UPDATE seal SET place = 7 WHERE place = 2", "UPDATE seal SET place = 3 WHERE place = 1"):
        with (
            pytest.raises(IntegrityError, match="keeps its place"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


def test_an_application_says_where_its_applicant_belonged(
    official: Seal, contract: str, wang: Person, company: Company, noon: datetime
) -> None:
    unit = Unit.objects.create(company=company, name="市场部", opened_at=noon)
    Membership.objects.create(person=wang, company=company, unit=unit, joined_on=noon.date())

    uid = apply(wang, noon, official, contract)

    assert Application.objects.get(uid=uid).unit == unit


def test_uses_of_before_the_register_enter_it_in_order(approved: Use, wang: Person, noon: datetime) -> None:
    lines(approved.permit, count=2)
    Permit.objects.filter(pk=approved.permit.pk).update(used=1, issued_at=noon)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    books.fill(connection.connection, first_company=0)

    entries = list(UseEntry.objects.order_by("number"))
    book = UseBook.objects.get()
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert {(entry.operator, entry.at) for entry in entries} == {(wang, noon + timedelta(hours=1))}
    assert (book.uses, book.impressions, sum(book.months), len(book.months)) == (3, 5, 3, 12)
    assert [(counted.uses, counted.impressions) for counted in SealUses.objects.all()] == [(3, 5)]
