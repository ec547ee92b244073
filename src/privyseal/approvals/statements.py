"""The statements an application stands for: what approvers are shown and what the signer checks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from privyseal.approvals.additions.terms import adds_to, ends_at
from privyseal.approvals.choosing import said_of
from privyseal.approvals.models import Application, Line
from privyseal.approvals.rules import Manner, Part
from privyseal.approvals.wishes import is_by_hand
from privyseal.custody.rules.takeout import FENCE
from privyseal.devices.rules import MACHINES
from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.pdf import face as faces
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.standing import FOR_UNIT
from privyseal.signer import documents
from privyseal.signer.bound import Secret, bound_in
from privyseal.signer.documents import Code, Document, Writing
from privyseal.signer.statement import Purpose, Statement
from privyseal.signer.terms import AtMachine, Making, OwnYes, Standing, at_machine, fence

FACES: Final = "faces"
"""The term of a use whose statements name the faces that are shown; one from before they did names none to its end."""


def statements_of(application: Application, lines: Sequence[Line]) -> tuple[Statement, ...]:
    """Return one statement a seal, in the order of the lines; each says which seal goes before it on a document."""
    by_seal: dict[int, list[Line]] = {}
    for line in lines:
        by_seal.setdefault(line.seal_id, []).append(line)
    alike = by_document(lines)
    return tuple(_statement(application, own, alike) for own in by_seal.values())


def by_document(lines: Iterable[Line]) -> Mapping[str, Sequence[Line]]:
    """Return the lines on each document."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.document_sha256, []).append(line)
    return found


def lines_before(line: Line, lines: Sequence[Line]) -> list[Line]:
    """Return the lines that are sealed on the same document in the same act before this one, in their order."""
    alike = [other for other in lines if other.document_sha256 == line.document_sha256]
    return sorted((other for other in alike if other.position < line.position), key=lambda other: other.position)


def turn_of(line: Line, lines: Sequence[Line]) -> int:
    """Return as which one a seal goes on its document in one act, counted from 1 over the parts of all companies."""
    if line.after is None:
        return 1 + len(lines_before(line, lines))
    return 1 + turn_of(line.after, ())


def shown_digest(application: Application, statements: Sequence[Statement], lines: Sequence[Line]) -> str:
    """Return the digest of what an approver is shown: the statements, and the words around them."""
    said: dict[str, Json] = {
        "statements": [statement.to_bytes().decode() for statement in statements],
        "reason": application.reason,
        "documents": [line.document_name for line in lines],
    }
    said |= _of_whole(application)
    if application.returns:
        said["returns"] = application.returns
    if application.amount is not None:
        said["amount"] = str(application.amount)
    if application.counterparty:
        said["counterparty"] = application.counterparty
    if application.off_site:
        said["off_site"] = application.off_site
    if application.particulars:
        said["particulars"] = application.particulars
    said |= said_of(application)
    if application.remarks:
        said["remarks"] = application.remarks
    if application.attached:
        said["attached"] = application.attached
    said |= _said_of_hands(application, lines)
    if application.purpose != Purpose.USE.value:
        named = {part.value: _named(application, part) for part in (Part.CUSTODIAN, Part.WITNESS)}
        said |= {"terms": application.terms, **named}
    return sha256(canonical(said))


def _of_whole(application: Application) -> dict[str, Json]:
    """Return what is shown of other companies' parts, where several companies are asked."""
    joint = application.whole
    return {} if joint is None else {"joint": {"mode": joint.mode, "says_sha256": joint.says_sha256}}


def _said_of_hands(application: Application, lines: Sequence[Line]) -> dict[str, Json]:
    """Return who is named to compare copies, or to watch what is stamped by hand, and how many copies there are."""
    said: dict[str, Json] = {}
    is_copy, by_hand = any(line.manner == Manner.TRUE_COPY.value for line in lines), is_by_hand(lines)
    if is_copy:
        said["manners"] = [line.manner for line in lines]
    if by_hand:
        said["copies"] = [line.copies for line in lines]
    return said | ({Part.WITNESS.value: _named(application, Part.WITNESS)} if is_copy or by_hand else {})


def _named(application: Application, part: Part) -> list[str]:
    return sorted(casting.person.pseudonym for casting in application.castings.all() if part in casting.parts)


