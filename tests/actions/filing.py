"""What somebody owes to the file after a use."""

from datetime import datetime

import pytest

from privyseal.approvals.papers import Papers
from privyseal.approvals.rules.categories import Category, Retention
from privyseal.identity.models import Company, Person
from privyseal.sealing import actions as sealing
from privyseal.seals.models import Filing, Seal
from privyseal.signer.client import Client
from tests.actions.test_categories import put_in_force
from tests.conftest import apply, permit_of, say_yes

SCAN = b"%PDF-1.7 the signed contract"
SALES = Category(
    name_zh="销售合同",
    name_en="Sales",
    retention=Retention.THIRTY_YEARS,
    archive_days=20,
    archive_blocks=True,
    archive_copy_back=True,
)


@pytest.fixture
def owed(
    official: Seal, contract: str, company: Company, wang: Person, li: Person, zhao: Person, chen: Person,
    noon: datetime, signer: Client,
) -> Filing:  # fmt: skip
    """What wang owes to the file after a use under a category with 20 working days."""
    category = put_in_force(zhao, chen, noon, company, code="sales", category=SALES)
    uid = apply(wang, noon, official, contract, papers=Papers(category_uid=category.uid))
    say_yes(li, noon, uid)
    sealing.seal_document(wang, noon, permit_uid=permit_of(uid).uid, document_sha256=contract, signer=signer)
    return Filing.objects.get()
