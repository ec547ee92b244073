"""Many documents that are done alike: what is done is said once, for the digests of all of them. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, sha256
from privyseal.signer.documents import Document, Following, spots
from privyseal.signer.places import to_json
from privyseal.signer.terms import MAX_DOCUMENTS

MAX_ALIKE: Final = 1_000
"""A fact that holds a statement of so many is shorter than an entry of a log may be, C2SP tlog-tiles."""

_DIGEST_BYTES: Final = 32
_FOLLOWING: Final = re.compile(f"{Following.NOBODY.value}|{Following.OTHERS.value}")


def are_alike(documents: Sequence[Document]) -> bool:
    """Tell whether the same is done to all of these, and nothing but that a seal is put on each."""
    first = documents[0]
    plain = Document(sha256=first.sha256, following=first.following, placements=first.placements)
    return all(replace(one, sha256=first.sha256) == plain for one in documents)


def said_of(documents: Sequence[Document]) -> Mapping[str, Json]:
    """Return how a statement says documents that are alike."""
    digests = b"".join(bytes.fromhex(one.sha256) for one in documents)
    return {
        "following": documents[0].following,
        "placements": [to_json(spot) for spot in documents[0].placements],
        "sha256": shapes.base64_text(digests),
    }


def read(value: Json) -> tuple[Document, ...]:
    """Return the documents, more of them than a statement names one by one, or raise Misshapen."""
    entry = shapes.fields(value, frozenset({"following", "placements", "sha256"}))
    following, placements = shapes.word(entry["following"], _FOLLOWING), spots(entry["placements"])
    digests = shapes.octets(entry["sha256"])
    count, left = divmod(len(digests), _DIGEST_BYTES)
    if left or not MAX_DOCUMENTS < count <= MAX_ALIKE:
        raise shapes.Misshapen
    each = (digests[at : at + _DIGEST_BYTES].hex() for at in range(0, len(digests), _DIGEST_BYTES))
    return tuple(Document(sha256=one, following=following, placements=placements) for one in each)


def said_in_fact(digests: Sequence[str]) -> Mapping[str, Json]:
    """Return how a fact names documents: each by its digest, or so many by the digest over those of all."""
    if len(digests) <= MAX_DOCUMENTS:
        return {"documents": list(digests)}
    return {"documents": len(digests), "documents_sha256": sha256(b"".join(map(bytes.fromhex, digests)))}
