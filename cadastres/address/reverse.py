"""What is near a point: the nearest addresses, the nearest street, the units and places that contain it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import sql

from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from gis.instant import Reading, arms_at, versions_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """An address near a point.

    Attributes:
        address_id: feature id.
        distance: metres from the point, in the city's projected system.
        names: of its street or place: as spelled there, in Kazakh, Russian and English.
        place_id: the street's or place's feature id; ``None`` where the register has none.
        longitude: WGS 84, degrees.
        latitude: WGS 84, degrees.
    """

    address_id: int
    distance: float
    rka: str | None
    house: str
    place_id: int | None
    names: tuple[str | None, str | None, str | None, str | None]
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyStreet:
    """The street nearest to a point; ``distance`` is to its axis [m]."""

    feature_id: int
    distance: float
    names: tuple[str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An administrative unit or a named place that contains a point; ``level`` is a unit's."""

    layer: str
    feature_id: int
    level: str | None
    kato: str | None
    names: tuple[str | None, str | None, str | None, str | None]


def nearest_statement(reading: Reading) -> sql.Composed:
    """Return the statement of the addresses nearest to a point: of houses and sites; flats lie where their house does.

    It binds ``x``, ``y`` [m, projected] and ``srid`` of the point, ``radius`` [m] or NULL, ``limit``, and the
    parameters of the reading. Each arm finds its own nearest by the index of places.
    """
    arms = [sql.SQL(_NEAREST_OF_ARM).format(arm=arm, point=_POINT) for arm in arms_at(ADDRESS, reading)]
    return sql.SQL(_NEAREST).format(
        arms=sql.SQL(" UNION ALL ").join(sql.SQL("({})").format(arm) for arm in arms),
        streets=versions_at(STREET, reading),
        places=versions_at(NAMED_PLACE, reading),
    )


def street_statement(reading: Reading) -> sql.Composed:
    """Return the statement of the street nearest to a point, within ``radius`` [m] where there is one.

    It binds what :func:`nearest_statement` binds, ``limit`` aside.
    """
    arms = [sql.SQL(_STREET_OF_ARM).format(arm=arm, point=_POINT) for arm in arms_at(STREET, reading)]
    return sql.SQL(_STREET).format(arms=sql.SQL(" UNION ALL ").join(sql.SQL("({})").format(arm) for arm in arms))


def containing_statement(reading: Reading) -> sql.Composed:
    """Return the statement of units and named places that contain a point, the largest first."""
    return sql.SQL(_CONTAINING).format(
        units=versions_at(ADMIN_UNIT, reading), places=versions_at(NAMED_PLACE, reading), point=_POINT
    )


def nearby(rows: Sequence[Sequence[Any]]) -> Iterator[Nearby]:
    """Read the rows of :func:`nearest_statement`, nearest first."""
    for address_id, distance, rka, house, place_id, name, kk, ru, en, longitude, latitude in rows:
        yield Nearby(
            address_id=address_id,
            distance=distance,
            rka=rka,
            house=house,
            place_id=place_id,
            names=(name, kk, ru, en),
            longitude=longitude,
            latitude=latitude,
        )


def street(rows: Sequence[Sequence[Any]]) -> NearbyStreet | None:
    """Read the row of :func:`street_statement`; there is none where no street is."""
    for feature_id, distance, name, kk, ru, en in rows:
        return NearbyStreet(feature_id=feature_id, distance=distance, names=(name, kk, ru, en))
    return None


def containing(rows: Sequence[Sequence[Any]]) -> Iterator[Unit]:
    """Read the rows of :func:`containing_statement`."""
    for layer, feature_id, level, kato, name, kk, ru, en in rows:
        yield Unit(layer=layer, feature_id=feature_id, level=level, kato=kato, names=(name, kk, ru, en))


_POINT: Final = sql.SQL("ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), %(srid)s)")

_NEAREST_OF_ARM: Final = """
SELECT v.*, ST_Distance(v.geom, {point}) AS distance FROM ({arm}) AS v
WHERE v.locator_level IS DISTINCT FROM 'unitLevel' ORDER BY v.geom <-> {point} LIMIT %(limit)s"""

_NEAREST: Final = """
SELECT a.feature_id, a.distance, a.rka, a.locator_designator || coalesce(' к' || a.locator_block, ''),
  coalesce(a.street_id, a.named_place_id),
  coalesce(s.name, p.name, a.thoroughfare_name), coalesce(s.name_kk, p.name_kk), coalesce(s.name_ru, p.name_ru),
  coalesce(s.name_en, p.name_en), ST_X(a.geom_4326), ST_Y(a.geom_4326)
FROM (
  SELECT * FROM ({arms}) AS v WHERE %(radius)s::float8 IS NULL OR v.distance <= %(radius)s::float8
  ORDER BY v.distance, v.feature_id LIMIT %(limit)s
) AS a
LEFT JOIN LATERAL (SELECT v.* FROM {streets} WHERE v.feature_id = a.street_id) AS s ON true
LEFT JOIN LATERAL (SELECT v.* FROM {places} WHERE v.feature_id = a.named_place_id) AS p ON true
ORDER BY a.distance, a.feature_id
"""

_STREET_OF_ARM: Final = """
SELECT v.feature_id, ST_Distance(v.geom, {point}) AS distance, v.name, v.name_kk, v.name_ru, v.name_en
FROM ({arm}) AS v ORDER BY v.geom <-> {point}, v.feature_id LIMIT 1"""

_STREET: Final = """
SELECT * FROM ({arms}) AS v WHERE %(radius)s::float8 IS NULL OR distance <= %(radius)s::float8
ORDER BY distance, feature_id LIMIT 1
"""

_CONTAINING: Final = """
SELECT layer, feature_id, level, kato, name, name_kk, name_ru, name_en FROM (
  SELECT 'address.admin_unit' AS layer, v.feature_id, v.level, v.kato, v.name, v.name_kk, v.name_ru, v.name_en, v.geom
  FROM {units} WHERE ST_Intersects(v.geom, {point})
  UNION ALL
  SELECT 'address.named_place', v.feature_id, NULL, NULL, v.name, v.name_kk, v.name_ru, v.name_en, v.geom
  FROM {places} WHERE ST_Intersects(v.geom, {point})
) AS there ORDER BY layer, ST_Area(geom) DESC, feature_id
"""
