"""What a right must be by itself, whoever writes it."""

from typing import Any

import pytest

from gis.edit import Put
from gis.errors import BadRequest
from gis.record import NOWHERE, Write
from tests.cadastres.real_estate.notary import RIGHT, Notary

PLAIN = {
    "category": "restriction",
    "kind": "servitude",
    "share_check": False,
    "party_required": False,
    "registered": True,
    "excludes_others": False,
}


def _put(notary: Notary, **said: Any) -> set[str]:
    act = notary.act("2017-01-01")
    feature = said.pop("feature", -1)
    return notary.broken(Put((Write(RIGHT, feature, act.period, NOWHERE, {**PLAIN, **said}),)), "2017-01-01")


@pytest.mark.parametrize(
    ("category", "kind"), [("right", "servitude"), ("restriction", "lease"), ("right", "maintenance")]
)
def test_category(notary: Notary, category: str, kind: str) -> None:
    """A servitude is no right, a lease no restriction."""
    unit, _ = notary.owned(notary.person())
    assert _put(notary, unit_id=unit, category=category, kind=kind) == {"real_estate.right.category"}
    assert _put(notary, unit_id=unit) == set()


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 2), (3, 2), (-1, 2), (1, None), (None, 2)])
def test_share_is_a_fraction(notary: Notary, numerator: int | None, denominator: int | None) -> None:
    """0 < numerator <= denominator; both or none."""
    unit, _ = notary.owned(notary.person())
    said: dict[str, Any] = {"share_numerator": numerator, "share_denominator": denominator}
    assert _put(notary, unit_id=unit, **said) == {"real_estate.right.share"}


def test_ownership_needs_a_share(notary: Notary) -> None:
    """And its share is checked."""
    unit = notary.unit()
    said: dict[str, Any] = {"category": "right", "kind": "ownership"}
    assert _put(notary, unit_id=unit, share_check=True, **said) == {"real_estate.right.share"}
    assert _put(notary, unit_id=unit, share_numerator=1, share_denominator=1, **said) == {"real_estate.right.share"}


def test_a_right_keeps_its_unit(notary: Notary) -> None:
    """What stands on one unit never moves to another."""
    unit, (right,) = notary.owned(notary.person())
    other, _ = notary.owned(notary.person())
    said = {**notary.said(right, "2017-01-01"), "unit_id": other}
    assert "real_estate.right.one-unit" in _put(notary, feature=right, **said)
    assert notary.said(right, "2017-01-01")["unit_id"] == unit


def test_a_kind_that_there_is_not(notary: Notary) -> None:
    """The refusal lists those that there are."""
    unit, _ = notary.owned(notary.person())
    with pytest.raises(BadRequest) as refused:
        _put(notary, unit_id=unit, kind="usucapio")
    assert "servitude" in str(refused.value)
