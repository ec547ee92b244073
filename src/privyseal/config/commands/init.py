"""``privyseal init``: the first run, with answers from a file or asked one by one."""

import sys
from argparse import ArgumentParser, Namespace
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from privyseal.config import env
from privyseal.config.failures import CannotStart
from privyseal.config.loading import load

if TYPE_CHECKING:
    from privyseal.config.beginning import Passkeys

_BROWSER: Final = "browser"
_USB: Final = "usb"
_SOFTWARE: Final = "software"
_OFFICES: Final = (
    ("system", "runs the installation"),
    ("security", "grants powers"),
    ("security", "confirms grants (leave the login empty: the auditor confirms)"),
    ("audit", "watches everybody, the administrators first"),
)
_COLLEAGUES: Final = (
    ("manage", "manages the company's seals, and never uses them"),
    ("approve", "approves uses"),
    ("approve", "approves uses as well (needed where passkeys are; may be empty)"),
    ("use", "applies for uses and carries them out"),
)


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers as JSON; docs/running.md shows the form")
    parser.add_argument(
        "--passkeys",
        choices=(_BROWSER, _USB, _SOFTWARE),
        default=_BROWSER,
        help="where the first people make theirs, if the answers name a charter: in browsers; at this terminal, by"
        " security keys over USB; or as software that asks nobody, which makes the installation a demonstration",
    )


def run(arguments: Namespace) -> int:
    """Hold the ceremony; return 0 when the installation is founded."""
    load("privyseal.config.ceremony", "privyseal.config.desk", "privyseal.config.keys_at_hand")
    from django.conf import settings  # noqa: PLC0415  Django is set up only now

    from privyseal.config import ceremony  # noqa: PLC0415  as above
    from privyseal.identity.queries import installation  # noqa: PLC0415  as above
    from privyseal.sealing.signing import client  # noqa: PLC0415  as above

    if arguments.answers:
        answers = ceremony.read_answers(arguments.answers)
    elif sys.stdin.isatty():
        answers = ceremony.Answers.from_json(_ask_everything(), Path.cwd())
    else:
        raise CannotStart("Nobody is here to ask: give the answers with --answers FILE.")
    if arguments.passkeys == _SOFTWARE:
        answers = replace(answers, is_demo=True)
    begins = answers.charter is not None and installation() is None
    with _passkeys(arguments.passkeys) if begins else nullcontext() as passkeys:
        held = ceremony.hold(datetime.now(UTC), answers, signer=client(), passkeys=passkeys)
    if held is not None:
        folder = held.lay_out(settings.DATA)
        sys.stdout.write(f"{held.on_paper()}\nTo be printed and signed: {folder / 'transcript.txt'}\n")
    sys.stdout.write(f"Founded. Start with `privyseal serve` and sign in at {answers.public_url}\n")
    return 0


def _passkeys(where: str) -> AbstractContextManager["Passkeys"]:
    """Return whoever has the first people make their passkeys."""
    from django.conf import settings  # noqa: PLC0415  Django is set up only now

    from privyseal.config import beginning, demo, desk, keys_at_hand  # noqa: PLC0415  as above
    from privyseal.signer.passkeys import Page  # noqa: PLC0415  as above

    if where == _SOFTWARE:
        sys.stderr.write(f"{beginning.NOT_FOR_PRODUCTION}\n")
        return nullcontext(demo.cast())
    if where == _USB:
        return nullcontext(keys_at_hand.at_this_terminal(Page(settings.APPROVAL_URL)))
    return desk.open_desk()


def _ask_everything() -> dict[str, Any]:
    address = env.address("PUBLIC_URL", "http://localhost:8000")
    public_url = _ask(f"Public address, which certificates and receipts will carry [{address}]") or address
    founders = [_ask_person(duty) | {"power": office} for office, duty in _OFFICES]
    company = {
        "name": _ask("Company name as in its licence"),
        "name_en": _ask("English name (may be empty)"),
        "uscc": _ask("Unified social credit code"),
        "legal_representative": _ask("Legal representative"),
        "licence": _ask("Path of the scanned licence"),
        "representative": _ask("Path of the legal representative's own proof"),
    }
    people = _ask("How many have to approve at the key, each by passkey, two at least (empty: signed in will do)")
    shares = _ask("Files for the custodians' shares, of which two open the keys (empty: a key file opens them)")
    colleagues = [_ask_person(duty) | {"powers": [power]} for power, duty in _COLLEAGUES]
    return {
        "public_url": public_url,
        "charter": {"approvals": int(people), "assurance": "passkey", "is_bound": False} if people.isdigit() else None,
        "custodians": shares.split(),
        "founders": [who for who in founders if who["login"]],
        "company": company,
        "colleagues": [who for who in colleagues if who["login"]],
    }


def _ask_person(duty: str) -> dict[str, Any]:
    login = _ask(f"Login of the person who {duty}")
    if not login:
        return {"login": "", "name": "", "password": ""}
    return {"login": login, "name": _ask("Their name"), "password": _ask_password()}


def _ask_password() -> str:
    while True:
        password = getpass("Their password, which they type themselves: ")
        if getpass("Again: ") == password:
            return password
        sys.stderr.write("The two differ.\n")


def _ask(question: str) -> str:
    sys.stderr.write(f"{question}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()
