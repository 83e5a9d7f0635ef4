"""A made-up city of a million addresses for the bench of the search, in a database of its own; built once and kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from psycopg import Connection, Copy, sql

from api.bench.address_names import Name, names
from api.bench.building import without_indexes
from api.bench.spellings import House
from cadastres.address.model import ADDRESS, NAMED_PLACE, STREET
from data.installation import Installation
from data.profiles import find
from gis.cluster import default_home
from gis.crs import transformer
from gis.database import connect
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register

PER_STREET: Final = 200
"""Houses on each street."""

_CENTRE = (76.92, 43.24)
_BLOCK = 400.0
_SEED = 20240301
_COMPLETE = "SELECT to_regclass('public.bench_complete') IS NOT NULL"
_VERSION: Final = (1, "[2000-01-01 00:00:00+00,)", "[2014-01-01 00:00:00+00,)", 1)
"""Number, validity, time on record and changeset of each version."""

Corners = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AddressCity:
    """So many addresses on streets with realistic names, 200 to a street."""

    count: int
    home: Path

    @classmethod
    def of(cls, count: int, home: Path | None = None) -> "AddressCity":
        """Return the city of a size, under ``QALA_HOME/bench`` unless told where."""
        return cls(count, home or default_home() / "bench")

    @cached_property
    def installation(self) -> Installation:
        """Its installation: a cluster apart from the one that serves."""
        return Installation(self.home, None)

    @cached_property
    def profile(self) -> CityProfile:
        """Almaty's, under a name of its own."""
        return find("almaty").model_copy(update={"id": f"bench_addresses_{self.count}"})

    @cached_property
    def register(self) -> Register:
        """Its register. The cluster must be running."""
        return self.installation.open(self.profile)

    @cached_property
    def streets(self) -> list[Name]:
        """Its streets, by feature id from 1."""
        return names(-(-self.count // PER_STREET), Random(_SEED))  # noqa: S311

    def houses(self) -> Iterator[House]:
        """Yield its addresses in the order of their ids, which follow those of the streets."""
        first = len(self.streets) + 1
        for index in range(self.count):
            street, serial = divmod(index, PER_STREET)
            yield House(self.streets[street], _number(street, serial), first + index)

    def ensure(self, tell: Callable[[str], None]) -> None:
        """Build the city unless it stands already."""
        with connect(self.register.database.owner) as connection:
            if connection.execute(_COMPLETE).fetchone() == (True,):
                return
            tell(f"making {self.count} addresses on {len(self.streets)} streets")
            self._fill(connection, tell)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.bench_complete ()")

    def _fill(self, connection: Connection, tell: Callable[[str], None]) -> None:
        connection.execute(_CHANGESET)
        corners = self._corners()
        self._copy_streets(connection, STREET, corners)
        self._copy_streets(connection, NAMED_PLACE, corners)
        with without_indexes(connection, self.register.database.owner, ADDRESS, tell):
            self._copy_houses(connection, corners)
        connection.execute("SELECT setval('qala.feature_id', %s)", (len(self.streets) + self.count,))

    def _copy_streets(self, connection: Connection, layer: Layer, corners: Corners) -> None:
        with _copying(connection, layer, ("geom", "name", "name_kk", "name_ru")) as copy:
            for number, name in enumerate(self.streets):
                if (name.kind == "microdistrict") is (layer is NAMED_PLACE):
                    shape = _extent(corners[number], self.profile.srid, area=layer is NAMED_PLACE)
                    kk, ru = name.full("kk"), name.full("ru")
                    copy.write_row((number + 1, *_VERSION, shape, kk or ru, kk, ru))

    def _copy_houses(self, connection: Connection, corners: Corners) -> None:
        with _copying(connection, ADDRESS, _ADDRESS_COLUMNS) as copy:
            for house in self.houses():
                copy.write_row(self._row(house, corners))

    def _row(self, house: House, corners: Corners) -> tuple[object, ...]:
        street, serial = divmod(house.address_id - len(self.streets) - 1, PER_STREET)
        x, y = corners[street] + (serial % 20 * 20.0, serial // 20 * 20.0)
        point = shapely.to_wkb(shapely.set_srid(shapely.Point(x, y), self.profile.srid), hex=True, include_srid=True)
        in_place = house.name.kind == "microdistrict"
        owner = (None, street + 1) if in_place else (street + 1, None)
        return (house.address_id, *_VERSION, point, house.number, "building", f"{house.address_id:016d}", *owner)

    def _corners(self) -> Corners:
        """Return the south-western corner of each street's block, in metres of the projected system."""
        x, y = transformer(4326, self.profile.system).transform(*_CENTRE)
        across = int(np.ceil(np.sqrt(len(self.streets))))
        row, column = np.divmod(np.arange(len(self.streets)), across)
        return np.column_stack((x + (column - across / 2) * _BLOCK, y + (row - across / 2) * _BLOCK))


_ADDRESS_COLUMNS: Final = (
    "geom", "locator_designator", "position_specification", "rka", "street_id", "named_place_id",
)  # fmt: skip
_CHANGESET: Final = """
INSERT INTO qala.changeset (number, recorded, verb, actor, role, reason, source_kind, source_number,
  source_acceptance, source_submission, source_recordation, layers, form, digest, previous_hash, hash)
VALUES (1, '2014-01-01Z', 'bench', 'bench', 'registrar', 'bench', 'akimat-decision', 'bench',
  '2014-01-01', '2014-01-01', '2014-01-01', '{address.address,address.street}', 1,
  sha256('bench'), sha256('0'), sha256('1'))
"""


@contextmanager
def _copying(connection: Connection, layer: Layer, columns: tuple[str, ...]) -> Iterator[Copy]:
    """Open a COPY into a layer's table."""
    listed = ("feature_id", "version", "valid", "recorded", "opened_by", *columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(layer.schema, layer.table), sql.SQL(", ").join(map(sql.Identifier, listed))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def _extent(corner: Corners, srid: int, *, area: bool) -> str:
    x, y = corner
    side = _BLOCK / 2
    shape = (
        shapely.MultiPolygon([shapely.box(x, y, x + side, y + side)])
        if area
        else shapely.MultiLineString([[(x, y), (x + side, y)]])
    )
    return str(shapely.to_wkb(shapely.set_srid(shape, srid), hex=True, include_srid=True))


def _number(street: int, serial: int) -> str:
    """Return a house's number: most plain, some with a letter, a fraction or a block; no two alike on a street."""
    kind, plain = divmod(serial, 150)
    if kind == 0:
        return str(plain + 1)
    forms = ("{}А", "{}/1", "{}Б", "{}/2", "{} корпус 2")
    return forms[(street + plain) % len(forms)].format(plain * 3 + 1)
