"""Everything the product says, it says in both languages."""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import privyseal
from privyseal.approval_page import words
from privyseal.approvals.queries import Progress
from privyseal.approvals.rules import POLICIES, Manner, Part, State, Step
from privyseal.approvals.rules.course import Course, Turn
from privyseal.custody.rules import stock
from privyseal.custody.rules.takeout import Late
from privyseal.identity.rules import (
    Column,
    Found,
    GrantState,
    Import,
    Means,
    Office,
    Power,
    Proof,
    Standing,
    Weight,
    Wrong,
)
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import Needed
from privyseal.language import catalogue, course, facts, findings, labels, tables, taken_in, verdicts
from privyseal.language.commands import COMMAND
from privyseal.language.fact_groups import GROUP
from privyseal.language.fields import FIELD
from privyseal.language.refusals import WORDS
from privyseal.ledger.book import SUBJECTS
from privyseal.ledger.cosigned import State as CosignerState
from privyseal.ledger.keyholder import State as SignerState
from privyseal.pdf import accepted, judgement
from privyseal.pdf.judgement import Reason, Verdict
from privyseal.seals.rules import Act, Finding, Role, SealColumn, SealKind, SealState, SealType
from privyseal.seals.rules.incidents import Ending, IncidentKind
from privyseal.seals.rules.permits import AT_THE_KEY
from privyseal.signer.bound import Binding
from privyseal.signer.documents import Following
from privyseal.signer.statement import Purpose

SOURCE = Path(privyseal.__file__).parent
# These run when they are imported.
NOT_IMPORTED = {"privyseal.__main__", "privyseal.signer.__main__", "privyseal.config.wsgi"}


