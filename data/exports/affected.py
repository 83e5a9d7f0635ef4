"""Whom a zone, a plan or any other shape touches, before or after it exists: parcels, buildings, addresses, rights.

Persons are never told, nor asked about: how many hold rights is counted from the rights themselves, each of which
belongs to one holder or one group of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import islice
from typing import Any, Final

import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from cadastres.address.model import ADDRESS
from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.rights_model import RIGHT, UNIT_PART
from gis.instant import Instant, Reading, versions_at
from gis.layer import Layer
from gis.overlay import Ground, snapshot
from gis.overlay_blocks import Blocks
from gis.register import Register

_BATCH: Final = 500
_LAYERS: Final[dict[str, Layer]] = {
    "parcels": PARCEL,
    "houses": BUILDING,
    "premises": PREMISES,
    "parts": UNIT_PART,
    "rights": RIGHT,
    "addresses": ADDRESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedParcel:
    """A parcel beneath a shape.

    Attributes:
        number: its cadastral number.
        amount: of an area the m² on the parcel, of a line the metres; 1 of a point.
        share: of the parcel; ``None`` unless the shape is an area.
        right_holders: rights in force on the parcel, its buildings and their premises: each has a holder or a group.
        buildings: those on the parcel that the shape touches.
        addresses: those on the parcel that lie beneath the shape.
    """

    number: str
    id: int
    parcel_area: float
    amount: float
    share: float | None
    right_holders: int
    buildings: int
    addresses: int


COLUMNS: Final = tuple(field.name for field in fields(AffectedParcel))
"""Names of what is told of each parcel, in order."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a shape touches in all; ``buildings`` and ``addresses`` count also those that stand on no parcel."""

    parcels: int
    amount: float
    right_holders: int
    buildings: int
    addresses: int

    def as_json(self) -> dict[str, Any]:
        """Return them for programs."""
        return asdict(self)


@dataclass
class Affected:
    """What a shape touches at an instant, read parcel by parcel; totals are known once all are read.

    Attributes:
        shape: area, line or point in the city's projected system.
    """

    register: Register
    instant: Instant
    shape: BaseGeometry
    totals: Totals = Totals(0, 0.0, 0, 0, 0)

    def parcels(self) -> Iterator[AffectedParcel]:
        """Yield the parcels, block by block.

        Raises:
            BadRequest: the recorded instant lies after the last changeset.
        """
        with snapshot(self.register.reading, self.instant) as (_, reading):
            self.instant = Instant(reading.valid, reading.recorded, reading.overlay)
        grounds = self._blocks().grounds()
        while batch := list(islice(grounds, _BATCH)):
            for parcel in self.counted(batch):
                self._add(parcel)
                yield parcel
        buildings, addresses = self._beneath()
        self.totals = replace(self.totals, buildings=buildings, addresses=addresses)

    def outlined(self) -> Iterator[tuple[AffectedParcel, BaseGeometry]]:
        """Yield the same parcels with their outlines in the projected system."""
        parcels = self.parcels()
        while batch := list(islice(parcels, _BATCH)):
            with snapshot(self.register.reading, self.instant) as (connection, reading):
                statement = sql.SQL(_OUTLINES).format(parcels=versions_at(PARCEL, replace(reading, keyed=True)))
                bound = {**reading.parameters, "ids": [parcel.id for parcel in batch]}
                outlines = dict(connection.execute(statement, bound).fetchall())
            for parcel in batch:
                if parcel.id in outlines:
                    yield parcel, shapely.from_wkb(bytes(outlines[parcel.id]))

    def _blocks(self) -> Blocks:
        profile = self.register.profile
        return Blocks(
            connecting=self.register.reading,
            instant=self.instant,
            srid=profile.srid,
            tolerance=profile.tolerances.linear,
            subject=PARCEL,
            shown=("cadastral_number",),
            shape=self.shape,
        )

    def _add(self, parcel: AffectedParcel) -> None:
        known = self.totals
        self.totals = replace(
            known,
            parcels=known.parcels + 1,
            amount=known.amount + parcel.amount,
            right_holders=known.right_holders + parcel.right_holders,
        )

    def counted(self, grounds: Sequence[Ground]) -> Iterator[AffectedParcel]:
        """Yield some parcels with what stands on them and is held on them."""
        bound = {
            "ids": [ground.feature_id for ground in grounds],
            "numbers": [ground.values["cadastral_number"] for ground in grounds],
            **self._shape_bound,
        }
        with snapshot(self.register.reading, self.instant) as (connection, reading):
            rows = connection.execute(self._filled(_COUNTS, reading), {**reading.parameters, **bound}).fetchall()
        counts = {parcel_id: tuple(numbers) for parcel_id, *numbers in rows}
        for ground in grounds:
            holders, buildings, addresses = counts.get(ground.feature_id, (0, 0, 0))
            yield AffectedParcel(
                number=str(ground.values["cadastral_number"]),
                id=ground.feature_id,
                parcel_area=ground.area,
                amount=ground.overlaps[0].amount,
                share=ground.overlaps[0].share,
                right_holders=holders,
                buildings=buildings,
                addresses=addresses,
            )

    @property
    def _shape_bound(self) -> dict[str, Any]:
        profile = self.register.profile
        return {"shape": shapely.to_wkb(self.shape), "srid": profile.srid, "linear": profile.tolerances.linear}

    def _beneath(self) -> tuple[int, int]:
        """Return how many buildings and addresses the shape touches in all."""
        with snapshot(self.register.reading, self.instant) as (connection, reading):
            bound = {**reading.parameters, **self._shape_bound}
            row = connection.execute(self._filled(_BENEATH, reading), bound).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def _filled(self, statement: str, reading: Reading) -> sql.Composed:
        """Put the layers into a statement, read by keys and by place."""
        keyed, dimension = replace(reading, keyed=True), int(shapely.get_dimensions(self.shape))
        named = {f"{name}_by_key": _from(layer, keyed) for name, layer in _LAYERS.items()}
        placed = {f"{name}_by_place": _from(layer, reading) for name, layer in _LAYERS.items() if layer.spatial}
        return sql.SQL(statement).format(
            touched_house=sql.SQL(_HOUSE_TOUCHED[dimension]),
            **named,
            **placed,
        )


