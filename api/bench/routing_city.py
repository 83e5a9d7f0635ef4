"""Registers whose streets are the raw network of an extract: what the bench of routing asks for ways.

All goes in through the bulk door, as one changeset; no rule is run, for the bench reads, and judges nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from psycopg.types.range import Range

from api.bench.estate import Tell, act_of
from api.bench.routing_net import RawNet, read_raw
from cadastres.urban_planning.street_model import FOOTWAY, FOOTWAYS, HIGHWAYS, STEPS, STREET_SEGMENT
from data.installation import Installation
from data.loaders.pbf import read_extent
from data.profiles import for_extract
from gis import staging
from gis.bulk import Bulk, bulk
from gis.cluster import default_home
from gis.crs import transformer
from gis.database import connect
from gis.errors import Unavailable
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register
from gis.store import new_ids

SINCE: Final = date(2015, 1, 5)
LAYERS: Final = (STREET_SEGMENT, FOOTWAY, STEPS)

_COMPLETE: Final = "SELECT to_regclass('public.bench_complete') IS NOT NULL"
_SURFACES: Final = frozenset(STREET_SEGMENT.field("surface").values)
_ONE_WAY: Final = {"yes": "forward", "1": "forward", "true": "forward", "-1": "backward"}


@dataclass(frozen=True)
class RawCity:
    """The streets of an extract in a database of its own under ``QALA_HOME/bench``."""

    extract: Path
    home: Path

    @classmethod
    def of(cls, extract: Path, home: Path | None = None) -> "RawCity":
        """Return the city of an extract.

        Raises:
            Unavailable: there is no such file.
        """
        if not extract.is_file():
            raise Unavailable(f"there is no extract {extract}: name one that is there (OpenStreetMap, PBF)")
        return cls(extract, home or default_home() / "bench")

    @property
    def name(self) -> str:
        """Its short name."""
        return self.extract.name.split(".")[0].split("-")[0]

    @cached_property
    def installation(self) -> Installation:
        """Its installation: a cluster apart from the one that serves."""
        return Installation(self.home, None)

    @cached_property
    def profile(self) -> CityProfile:
        """The city's own, or one made for the place, under a name of its own."""
        found = for_extract(self.name, self.name, read_extent(self.extract))
        return found.model_copy(update={"id": f"routes_{self.name}"})

    @cached_property
    def register(self) -> Register:
        """Its register. The cluster must be running."""
        return self.installation.open(self.profile)

    @cached_property
    def net(self) -> RawNet:
        """Its network."""
        return read_raw(self.extract)

    def ensure(self, tell: Tell) -> None:
        """Build the city unless it stands already."""
        with connect(self.register.database.owner) as connection:
            if connection.execute(_COMPLETE).fetchone() == (True,):
                return
        tell(f"entering {len(self.net.u)} ways of {self.name}")
        act = act_of(self.profile, SINCE, "operator")
        with bulk(self.register, act, [layer.name for layer in LAYERS]) as loading:
            _stage(self, loading)
            loading.record("bench.fill")
        with connect(self.register.database.owner) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.bench_complete ()")


def _stage(city: RawCity, loading: Bulk) -> None:
    net = city.net
    xy = np.column_stack(transformer(4326, city.profile.system).transform(*net.lonlat.T))
    lines = shapely.linestrings(np.stack([xy[net.u], xy[net.v]], axis=1))
    shapes = shapely.to_wkb(shapely.set_srid(lines, city.profile.srid), hex=True, include_srid=True)
    said = [_said(tags) for tags in net.tags]
    first = new_ids(loading.connection, len(net.u))[0]
    since = Range(city.profile.midnight(SINCE).astimezone(UTC), None, "[)")
    fixed = {"version": 1, "valid": since, "abolished": False}
    for layer in LAYERS:
        chosen = np.flatnonzero([said[way][0] is layer for way in net.way.tolist()])
        with loading.copying(layer) as copy:
            for row in _rows(staging.columns(layer), chosen, net, shapes, said, {**fixed, "feature_id": first}):
                copy.write_row((*row, "new"))


def _rows(
    names: list[str],
    edges: Any,
    net: RawNet,
    shapes: Any,
    said: list[tuple[Layer, Mapping[str, Any]]],
    fixed: Mapping[str, Any],
) -> Iterator[tuple[Any, ...]]:
    for edge in edges.tolist():
        row = {**fixed, **said[int(net.way[edge])][1], "feature_id": fixed["feature_id"] + edge, "geom": shapes[edge]}
        yield tuple(row.get(name) for name in names)


def _said(tags: Mapping[str, str]) -> tuple[Layer, Mapping[str, Any]]:
    """Return the layer of a way and what is said of it; what the bench doesn't know becomes a path."""
    surface = tags.get("surface")
    common = {
        "name": tags.get("name"),
        "surface": surface if surface in _SURFACES else None,
        "lit": {"yes": True, "no": False}.get(tags.get("lit", "")),
    }
    highway = tags["highway"]
    if highway in HIGHWAYS:
        speed = tags.get("maxspeed", "")
        vehicles = {"highway": highway, "one_way": _ONE_WAY.get(tags.get("oneway", ""))}
        return STREET_SEGMENT, {**common, **vehicles, "max_speed": float(speed) if speed.isdecimal() else None}
    if highway == "steps":
        return STEPS, common
    return FOOTWAY, {**common, "footway": highway if highway in FOOTWAYS else "path"}
