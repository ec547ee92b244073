"""Numbers of applications, as people type what they read on paper or hear on the telephone."""

import pytest

from privyseal.approvals.rules.numbers import typed


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("A2026-128", (2026, 128)),
        ("印申〔2026〕128号", (2026, 128)),
        ("印申（２０２６）１２８号", (2026, 128)),
        ("[2026] 128", (2026, 128)),
        ("2026年第128号", (2026, 128)),
        (" 2026/128 ", (2026, 128)),
        ("128", (None, 128)),
        ("128号", (None, 128)),
        ("2026128", (None, 2_026_128)),
        ("2026", (None, 2026)),
        ("0128", None),
        ("1234567890", None),
        ("合同128", None),
        ("A128", None),
        ("", None),
    ],
)
def test_a_number_is_understood_in_every_usual_form(words: str, meant: tuple[int | None, int] | None) -> None:
    assert typed(words) == meant
