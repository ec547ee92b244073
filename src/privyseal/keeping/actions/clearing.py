"""Deleting what is over: a list that a manager asks for, the auditor decides, and a job carries out file by file."""

from datetime import datetime
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app

from privyseal.identity import queries as identity
from privyseal.identity.locks import locked_company
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.keeping.documents import discard_document, is_document_needed
from privyseal.keeping.ended import Ended, ended_in, is_needed, people_of
from privyseal.keeping.holds import covers
from privyseal.keeping.locks import before_holds
from privyseal.keeping.models import Clearance, ClearedPaper
from privyseal.keeping.rules import Decision, check_reason, check_second
from privyseal.keeping.terms import ListChanged, NothingEnded, Paper
from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import file_to_oneself

CLEAR: Final = "keeping.clear"
_KEEPER: Final = Service("keeper")


@command("clearance.ask")
def ask_clearance(actor: Person, at: datetime, *, company_uid: str, reason: str) -> str:
    """Ask that what is over in a company is deleted, as far as it goes on one list; return the list's uid."""
    said, company = check_reason(reason), locked_company(company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    ended = ended_in(company, at)
    if not ended:
        raise NothingEnded(company=company.uid)
    digest = sha256(canonical({"papers": [_row(each) for each in ended]}))
    made = Clearance.objects.create(company=company, reason=said, list_sha256=digest, asked_by=actor, asked_at=at)
    ClearedPaper.objects.bulk_create(
        [
            ClearedPaper(
                clearance=made,
                paper=each.paper.value,
                key=each.key,
                sha256=each.sha256,
                also_sha256=each.also_sha256,
                retention=each.retention.value,
                ended_on=each.ended_on,
                permit=each.permit,
            )
            for each in ended
        ]
    )
    book.record("clearance.asked", by=actor, at=at, **_about(made), papers=len(ended))
    return made.uid


@command("clearance.decide")
def decide_clearance(actor: Person, at: datetime, *, clearance_uid: str, decision: Decision, list_sha256: str) -> str:
    """Say yes or no to exactly the list that was shown; with a yes a job deletes what is on it, file by file."""
    identity.require(actor, at, Power.AUDIT, None)
    found = Clearance.objects.select_for_update(of=("self",)).select_related("company")
    clearance = found.filter(uid=clearance_uid, decision="").first()
    if clearance is None:
        raise NotFound(clearance=clearance_uid)
    check_second(actor.pk, asker=clearance.asked_by_id)
    if clearance.list_sha256 != list_sha256:
        raise ListChanged(clearance=clearance_uid)
    clearance.decision, clearance.decided_by, clearance.decided_at = decision.value, actor, at
    clearance.save(update_fields=["decision", "decided_by", "decided_at"])
    if decision is Decision.REFUSED:
        book.record("clearance.refused", by=actor, at=at, **_about(clearance))
        return clearance.uid
    book.record("clearance.agreed", by=actor, at=at, **_about(clearance))
    app.configure_task(CLEAR, lock=clearance.uid).defer(clearance_uid=clearance.uid)
    return clearance.uid


def clear(at: datetime, *, clearance_uid: str) -> int:
    """Delete what is on an agreed list and not held; return how many files went. Whoever is stopped goes on later.

    (1) what goes is on record and committed; (2) the files are deleted, with no transaction open; (3) that is on record
    """
    papers = ClearedPaper.objects.filter(clearance__uid=clearance_uid, clearance__decision=Decision.AGREED.value)
    for pk in papers.filter(gone_at=None).order_by("pk").values_list("pk", flat=True):
        _let_go(_KEEPER, at, paper_id=pk)  # (1)
    done = 0
    for paper in papers.filter(gone_at__isnull=False, deleted_at=None).order_by("pk"):
        _discard(paper)  # (2)
        _confirm(_KEEPER, at, paper_id=paper.pk)  # (3)
        done += 1
    return done


def _discard(paper: ClearedPaper) -> None:
    if Paper(paper.paper) is Paper.DOCUMENT:
        with file_to_oneself(paper.sha256):
            if not is_document_needed(paper.sha256):
                discard_document(paper.sha256)
        return
    for digest in filter(None, (paper.sha256, paper.also_sha256)):
        if not is_needed(digest):
            settings.VAULT.discard(digest)


@command("clearance.let-go")
def _let_go(actor: Actor, at: datetime, *, paper_id: int) -> None:
    """Put on record that a file goes, unless a hold came over it meanwhile: then it stays."""
    before_holds()
    paper = _locked(paper_id)
    permit = paper.permit
    is_held = covers(
        company_id=permit.seal.company_id,
        seal_id=permit.seal_id,
        application_uid=permit.application_uid,
        people=people_of(Paper(paper.paper), paper.key),
    )
    if paper.gone_at is not None or is_held:
        return
    paper.gone_at = at
    paper.save(update_fields=["gone_at"])
    book.record("paper.let-go", by=actor, at=at, **_about_paper(paper))


@command("clearance.confirm")
def _confirm(actor: Actor, at: datetime, *, paper_id: int) -> None:
    paper = _locked(paper_id)
    if paper.deleted_at is None:
        paper.deleted_at = at
        paper.save(update_fields=["deleted_at"])
        book.record("paper.deleted", by=actor, at=at, **_about_paper(paper))


def _locked(paper_id: int) -> ClearedPaper:
    papers = ClearedPaper.objects.select_for_update(of=("self",)).select_related("clearance__company", "permit__seal")
    return papers.get(pk=paper_id)


def _row(ended: Ended) -> dict[str, Json]:
    return {
        "paper": ended.paper.value,
        "sha256": ended.sha256,
        "retention": ended.retention.value,
        "ended_on": ended.ended_on.isoformat(),
        "permit": ended.permit.uid,
    }


def _about(clearance: Clearance) -> dict[str, Json]:
    return {"company": clearance.company.uid, "clearance": clearance.uid, "list_sha256": clearance.list_sha256}


def _about_paper(paper: ClearedPaper) -> dict[str, Json]:
    return {
        "company": paper.clearance.company.uid,
        "seal": paper.permit.seal.uid,
        "permit": paper.permit.uid,
        "clearance": paper.clearance.uid,
        "paper": paper.paper,
        "file_sha256": paper.sha256,
        "retention": paper.retention,
        "ended_on": paper.ended_on.isoformat(),
    }
