"""The command line: one table, and only what the command needs is imported."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, NamedTuple

from privyseal.kernel.errors import Refused

_USAGE_ERROR: Final = 2
_INTERRUPTED: Final = 130


class Entry(NamedTuple):
    """A module with ``configure`` and ``run``."""

    module: str
    summary: str
    needs_product: bool = False  # database, signer and worker run for it, unless they already do


COMMANDS: Final = {
    "serve": Entry("privyseal.config.commands.serve", "bring the product up"),
    "init": Entry("privyseal.config.commands.init", "hold the first-run ceremony", needs_product=True),
    "demo": Entry(
        "privyseal.config.commands.demo", "take one PDF through the whole product with a demo cast", needs_product=True
    ),
    "demo-company": Entry("privyseal.config.commands.demo_company", "found the demo company"),
    "seed": Entry("privyseal.config.commands.seed", "fill a demo installation with a large group"),
    "verify": Entry("privyseal.pdf.commands.verify", "judge a sealed PDF"),
    "pdf": Entry("privyseal.pdf.commands.pdf", "the sealing engine alone"),
    "face": Entry("privyseal.pdf.commands.face", "render the face of a seal"),
    "ledger": Entry(
        "privyseal.config.commands.ledger", "verify the ledger, show its head, write a receipt", needs_product=True
    ),
    "backup": Entry("privyseal.config.commands.backup", "write everything into one encrypted file"),
    "restore": Entry("privyseal.config.commands.restore", "restore a backup, prove it, and open it"),
    "scan": Entry(
        "privyseal.config.commands.scan", "look for what could go wrong in who may do what", needs_product=True
    ),
    "factors": Entry(
        "privyseal.config.commands.factors", "move every second factor to the present key", needs_product=True
    ),
    "erased": Entry(
        "privyseal.config.commands.erased",
        "say who was erased, and erase them again after a restore",
        needs_product=True,
    ),
    "prove": Entry("privyseal.config.commands.prove", "check a receipt, without database or network"),
    "worker": Entry("privyseal.config.commands.worker", "run the worker"),
    "jobs": Entry("privyseal.config.commands.jobs", "do jobs, such as entering a large table"),
    "signer": Entry("privyseal.signer.__main__", "run the signer"),
    "cosigner": Entry("privyseal.cosigner.__main__", "run a cosigner of the ledger, for management or the auditor"),
    "device": Entry("privyseal.config.commands.device", "be a simulated seal machine, or check somebody else's"),
    "migrate": Entry("privyseal.config.commands.migrate", "bring the database to this version"),
    "manage": Entry("privyseal.config.commands.manage", "Django's own commands, for developers"),
}

Configure = Callable[[ArgumentParser], None]
Run = Callable[[Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"-h", "--help"}:
        sys.stdout.write(_usage())
        return 0 if words else _USAGE_ERROR
    if words[0] not in COMMANDS:
        sys.stderr.write(f"privyseal: there is no command '{words[0]}'.\n{_usage()}")
        return _USAGE_ERROR
    try:
        return _run(words[0], words[1:])
    except Refused as refusal:
        sys.stderr.write(f"privyseal: {_in_words(refusal)} [{refusal.code}]\n")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(name: str, words: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
    configure, run = _load(name)
    parser = ArgumentParser(prog=f"privyseal {name}", description=COMMANDS[name].summary)
    configure(parser)
    arguments = parser.parse_args(words)
    return _run_beside_the_product(run, arguments) if COMMANDS[name].needs_product else run(arguments)


def _run_beside_the_product(run: Run, arguments: Namespace) -> int:
    from privyseal.config.processes import standing  # noqa: PLC0415  verify and prove start without it

    with standing(_say) as environment:
        os.environ.update(environment)
        return run(arguments)


def _in_words(refusal: Refused) -> str:
    """Return the sentence of a refusal, and what is told in particular; of a command without the product its facts."""
    from django.apps import apps  # noqa: PLC0415  verify and prove start without it

    if type(refusal).__str__ is not Refused.__str__ or not apps.ready:
        return str(refusal)
    from django.utils.translation import override  # noqa: PLC0415  Django is set up only now

    from privyseal.language.refusals import words_for  # noqa: PLC0415  Django is set up only now

    with override("en"):
        detail = refusal.facts.get("detail")
        return words_for(refusal) + (f" ({detail})" if detail else "")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def _load(name: str) -> tuple[Configure, Run]:
    loaded = import_module(COMMANDS[name].module)
    return loaded.configure, loaded.run


def _usage() -> str:
    lines = [f"  {name:<13} {entry.summary}\n" for name, entry in COMMANDS.items()]
    return "usage: privyseal COMMAND ...\n\n" + "".join(lines) + "\nprivyseal COMMAND --help tells more.\n"


if __name__ == "__main__":
    sys.exit(main())
