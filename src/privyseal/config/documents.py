"""The parts of the documents that the code writes: ``./dev docs``, or ``python -m privyseal.config.documents``.

A part stands between ``<!-- generated: name -->`` and ``<!-- end -->``.
"""

import os
import re
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import django
from django.utils.functional import Promise
from django.utils.translation import override

from privyseal.approvals import rules as approvals
from privyseal.approvals.rules import course, filing, policies, presets, seats
from privyseal.config import documents_of_custody as custody
from privyseal.config import documents_of_keeping as keeping
from privyseal.config import invariants
from privyseal.config.markdown import code as _code
from privyseal.config.markdown import table as _table
from privyseal.config.reasons import reasons, reasons_of_pairs
from privyseal.identity.rules import companies, organisation, step_up, working_days
from privyseal.identity.rules import powers as identity
from privyseal.identity.rules import scan as looks
from privyseal.language import catalogue, facts
from privyseal.notification import rules as notification
from privyseal.seals.rules import bindings, hands, incidents, keepers, life, persons, standing
from privyseal.seals.rules import permits as ending
from privyseal.signer import checks

ROOT: Final = Path(__file__).parents[3]
DOCUMENTS: Final = ("*.md", "docs/**/*.md")
_PART: Final = re.compile(r"(?P<start><!-- generated: (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
_DIFFERS: Final = 1
_NO_DOCUMENTS: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite what differs and return 0; with ``--check``, return 1 where something differs and write nothing."""
    parser = ArgumentParser(prog="python -m privyseal.config.documents", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which documents differ from the code")
    is_check = parser.parse_args(arguments).check
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
    catalogue.compile_stale()
    django.setup()
    paths = list(documents())
    if not paths:
        sys.stderr.write("There are no documents here: this command is for a checkout of the source.\n")
        return _NO_DOCUMENTS
    stale = [path for path in paths if rewritten(path.read_text(encoding="utf-8")) != path.read_text(encoding="utf-8")]
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)} {'differs from the code' if is_check else 'is rewritten'}.\n")
        if not is_check:
            path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")
    return _DIFFERS if is_check and stale else 0


def documents() -> Iterator[Path]:
    for pattern in DOCUMENTS:
        yield from sorted(ROOT.glob(pattern))


def parts_of(text: str) -> list[str]:
    """Return the names of the generated parts of a document."""
    return [part["name"] for part in _PART.finditer(text)]


def rewritten(text: str) -> str:
    """Return the document with its generated parts as the code has them now."""
    return _PART.sub(lambda part: f"{part['start']}{PARTS[part['name']]()}{part['end']}", text)


def _application_moves() -> str:
    rows = zip(approvals.MOVES, reasons(approvals, "MOVES"), strict=True)
    cells = [(_code(move.start), _code(move.step), _code(move.end), _code(move.by), why) for move, why in rows]
    return _table(("from", "step", "to", "by", "why"), cells)


def _application_course() -> str:
    rows = zip(course.MAY, reasons(course, "MAY"), strict=True)
    cells = [(_code(row.course), _code(row.by), ", ".join(sorted(map(_code, row.while_in))), why) for row, why in rows]
    return _table(("what", "by", "while", "why"), cells)


def _application_duties() -> str:
    rows = zip(approvals.KEPT_APART, reasons(approvals, "KEPT_APART"), strict=True)
    cells = [(*(_code(part) for part in approvals.Part if part in row), why) for row, why in rows]
    return _table(("one", "other", "why"), cells)


def _own_yes() -> str:
    rows = zip(persons.BEARS_A_NAME, reasons(persons, "BEARS_A_NAME"), strict=True)
    return _table(("type of seal", "why"), [(_code(kind), why) for kind, why in rows])


def _ends_early() -> str:
    rows = zip(ending.ENDS_EARLY, reasons(ending, "ENDS_EARLY"), strict=True)
    return _table(("who", "why"), [(_code(row.by), why) for row, why in rows])


def _ends_with() -> str:
    rows = zip(ending.ENDS_WITH, reasons(ending, "ENDS_WITH"), strict=True)
    cells = [(_code(row.shares), "ends too" if row.ends else "goes on", why) for row, why in rows]
    return _table(("what the other has to do with it", "the other", "why"), cells)


def _routines() -> str:
    rows = zip(standing.ROUTINES, reasons(standing, "ROUTINES"), strict=True)
    cells = [(_code(row.document_class), "yes" if row.may_stand else "never", why) for row, why in rows]
    return _table(("class of papers", "may stand", "why"), cells)


def _policies() -> str:
    rows = zip(approvals.POLICIES, reasons(approvals, "POLICIES"), strict=True)
    cells = [(_code(row.purpose), _code(row.applicant), _carried_out(row), _stages(row), why) for row, why in rows]
    return _table(("purpose", "applied for by", "carried out by", "approved by", "why"), cells)


def _presets() -> str:
    cells = [
        (_code(preset), _conditions(row), ", then ".join(" and ".join(map(_seat, stage)) for stage in row.stages))
        for preset, table in presets.PRESETS.items()
        for row in table
    ]
    return _table(("preset", "takes", "asks"), cells)


def _conditions(row: policies.Row) -> str:
    said = [_code(one) for one in sorted(row.purposes)] + [f"a seal of {_code(kind)}" for kind in sorted(row.types)]
    said += [] if row.least is None else [f"from {row.least // 100:,}"]
    said += [] if row.below is None else [f"below {row.below // 100:,}"]
    return ", ".join(said) or "all that is left"


def _seat(seat: seats.Seat) -> str:
    who = _code(seat.name or seat.who)
    return who if seat.needed == 1 else f"{seat.needed or 'all'} of {who}"


def _flaws() -> str:
    cells = [
        (_code(flaw), "forbids" if flaw in policies.FORBIDDING else "is told", why) for flaw, why in policies.FLAWS
    ]
    return _table(("flaw", "what it does", "when"), cells)


def _carried_out(row: approvals.Asks) -> str:
    named = [_code(row.operator)] if row.operator else []
    named += [f"a receiver with {_code(row.receiver)}"] if row.receiver else []
    named += [f"{row.witnesses} witness{'es' if row.witnesses > 1 else ''}"] if row.witnesses else []
    return ", ".join(named)


def _stages(row: approvals.Asks) -> str:
    return ", then ".join(f"{quorum} of {_code(power)}" for power, quorum in row.stages)


def _seal_moves() -> str:
    rows = zip(life.MOVES, reasons(life, "MOVES"), strict=True)
    cells = [
        (_code(move.start), _code(move.act), _code(move.end), _code(move.leave), _code(move.kind or "both"), why)
        for move, why in rows
    ]
    return _table(("from", "act", "to", "takes", "kind", "why"), cells)


def _seal_alone() -> str:
    rows = zip(life.ALONE, reasons(life, "ALONE"), strict=True)
    return _table(("act", "power", "why"), [(_code(row.act), _code(row.power), why) for row, why in rows])


def _seal_words() -> str:
    rows = zip(hands.WORDS, reasons(hands, "WORDS"), strict=True)
    cells = [(_code(row.act), _code(row.role), str(row.people), _code(row.proof), why) for row, why in rows]
    return _table(("act", "role", "people", "with", "why"), cells)


def _filing_steps() -> str:
    rows = zip(filing.STEPS, reasons(filing, "STEPS"), strict=True)
    return _table(("from", "step", "to", "by", "why"), [(*(_code(one) for one in row), why) for row, why in rows])


def _held_up() -> str:
    rows = zip(filing.HELD_UP, reasons(filing, "HELD_UP"), strict=True)
    return _table(("applied for", "why"), [(_code(purpose), why) for purpose, why in rows])


def _keepers_apart() -> str:
    rows = zip(keepers.KEEPERS_APART, reasons(keepers, "KEEPERS_APART"), strict=True)
    cells = [(*(_code(kind) for kind in sorted(row)), why) for row, why in rows]
    return _table(("one", "other", "why"), cells)


def _keeps_nothing() -> str:
    rows = zip(keepers.KEEPS_NOTHING, reasons(keepers, "KEEPS_NOTHING"), strict=True)
    return _table(("post", "why"), [(_code(office), why) for office, why in rows])


def _scan() -> str:
    rows = zip(looks.LOOKS_FOR, reasons(looks, "LOOKS_FOR"), strict=True)
    return _table(("looked for", "weight", "why"), [(_code(row.found), _code(row.weight), why) for row, why in rows])


def _powers_apart() -> str:
    rows = zip(identity.POWERS_KEPT_APART, reasons(identity, "POWERS_KEPT_APART"), strict=True)
    cells = [(_code(row.first), _code(row.second), _code(row.reach), why) for row, why in rows]
    return _table(("one", "other", "where", "why"), cells)


def _takes_no_part() -> str:
    rows = zip(identity.TAKE_NO_PART, reasons(identity, "TAKE_NO_PART"), strict=True)
    return _table(("power", "why"), [(_code(power), why) for power, why in rows])


def _proofs() -> str:
    rows = zip(companies.PROOFS_NEEDED, reasons(companies, "PROOFS_NEEDED"), strict=True)
    return _table(("proof", "why"), [(_code(row.proof), why) for row, why in rows])


def _leaving() -> str:
    rows = zip(organisation.ENDS_ON_LEAVING, reasons(organisation, "ENDS_ON_LEAVING"), strict=True)
    return _table(("leaving", "ends", "why"), [(_code(row.leaving), _code(row.bond), why) for row, why in rows])


def _signer_duties() -> str:
    why = reasons_of_pairs(checks)
    cells = [
        (_code(purpose), _code(one), _code(other), why[f"(Part.{one.name}, Part.{other.name})"])
        for purpose, rows in checks.KEPT_APART.items()
        for one, other in rows
    ]
    return _table(("purpose", "one", "other", "why"), cells)


def _refusal_words() -> str:
    from privyseal.language import refusals  # noqa: PLC0415  it imports models, and Django is set up only now

    cells = [(_code(code), *_in_both(words)) for code, words in refusals.WORDS.items()]
    return _table(("code", "English", "中文"), cells)


def _fact_kinds() -> str:
    cells = [(_code(kind), *_in_both(words)) for kind, words in facts.KIND.items()]
    return _table(("kind", "English", "中文"), cells)


def _words() -> str:
    # They import models, and Django is set up only now.
    from privyseal.language import labels, papers, verdicts  # noqa: PLC0415  as above

    groups: tuple[tuple[str, Mapping[Any, Promise]], ...] = (
        ("power", labels.POWER),
        ("office", labels.OFFICE),
        ("proof of a company", labels.PROOF),
        ("finding of a take-over", labels.FINDING),
        ("standing of a company", labels.STANDING),
        ("purpose", labels.PURPOSE),
        ("state of an application", labels.STATE),
        ("progress", labels.PROGRESS),
        ("part", labels.PART),
        ("decision", labels.DECISION),
        ("manner", labels.MANNER),
        ("paper beside a document", papers.KIND),
        ("binding", labels.BINDING),
        ("who signs after us", labels.FOLLOWING),
        ("state of a seal", labels.SEAL_STATE),
        ("type of a seal", labels.SEAL_TYPE),
        ("kind of a seal", labels.SEAL_KIND),
        ("act on a seal", labels.ACT),
        ("role in a physical act", labels.ROLE),
        ("kind of an incident", labels.INCIDENT_KIND),
        ("end of an incident", labels.ENDING),
        ("verdict", verdicts.VERDICT),
        ("reason of a verdict", verdicts.REASON),
        ("change at intake", labels.CHANGE),
        ("subject of a fact", labels.SUBJECT),
    )
    cells = [(group, _code(word), *_in_both(words)) for group, known in groups for word, words in known.items()]
    return _table(("of", "word", "English", "中文"), cells)


def _holidays() -> str:
    rows = zip(working_days.HOLIDAYS, reasons(working_days, "HOLIDAYS"), strict=True)
    return _table(
        ("off from", "to", "worked instead", "what and by which notice"),
        [(str(row.first), str(row.last), ", ".join(map(str, row.made_up)), why) for row, why in rows],
    )


def _bindings() -> str:
    rows = zip(bindings.BINDINGS, reasons(bindings, "BINDINGS"), strict=True)
    cells = [
        (
            _code(row.binding),
            ", ".join(_code(kind) for kind in sorted(row.kinds)),
            *("yes" if said else "no" for said in (row.is_placed, row.is_photographed, row.is_compared)),
            why,
        )
        for row, why in rows
    ]
    return _table(("bound to", "kinds of seals", "places shown", "photographed", "compared word by word", "why"), cells)


def _seal_incidents() -> str:
    rows = zip(incidents.HANDLING, reasons(incidents, "HANDLING"), strict=True)
    cells = [
        (_code(row.kind), _code(row.act) if row.act else "", str(row.days), str(row.people), why) for row, why in rows
    ]
    return _table(("kind", "opened by", "days", "people who end it", "why"), cells)


def _dangerous_acts() -> str:
    cells = []
    for table, rows in (("DANGEROUS", step_up.DANGEROUS), ("ON_DEMAND", step_up.ON_DEMAND)):
        for row, why in zip(rows, reasons(step_up, table), strict=True):
            cells.append((_code(row.act), _code(row.least), "always" if table == "DANGEROUS" else "on demand", why))
    for acts, why in zip(step_up.WITHOUT_PROOF, reasons(step_up, "WITHOUT_PROOF"), strict=True):
        cells += [(_code(act), "", "never", why) for act in acts]
    return _table(("act", "at least", "asked", "why"), cells)


def _told() -> str:
    rows = zip(notification.TOLD, reasons(notification, "TOLD"), strict=True)
    cells = [
        (_code(row.kind), ", ".join(_code(one) for one in row.to), _code(row.urgency), "yes" if row.own else "", why)
        for row, why in rows
    ]
    return _table(("fact", "told to", "goes out", "to whoever did it", "why"), cells)


def _reminded() -> str:
    rows = zip(notification.REMINDED, reasons(notification, "REMINDED"), strict=True)
    said = [(row, "after" if row.ahead.days < 0 else "before", why) for row, why in rows]
    cells = [
        (_code(row.kind), ", ".join(map(_code, row.to)), f"{when}, days: {abs(row.ahead.days)}", why)
        for row, when, why in said
    ]
    return _table(("day", "told to", "when", "why"), cells)


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "application-moves": _application_moves,
    "application-course": _application_course,
    "application-duties": _application_duties,
    "own-yes": _own_yes,
    "ends-early": _ends_early,
    "ends-with": _ends_with,
    "routines": _routines,
    "policies": _policies,
    "presets": _presets,
    "flaws": _flaws,
    "seal-moves": _seal_moves,
    "seal-alone": _seal_alone,
    "seal-words": _seal_words,
    **custody.PARTS,
    **keeping.PARTS,
    "bindings": _bindings,
    "seal-incidents": _seal_incidents,
    "powers-apart": _powers_apart,
    "takes-no-part": _takes_no_part,
    "filing-steps": _filing_steps,
    "held-up": _held_up,
    "keepers-apart": _keepers_apart,
    "keeps-nothing": _keeps_nothing,
    "scan": _scan,
    "leaving": _leaving,
    "proofs": _proofs,
    "dangerous-acts": _dangerous_acts,
    "told": _told,
    "holidays": _holidays,
    "reminded": _reminded,
    "signer-duties": _signer_duties,
    "refusals": _refusal_words,
    "fact-kinds": _fact_kinds,
    "words": _words,
    "invariants": invariants.table,
    "incidents": invariants.incident_table,
    "failures": invariants.failure_table,
    "long-runs": invariants.long_runs,
}


def _in_both(words: Promise) -> tuple[str, str]:
    with override("en"):
        english = str(words)
    with override("zh-hans"):
        return english, str(words)


if __name__ == "__main__":
    sys.exit(main())
