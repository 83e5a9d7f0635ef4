"""Screening lets a rule skip pairs, never a violation."""

import random
from collections.abc import Callable

import pytest
import shapely
from shapely import Polygon

from gis import staging
from gis.bulk import Bulk, bulk
from gis.rules import Violation, check
from gis.store import new_ids
from tests.city import ORIGIN, City

PARCEL = "land.parcel"


def _coverage(side: int, seed: int) -> list[Polygon]:
    """Return a jittered grid of parcels with shared vertices, some of them then spoilt by millimetres or metres."""
    dice = random.Random(seed)
    corners = {
        (i, j): (ORIGIN[0] + 20 * i + dice.uniform(-5, 5), ORIGIN[1] + 20 * j + dice.uniform(-5, 5))
        for i in range(side + 1)
        for j in range(side + 1)
    }
    areas = [
        Polygon([corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]])
        for i in range(side)
        for j in range(side)
    ]
    for spoilt in dice.sample(range(len(areas)), 8):
        ring = shapely.get_coordinates(areas[spoilt]).copy()
        ring[1] += dice.choice([0.004, 0.012, 0.3, -0.006, -2.0])
        areas[spoilt] = Polygon(ring)
    areas.append(areas[3].buffer(-4))
    areas.append(areas[11])
    return [area for area in areas if area.is_valid and isinstance(area, Polygon)]


def _found(violations: list[Violation]) -> set[tuple[str, frozenset[int | None], float]]:
    return {(v.rule, frozenset((v.feature_id, v.other_id)), round(v.amount or 0.0, 6)) for v in violations}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_violations_with_and_without(fresh_city: Callable[[str], City], seed: int) -> None:
    """Overlaps, duplicates, parcels inside others, near misses: all are found whether areas are screened or not."""
    city = fresh_city("helsinki")
    register, layer = city.register, city.register.layers[PARCEL]
    areas = _coverage(12, seed)
    with bulk(register, city.act("2020-01-01"), [PARCEL]) as under_way:
        ids = new_ids(under_way.connection, len(areas))
        _stage(city, under_way, dict(zip(ids, areas, strict=True)))
        screened = under_way.check()
        names = [layer.name]
        plain = check(under_way.connection, register.rules, register.layers, names, register.profile)
        unclear = under_way.connection.execute("SELECT count(*) FROM pg_temp.unclear").fetchone()
    assert _found(screened) == _found(plain)
    rules = {v.rule for v in plain}
    assert {"land.parcel.no-overlap", "land.parcel.vertices-match"} <= rules
    assert unclear is not None
    assert 10 < unclear[0] < len(areas) / 2


def _stage(city: City, under_way: Bulk, areas: dict[int, Polygon]) -> None:
    layer = city.register.layers[PARCEL]
    valid = staging.range_of(city.act("2020-01-01").period)
    srid = city.profile.srid
    with under_way.copying(layer) as copy:
        for feature_id, area in areas.items():
            wkb = shapely.to_wkb(shapely.set_srid(area, srid), hex=True, include_srid=True)
            said = {
                "feature_id": feature_id,
                "version": 1,
                "valid": valid,
                "abolished": False,
                "geom": wkb,
                "cadastral_number": f"91001001{feature_id:03d}",
            }
            copy.write_row((*(said.get(name) for name in staging.columns(layer)), "new"))
