"""What the land cadastre says, read row by row and checked by brute force: no rule of the engine takes part."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.database import connect
from tests.city import City

T = 0.01


@dataclass(frozen=True, slots=True)
class Row:
    """One stored version of a parcel."""

    feature: int
    valid: Any
    recorded: Any
    abolished: bool
    area: BaseGeometry
    number: str
    official: float | None

    def holds(self, valid: datetime, recorded: datetime) -> bool:
        """Tell whether it is what the register said at ``recorded`` of ``valid``."""
        return valid in self.valid and recorded in self.recorded


@dataclass(frozen=True, slots=True)
class Descent:
    """One stored line of lineage."""

    parent: int
    child: int
    valid: Any
    recorded: Any


@dataclass(frozen=True)
class Register:
    """All rows of a register's parcels and their lineage."""

    rows: Sequence[Row]
    lineage: Sequence[Descent]

    @classmethod
    def read(cls, city: City) -> "Register":
        """Read everything."""
        with connect(city.register.database.reader) as connection:
            found = connection.execute(
                "SELECT feature_id, valid, recorded, abolished, ST_AsBinary(geom), cadastral_number, official_area "
                "FROM land.parcel"
            ).fetchall()
            lineage = connection.execute(
                "SELECT parent, child, valid, recorded FROM qala.lineage WHERE layer = 'land.parcel'"
            ).fetchall()
        rows = [Row(f, v, k, gone, shapely.from_wkb(bytes(area)), n, m2) for f, v, k, gone, area, n, m2 in found]
        return cls(rows, [Descent(*r) for r in lineage])

    def instants(self) -> Iterator[tuple[datetime, datetime, list[Row]]]:
        """Yield what was said at every instant of both axes at which something changes."""
        days = sorted({r.valid.lower for r in self.rows})
        for known in sorted({r.recorded.lower for r in self.rows}):
            then = [r for r in self.rows if known in r.recorded]
            for day in days:
                yield day, known, [r for r in then if day in r.valid and not r.abolished]

    def known_whole(self, formed: Collection[int]) -> Iterator[tuple[datetime, datetime, list[Row]]]:
        """Yield the instants since some parcels, which make up a territory, are all recorded and valid."""
        first = [min(r.recorded.lower for r in self.rows if r.feature == i) for i in formed]
        begun = [min(r.valid.lower for r in self.rows if r.feature == i) for i in formed]
        return (each for each in self.instants() if each[0] >= max(begun) and each[1] >= max(first))

    def check_numbers(self) -> None:
        """Each number is one parcel's for ever."""
        owners: dict[str, set[int]] = {}
        for row in self.rows:
            owners.setdefault(row.number, set()).add(row.feature)
        assert all(len(features) == 1 for features in owners.values())

    def check_lineage(self) -> None:
        """Parent and child are never in force together, and nothing descends from itself."""
        for descent in self.lineage:
            for one in (r for r in self.rows if r.feature == descent.parent and not r.abolished):
                for other in (r for r in self.rows if r.feature == descent.child and not r.abolished):
                    assert not _meet(one.valid, other.valid) or not _meet(one.recorded, other.recorded)
        ages = {d.child: d.valid.lower for d in self.lineage}
        assert all(d.parent < d.child or ages.get(d.parent, d.valid.lower) <= d.valid.lower for d in self.lineage)

    def check_timelines(self) -> None:
        """No two versions of a parcel are valid and recorded together."""
        for one, other in combinations(self.rows, 2):
            if one.feature == other.feature:
                assert not _meet(one.valid, other.valid) or not _meet(one.recorded, other.recorded)


def check_no_overlap(rows: Sequence[Row]) -> None:
    """No two parcels overlap by more than the tolerance."""
    areas = [row.area for row in rows]
    tree = shapely.STRtree(areas)
    for i, j in zip(*tree.query(areas), strict=True):
        if i < j:
            common = areas[i].intersection(areas[j])
            assert common.buffer(-T / 2).is_empty, (rows[i], rows[j])


def check_whole(rows: Sequence[Row], whole: BaseGeometry, slack: float = 3 * T) -> None:
    """The parcels make up the same territory, to the tolerance of a few acts."""
    unlike = shapely.union_all([row.area for row in rows]).symmetric_difference(whole)
    holes = [part for part in shapely.get_parts(unlike) if not part.buffer(-slack / 2).is_empty]
    assert not holes, [(part.area, part.centroid.wkt) for part in holes]


def _meet(one: Any, other: Any) -> bool:
    """Tell whether two ranges have an instant in common."""
    starts = [r.lower for r in (one, other) if r.lower is not None]
    ends = [r.upper for r in (one, other) if r.upper is not None]
    return not starts or not ends or max(starts) < min(ends)
