"""Go on with a record that lacks facts which a signed head had covered: under another name, and by leave alone.

(1) the auditor agrees to exactly so many missing facts; (2) the custodians open the keys; (3) the signer's file learns
what the record says of it, and that nothing open at the cut is allowed any more; (4) the first fact of the new name
says what is missing; (5) its head is signed; (6) permits are voided, and mandates that count, and seals put to rest
that the key has stopped
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from django.conf import settings

from privyseal.config.backup import proving, recording
from privyseal.config.backup.certificate import Leave, Lost
from privyseal.config.failures import CannotStart
from privyseal.config.installation import Databases
from privyseal.identity.models import Person
from privyseal.identity.queries import people_with
from privyseal.identity.rules import Place, Power
from privyseal.kernel.note import Checkpoint
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.naming import FIRST_FACT
from privyseal.seals import actions as seals
from privyseal.signer import anew, replaying
from privyseal.signer.anew import Reopened
from privyseal.signer.client import Client
from privyseal.signer.replaying import Replayed

_NOBODY: Final = Path("/nonexistent")


def go_on(signer: Path, known: Checkpoint, leave: Leave, databases: Databases) -> tuple[Replayed, Lost]:
    """Begin a new name of the record in database and signer's file, or say who has not agreed."""
    at = datetime.now(UTC)
    end = proving.end()
    missing = known.size - end.size
    if missing != leave.missing:
        raise CannotStart(f"{missing} facts are missing, and leave was given for {leave.missing}. Nothing was opened.")
    auditor = _auditor(leave, at)  # (1)
    with anew.reopened(signer, shares=leave.shares, key_file=leave.key_file) as opened:  # (2)
        custodians, origin = opened.custodians, anew.next_name(end.origin)
        key = opened.key_named(origin)
    survived = anew.outlived(signer)
    said = proving.later(signer)
    without = replace(said, head=None, proof=[], denied={*said.denied, *proving.open_at_the_cut()})
    replayed = replaying.replay(signer, without, at=at)  # (3)
    with (
        psycopg.connect(databases.integrator) as own,
        anew.reopened(signer, shares=leave.shares, key_file=leave.key_file) as opened,
    ):
        integrator = Integrator(own, Client(_NOBODY))
        recording.begin_anew(  # (4)
            recording.RESTORE,
            at,
            key=key.text,
            begins_at=integrator.size,
            known=known,
            said={
                "cut": end.size,
                "cut_root": end.root.hex(),
                "missing": missing,
                "custodians": custodians,
                "auditor": auditor.pseudonym,
            },
        )
        _sign(integrator, opened, origin)  # (5)
    permits = seals.void_open_permits(recording.RESTORE, at)  # (6)
    mandates = seals.void_counted_mandates(recording.RESTORE, at)
    stopped = seals.follow_key(recording.RESTORE, at, stopped=proving.known_seals(survived.at_rest | survived.ended))
    publish(settings.DATA)
    unrecorded = sorted(survived.intents - proving.known_intents(survived.intents))
    return replayed, Lost(
        end.size, known, key.text, custodians, auditor.pseudonym, permits, mandates, stopped, unrecorded
    )


def publish(data: Path) -> None:
    """Lay out the key of now, and those of before, for who checks receipts on this machine."""
    folder, names = data / "public", proving.names_of_now()
    (folder / "log.vkey").write_text(names.every[-1].key.text + "\n", encoding="utf-8")
    before = "".join(f"{name.key.text}\n" for name in names.every[:-1])
    (folder / "log.before.vkey").write_text(before, encoding="utf-8")
    (folder / "log.before.vkey").chmod(0o644)


def _sign(integrator: Integrator, opened: Reopened, origin: str) -> None:
    integrator.number(FIRST_FACT)
    integrator.keep_head(opened.begin(origin, size=integrator.size, root=integrator.root))


def _auditor(leave: Leave, at: datetime) -> Person:
    """Return the auditor of the restored record who agrees, or say that nobody does."""
    person = Person.objects.filter(login=leave.auditor, is_active=True).first()
    if person is None or person.pk not in people_with(Power.AUDIT, Place(None), at):
        raise CannotStart(f"{leave.auditor} is no auditor in the restored record: the loss takes an auditor's leave.")
    if not person.check_password(leave.password):
        raise CannotStart(f"This is not the password of {leave.auditor} in the restored record.")
    return person
