"""Several seals of one holder on one document, in one go: a revision each; the first lays out where the others go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from privyseal.pdf.cms import Key
from privyseal.pdf.face import Face
from privyseal.pdf.marks import Mark
from privyseal.pdf.seal import Awaited, Following, Parties, seal
from privyseal.pdf.spots import Spot


@dataclass(frozen=True, slots=True)
class Impression:
    """One seal of several: its face, where it stands, the key and the field it signs with."""

    face: Face
    spots: Sequence[Spot]
    key: Key
    field: str


def seal_together(
    document: bytes,
    impressions: Sequence[Impression],
    *,
    following: Following | Parties,
    at: datetime,
    more: Sequence[Mark] = (),
) -> bytes:
    """Return the revisions to append, one a seal in this order, or refuse: then nothing of it is to be used.

    What the first forbids is all but the seals given here, and those of later parties. Where others may follow with
    tools of their own, each is an approval signature. ``more`` goes with the first.
    """
    first, *others = impressions
    if following is not Following.OTHERS:
        laid = tuple(Awaited(one.field, tuple(one.spots), one.face.size) for one in others)
        later = following.awaited if isinstance(following, Parties) else ()
        following = Parties((*laid, *later)) if laid or later else following
    appended = b""
    for one in impressions:
        appended += seal(
            document + appended,
            face=one.face,
            spots=one.spots,
            following=following if one is first else Following.OTHERS,
            key=one.key,
            field=one.field,
            at=at,
            more=more if one is first else (),
        )
    return appended
