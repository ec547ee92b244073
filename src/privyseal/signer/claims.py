"""What one sealing takes, and the most that was approved: first, and added since. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.kernel.canonical import sha256
from privyseal.signer.documents import Document
from privyseal.signer.own_yes import RestsOn
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Statement
from privyseal.signer.terms import Standing


class FaceNotApproved(SignerRefused):
    code = "face-not-approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one sealing takes, and the most that its application allows."""

    application: str
    seal: str
    seal_version: int
    document: Document
    impressions: int
    most_of_application: int
    most_of_document: int
    most_a_day: int | None = None
    rests_on: RestsOn | None = None
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What was added to an approved statement: impressions, documents once more each, a later end; and by whose yes.

    ``applications`` are those that added it.
    """

    impressions: int = 0
    documents: Sequence[str] = ()
    expires_at: datetime | None = None
    approvers: frozenset[str] = frozenset()
    applications: Sequence[str] = ()


AS_APPROVED: Final = Reach()


def claim_standing(statement: Statement, standing: Standing, document_sha256: str, reach: Reach) -> Claim:
    """One document takes one impression, once, and so many fit into any 24 hours."""
    return Claim(
        application=statement.application,
        seal=statement.seal,
        seal_version=statement.seal_version,
        document=standing.document(document_sha256),
        impressions=1,
        most_of_application=statement.impressions + reach.impressions,
        most_of_document=1,
        most_a_day=standing.a_day,
    )


def claim_of(statement: Statement, document: Document, reach: Reach, *, placed: int) -> Claim:
    """No document may take the impressions that the other documents of its application need, first or added.

    ``placed`` is how many all of its documents take together.
    """
    others = placed - document.impressions
    once_more = document.impressions * list(reach.documents).count(document.sha256)
    return Claim(
        application=statement.application,
        seal=statement.seal,
        seal_version=statement.seal_version,
        document=document,
        impressions=document.impressions,
        most_of_application=statement.impressions + reach.impressions,
        most_of_document=statement.impressions - others + once_more,
    )


def check_face(statement: Statement, face: bytes) -> None:
    """Return if the face that was shown is this one, or refuse; a statement from before faces were shown names none."""
    if statement.face_sha256 and statement.face_sha256 != sha256(face):
        raise FaceNotApproved(application=statement.application, seal=statement.seal)
