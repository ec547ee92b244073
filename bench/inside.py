"""Runs a part of a bench as the product's own code, beside the product that runs: ``python -m bench.inside PART ...``.

The part is a module of this package with a ``main``, in a process that is loaded as the web server's are.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from bench.product import ROOT, Product
from privyseal.config import webserver
from privyseal.config.processes import standing

_SECONDS: Final = 90.0


def ask(product: Product, part: str, *words: str, seconds: float = _SECONDS) -> Any:  # noqa: ANN401  each part has its own answer
    """Run the part to its end and return its answer."""
    done = subprocess.run(  # noqa: S603 - our own argument list, no shell
        command(part, *words),
        env=product.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        timeout=seconds,
    )
    return json.loads(done.stdout)


def command(part: str, *words: str) -> list[str]:
    return [sys.executable, "-m", "bench.inside", part, *words]


def main(part: str, words: Sequence[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "privyseal.config.settings"
    with standing(_say) as environment:
        os.environ.update(environment)
        webserver.load_once()
        import_module(f"bench.{part}").main(words)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
