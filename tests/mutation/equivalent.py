"""Changes that are no other behaviour, each with its reason: the end of the module, the line, the change, why."""

from typing import Final

EQUIVALENT: Final[tuple[tuple[str, str, str, str], ...]] = ()


def reason(module: str, line: str, what: str) -> str | None:
    """Return why this change needs no test, where that is known."""
    for end, of_line, change, why in EQUIVALENT:
        if module.endswith(f".{end}") and line.strip() == of_line and change in ("*", what):
            return why
    return None