def _statement(application: Application, own: Sequence[Line], alike: Mapping[str, Sequence[Line]]) -> Statement:
    seal, purpose = own[0].seal, Purpose(application.purpose)
    is_use, is_prolonged = purpose is Purpose.USE, purpose is Purpose.PROLONG
    return Statement(
        application=application.uid,
        purpose=purpose,
        documents=tuple(_document(line, alike[line.document_sha256]) for line in own) if is_use else (),
        seal=seal.uid,
        seal_version=seal.version + 1 if _is_renewed(seal, purpose) else seal.version,
        impressions=0 if is_prolonged else sum(line.copies * line.impressions for line in own),
        starts_at=application.starts_at,
        expires_at=ends_at(application),
        applicant=application.applicant.pseudonym,
        policy=application.policy,
        stage=application.stage,
        make=_making(seal, application.terms) if purpose in {Purpose.MAKE, Purpose.CHANGE, Purpose.EXTEND} else None,
        own_yes=_own_yes(application, seal),
        standing=_standing(application) if purpose is Purpose.STANDING else None,
        adds_to=adds_to(application, seal.uid, own),
        amount="" if application.amount is None else f"{application.amount:.2f}",
        counterparty=_on_one_line(application.counterparty),
        fence=fence(application.terms[FENCE]) if FENCE in application.terms else None,
        machine=_machine(application, seal),
        face_sha256=seal.face_sha256 if FACES in application.terms and is_drawn(seal) else "",
    )


def is_drawn(seal: Seal) -> bool:
    """Return whether the seal's face is put on a file, just as it is known here."""
    return seal.kind == SealKind.ELECTRONIC.value


def _machine(application: Application, seal: Seal) -> AtMachine | None:
    said = application.terms.get(MACHINES, {}).get(seal.uid)
    return at_machine(said) if said else None


def _on_one_line(said: str) -> str:
    """Return words as a statement carries them: on one line, of characters that can be printed."""
    return " ".join("".join(each if each.isprintable() else " " for each in said).split())


def _standing(application: Application) -> Standing:
    terms = application.terms
    (reviewer,) = _named(application, Part.WITNESS)
    return Standing(
        document_class=terms["document_class"],
        title_words=tuple(terms["title_words"]),
        most_pages=terms["most_pages"],
        a_day=terms["a_day"],
        sample_every=terms["sample_every"],
        reviewer=reviewer,
        holders=tuple(_named(application, Part.OPERATOR)),
        page=terms["page"],
        x=terms["x"],
        y=terms["y"],
        unit=terms.get(FOR_UNIT, ""),
    )


def _own_yes(application: Application, seal: Seal) -> OwnYes | None:
    own = next((one for one in application.own_yeses.all() if one.seal_id == seal.pk), None)
    return None if own is None else OwnYes(own.person.pseudonym, own.mandate.uid if own.mandate else "")


def _document(line: Line, alike: Sequence[Line]) -> Document:
    before = lines_before(line, alike)
    other = None if before else line.after
    bound = bound_in(line.bound)
    return Document(
        sha256=line.document_sha256,
        following=line.following,
        placements=() if isinstance(bound, Secret) else documents.spots(line.placements),
        codes=tuple(Code.parse(code) for code in line.codes),
        writings=tuple(Writing.parse(writing) for writing in line.writings),
        awaited=tuple(documents.awaited_from_json(one) for one in line.awaited),
        field=line.field,
        after=before[-1].seal.uid if before else other.seal.uid if other else "",
        under=other.application.uid if other else "",
        bound=bound,
    )


def _is_renewed(seal: Seal, purpose: Purpose) -> bool:
    """Return whether the purpose makes a new version: a change does, and an extension where there is a certificate."""
    is_electronic = seal.kind == SealKind.ELECTRONIC.value
    return purpose is Purpose.CHANGE or (purpose is Purpose.EXTEND and is_electronic)


def _making(seal: Seal, terms: Mapping[str, Any]) -> Making | None:
    """Return what the signer is to make; nothing where a licensed maker makes it of rubber."""
    if seal.kind != SealKind.ELECTRONIC.value:
        return None
    is_new_face = "face" in terms
    return Making(
        company=seal.company.uid,
        organization=seal.company.name,
        uscc=seal.company.uscc,
        name=terms["name"] if is_new_face else seal.name,
        type=seal.type,
        face_sha256=faces.digest(faces.Face.from_json(terms["face"])) if is_new_face else seal.face_sha256,
    )
