"""Where the key or the record is not sure of itself, nothing is used, and whoever tried reads what to do."""

import pytest
from django.utils.translation import override

from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.language.refusals import words_for
from privyseal.ledger.book import LedgerUnwritable
from privyseal.signer.client import SignerUnavailable
from privyseal.signer.database import ClockRunsBackwards
from privyseal.signer.epochs import SignerIsAnother, SignerReplaced
from privyseal.signer.keys import SignerSealed
from privyseal.signer.tokens import TokenUnavailable
from privyseal.web.answers import status_of

UNSURE = (
    (LedgerUnwritable, ("tell your administrator", "管理员")),
    (CosignersStale, ("Tell your administrator and the auditor", "管理员")),
    (SignerUnavailable, ("finished automatically when it is back", "自动完成")),
    (SignerSealed, ("custodians have to open it", "须由密钥保管人开启")),
    (SignerReplaced, ("Tell your administrator", "管理员")),
    (SignerIsAnother, ("Start the product again", "重新启动")),
    (ClockRunsBackwards, ("Tell your administrator", "管理员")),
    (TokenUnavailable, ("finished automatically when it is back", "自动完成")),
)


@pytest.mark.parametrize(("why", "words"), UNSURE)
def test_whoever_finds_it_unsure_is_answered_for_now_and_told_what_to_do(
    why: type[Refused], words: tuple[str, str]
) -> None:
    assert status_of(why()) == 503
    for language, said in zip(("en", "zh-hans"), words, strict=True):
        with override(language):
            assert said in words_for(why())
