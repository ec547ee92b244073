"""``privyseal scan [--json]``: what could go wrong in who may do what and who keeps what."""

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from privyseal.config.loading import load

if TYPE_CHECKING:
    from privyseal.identity.rules import Finding

FOUND_SOMETHING = 1


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")


def run(arguments: Namespace) -> int:
    """Return 0 where nothing is found, 1 where something is."""
    load("privyseal.approvals.queries.denials")
    from django.utils.timezone import now  # noqa: PLC0415  Django is set up only now

    from privyseal.approvals.queries.denials import scan  # noqa: PLC0415  as above

    found = scan(now())
    if arguments.json:
        said = {"findings": [_plain(one) for one in found]}
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{_sentence(one)}\n" for one in found) or "The scan finds nothing.\n")
    return FOUND_SOMETHING if found else 0


def _plain(one: "Finding") -> dict[str, str | int | None]:
    from privyseal.identity.rules import weight_of  # noqa: PLC0415  Django is set up only now

    return {
        "found": one.found.value,
        "weight": weight_of(one.found).value,
        "person": one.person,
        "company": one.company,
        "power": one.power.value if one.power else None,
        "already": one.already.value if one.already else None,
        "count": one.count,
    }


def _sentence(one: "Finding") -> str:
    from privyseal.language.findings import FOUND  # noqa: PLC0415  Django is set up only now

    return ": ".join(word for word in (str(FOUND[one.found]), one.name, one.company) if word)
