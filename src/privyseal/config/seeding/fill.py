"""Fill a demo installation with a group as large as wanted: all of it, or nothing."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.config import demo
from privyseal.config.seeding import books
from privyseal.config.seeding.organisation import Organisation
from privyseal.config.seeding.register import Seals
from privyseal.config.seeding.sizes import Size
from privyseal.config.seeding.tables import Connection, bare
from privyseal.config.seeding.uses import Use, Uses
from privyseal.identity.models import Company
from privyseal.identity.queries import installation
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.ledger import loading
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.loading import Loader, Past
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose

_CHUNK: Final = 100_000  # each leaves empty what its tables were enlarged by in advance: a quarter of a megabyte
_SEED: Final = 20_260_105
Progress = Callable[[int, int], None]


class AlreadySeeded(Refused):
    code = "already-seeded"


class InstallationBusy(Refused):
    """A worker runs on this installation."""

    code = "installation-busy"


@dataclass(frozen=True, slots=True)
class Seeding:
    """Where the group goes, and who signs its ledger's new head."""

    connection: Connection
    signer: Client
    size: Size

    def fill(self, at: datetime, progress: Progress) -> None:
        """Fill companies, people, powers, seals, applications and facts; ``progress`` hears applications of all."""
        found = installation()
        if found is None or not found.is_demo:
            raise demo.NotADemo
        if Company.objects.count() > 1:
            raise AlreadySeeded
        integrator = Integrator(self.connection, self.signer)
        if not integrator.take_lead():
            raise InstallationBusy
        while integrator.step():
            pass
        with self.connection.transaction():
            self._fill(at, integrator, progress)
        integrator.step()
        self.connection.autocommit = True
        self.connection.execute("VACUUM ANALYZE")

    def _fill(self, at: datetime, integrator: Integrator, progress: Progress) -> None:
        dice = random.Random(_SEED)  # noqa: S311 - the same group every time; nothing here is a secret
        organisation = Organisation(self.connection, self.size, dice, like=demo.person(demo.SECURITY), at=at)
        parent = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
        staff = organisation.fill(parent=parent, verifier=demo.person(demo.AUDITOR))
        seals = Seals(self.connection, self.size, dice, at=at).fill(staff)
        uses, loader = Uses(self.connection, dice, staff=staff, seals=seals, at=at), Loader(self.connection, integrator)
        with bare(self.connection, [*uses.tables, *loading.TABLES, *books.TABLES]):
            for start in range(0, self.size.applications, _CHUNK):
                end = min(start + _CHUNK, self.size.applications)
                filled = uses.fill(start, end, self.size.applications)
                loader.load(_submissions(filled, organisation))
                progress(end, self.size.applications)
            books.fill(self.connection, first_company=staff[0].company)
        uses.keep_counting()
        loader.keep_counting()


def _submissions(uses: Sequence[Use], organisation: Organisation) -> Iterator[Past]:
    """Say of each application that it was submitted: the one fact that a seeded application has."""
    for use in uses:
        said: dict[str, Json] = {
            "application": use.uid,
            "company": organisation.company_uids[use.company],
            "purpose": Purpose.USE.value,
            "seals": [use.seal.uid],
            "documents": [use.document],
            "impressions": 1,
            "operators": [organisation.pseudonyms[use.operator]],
            "shown_sha256": use.document,
        }
        yield Past("application.submitted", organisation.pseudonyms[use.applicant], use.submitted_at, said)
