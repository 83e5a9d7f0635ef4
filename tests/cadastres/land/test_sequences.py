"""Random acts on real parcels: coverage, areas, lineage and numbers hold at every instant of both axes."""

import random
from collections.abc import Callable

import geopandas as gpd
import pytest
import shapely
from shapely import Polygon

from cadastres.land import partition
from cadastres.land.territories import FormQuarter
from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.chance import PARCEL, START, Chance
from tests.cadastres.land.oracle import Register, check_no_overlap, check_whole
from tests.city import REAL_DATA, SEEDS, City

PARIS = REAL_DATA / "parcels" / "paris-18e.geojson"
QUARTER = "75118001"


def _real_block(city: City) -> list[Polygon]:
    """Return some thirty real parcels that hang together and don't overlap, in the city's projected system."""
    frame = gpd.read_file(PARIS).to_crs(city.profile.srid)
    centre = frame.geometry.iloc[2000].centroid
    near = sorted((area for area in frame.geometry if isinstance(area, Polygon)), key=centre.distance)[:45]
    clear: list[Polygon] = []
    for area in near:
        if all(partition.overlap(area, other, 0.01).is_empty for other in clear):
            clear.append(area)
    assert len(clear) >= 30
    return clear


def _settled(city: City, areas: list[Polygon]) -> list[int]:
    """Register a block of parcels with official areas that are not quite the computed ones; return their ids."""
    act = city.act(START.isoformat())
    territory = partition.multipolygon(shapely.union_all(areas).buffer(30))
    city.register.perform(FormQuarter(code=QUARTER, geometry=territory), act)
    writes = tuple(
        Write(PARCEL, -1 - i, act.period, area, {
            "cadastral_number": f"{QUARTER}{i + 1:03d}", "official_area": round(area.area * 1.004, 1), "category": "2",
        })
        for i, area in enumerate(areas)
    )  # fmt: skip
    return list(city.register.perform(Put(writes), act).features.values())


@pytest.mark.realdata
@pytest.mark.parametrize("seed", SEEDS)
def test_random_acts_keep_every_rule_at_every_instant(fresh_city: Callable[[str], City], seed: int) -> None:
    """Splits, merges and boundary changes, a third of them retroactive; every instant is checked by brute force."""
    city = fresh_city("paris18")
    areas = _real_block(city)
    chance = Chance(city, random.Random(seed), QUARTER, _settled(city, areas))
    for _ in range(30):
        chance.act()
    assert len(chance.done) >= 12, chance.refused
    assert len(set(chance.done)) == 3
    stored = Register.read(city)
    whole, official = shapely.union_all(areas), sum(round(area.area * 1.004, 1) for area in areas)
    for _, _, rows in stored.instants():
        check_no_overlap(rows)
        check_whole(rows, whole)
        assert sum(row.official or 0.0 for row in rows) == pytest.approx(official, abs=1e-3)
        assert shapely.is_valid([row.area for row in rows]).all()
    stored.check_numbers()
    stored.check_lineage()
    stored.check_timelines()
