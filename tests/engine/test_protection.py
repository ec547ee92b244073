"""A protected file is opened for whoever may take the protection off, and comes out open; anybody else is told why."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import pikepdf
import pytest
from bench.papers import write_bid
from pikepdf import Encryption, Permissions

from privyseal.kernel.errors import Refused
from privyseal.pdf import confined
from privyseal.pdf.accepted import (
    LONGEST_PASSWORD,
    PROTECTION_REMOVED,
    USUAL,
    Accepted,
    Limits,
    NotSealable,
    PdfEncrypted,
    PdfPasswordWrong,
    PdfRestricted,
)
from privyseal.pdf.confined import Task
from privyseal.pdf.intake import accept
from privyseal.pdf.protection import prepared
from tests.engine.conftest import Sealing
from tests.engine.papers import contract

ALL: Final = Permissions()
READING: Final = Permissions(modify_other=False)
NO_COPIES: Final = Permissions(extract=False)


@cache
def protected(owner: str, user: str, *, may: Permissions = ALL, revision: Literal[3, 4, 6] = 6) -> bytes:
    file = BytesIO()
    method = Encryption(owner=owner, user=user, R=revision, allow=may, aes=revision > 3, metadata=revision > 3)
    with pikepdf.open(BytesIO(contract())) as document:
        document.save(file, encryption=method)
    return file.getvalue()


def refusal(data: bytes, password: str = "") -> Refused:
    with pytest.raises(Refused) as refused:
        accept(data, password=password)
    assert not password or password not in f"{refused.value!r}{refused.value.facts}"
    return refused.value


def is_open(result: Accepted) -> bool:
    with pikepdf.open(BytesIO(result.data)) as document:
        return not document.is_encrypted and b"/Encrypt" not in result.data


@pytest.mark.parametrize(("revision", "password"), [(3, "owner"), (4, "user"), (6, "user")])
def test_each_password_opens_what_may_be_changed_and_it_comes_out_open(
    revision: Literal[3, 4, 6], password: str
) -> None:
    result = accept(protected("owner", "user", revision=revision), password=password)

    assert is_open(result)
    assert result.changes == (PROTECTION_REMOVED,)
    assert result.warnings == (PROTECTION_REMOVED, *accept(contract()).warnings)


def test_without_a_password_it_is_asked_for_and_a_wrong_one_is_told_apart() -> None:
    data = protected("owner", "user")

    assert isinstance(refusal(data), PdfEncrypted)
    assert isinstance(refusal(data, "User"), PdfPasswordWrong)


@pytest.mark.parametrize("may", [READING, NO_COPIES], ids=["no changes", "no copies"])
@pytest.mark.parametrize("user", ["", "user"])
def test_restrictions_are_taken_off_for_the_owner_alone(may: Permissions, user: str) -> None:
    data = protected("owner", user, may=may)

    assert isinstance(refusal(data, user), PdfRestricted)
    assert isinstance(refusal(data, "guess"), PdfPasswordWrong)
    assert is_open(accept(data, password="owner"))


@pytest.mark.parametrize("password", ["", "guess"])
def test_what_anybody_may_open_and_change_is_taken_in_and_said_to_be_open(password: str) -> None:
    result = accept(protected("owner", ""), password=password)

    assert (is_open(result), result.changes) == (True, (PROTECTION_REMOVED,))


def test_a_password_for_a_file_without_protection_changes_nothing() -> None:
    assert accept(contract(), password="any") == accept(contract())


@pytest.mark.parametrize(
    ("written", "typed"),
    [("口令２０２６", "口令2026"), ("pass word", "pass\u3000wo\u00adrd"), ("ﬁne", "fine"), ("x" * 127, "x" * 127)],
    ids=["full width", "spaces and hyphens", "ligatures", "longest"],
)
def test_a_password_is_read_as_the_standard_prepares_it_and_as_it_was_typed(written: str, typed: str) -> None:
    by_the_standard, by_others = protected(prepared(typed), "x"), protected(written, "x")  # these prepare nothing

    assert prepared(typed) == prepared(written)
    assert is_open(accept(by_the_standard, password=typed))
    assert is_open(accept(by_the_standard, password=written))
    assert is_open(accept(by_others, password=written))


def test_an_old_file_is_opened_by_the_letters_that_its_program_wrote() -> None:
    assert is_open(accept(protected("Müller", "Müller", revision=4), password="Müller"))


@pytest.mark.parametrize("password", ["\ud800", "\0", "user\0", "(" * LONGEST_PASSWORD, "\ufdfa" * LONGEST_PASSWORD])
def test_a_hostile_password_is_a_wrong_one(password: str) -> None:
    assert isinstance(refusal(protected("owner", "user"), password), PdfPasswordWrong)


def test_the_password_crosses_the_border_of_the_process_and_one_too_long_does_not() -> None:
    data = protected("owner", "口令")

    assert is_open(confined.run(Task.ACCEPT, data, password="口令"))
    with pytest.raises(PdfPasswordWrong):
        confined.run(Task.ACCEPT, data, password="x" * 1_000_000)


def test_what_is_signed_or_locked_by_another_method_stays_as_it_is(sealing: Sealing) -> None:
    signed = BytesIO()
    with pikepdf.open(BytesIO(sealing(contract()))) as document:
        document.save(signed, encryption=Encryption(owner="owner", user="user"))
    by_certificate = protected("owner", "user").replace(b"/Filter /Standard", b"/Filter /Adobe.PK")

    assert refusal(signed.getvalue(), "owner").facts == {"reason": "signed"}
    assert refusal(by_certificate, "owner").facts == {"reason": "method"}


def from_file_to_file(data: bytes, folder: Path, password: str = "") -> Accepted:
    """Take a protected file in as a large one is, and return what is said of it with the file that comes of it."""
    (folder / "came").write_bytes(data)
    with (folder / "came").open("rb") as source, (folder / "into").open("w+b") as into:
        said = confined.accept_large(source, into, limits=USUAL, password=password)
    return replace(said, data=(folder / "into").read_bytes())


@pytest.mark.parametrize("revision", [4, 6])
def test_a_file_on_the_disk_comes_out_open_as_one_in_memory_does(revision: Literal[4, 6], tmp_path: Path) -> None:
    data = protected("owner", "user", revision=revision)

    assert from_file_to_file(data, tmp_path, "user") == confined.run(Task.ACCEPT, data, password="user")
    with pytest.raises(PdfEncrypted):
        from_file_to_file(data, tmp_path)
    for wrong in ("guess", "x" * 1_000_000):
        with pytest.raises(PdfPasswordWrong):
            from_file_to_file(data, tmp_path, wrong)


@pytest.mark.long
def test_500_megabytes_of_a_protected_file_are_opened_within_the_limits_of_the_cage(tmp_path: Path) -> None:
    bid, locked = tmp_path / "bid.pdf", tmp_path / "came"
    write_bid(bid, pages=5_000)
    with pikepdf.open(bid) as document:
        document.save(locked, encryption=Encryption(owner="owner", user="user"))

    with locked.open("rb") as source, (tmp_path / "into").open("w+b") as into:
        said = confined.accept_large(source, into, limits=Limits(size=550_000_000), password="user")

    assert (len(said.pages), said.changes[0]) == (5_000, PROTECTION_REMOVED)


def test_the_password_is_no_argument_and_not_in_the_environment_of_the_process_that_reads() -> None:
    with confined._started((), size=0) as inner:  # noqa: SLF001  it is looked at before it is told anything
        told = [Path(f"/proc/{inner.pid}/{what}").read_bytes() for what in ("cmdline", "environ")]
        inner.communicate(b"")

    assert not any(b"accept" in each or b"user" in each for each in told)


def test_the_engine_alone_still_puts_no_seal_on_a_protected_file(sealing: Sealing) -> None:
    with pytest.raises(NotSealable):
        sealing(protected("owner", "user"))
