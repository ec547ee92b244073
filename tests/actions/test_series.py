"""A series of documents alike under a charter that asks for passkeys: one yes, and all of them are sealed."""

from datetime import datetime

import pytest

from privyseal.approvals.rules.charters import CharterAsksMore
from privyseal.approvals.wishes import LineWish
from privyseal.identity.models import Company, Person
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.placement import PageSize
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals.models import Seal, UseEntry
from privyseal.signer.client import Client
from privyseal.signer.software_passkeys import SoftwarePasskey
from tests.actions.test_batches import SPOT
from tests.actions.test_charters import keys, public, qian, settle, signer, vote
from tests.conftest import apply, bring, permit_of
from tests.pdfs import one_page

__all__ = ["keys", "public", "qian", "signer"]
pytestmark = pytest.mark.documents

Keys = dict[str, SoftwarePasskey]


@pytest.mark.parametrize("count", [51, pytest.param(1_000, marks=pytest.mark.long)])
def test_a_series_is_approved_by_one_passkey_and_sealed_whole(
    *, count: int, keys: Keys, company: Company, official: Seal, wang: Person, li: Person, wu: Person, noon: datetime,
    signer: Client,
) -> None:  # fmt: skip
    size, data = PageSize(width=209_903, height=297_039), one_page("在职证明")
    documents = [
        bring(wang, noon, company, Accepted(data + b"%d\n" % number, pages=(size,), changes=(), signed=False))
        for number in range(count)
    ]
    lines = tuple(LineWish(official.uid, document, "nobody", SPOT) for document in documents)
    settle((li, wu), noon, official, signer, assurance="passkey")
    uid = apply(wang, noon, official, documents[0], lines=lines)
    with pytest.raises(CharterAsksMore):
        vote(li, noon, uid)
    assert vote(li, noon, uid, keys["li"]) == "approved"

    sealing.seal_each(wang, noon, permit_uid=permit_of(uid).uid, signer=signer)

    assert set(Intent.objects.values_list("state", "failure")) == {("sealed", "")}
    assert list(UseEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, count + 1))
    issued = last_fact_about("permit.issued", "application", uid)
    assert issued is not None
    assert (issued.data["documents"], len(issued.data["documents_sha256"])) == (count, 64)
