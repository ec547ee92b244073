"""What several tests of actions begin with."""

from datetime import datetime

import pytest

from privyseal.identity.models import Company, Person
from tests.actions.filing import owed  # noqa: F401  what wang owes to the file
from tests.actions.policies import InForce, put_in_force


@pytest.fixture
def in_force(company: Company, zhao: Person, chen: Person, noon: datetime) -> InForce:
    """Return how a policy of these rows comes into force in the company: zhao writes it, chen confirms it."""
    return lambda *rows: put_in_force(zhao, chen, noon, company, *rows)
