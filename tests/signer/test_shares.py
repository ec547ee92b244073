"""A secret in shares: enough give it back, too few say nothing, and a wrong copy is seen."""

from collections import Counter
from itertools import combinations

import pytest

from privyseal.signer.shares import SECRET_BYTES, Share, ShareMisread, inverse, join, split, times

SECRET = bytes(range(7, 7 + SECRET_BYTES))


@pytest.mark.parametrize(("needed", "number"), [(2, 2), (2, 3), (3, 5), (15, 15)])
def test_any_so_many_shares_give_the_secret_back(needed: int, number: int) -> None:
    made = split(SECRET, needed=needed, shares=number)

    for chosen in combinations(made, needed):
        assert join({share.place: share.value for share in chosen}) == SECRET
    assert join({share.place: share.value for share in made}) == SECRET


def test_one_share_of_two_fits_every_secret_alike() -> None:
    def shown(secret: int, coefficient: int) -> int:
        made = split(
            bytes([secret]) * SECRET_BYTES, needed=2, shares=2, random=lambda count: bytes([coefficient]) * count
        )
        return made[0].value[0]

    found = [Counter(shown(secret, coefficient) for coefficient in range(256)) for secret in (0, 1, 77, 255)]

    assert all(set(each.values()) == {1} and len(each) == 256 for each in found)


def test_what_too_few_shares_give_is_not_the_secret() -> None:
    made = split(SECRET, needed=3, shares=5)

    assert not any(join({share.place: share.value for share in chosen}) == SECRET for chosen in combinations(made, 2))


def test_every_element_but_nothing_has_an_inverse() -> None:
    assert all(times(one, inverse(one)) == 1 for one in range(1, 256))
    assert times(0x57, 0x83) == 0xC1  # FIPS 197 section 4.2


@pytest.mark.parametrize(("needed", "number"), [(1, 1), (1, 3), (3, 2), (2, 16)])
def test_no_secret_is_in_fewer_than_two_shares_or_in_too_many(needed: int, number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        split(SECRET, needed=needed, shares=number)


def test_a_share_is_read_as_it_was_written_down() -> None:
    share = split(SECRET, needed=2, shares=3)[2]

    assert Share.parse(share.text) == share
    assert Share.parse(f" {share.text[:20].lower()} \n{share.text[20:].lower()} ") == share


def test_one_wrong_letter_is_seen() -> None:
    text = split(SECRET, needed=2, shares=3)[0].text

    for place, letter in enumerate(text):
        with pytest.raises(ShareMisread):
            Share.parse(text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :])
