"""What a stranger learns of a signed code on paper: from its text, as any camera reads it, or from a photograph."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from privyseal.kernel import paper_code, paper_keys
from privyseal.kernel.paper_code import PaperCode, Said
from privyseal.pdf import photographed, slots
from privyseal.sealing.signing import client
from privyseal.verification.checks import count_check
from privyseal.verification.printed import Printed, recorded


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """A code whose signature is ours; ``use`` is None where our record knows nothing of it, or says otherwise."""

    said: Said
    use: Printed | None


def check_text(text: str, *, address: str, at: datetime) -> PaperAnswer:
    """Judge what a code says, or refuse: too-many-checks, paper-code-unreadable, -of-another, -forged."""
    count_check("verify", address, at)
    return _checked(paper_code.read_text(text))


def check_photo(photo: bytes, *, address: str, at: datetime) -> PaperAnswer:
    """Judge the code on a photograph, which is looked at in a confined process, or refuse as for a text."""
    with slots.one_of(settings.CHECKS_AT_ONCE, settings.DATA / "slots"):
        count_check("verify", address, at)
        return _checked(photographed.signed_code_on(photo))


def _checked(found: PaperCode) -> PaperAnswer:
    """Return what a code proves, or refuse.

    (1) a key of ours for codes on paper signed it; (2) our record knows the use, of the same document
    """
    public = client().public()
    said = paper_keys.check(found, certificates=public.paper, authority=public.ca)  # (1)
    return PaperAnswer(said, recorded(said.use, document=said.document))  # (2)
