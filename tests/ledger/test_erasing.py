"""The ledger does not feel that somebody was erased: it never had a name."""

from django.utils.timezone import localdate

from privyseal.identity import actions as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.keeping import actions
from privyseal.keeping.rules import Decision
from privyseal.kernel import receipt
from privyseal.kernel.note import VerifierKey
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.models import FactRow
from privyseal.ledger.proofs import audit, receipt_for
from privyseal.signer.client import Client
from tests.conftest import holding, new_person
from tests.ledger.conftest import NOON
from tests.ledger.test_integrator import settle


def test_the_ledger_verifies_after_an_erasure_and_so_do_the_receipts_from_before(
    integrator: Integrator, log: tuple[Client, VerifierKey]
) -> None:
    chen = holding(new_person("chen", "陈安"), Power.SECURITY, None, NOON)
    holding(new_person("chen2", "陈二"), Power.SECURITY, None, NOON)
    sun = holding(new_person("sun", "孙明"), Power.AUDIT, None, NOON)
    pseudonym = identity.enrol_person(chen, NOON, login="tang", name="唐安琪")
    settle(integrator, 1)
    enrolled = FactRow.objects.get(kind="person.enrolled")
    before = receipt_for(enrolled.pk)
    identity.leave_group(chen, NOON, person_pseudonym=pseudonym, left_on=localdate(NOON))

    asked = actions.ask_erasure(chen, NOON, person_pseudonym=pseudonym, reason="本人要求")
    actions.decide_erasure(sun, NOON, erasure_uid=asked, decision=Decision.AGREED)
    settle(integrator, FactRow.objects.count() - 1)

    found = audit(log[1])
    assert (found.broken, found.facts) == (None, FactRow.objects.count())
    assert receipt.check(before, log[1]).fact == receipt.check(receipt_for(enrolled.pk), log[1]).fact
    assert Person.objects.get(pseudonym=pseudonym).name != "唐安琪"