def _from(layer: Layer, reading: Reading) -> sql.Composed:
    return sql.SQL("(SELECT * FROM {})").format(versions_at(layer, reading))


# A house is touched by an area as a parcel is: where the common part is somewhere wider than T.
_HOUSE_TOUCHED: Final = {
    2: """ST_Intersects(h.geom, given.shape)
    AND NOT ST_IsEmpty(ST_Buffer(ST_Intersection(h.geom, given.shape), -%(linear)s::float8 / 2))""",
    1: "ST_Intersects(h.geom, given.shape)",
    0: "ST_Intersects(h.geom, given.shape)",
}

_COUNTS: Final = """
WITH given AS MATERIALIZED (SELECT ST_GeomFromWKB(%(shape)s, %(srid)s) AS shape),
parcel AS MATERIALIZED (
  SELECT a.id, a.number, v.geom FROM unnest(%(ids)s::bigint[], %(numbers)s::text[]) AS a (id, number)
  JOIN {parcels_by_key} AS v ON v.feature_id = a.id
), house AS MATERIALIZED (
  SELECT p.id AS parcel, v.feature_id AS id, v.geom FROM parcel AS p
  JOIN {houses_by_key} AS v ON v.parcel_number = p.number
), object AS (
  SELECT id AS parcel, id FROM parcel UNION ALL SELECT parcel, id FROM house
  UNION ALL SELECT h.parcel, v.feature_id FROM house AS h JOIN {premises_by_key} AS v ON v.building_id = h.id
), held AS (
  SELECT o.parcel, count(DISTINCT r.feature_id) AS count FROM object AS o
  JOIN {parts_by_key} AS u ON u.object_id = o.id JOIN {rights_by_key} AS r ON r.unit_id = u.unit_id
  WHERE r.category = 'right' GROUP BY o.parcel
), built AS (
  SELECT h.parcel, count(*) AS count FROM house AS h, given WHERE {touched_house} GROUP BY h.parcel
), placed AS (
  SELECT p.id AS parcel, count(*) AS count FROM parcel AS p CROSS JOIN given
  JOIN {addresses_by_place} AS v ON v.geom && p.geom
  WHERE ST_Intersects(p.geom, v.geom) AND ST_Intersects(given.shape, v.geom) GROUP BY p.id
)
SELECT p.id, coalesce(held.count, 0), coalesce(built.count, 0), coalesce(placed.count, 0) FROM parcel AS p
LEFT JOIN held ON held.parcel = p.id LEFT JOIN built ON built.parcel = p.id LEFT JOIN placed ON placed.parcel = p.id
"""
_OUTLINES: Final = "SELECT v.feature_id, ST_AsBinary(v.geom) FROM {parcels} WHERE v.feature_id = ANY(%(ids)s::bigint[])"
_BENEATH: Final = """
WITH given AS MATERIALIZED (SELECT ST_GeomFromWKB(%(shape)s, %(srid)s) AS shape)
SELECT (SELECT count(*) FROM given JOIN {houses_by_place} AS h ON h.geom && given.shape WHERE {touched_house}),
  (SELECT count(*) FROM given JOIN {addresses_by_place} AS v ON v.geom && given.shape
   WHERE ST_Intersects(given.shape, v.geom))
"""
