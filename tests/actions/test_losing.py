"""Where the record goes on without facts: nothing open is allowed, and everybody in charge hears of it."""

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client as Browser

from privyseal.config.backup import recording
from privyseal.identity import actions
from privyseal.identity.models import FactorReset, Installation, Person, Session
from privyseal.identity.rules import EntryCodeWrong
from privyseal.kernel.canonical import parse
from privyseal.kernel.note import Checkpoint, VerifierKey
from privyseal.ledger.models import FactRow
from privyseal.ledger.naming import names
from privyseal.notification.audiences import Around, Subject, everybody_in
from privyseal.notification.rules import Audience
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.models import Seal
from privyseal.seals.permits import PermitRevoked
from privyseal.signer.client import Client
from tests.conftest import Use, recorded

KNOWN = Checkpoint("localhost:8000/ledger", 40, bytes(32))


def begin_anew(at: datetime) -> tuple[VerifierKey, VerifierKey]:
    """Return the record's key before and since."""
    before = VerifierKey.parse(Installation.objects.get().log_key)
    since = VerifierKey(f"{before.name}/2", before.public)
    said = {"cut": 20, "missing": 20}
    recording.begin_anew(recording.RESTORE, at, key=since.text, begins_at=21, known=KNOWN, said=said)
    return before, since


def test_after_a_restore_everybody_signs_in_anew_and_no_code_from_before_opens_an_account(
    wang: Person, chen: Person, noon: datetime
) -> None:
    until = {"began_at": noon, "seen_at": noon, "expire_date": noon + timedelta(minutes=30)}
    Session.objects.create(session_key="a" * 64, session_data="", person=wang, **until)
    actions.make_entry_code(chen, noon, person_pseudonym=wang.pseudonym, code="ABCD-EFGH-JKMN-PQRS")
    Authenticator.objects.create(user=wang, type=Authenticator.Type.TOTP, data={})
    actions.ask_factor_reset(chen, noon, person_pseudonym=wang.pseudonym)

    for found in ({"sessions": 1, "entry_codes": 1, "messages": 0}, {"sessions": 0, "entry_codes": 0}):
        recording.enter_restored(recording.RESTORE, noon, began_at=noon, epoch=0, said={})
        fact = parse(bytes(FactRow.objects.latest("pk").body))
        assert fact["kind"] == "installation.restored"
        assert fact["data"].items() >= found.items()

    assert not Session.objects.exists()
    assert not FactorReset.objects.filter(stopped_at=None).exists()
    with pytest.raises(EntryCodeWrong):
        actions.open_account(wang, noon, code="ABCD-EFGH-JKMN-PQRS", password="a passphrase that nobody has yet")


def test_what_was_open_at_the_cut_is_void_in_the_register(
    approved: Use, wang: Person, noon: datetime, signer: Client
) -> None:
    assert seals.void_open_permits(recording.RESTORE, noon) == 1
    assert seals.void_open_permits(recording.RESTORE, noon) == 0

    assert recorded()[-1] == "permit.voided"
    with pytest.raises(PermitRevoked):
        sealing.seal_document(
            wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer
        )


def test_a_seal_that_the_key_has_stopped_rests_in_the_register_too(official: Seal, noon: datetime) -> None:
    assert seals.follow_key(recording.RESTORE, noon, stopped={official.uid}) == 1
    assert seals.follow_key(recording.RESTORE, noon, stopped={official.uid}) == 0

    official.refresh_from_db()
    assert (official.state, recorded()[-1]) == ("suspended", "seal.suspended")


def test_both_names_of_the_record_are_known_and_everybody_in_charge_hears_of_it(
    installation: Installation, noon: datetime, zhou: Person, sun: Person, zhao: Person, li: Person, wang: Person
) -> None:
    before, since = begin_anew(noon)

    named = names(since)
    assert [named.of_head(size) for size in (1, 21, 22)] == [before, before, since]
    assert (named.begins_at, named.called(before.name) is named.every[0]) == (frozenset({21}), True)
    told = everybody_in([Audience.EVERYWHERE], Subject({}, Around([], noon + timedelta(seconds=1))))
    assert {one.pk for one in (zhou, sun, zhao, li)} <= told
    assert wang.pk not in told
    page = Browser().get("/ledger/").content.decode()
    assert all(key.text in page for key in (before, since))
    assert Browser().get("/ledger/key").content.decode() == f"{since.text}\n{before.text}\n"
