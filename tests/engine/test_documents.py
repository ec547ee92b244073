"""The examples in the documents of the engine run as they stand."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.engine.conftest import Authority
from tests.engine.papers import contract

DOCS: Final = Path(__file__).parents[2] / "docs"
EXAMPLE: Final = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


# The last example of faces.md looks for words in a document that the reader brings.
@pytest.mark.parametrize(("document", "without"), [("engine.md", 0), ("faces.md", 1)])
def test_the_examples_run_one_after_the_other(document: str, without: int, authority: Authority) -> None:
    private_key = ec.generate_private_key(ec.SECP256R1())
    known: dict[str, Any] = {
        "document": contract(pages=3),
        "private_key": private_key,
        "certificate_der": authority.issue("合同专用章", private_key),
        "intermediate_der": authority.der,
        "root_der": authority.der,
    }

    found = EXAMPLE.findall((DOCS / document).read_text(encoding="utf-8"))
    for example in found[: len(found) - without]:
        exec(example, known)  # noqa: S102  our own documents

    assert known.keys() & {"judged", "invoice"}
    assert "judged" not in known or str(known["judged"].verdict) == "valid"
