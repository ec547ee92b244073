"""Receive what is no file: what exists only on paper, by photographs; and a closed envelope, by its title."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Final

from django.conf import settings

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf import confined
from privyseal.pdf.accepted import MADE_A_PDF
from privyseal.pdf.confined import Task
from privyseal.pdf.envelope import marked, sheet
from privyseal.pdf.foreign import PictureUnreadable
from privyseal.sealing.actions.receiving import enter_document
from privyseal.signer.bound import LONGEST_ENVELOPE, LONGEST_TITLE, MOST_SHEETS, MOST_TAKEN, Bound, Paper, Secret

_MOST_BYTES: Final = 10_000_000  # more than a telephone makes of a page
_DOTS: Final = 2_400  # of a page of A4 at 200 dots an inch


class PhotographsNotPossible(Refused):
    """A paper is seen on one photograph at least, on no more than are read, and none of them twice."""

    code = "paper-photographs-not-possible"


class PaperNotNamed(Refused):
    """A paper has a title, an envelope its number as well: one line each."""

    code = "paper-not-named"


class PagesNotPossible(Refused):
    code = "paper-pages-not-possible"


def receive_paper(
    actor: Person, at: datetime, *, company_uid: str, title: str, pages: int, photographs: Sequence[bytes]
) -> str:
    """Take in a document that exists only on paper; return the digest of what approvers see of it.

    The photographs as they were sent are kept in the vault; approvers are shown the same, upright and no larger than a
    page needs, one a page.
    """
    _check_may(actor, at, company_uid, pages)
    title = _named(title, most=LONGEST_TITLE)
    if not 1 <= len({sha256(data) for data in photographs}) == len(photographs) <= MOST_TAKEN:
        raise PhotographsNotPossible(photographs=len(photographs), most=MOST_TAKEN)
    if any(len(data) > _MOST_BYTES for data in photographs):
        raise PictureUnreadable(most=_MOST_BYTES)
    shown = [confined.run(Task.THUMBNAIL, data, dots=_DOTS) for data in photographs]
    digests = tuple(settings.VAULT.put(BytesIO(data)) for data in photographs)
    return _entered(actor, at, company_uid, title, Paper(pages=pages, photographs=digests), shown)


def receive_secret(
    actor: Person, at: datetime, *, company_uid: str, title: str, envelope: str, pages: int, lines: Sequence[str]
) -> str:
    """Take in the title and number of a closed envelope; return the digest of the sheet that approvers see of it.

    ``lines`` is what the sheet says beside the title, in the words of the company.
    """
    _check_may(actor, at, company_uid, pages)
    title, envelope = _named(title, most=LONGEST_TITLE), _named(envelope, most=LONGEST_ENVELOPE)
    said = Secret(pages=pages, title=title, envelope=envelope)
    return _entered(actor, at, company_uid, title, said, [sheet([title, *lines])])


def _check_may(actor: Person, at: datetime, company_uid: str, pages: int) -> None:
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    if not 1 <= pages <= MOST_SHEETS:
        raise PagesNotPossible(pages=pages, most=MOST_SHEETS)


def _named(said: str, *, most: int) -> str:
    """Return words on one line, or refuse: too many, none, or some that cannot be printed."""
    words = " ".join(said.split())
    if not words.isprintable() or not 0 < len(words) <= most:
        raise PaperNotNamed(most=most)
    return words


def _entered(actor: Person, at: datetime, company_uid: str, title: str, bound: Bound, shown: Sequence[bytes]) -> str:
    accepted = confined.run(Task.ACCEPT, b"".join(shown), lengths=[len(part) for part in shown])
    data = marked(accepted.data, {"title": title, **bound.to_json()})
    accepted = replace(accepted, data=data, changes=(MADE_A_PDF,))
    digest: str = settings.BLOBS.put(data)
    enter_document(
        actor,
        at,
        company_uid=company_uid,
        name=title,
        received_sha256=digest,
        accepted=accepted,
        bound=bound,
    )
    return digest
