"""What may be built on a parcel: the envelope that lines, zones, setbacks and every other restriction leave of it.

Whatever layer says of itself that its features bar building, or bound its height (:class:`gis.layer.Restricting`),
takes part without being named here. Lines of regulation and setbacks are this cadastre's own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import shapely
from psycopg import Connection, sql
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from cadastres.urban_planning.line_model import BOTH, LEFT, REGULATION_LINE
from cadastres.urban_planning.plan_model import ZONING_ELEMENT
from gis.envelope import Barred, Ceiling, Edge, Envelope, Setback, Side, SidedLine, edges, envelope
from gis.instant import Instant, Reading, versions_at
from gis.layer import Layers
from gis.overlay import Ground, Overlap, restrictions_on
from gis.profile import CityProfile

NEARNESS: Final = 0.25
"""Two parcels no farther apart [m] adjoin; what adjoins none is the street's edge."""

Way = Literal["no-building", "line", "setback-front", "setback-side", "setback-rear", "height"]

_SETBACKS: Final[Mapping[Edge, Way]] = {"front": "setback-front", "side": "setback-side", "rear": "setback-rear"}


@dataclass(frozen=True)
class Reason:
    """Which restriction, and in which way, took ground or bounded its height.

    Attributes:
        overlap: the feature as it lies on the parcel, with the act by which it came in.
        way: how it restricts.
        figure: metres, of a setback or a height.
    """

    overlap: Overlap
    way: Way
    figure: float | None = None


@dataclass(frozen=True)
class ParcelEnvelope:
    """What may be built on a parcel.

    Attributes:
        found: blocks and what was taken, by reason.
        zones: the functional zones in force on the parcel, whose figures bound what stands in the blocks.
        edges: the parcel's edges by kind.
        reading: the point on both axes at which it was read.
    """

    found: Envelope[Reason]
    zones: tuple[Overlap, ...]
    edges: Mapping[Edge, BaseGeometry]
    reading: Reading


def parcel_envelope(
    connection: Connection, instant: Instant, layers: Layers, parcel: int, profile: CityProfile
) -> ParcelEnvelope | None:
    """Return what may be built on a parcel, by its feature id; ``None`` where it is not in force.

    Args:
        connection: of a login that may read all the layers.
        instant: the point on both axes, and the draft laid over the register.
        layers: the register's.
        parcel: its feature id.
        profile: the city's.
    """
    tolerance = profile.tolerances.linear
    ground = restrictions_on(layers, PARCEL.name).on(connection, instant, parcel, tolerance, places=True)
    if ground is None:
        return None
    # By the recorded instant itself: a changeset that comes in meanwhile does not mix into what is read next.
    reading, overlaps = replace(ground.reading, live=False, present=False), ground.overlaps
    kinds = edges(ground.place, _neighbours(connection, reading, ground, profile.srid), NEARNESS)
    zones = tuple(o for o in overlaps if o.laid.layer == ZONING_ELEMENT.name)
    found = envelope(
        ground.place,
        barred=_barred(overlaps, layers),
        lines=_lines(connection, reading, overlaps),
        setbacks=_setbacks(zones, kinds),
        ceilings=_ceilings(overlaps, layers),
        tolerance=tolerance,
    )
    return ParcelEnvelope(found, zones, kinds, ground.reading)


def _neighbours(connection: Connection, reading: Reading, ground: Ground, srid: int) -> Sequence[BaseGeometry]:
    statement = sql.SQL(
        "SELECT ST_AsBinary(v.geom) FROM {} WHERE v.geom && ST_GeomFromWKB(%(around)s, %(srid)s) "
        "AND v.feature_id <> %(parcel)s"
    ).format(versions_at(PARCEL, reading))
    around = shapely.to_wkb(ground.place.buffer(NEARNESS).envelope)
    bound = {**reading.parameters, "around": around, "srid": srid, "parcel": ground.feature_id}
    rows = connection.execute(statement, bound).fetchall()
    return [shapely.from_wkb(bytes(row[0])) for row in rows]


def _barred(overlaps: Iterable[Overlap], layers: Layers) -> Iterator[Barred[Reason]]:
    for overlap in overlaps:
        restricting = layers[overlap.laid.layer].restricting
        flag = None if restricting is None else restricting.no_building
        if flag is not None and overlap.laid.values.get(flag) and overlap.place is not None:
            yield Barred(Reason(overlap, "no-building"), overlap.place)


def _ceilings(overlaps: Iterable[Overlap], layers: Layers) -> Iterator[Ceiling[Reason]]:
    for overlap in overlaps:
        restricting = layers[overlap.laid.layer].restricting
        name = None if restricting is None else restricting.max_height
        height = None if name is None else overlap.laid.values.get(name)
        if height is not None and overlap.place is not None:
            yield Ceiling(Reason(overlap, "height", height), overlap.place, height)


def _lines(connection: Connection, reading: Reading, overlaps: Iterable[Overlap]) -> Iterator[SidedLine[Reason]]:
    """Yield the lines with a side whole, as they are drawn: a part cut out may have lost its direction."""
    own = [o for o in overlaps if o.laid.layer == REGULATION_LINE.name]
    sided = {o.laid.feature_id: o for o in own if o.laid.values["building_side"] != BOTH}
    statement = sql.SQL("SELECT v.feature_id, ST_AsBinary(v.geom) FROM {} WHERE v.feature_id = ANY(%(ids)s)").format(
        versions_at(REGULATION_LINE, replace(reading, keyed=True))
    )
    rows = connection.execute(statement, {**reading.parameters, "ids": sorted(sided)}).fetchall() if sided else []
    for feature_id, drawn in sorted(rows, key=lambda row: int(row[0])):
        overlap = sided[feature_id]
        side: Side = "left" if overlap.laid.values["building_side"] == LEFT else "right"
        yield SidedLine(Reason(overlap, "line"), shapely.from_wkb(bytes(drawn)), side)


def _setbacks(zones: Iterable[Overlap], kinds: Mapping[Edge, BaseGeometry]) -> Iterator[Setback[Reason]]:
    for zone in zones:
        for kind, way in _SETBACKS.items():
            distance = zone.laid.values.get(f"setback_{kind}")
            if distance and zone.place is not None:
                yield Setback(Reason(zone, way, distance), kinds[kind], distance, zone.place)
