"""``land.parcel.merge-same-regime``: only parcels of one regime merge, unless the act says which holds."""

from typing import Any

import pytest

from cadastres.land.verbs import Merge
from tests.cadastres.land.registrar import QUARTER, Registrar, box

RULE = "land.parcel.merge-same-regime"


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("category", "2", "3"),
        ("permitted_use", "retail", "storage"),
        ("permitted_use", "retail", None),
        ("purpose_ru", "для дома", "для магазина"),
        ("purpose_kk", "үй үшін", "дүкен үшін"),
    ],
)
def test_parents_must_agree_or_the_act_decide(registrar: Registrar, field: str, one: str, other: str | None) -> None:
    """Different regimes are refused; named in the act, the child's regime is what the act says."""
    told: tuple[dict[str, Any], ...] = ({field: one}, {field: other})
    parcels = tuple(registrar.form(box(40 * i, 0, 40 * i + 40, 40), **said) for i, said in enumerate(told))
    assert registrar.broken(Merge(parcels=parcels, quarter=QUARTER), "2019-01-01") == {RULE}
    child = registrar.merge(*parcels, **{field: one})
    assert registrar.said(child, "2019-01-01")[field] == one


def test_what_parents_agree_in_is_inherited(registrar: Registrar) -> None:
    """Category and use go over; the address, in which they differ, does not."""
    parcels = [
        registrar.form(box(40 * i, 0, 40 * i + 40, 40), category="2", permitted_use="retail", address=f"Testikatu {i}")
        for i in range(2)
    ]
    said = registrar.said(registrar.merge(*parcels), "2019-01-01")
    assert (said["category"], said["permitted_use"], said["address"]) == ("2", "retail", None)
