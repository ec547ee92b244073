"""A copy checked against its original, at the browser."""

from privyseal.approvals.models import Application, CopyCheck
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Seal
from tests.edges.conftest import Enter, command
from tests.edges.test_applying import terms


def test_a_checker_is_named_compares_and_is_shown_to_the_approver(
    company: Company, official: Seal, contract: str, wang: Person, ma: Person, li: Person, enter: Enter
) -> None:
    applicant, checker = enter(wang), enter(ma)
    applicant.post(f"/apply/use/{company.uid}/{contract}/", terms(official, wang, checker=ma.pseudonym))
    use = Application.objects.get(purpose="use")
    page = f"/applications/{use.uid}/"
    assert "已核对，与原件一致" in checker.get(page).content.decode()
    assert f'href="#pages-{contract}"' in checker.get(page).content.decode()
    assert "已核对，与原件一致" not in applicant.get(page).content.decode()

    answer = checker.post(f"{page}compare/", command(shown_sha256=use.shown_sha256, line="1"))

    assert answer.status_code == 302
    assert CopyCheck.objects.get().compared_at
    shown = enter(li).get(page).content.decode()
    assert "与原件核对无误" in shown
    assert ma.name in shown
