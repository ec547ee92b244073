"""Seals that bear a name are used with that person's own yes, said to this use or before in a mandate."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import ChangedSinceShown, MandateWish
from privyseal.approvals.models import Application, OwnYes
from privyseal.approvals.papers import Papers
from privyseal.approvals.placing import Asked, SealAsked, placed
from privyseal.approvals.queries import application_visible_to, waiting_for
from privyseal.config.backup import proving, recording
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person, PostHolding
from privyseal.identity.rules import Found, Power, TakesNoPart
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger.queries import facts_beyond
from privyseal.pdf.asking import At
from privyseal.sealing import actions as sealing
from privyseal.sealing import queries as documents
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals.models import Mandate, Permit, Seal, SealPerson
from privyseal.seals.queries import scan
from privyseal.seals.rules import SealType
from privyseal.seals.rules.persons import (
    Limits,
    MandateNotInForce,
    MandateNotPossible,
    NobodyToSayYes,
    OwnYesAwaited,
    OwnYesWithdrawn,
    SealBearsNobodysName,
    WhoseSealIsKnown,
)
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.denials import Denial, MandateDenied, PermitDenied, What
from privyseal.signer.own_yes import MandateExceeded
from privyseal.signer.replaying import OnMandate
from tests.actions.keepers import forbidden, representative
from tests.conftest import Use, apply, ask_key, digest_shown, holding, one_more_seal, permit_of, recorded, say_yes

PAPER = "5" * 64


@pytest.fixture
def qian(company: Company, chen: Person, long_ago: datetime) -> Person:
    """The company's legal representative, who holds no power."""
    return representative(chen, company, long_ago)


@pytest.fixture
def named(company: Company, public: Public, zhao: Person, li: Person, noon: datetime, signer: Client) -> Seal:
    return one_more_seal(zhao, li, noon, company, "法定代表人章", SealType.LEGAL_REPRESENTATIVE, signer)


@pytest.fixture
def personal(company: Company, public: Public, zhao: Person, li: Person, noon: datetime, signer: Client) -> Seal:
    return one_more_seal(zhao, li, noon, company, "马行之印", SealType.PERSONAL, signer)


@pytest.fixture
def use(named: Seal, qian: Person, contract: str, wang: Person, noon: datetime) -> Use:
    return Use(apply(wang, noon, named, contract), contract)


def wish(at: datetime, **changes: object) -> MandateWish:
    said = {
        "purpose": "劳动合同",
        "paper_sha256": PAPER,
        "starts_at": at,
        "ends_at": at + timedelta(days=30),
        **changes,
    }
    return MandateWish(**said)  # type: ignore[arg-type]  # each field is of its kind


def mandate(person: Person, at: datetime, seal: Seal, **changes: object) -> Mandate:
    return Mandate.objects.get(uid=approvals.give_mandate(person, at, seal_uid=seal.uid, wish=wish(at, **changes)))


def consent(person: Person, at: datetime, uid: str) -> str:
    shown = digest_shown(uid)
    return approvals.consent(person, at, application_uid=uid, shown_sha256=shown)


def seal_it(person: Person, at: datetime, use: Use, signer: Client) -> str:
    uid = sealing.seal_document(person, at, permit_uid=use.permit.uid, document_sha256=use.document, signer=signer)
    return Intent.objects.get(uid=uid).state


