"""``real_estate.right.shares-sum-to-one``: exact, at every instant, for ownership and land use apart."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastres.real_estate import shares
from cadastres.real_estate.rights_verbs import FormUnit, NewRight, RegisterRight, UnitObject
from gis.edit import Put
from gis.errors import RuleBroken
from gis.record import NOWHERE, Write
from tests.cadastres.real_estate.notary import RIGHT, Notary, owning, share, to

RULE = "real_estate.right.shares-sum-to-one"


@pytest.mark.parametrize(
    ("parts", "refused"),
    [
        (("1/3", "1/3", "1/3"), False),
        (("333/1000", "333/1000", "333/1000"), True),
        (("333/1000", "333/1000", "334/1000"), False),
        (("1/2", "1/3", "1/6"), False),
        (("1/2", "1/3", "1/7"), True),
        (("1",), False),
        (("1/2",), True),
        (("1", "1"), True),
        (("1/999983", "999982/999983"), False),
        (("1/999983", "999978/999979"), True),
    ],
)
def test_three_thirds_are_the_whole(notary: Notary, parts: tuple[str, ...], refused: bool) -> None:
    """Three thirds pass, three times 333/1000 do not, however near."""
    rights = tuple(owning(notary.person(), part) for part in parts)
    command = FormUnit(objects=(UnitObject("parcel", notary.parcel()),), rights=rights)
    assert notary.broken(command, "2016-01-01") == ({RULE} if refused else set())


def test_a_second_owner_is_refused_until_the_first_gives_way(notary: Notary) -> None:
    """Registering beside a full ownership is refused; transferring a part of it is the way."""
    owner, other = notary.person(), notary.person()
    unit, (right,) = notary.owned(owner)
    assert notary.broken(RegisterRight(unit=unit, rights=(owning(other, "1/2"),)), "2017-01-01") == {RULE}
    notary.transfer(right, to(other, "1/2"))
    assert notary.held(unit, "2018-01-01") == {owner: share("1/2"), other: share("1/2")}


def test_state_and_private_shares_sum_together_and_land_use_apart(notary: Notary) -> None:
    """A half of the State's and a private half are the whole; land use on top is another whole."""
    state, owner, user = notary.bank(), notary.person(), notary.person()
    unit = notary.unit([NewRight(kind="stateOwnership", holder=state, share=share("1/2")), owning(owner, "1/2")])
    part = NewRight(kind="permanentUse", holder=user, share=share("2/3"))
    assert notary.broken(RegisterRight(unit=unit, rights=(part,)), "2017-01-01") == {RULE}
    assert len(notary.register(unit, part, NewRight(kind="temporaryUse", holder=owner, share=share("1/3")))) == 2


def test_every_instant_counts(notary: Notary) -> None:
    """A land use for a term that ends leaves the rest short from that day on."""
    unit, _ = notary.owned(notary.person())
    one = NewRight(kind="permanentUse", holder=notary.person(), share=share("1/2"))
    other = NewRight(kind="temporaryUse", holder=notary.person(), share=share("1/2"), until=date(2019, 1, 1))
    with pytest.raises(RuleBroken) as refused:
        notary.register(unit, one, other)
    (found,) = refused.value.data["violations"]
    assert found.rule == RULE
    assert found.valid.start == notary.act("2019-01-01").valid_from
    assert found.detail == "1/2"


def test_whatever_writer_breaks_the_sum_is_refused(notary: Notary) -> None:
    """The rule holds for plain writes too."""
    _, (right,) = notary.owned(notary.person())
    act = notary.act("2017-01-01")
    less = {**notary.said(right, "2017-01-01"), "share_denominator": 2}
    assert notary.broken(Put((Write(RIGHT, right, act.period, NOWHERE, less),)), "2017-01-01") == {RULE}


_SHARES = st.lists(st.integers(1, 10**6), min_size=1, max_size=12)


@given(_SHARES)
def test_exact_sums(parts: list[int]) -> None:
    """What is divided by whole numbers sums to the whole again, and reads as it was written."""
    whole = sum(parts)
    divided = [Fraction(part, whole) for part in parts]
    assert shares.total(divided) == 1
    assert [shares.parse(str(part)) for part in divided] == divided
    assert [shares.of(shares.as_attributes(part)) for part in divided] == divided


@pytest.mark.parametrize("text", ["0", "0/3", "1/0", "-1/2", "2", "0,5", "1/2/3", "", "½", "1/10000000000000000"])
def test_what_is_no_share(text: str) -> None:
    """Refused with what would be right, in three languages."""
    with pytest.raises(shares.InvalidShare) as refused:
        shares.parse(text)
    assert len({refused.value.in_language(language) for language in ("kk", "ru", "en")}) == 3