def refusals(base: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for refusal in base.__subclasses__():
        if refusal.__module__.startswith("privyseal."):
            yield refusal
        yield from refusals(refusal)


def every_code() -> set[str]:
    for module in pkgutil.walk_packages(privyseal.__path__, "privyseal."):
        if module.name not in NOT_IMPORTED and ".migrations." not in module.name:
            importlib.import_module(module.name)
    return {refusal.code for refusal in refusals()}


def test_every_refusal_has_words_and_no_words_are_left_over() -> None:
    assert every_code() == set(WORDS)


def test_a_refusal_without_words_would_be_found() -> None:
    class Unspoken(Refused):
        code = "unspoken"

    Unspoken.__module__ = "privyseal.somewhere"
    assert "unspoken" in {refusal.code for refusal in refusals()}
    Unspoken.__module__ = "tests"


@pytest.mark.parametrize(
    ("labelled", "kind"),
    [
        (labels.POWER, Power),
        (labels.NEEDED, Needed),
        (labels.MEANS, Means),
        (labels.OFFICE, Office),
        (tables.COLUMN, Column),
        (tables.IMPORT, Import),
        (tables.WRONG, Wrong),
        (tables.SEAL_COLUMN, SealColumn),
        (labels.FINDING, Finding),
        (labels.PROOF, Proof),
        (labels.STANDING, Standing),
        (findings.GRANT_STATE, GrantState),
        (findings.FOUND, Found),
        (findings.TO_DO, Found),
        (findings.WEIGHT, Weight),
        (labels.PURPOSE, Purpose),
        (labels.STATE, State),
        (labels.PROGRESS, Progress),
        (labels.PART, Part),
        (labels.DECISION, Step),
        (course.TURN, Turn),
        (course.COURSE, Course),
        (labels.MANNER, Manner),
        (labels.BINDING, Binding),
        (labels.FOLLOWING, Following),
        (labels.SEAL_STATE, SealState),
        (labels.SEAL_TYPE, SealType),
        (labels.SEAL_KIND, SealKind),
        (labels.ACT, Act),
        (labels.ROLE, Role),
        (labels.INCIDENT_KIND, IncidentKind),
        (labels.ENDING, Ending),
        (verdicts.VERDICT, Verdict),
        (verdicts.ADVICE, Verdict),
        (verdicts.REASON, Reason),
        (verdicts.STEP, judgement.Step),
        (verdicts.OUTCOME, judgement.Outcome),
        (verdicts.REVISION_CHANGE, judgement.ChangeKind),
    ],
)
def test_every_word_of_a_rule_has_a_label(labelled: Mapping[Any, object], kind: type[Enum]) -> None:
    assert {str(word) for word in labelled} == {str(member.value) for member in kind}


def test_every_subject_of_the_ledger_has_a_label() -> None:
    assert set(labels.SUBJECT) == SUBJECTS


def test_everything_intake_alters_has_words() -> None:
    sources = [(SOURCE / "pdf" / name).read_text("utf-8") for name in ("cleaning.py", "intake.py")]
    altered = set(re.findall(r'"((?:[a-z]+-(?:removed|flattened))|repaired)"', "".join(sources)))

    assert altered | {accepted.MADE_A_PDF, accepted.WATERMARKED, accepted.PROTECTION_REMOVED} == set(labels.CHANGE)
    assert {accepted.FONTS_NOT_EMBEDDED, accepted.PROTECTION_REMOVED} == set(taken_in.WARNING)


@cache
def calls() -> Mapping[str, set[str]]:
    """Return, by the name of what is called, the literal first arguments of every call in the source."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = ast.unparse(node.func)
                found[called].add(str(node.args[0].value))
                if called == "book.record":
                    found["names of facts"].update(word.arg for word in node.keywords if word.arg)
    return found


@cache
def said() -> frozenset[catalogue.Key]:
    return catalogue.keys(catalogue.used())


def test_every_kind_of_fact_has_words_and_no_words_are_left_over() -> None:
    moved = {f"application.{state}" for state in State if state is not State.PENDING}
    moved |= {f"seal.{purpose}.failed" for purpose in AT_THE_KEY}
    moved |= {f"seal.{row.purpose}.intended" for row in POLICIES if row.operator is Power.MANAGE}
    moved |= {f"take-out.{late}" for late in Late}
    moved |= {f"stock.{step}" for step in (stock.Step.PAUSE, stock.Step.GO_ON, stock.Step.GIVE_UP)}
    moved |= {f"cosigner.{state}" for state in CosignerState}
    moved |= {f"signer.{state}" for state in SignerState}
    moved |= {f"seal.{state}" for state in SealState if state is not SealState.DRAFT}

    assert calls()["book.record"] | calls()["book.record_each"] | moved == set(facts.KIND)


def test_whatever_a_fact_says_has_a_name() -> None:
    assert calls()["names of facts"] - {"by", "at"} - SUBJECTS - set(FIELD) == set()


def test_every_command_has_words() -> None:
    assert calls()["command"] | {"page.open"} == set(COMMAND)


def test_every_kind_of_fact_can_be_filtered_for() -> None:
    kinds = {*facts.KIND, *(f"{command}.refused" for command in COMMAND)}

    assert [kind for kind in kinds if not kind.startswith(tuple(GROUP))] == []
    assert [group for group in GROUP if not any(kind.startswith(group) for kind in kinds)] == []


@pytest.mark.parametrize("locale", catalogue.LOCALES)
def test_a_catalogue_holds_what_is_said_and_nothing_else(locale: str) -> None:
    known = catalogue.keys(catalogue.catalogue(locale))

    assert (sorted(said() - known, key=str), sorted(known - said(), key=str)) == ([], [])


def test_english_says_what_the_source_says() -> None:
    other = [
        (one.id, one.string)
        for one in catalogue.catalogue("en")
        if one.id
        and any(said not in ("", words) for words, said in zip(_each(one.id), _each(one.string), strict=False))
    ]

    assert other == []


def chinese() -> list[tuple[str, str, bool]]:
    found = []
    for message in catalogue.catalogue("zh_Hans"):
        if message.id:
            msgid = message.id if isinstance(message.id, str) else message.id[0]
            found.append((msgid, "".join(message.string or ""), message.fuzzy))
    return found


def test_all_of_it_is_translated_into_chinese() -> None:
    assert [msgid for msgid, words, is_fuzzy in chinese() if not words or is_fuzzy] == []


def test_a_translation_keeps_the_places_for_names_and_numbers() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)s", text))

    assert [msgid for msgid, words, _ in chinese() if places(words) != places(msgid)] == []


def test_a_word_with_a_context_is_another_one_in_chinese_than_without() -> None:
    words_of = defaultdict(list)
    for message in catalogue.catalogue("zh_Hans"):
        words_of[message.id].append(message.string)

    assert [msgid for msgid, words in words_of.items() if len(set(map(str, words))) < len(words)] == []


def test_chinese_has_chinese_punctuation() -> None:
    halfwidth = re.compile(r"[\u4e00-\u9fff][,.;:?!()]|[,.;:?!()][\u4e00-\u9fff]")

    assert [words for _, words, _ in chinese() if halfwidth.search(words) and words != "是,否"] == []


def test_apostrophes_and_quotes_are_those_of_print() -> None:
    straight = re.compile(r"""["'](?![^<>]*>)""")
    messages = [one for locale in catalogue.LOCALES for one in catalogue.catalogue(locale) if one.id]
    said = {str(text) for one in messages for each in (one.id, one.string) for text in _each(each)}
    tables_of_page = [
        table for name, table in vars(words).items() if name.strip("_").isupper() and isinstance(table, dict)
    ]
    said |= {text for table in tables_of_page for both in table.values() for text in both}

    assert sorted(text for text in said if straight.search(text)) == []
    assert (bool(straight.search("a company's")), straight.search('<a href="/">')) == (True, None)


def _each(said: object) -> tuple[object, ...]:
    return said if isinstance(said, tuple) else (said,)


def test_every_catalogue_compiles() -> None:
    catalogue.compile_stale()

    for locale in catalogue.LOCALES:
        folder = catalogue.LOCALE_FOLDER / locale / "LC_MESSAGES"
        assert (folder / "django.mo").stat().st_mtime >= (folder / "django.po").stat().st_mtime