@pytest.mark.documents
def test_the_seal_is_used_once_its_person_has_said_yes(
    use: Use, qian: Person, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    assert [one.uid for one in waiting_for(qian, noon, most=9, counted=9).oldest] == [use.uid]
    assert documents.document_visible_to(qian, noon, use.document).sha256 == use.document
    assert "consent" in application_visible_to(qian, noon, use.uid).may

    consent(qian, noon, use.uid)
    say_yes(li, noon, use.uid)

    assert (use.permit.own_yes, use.permit.mandate) == (qian, None)
    assert seal_it(wang, noon, use, signer) == "sealed"
    assert "application.consented" in recorded()
    assert waiting_for(qian, noon, most=9, counted=9).count == 0


@pytest.mark.invariant("T19", column="rule")
def test_no_permit_comes_of_approvals_alone(use: Use, li: Person, noon: datetime) -> None:
    with pytest.raises(OwnYesAwaited):
        say_yes(li, noon, use.uid)

    assert (Permit.objects.filter(application_uid=use.uid).count(), recorded()[-1]) == (0, "application.vote.refused")
    assert Application.objects.get(uid=use.uid).state == "pending"


def test_an_own_yes_is_said_once_and_by_its_person_alone(
    use: Use, qian: Person, wang: Person, li: Person, noon: datetime
) -> None:
    for other in (wang, li):
        with pytest.raises(NotEntitled):
            consent(other, noon, use.uid)
    with pytest.raises(ChangedSinceShown):
        approvals.consent(qian, noon, application_uid=use.uid, shown_sha256="0" * 64)
    with pytest.raises(OutOfTurn):
        approvals.consent(qian, noon + timedelta(days=8), application_uid=use.uid, shown_sha256="0" * 64)
    assert OwnYes.objects.get().given_at is None

    consent(qian, noon, use.uid)

    with pytest.raises(OutOfTurn):
        consent(qian, noon, use.uid)
    assert recorded().count("application.consented") == 1


@pytest.mark.invariant("T19", column="database")
def test_the_database_keeps_an_own_yes_and_what_rests_on_it(
    use: Use, qian: Person, wang: Person, li: Person, noon: datetime
) -> None:
    consent(qian, noon, use.uid)
    say_yes(li, noon, use.uid)
    permit, other = use.permit, "1" * 32

    def forged(**changes: object) -> Callable[[], object]:
        said = {
            name: getattr(permit, name)
            for name in (
                "seal",
                "seal_version",
                "purpose",
                "policy",
                "impressions",
                "starts_at",
                "expires_at",
                "evidence",
            )
        }
        said |= {"uid": other, "application_uid": other, "issued_at": noon, **changes}
        return lambda: Permit.objects.create(**said)

    given = mandate(qian, noon, permit.seal)
    for broken, name in (
        (forged(), "permit_has_own_yes"),
        (forged(own_yes=wang), "permit_has_own_yes"),
        (
            forged(own_yes=qian, mandate=given, expires_at=given.ends_at + timedelta(days=1)),
            "mandate_covers_its_permit",
        ),
        (lambda: OwnYes.objects.update(given_at=None), "own_yes_stays_as_said"),
        (lambda: OwnYes.objects.all().delete(), "own_yes_stays_as_said"),
        (lambda: Mandate.objects.update(ends_at=noon + timedelta(days=99)), "mandate_stays_as_given"),
    ):
        with forbidden(name):
            broken()


def test_whoever_the_seal_names_approves_nothing_with_it(
    named: Seal, qian: Person, company: Company, contract: str, wang: Person, wu: Person, noon: datetime
) -> None:
    holding(qian, Power.APPROVE, company, noon)
    uid = apply(wang, noon, named, contract)

    with pytest.raises(DutiesNotSeparate):
        say_yes(qian, noon, uid)
    with forbidden("person_is_not_approver"):
        OwnYes.objects.get().application.castings.filter(person=qian).update(is_approver=True)


def test_nobody_applies_for_a_seal_whose_person_is_not_known(
    named: Seal, personal: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    for seal in (named, personal):
        with pytest.raises(NobodyToSayYes):
            apply(wang, noon, seal, contract)

    assert not Application.objects.filter(purpose="use").exists()


def test_a_representative_who_has_left_the_post_has_said_nothing(
    use: Use, qian: Person, li: Person, wang: Person, chen: Person, noon: datetime, signer: Client
) -> None:
    consent(qian, noon, use.uid)
    say_yes(li, noon, use.uid)
    identity.vacate_post(chen, noon, holding_id=PostHolding.objects.get(person=qian).pk)

    with pytest.raises(NobodyToSayYes):
        seal_it(wang, noon, use, signer)

    assert use.permit.used == 0


def test_whose_name_a_personal_seal_bears_is_said_by_one_and_agreed_by_another(
    personal: Seal, official: Seal, zhao: Person, li: Person, ma: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(SealBearsNobodysName):
        seals.name_person(zhao, noon, seal_uid=official.uid, person_pseudonym=ma.pseudonym)
    with pytest.raises(DutiesNotSeparate):
        seals.name_person(zhao, noon, seal_uid=personal.uid, person_pseudonym=zhao.pseudonym)
    with pytest.raises(NotEntitled):
        seals.name_person(li, noon, seal_uid=personal.uid, person_pseudonym=ma.pseudonym)
    seals.name_person(zhao, noon, seal_uid=personal.uid, person_pseudonym=ma.pseudonym)
    with pytest.raises(OutOfTurn):
        seals.confirm_person(li, noon, seal_uid=personal.uid, person_pseudonym=wang.pseudonym)
    with pytest.raises(NotEntitled):
        seals.confirm_person(zhao, noon, seal_uid=personal.uid, person_pseudonym=ma.pseudonym)

    seals.confirm_person(li, noon, seal_uid=personal.uid, person_pseudonym=ma.pseudonym)

    assert [kind for kind in recorded() if kind.startswith("seal.person") and not kind.endswith("refused")] == [
        *("seal.person-named", "seal.person-confirmed")
    ]
    with pytest.raises(WhoseSealIsKnown):
        seals.name_person(zhao, noon, seal_uid=personal.uid, person_pseudonym=wang.pseudonym)
    with forbidden("whose_seal_is_for_life"):
        SealPerson.objects.update(person=wang)
    for broken in ({"confirmed_by": zhao}, {"confirmed_by": wang}):
        row = SealPerson(seal=official, person=wang, named_by=zhao, named_at=noon, confirmed_at=noon, **broken)
        with forbidden("whose_seal_is_agreed_by_another"):
            row.save(force_insert=True)


@pytest.mark.documents
def test_a_mandate_stands_for_the_own_yes_until_it_is_revoked(
    named: Seal, qian: Person, contract: str, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    given = mandate(qian, noon, named, limits=Limits(uses=2))
    use = Use(apply(wang, noon, named, contract), contract)
    say_yes(li, noon, use.uid)
    assert (use.permit.mandate, Mandate.objects.get().used) == (given, 1)

    assert seal_it(wang, noon, use, signer) == "sealed"
    told = proving.on_mandates(facts_beyond(0, ["document.sealed"]))
    assert told == [OnMandate(given.uid, use.uid, 2)]  # a restored key is told so

    later = Use(apply(wang, noon, named, contract), contract)
    say_yes(li, noon, later.uid)
    seals.revoke_mandate(qian, noon, mandate_uid=given.uid)
    with pytest.raises(MandateNotInForce):
        seal_it(wang, noon, later, signer)
    with pytest.raises(OutOfTurn):
        seals.revoke_mandate(qian, noon, mandate_uid=given.uid)
    assert (later.permit.used, recorded().count("mandate.revoked")) == (0, 1)


def test_where_facts_are_lost_mandates_that_count_are_void_and_others_stand(
    named: Seal, qian: Person, noon: datetime
) -> None:
    counted, open_ended = mandate(qian, noon, named, limits=Limits(uses=2)), mandate(qian, noon, named)

    assert proving.open_at_the_cut() == {Denial(What.MANDATE, counted.uid)}
    assert [seals.void_counted_mandates(recording.RESTORE, noon) for _ in range(2)] == [1, 0]
    assert Mandate.objects.get(revoked_at=None) == open_ended
    assert recorded().count("mandate.revoked") == 1


def test_a_revoked_mandate_gives_no_permit(
    named: Seal, qian: Person, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    given = mandate(qian, noon, named)
    uid = apply(wang, noon, named, contract)
    for other in (wang, li):
        with pytest.raises(NotEntitled):
            seals.revoke_mandate(other, noon, mandate_uid=given.uid)
    seals.revoke_mandate(qian, noon, mandate_uid=given.uid)

    with pytest.raises(MandateNotInForce):
        say_yes(li, noon, uid)

    assert not Permit.objects.filter(application_uid=uid).exists()


@pytest.mark.documents
def test_a_revoked_mandate_ends_what_one_act_was_to_use_with_the_seal(
    named: Seal, official: Seal, qian: Person, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    given = mandate(qian, noon, named)
    beside = [SealAsked(named.uid, (At("1", 120_000, 60_000),))]
    asked = Asked(
        seal_uid=official.uid,
        document_sha256=contract,
        following="nobody",
        wishes=(At("1", 60_000, 60_000),),
        together=beside,
    )
    uid = apply(wang, noon, official, contract, lines=placed(wang, noon, asked))
    say_yes(li, noon, uid)

    seals.revoke_mandate(qian, noon, mandate_uid=given.uid)

    connection.check_constraints()
    assert list(Permit.objects.filter(application_uid=uid).values_list("revoked_at", flat=True)) == [noon, noon]


def test_what_goes_beyond_a_mandate_takes_the_own_yes(
    named: Seal, qian: Person, contract: str, wang: Person, noon: datetime
) -> None:
    mandate(qian, noon, named, limits=Limits(uses=1, amount=Decimal(1000)))

    def asked(**changes: object) -> Mandate | None:
        uid = apply(wang, noon, named, contract, **changes)
        return OwnYes.objects.get(application__uid=uid).mandate

    assert asked(papers=Papers(amount=Decimal(1000))) is not None
    assert asked(papers=Papers(amount=Decimal("1000.01"))) is None
    assert asked() is None
    assert asked(papers=Papers(amount=Decimal(5)), expires_at=noon + timedelta(days=31)) is None


def test_a_seal_that_is_behind_its_type_is_found_and_brought_up_to_it(
    named: Seal, personal: Seal, noon: datetime, signer: Client, tmp_path: Path
) -> None:
    assert Found.KEY_BEHIND_TYPE not in {one.found for one in scan(noon)}
    Seal.objects.filter(pk=named.pk).update(asks_own_yes_at=None)  # as it was before the key knew types
    assert [one.name for one in scan(noon) if one.found is Found.KEY_BEHIND_TYPE] == [f"{named.number} {named.name}"]

    told = [seals.catch_up(noon, signer=Client(tmp_path / "nobody.sock")), seals.catch_up(noon, signer=signer)]

    assert [*told, seals.catch_up(noon, signer=signer)] == [0, 1, 0]
    assert recorded().count("seal.own-yes-asked-at-signer") == 1
    assert Found.KEY_BEHIND_TYPE not in {one.found for one in scan(noon)}


@pytest.mark.documents
@pytest.mark.invariant("T23", column="rule")
def test_a_revoked_mandate_is_refused_by_the_key_whatever_the_register_says(
    named: Seal, qian: Person, contract: str, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    given = mandate(qian, noon, named)
    use = Use(apply(wang, noon, named, contract), contract)
    say_yes(li, noon, use.uid)
    intent = sealing.intend_to_seal(wang, noon, permit_uid=use.permit.uid, document_sha256=contract)
    seals.revoke(qian, noon, command_id=uuid4(), mandate_uid=given.uid, signer=signer)

    with pytest.raises(MandateDenied):
        sealing.finish_sealing(wang, noon, intent_uid=intent, signer=signer)

    assert (Intent.objects.get().state, Mandate.objects.get().denied_at) == ("failed", noon)
    assert "document.sealed" not in recorded()


def test_the_key_refuses_more_than_the_mandate_covers(
    named: Seal, qian: Person, contract: str, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    mandate(qian, noon, named, limits=Limits(amount=Decimal(1000)))
    use = Use(apply(wang, noon, named, contract, papers=Papers(amount=Decimal(1000))), contract)
    # Somebody with the database raises the amount after the mandate was found to cover it, and before anybody decides.
    Application.objects.filter(uid=use.uid).update(amount=Decimal("1000.01"))
    say_yes(li, noon, use.uid)

    with pytest.raises(MandateExceeded):
        seal_it(wang, noon, use, signer)

    assert (Intent.objects.get().failure, "document.sealed" in recorded()) == ("mandate-exceeded", False)


def test_what_was_said_to_one_use_is_taken_back_at_once_and_for_good(
    use: Use, qian: Person, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    consent(qian, noon, use.uid)
    say_yes(li, noon, use.uid)
    for other in (wang, li):
        with pytest.raises(NotEntitled):
            approvals.take_consent_back(other, noon, application_uid=use.uid)
    approvals.take_back(qian, noon, command_id=uuid4(), application_uid=use.uid, signer=signer)

    assert (use.permit.revoked_at, use.permit.denied_at, OwnYes.objects.get().denied_at) == (noon, noon, noon)
    with pytest.raises(OutOfTurn):
        approvals.take_consent_back(qian, noon, application_uid=use.uid)
    with pytest.raises(PermitDenied):
        ask_key(use.permit, use.document, signer, operator=wang)
    assert recorded().count("application.consent-taken-back") == 1


def test_nothing_comes_of_an_application_whose_own_yes_was_taken_back(
    use: Use, qian: Person, li: Person, noon: datetime, signer: Client
) -> None:
    consent(qian, noon, use.uid)
    assert "take-back" in application_visible_to(qian, noon, use.uid).may
    approvals.take_consent_back(qian, noon, application_uid=use.uid)

    assert not {"take-back", "consent"} & application_visible_to(qian, noon, use.uid).may
    with pytest.raises(OwnYesWithdrawn):
        consent(qian, noon, use.uid)
    with pytest.raises(OwnYesWithdrawn):
        say_yes(li, noon, use.uid)
    assert not Permit.objects.filter(application_uid=use.uid).exists()
    with forbidden("own_yes_stays_as_said"):
        OwnYes.objects.update(withdrawn_at=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "  "},
        {"ends_at": timedelta(days=366)},
        {"ends_at": timedelta(days=-1)},
        {"limits": Limits(uses=0)},
        {"limits": Limits(amount=Decimal(0))},
    ],
)
def test_a_mandate_is_limited(named: Seal, qian: Person, noon: datetime, changes: dict[str, object]) -> None:
    if isinstance(shift := changes.get("ends_at"), timedelta):
        changes = {"ends_at": noon + shift}

    with pytest.raises(MandateNotPossible):
        mandate(qian, noon, named, **changes)

    assert not Mandate.objects.exists()


def test_a_mandate_is_given_by_whom_the_seal_names_alone(
    named: Seal, official: Seal, qian: Person, zhao: Person, stranger: Person, noon: datetime
) -> None:
    refusals: list[type[Refused]] = []
    for person, seal in ((zhao, named), (stranger, named), (qian, official)):
        with pytest.raises((NotEntitled, NotFound)) as refused:
            mandate(person, noon, seal)
        refusals.append(refused.type)

    assert (refusals, Mandate.objects.count()) == ([NotEntitled, NotFound, NotFound], 0)


def test_whoever_watches_says_no_own_yes(use: Use, named: Seal, qian: Person, noon: datetime) -> None:
    holding(qian, Power.AUDIT, None, noon)

    with pytest.raises(TakesNoPart):
        consent(qian, noon, use.uid)
    with pytest.raises(TakesNoPart):
        mandate(qian, noon, named)
    with forbidden("auditor_takes_no_part"):
        OwnYes.objects.update(given_at=noon)


def test_permits_of_other_seals_rest_on_nobodys_own_yes(approved: Use) -> None:
    assert (permit_of(approved.uid).own_yes, OwnYes.objects.count()) == (None, 0)
