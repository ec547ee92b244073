"""A company on its way to being known."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from privyseal.identity import actions
from privyseal.identity.actions import AlreadyRegistered, ReasonMissing
from privyseal.identity.models import Company, Person
from privyseal.identity.names import NameLooksTaken, NameNotPlain, plain_name, skeleton
from privyseal.identity.rules import EvidenceMissing, Proof, SelfConfirmation, Standing
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from tests.conftest import recorded

LICENCE, REPRESENTATIVE, BETTER = "0" * 64, "1" * 64, "2" * 64
PROOFS = {"licence_sha256": LICENCE, "representative_sha256": REPRESENTATIVE}


@pytest.fixture
def new(chen: Person, noon: datetime) -> Company:
    return Company.objects.get(uid=register(chen, noon))


def register(actor: Person, at: datetime, **changes: str) -> str:
    said = {
        "name": "另一示例（北京）有限公司",
        "name_en": "Another Example",
        "uscc": "91350100M000100Y43",
        "legal_representative": "钱正",
        **PROOFS,
        **changes,
    }
    return actions.register_company(actor, at, **said)


def test_a_company_is_incomplete_until_every_proof_is_there(chen: Person, sun: Person, noon: datetime) -> None:
    uid = register(chen, noon, representative_sha256="")
    with pytest.raises(EvidenceMissing):
        actions.verify_company(sun, noon, company_uid=uid, licence_sha256=LICENCE, representative_sha256="")

    actions.bring_evidence(chen, noon, company_uid=uid, proof=Proof.REPRESENTATIVE, sha256=REPRESENTATIVE)
    assert Company.objects.get(uid=uid).standing is Standing.TO_BE_EXAMINED
    actions.verify_company(sun, noon, company_uid=uid, **PROOFS)

    assert Company.objects.get(uid=uid).standing is Standing.VERIFIED
    assert recorded() == [
        "company.registered",
        "company.verify.refused",
        "company.evidence-brought",
        "company.verified",
    ]


def test_a_rejected_company_is_examined_anew_with_better_proofs(
    chen: Person, sun: Person, new: Company, noon: datetime
) -> None:
    with pytest.raises(ReasonMissing):
        actions.reject_company(sun, noon, company_uid=new.uid, reason=" ", **PROOFS)
    actions.reject_company(sun, noon, company_uid=new.uid, reason="执照模糊", **PROOFS)
    with pytest.raises(OutOfTurn):
        actions.verify_company(sun, noon, company_uid=new.uid, **PROOFS)

    actions.bring_evidence(chen, noon, company_uid=new.uid, proof=Proof.LICENCE, sha256=BETTER)
    with pytest.raises(NotFound):
        actions.verify_company(sun, noon, company_uid=new.uid, **PROOFS)
    actions.verify_company(sun, noon, company_uid=new.uid, **{**PROOFS, "licence_sha256": BETTER})

    new.refresh_from_db()
    assert (new.standing, new.rejection) == (Standing.VERIFIED, "")
    with pytest.raises(OutOfTurn):
        actions.bring_evidence(chen, noon, company_uid=new.uid, proof=Proof.LICENCE, sha256=LICENCE)


def test_neither_registrar_nor_bringer_examines(chen: Person, zhao: Person, new: Company, noon: datetime) -> None:
    for examine in (actions.verify_company, actions.reject_company):
        reason = {"reason": "x"} if examine is actions.reject_company else {}
        with pytest.raises(SelfConfirmation):
            examine(chen, noon, company_uid=new.uid, **PROOFS, **reason)
        with pytest.raises(NotEntitled):
            examine(zhao, noon, company_uid=new.uid, **PROOFS, **reason)
    with pytest.raises(NotEntitled):
        actions.bring_evidence(zhao, noon, company_uid=new.uid, proof=Proof.LICENCE, sha256=BETTER)

    new.refresh_from_db()
    assert new.standing is Standing.TO_BE_EXAMINED


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("verifier_brought_no_evidence", {"verified_by": "sun", "evidence_by": "sun"}),
        ("company_is_verified_with_every_proof", {"verified_at": "noon", "representative_sha256": ""}),
        ("company_is_rejected_with_a_reason", {"rejected_at": "noon"}),
    ],
)
def test_the_database_keeps_what_the_rule_says(
    name: str, changes: dict[str, str], sun: Person, new: Company, noon: datetime
) -> None:
    known = {"sun": sun, "noon": noon}
    values = {column: known.get(value, value) for column, value in changes.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Company.objects.filter(pk=new.pk).update(**values)


@pytest.mark.parametrize(
    "alike",
    [
        "另一示例(北京)有限公司",  # other brackets
        "另一示例 北京 有限公司",  # none
        "另ー示例（北京）有限公司",  # the long sound of katakana
        "另⼀示例（北京）有限公司",  # a radical
        "另一⽰例（北京）有限公司",
    ],
)
def test_a_name_that_a_reader_could_take_for_another_is_refused(
    alike: str, chen: Person, new: Company, noon: datetime
) -> None:
    with pytest.raises((NameLooksTaken, AlreadyRegistered)):
        register(chen, noon, name=alike, uscc="91110108MA01ABCF0D")

    with pytest.raises(IntegrityError, match="skeleton"), transaction.atomic():
        Company.objects.create(
            name=alike + "x",
            skeleton=skeleton(alike),
            uscc="91110108MA01ABCF0D",
            legal_representative="钱正",
            registered_by=chen,
            registered_at=noon,
        )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IBM中国", "ｌＢＭ中国"),
        ("Сhina", "China"),
        ("口岸", "ロ岸"),
        ("己方", "已方"),
        ("未来", "末来"),
        ("工程", "エ程"),
        ("士力", "土カ"),
        ("O2O", "020"),
    ],
)
def test_names_of_one_look_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("大华", "太华"), ("三一", "三二"), ("东方", "东风"), ("·", "※")])
def test_names_that_can_be_told_apart_keep_their_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    "hidden", ["示\u200b例", "示\u202e例", "示\ufe00例", "示\U000e0101例", "\u3164", "示\u2800例", "示\u034f例"]
)
def test_a_name_hides_nothing(hidden: str) -> None:
    with pytest.raises(NameNotPlain):
        plain_name(hidden)
