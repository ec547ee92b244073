"""Phrases below a comment: one's own, a company's, and the usual ones for whoever has none."""

import re
from datetime import datetime

import pytest

from privyseal.approvals.actions.phrases import keep_phrases, set_phrases
from privyseal.approvals.models import CompanyPhrases, OwnPhrases
from privyseal.approvals.rules.phrases import PhrasesNotPossible
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, NotFound
from tests.conftest import Use, recorded
from tests.edges.conftest import Enter, alert, command


def offered(enter: Enter, person: Person, uid: str) -> list[str]:
    page = enter(person).get(f"/applications/{uid}/").content.decode()
    return re.findall(r'<button type="button">([^<]*)</button>', page.split('class="phrases"')[1].split("</div>")[0])


def test_what_is_offered_are_ones_own_phrases_in_their_order_then_the_companys_else_the_usual_ones(
    pending: Use, company: Company, li: Person, zhao: Person, enter: Enter
) -> None:
    approver, address = enter(li), "/phrases/"
    usual = offered(enter, li, pending.uid)

    kept = approver.post(address, command(lines=" 请 附合同 \n\n同意。\n请 附合同"))
    own = offered(enter, li, pending.uid)
    assert (kept.status_code, own, recorded()[-1]) == (302, ["请 附合同", "同意。"], "person.phrases-kept")
    assert "请 附合同\n同意。" in approver.get(address).content.decode()
    set_phrases_of = f"/phrases/{company.uid}/"
    assert enter(zhao).post(set_phrases_of, command(lines="请法务先审。\n同意。")).status_code == 302
    assert (offered(enter, li, pending.uid), recorded()[-1]) == (
        ["请 附合同", "同意。", "请法务先审。"],
        "company.phrases-set",
    )
    approver.post(address, command(lines=""))
    assert offered(enter, li, pending.uid) == ["请法务先审。", "同意。"]
    enter(zhao).post(set_phrases_of, command(lines=" "))
    assert (offered(enter, li, pending.uid), len(usual)) == (usual, 6)
    assert (OwnPhrases.objects.count(), CompanyPhrases.objects.count()) == (0, 0)


def test_phrases_are_few_and_short_and_a_companys_are_set_by_whoever_manages_it(
    company: Company, li: Person, zhao: Person, stranger: Person, noon: datetime, enter: Enter
) -> None:
    for person, lines in ((li, "\n".join(map(str, range(13)))), (li, "长" * 61)):
        with pytest.raises(PhrasesNotPossible):
            keep_phrases(person, noon, lines=lines)
        assert recorded()[-1] == "person.keep-phrases.refused"
    with pytest.raises(PhrasesNotPossible):
        set_phrases(zhao, noon, company_uid=company.uid, lines="\n".join(map(str, range(7))))
    with pytest.raises(NotEntitled):
        set_phrases(li, noon, company_uid=company.uid, lines="同意。")
    with pytest.raises(NotFound):
        set_phrases(stranger, noon, company_uid=company.uid, lines="同意。")
    assert (OwnPhrases.objects.count(), CompanyPhrases.objects.count()) == (0, 0)

    refused = enter(li).post("/phrases/", command(lines="长" * 61))

    assert (refused.status_code, "60" in alert(refused), "长" * 61 in refused.content.decode()) == (409, True, True)
