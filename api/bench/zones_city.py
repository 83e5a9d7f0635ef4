"""A made-up city of parcels, each with a power line along it and its protective zone: what the zones' bench edits.

All goes in through the bulk door, as one changeset; no rule is run, for nothing is wrong by construction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from psycopg.types.range import Range
from shapely.geometry.base import BaseGeometry

from api.bench.estate import SINCE, Tell, act_of
from api.bench.parcels import SIDE, Net, net_around, parcels
from cadastres.environment.derivation import buffered
from cadastres.environment.zone_model import UTILITY_ZONE, ZONE_PARAMETER
from cadastres.land.model import PARCEL, QUARTER
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE
from data.installation import Installation
from data.profiles import find
from gis import staging
from gis.bulk import Bulk, bulk
from gis.cluster import default_home
from gis.database import connect
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register
from gis.store import new_ids

Row = Mapping[str, Any]

LAYERS: Final = (QUARTER, PARCEL, NETWORK_NODE, NETWORK_LINE, ZONE_PARAMETER, UTILITY_ZONE)
"""What the city is made of, in the order in which it is written."""

WIDTH: Final = 10.0
VOLTAGE: Final = 10_000.0
_CENTRE: Final = (25_500_000.0, 6_680_000.0)
_COMPLETE: Final = "SELECT to_regclass('public.bench_complete') IS NOT NULL"


@dataclass(frozen=True)
class Wired:
    """A made-up city of so many parcels and lines, in a database of its own under ``QALA_HOME/bench``."""

    count: int
    home: Path

    @classmethod
    def of(cls, count: int, home: Path | None = None) -> "Wired":
        """Return the city of a size."""
        return cls(count, home or default_home() / "bench")

    @cached_property
    def installation(self) -> Installation:
        """Its installation: a cluster apart from the one that serves."""
        return Installation(self.home, None)

    @cached_property
    def profile(self) -> CityProfile:
        """Helsinki's, under a name of its own."""
        return find("helsinki").model_copy(update={"id": f"zones_{self.count}"})

    @cached_property
    def register(self) -> Register:
        """Its register. The cluster must be running."""
        return self.installation.open(self.profile)

    @cached_property
    def net(self) -> Net:
        """Shape of the city."""
        return net_around(_CENTRE, self.count)

    def ensure(self, tell: Tell) -> None:
        """Build the city unless it stands already."""
        with connect(self.register.database.owner) as connection:
            if connection.execute(_COMPLETE).fetchone() == (True,):
                return
        tell(f"making {self.count} parcels, lines and zones")
        with bulk(self.register, act_of(self.profile, SINCE, "operator"), [layer.name for layer in LAYERS]) as loading:
            _Builder(self, loading).fill()
            loading.record("bench.fill")
        with connect(self.register.database.owner) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.bench_complete ()")


@dataclass
class _Builder:
    city: Wired
    loading: Bulk
    first: dict[Layer, int] = field(default_factory=dict)

    def fill(self) -> None:
        """Stage every layer; ids run in blocks, so that each row can name the others."""
        net = self.city.net
        quarter, serial = net.numbering
        counts = {
            QUARTER: int(quarter.max()) + 1,
            PARCEL: net.count,
            NETWORK_NODE: net.rows * (net.columns + 1),
            NETWORK_LINE: net.count,
            ZONE_PARAMETER: 1,
            UTILITY_ZONE: net.count,
        }
        start = new_ids(self.loading.connection, sum(counts.values()))[0]
        for layer, count in counts.items():
            self.first[layer] = start
            start += count
        shapes = parcels(net)
        numbers = [f"91001{q + 1:03d}{s:03d}" for q, s in zip(quarter, serial, strict=True)]
        rows = (
            self._quarters(quarter, shapes),
            ({"geom": shape, "cadastral_number": n} for shape, n in zip(shapes, numbers, strict=True)),
            self._nodes(),
            self._lines(),
            self._parameters(),
            self._zones(),
        )
        for layer, made in zip(LAYERS, rows, strict=True):
            self._stage(layer, made)

    def _stage(self, layer: Layer, rows: Iterator[Row]) -> None:
        names = staging.columns(layer)
        since = Range(self.city.profile.midnight(SINCE).astimezone(UTC), None, "[)")
        fixed = {"version": 1, "valid": since, "abolished": False}
        with self.loading.copying(layer) as copy:
            for number, row in enumerate(rows):
                said = {**fixed, "feature_id": self.first[layer] + number, **row}
                if layer.spatial:
                    said["geom"] = self._wkb(row["geom"])
                copy.write_row((*(said.get(name) for name in names), "new"))

    def _wkb(self, shape: BaseGeometry) -> str:
        return str(shapely.to_wkb(shapely.set_srid(shape, self.city.profile.srid), hex=True, include_srid=True))

    def _quarters(self, quarter: Any, shapes: Any) -> Iterator[Row]:
        for number in np.unique(quarter):
            whole = shapely.coverage_union_all(shapes[quarter == number])
            area = shapely.MultiPolygon(list(shapely.get_parts(whole)))
            yield {"geom": area, "code": f"91001{number + 1:03d}"}

    def _corner(self, row: int, column: int) -> tuple[float, float]:
        x, y = self.city.net.origin
        return x + column * SIDE, y + row * SIDE

    def _nodes(self) -> Iterator[Row]:
        net = self.city.net
        kind = {"utility_network_type": "electricity", "current_status": "functional"}
        for row in range(net.rows):
            for column in range(net.columns + 1):
                role = "source" if column == 0 else "consumer"
                yield {**kind, "node_kind": role, "geom": shapely.Point(self._corner(row, column))}

    def _line(self, place: int) -> shapely.LineString:
        row, column = divmod(place, self.city.net.columns)
        return shapely.LineString([self._corner(row, column), self._corner(row, column + 1)])

    def _lines(self) -> Iterator[Row]:
        net = self.city.net
        for place in range(net.count):
            row, column = divmod(place, net.columns)
            node = self.first[NETWORK_NODE] + row * (net.columns + 1) + column
            yield {
                "geom": self._line(place),
                "utility_network_type": "electricity",
                "from_node": node,
                "to_node": node + 1,
                "flow_direction": "inDirection",
                "current_status": "functional",
                "voltage": VOLTAGE,
            }

    def _parameters(self) -> Iterator[Row]:
        said = {"zone_kind": "electricity", "class_key": "any", "width": WIDTH, "confirmed": False}
        yield {**said, "over": 1.0, "upto": 20.0}

    def _zones(self) -> Iterator[Row]:
        for place in range(self.city.net.count):
            yield {
                "geom": buffered(self._line(place), WIDTH),
                "zone_kind": "electricity",
                "source_id": self.first[NETWORK_LINE] + place,
                "parameter_id": self.first[ZONE_PARAMETER],
                "width": WIDTH,
                "derived": True,
                "established": False,
            }
