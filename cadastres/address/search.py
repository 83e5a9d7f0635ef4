"""Addresses found as people write them, and the nearest ones to a place.

What is written is read by the database (``address.asked``, declared with all the folding in the migration
``address_search.up.sql``): one text gives a few ways to read it, each with a name, a house and a flat. First the
name is looked up as it is; where that does not settle it, among the spellings like it (trigrams). Both are the same
statement over one line or many, at any point of both axes of time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from psycopg import sql

from cadastres.address.model import ADDRESS, ADMIN_UNIT, ALIAS, NAMED_PLACE, STREET
from gis.instant import Reading, versions_at
from gis.layer import Layer

LONGEST: Final = 300
"""Characters of a text that are read; no address is longer."""

LIKELY: Final = 0.55
"""The least score of an answer."""

SURE: Final = 0.94
"""Score from which on nothing likelier is looked for."""


class Stage(Enum):
    """How a name is looked up."""

    AS_WRITTEN = "as written"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address, or a street, place or unit, that a text may mean.

    Attributes:
        line: number of the text among those asked for, from 1.
        score: 1 where all that is written is found as written; lower is less likely.
        likeness: of the name that matched to the one written, 0 to 1.
        matched: that name, as it is spelled on record.
        standing: of that name: ``current``, ``former``, ``variant`` or ``short``.
        layer: of the street, place or unit; of the address itself where it is found by its own name.
        place_id: the street's, place's or unit's; 0 where the register has no such street.
        names: the street's or place's names in force: as spelled on the place, in Kazakh, Russian and English.
        address_id: ``None`` where only the street or place is found.
        rka: registration code of the address.
        house: number of the house with its block.
        flat: number of the flat, where the address is a flat's.
        asked_house: number of the house that was written, in the register's one spelling.
        complete: everything that was written is found, house and flat too.
        longitude: WGS 84, degrees.
        latitude: WGS 84, degrees.
        distance: metres from the place near which it was looked for.
    """

    line: int
    score: float
    likeness: float
    matched: str
    standing: str
    layer: str
    place_id: int
    names: tuple[str | None, str | None, str | None, str | None]
    address_id: int | None
    rka: str | None
    house: str | None
    flat: str | None
    asked_house: str | None
    complete: bool
    longitude: float | None
    latitude: float | None
    distance: float | None

    @property
    def settled(self) -> bool:
        """Nothing likelier can be found by looking for names alike."""
        return self.complete and self.score >= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for.

    Attributes:
        lines: texts as people write them.
        city: the city's own names, folded (:data:`CITY`): they may stand in a text and say nothing.
        kinds: kind of street by code of the city's classifier (:data:`KINDS`).
        limit: answers to each text.
        near: x and y in the city's projected system [m]: of two answers alike the nearer is likelier.
    """

    lines: Sequence[str]
    city: Sequence[str] = ()
    kinds: Mapping[str, str]
    limit: int = 10
    near: tuple[float, float] | None = None


def present(now: datetime | None = None) -> Reading:
    """Return the reading of the present for a statement that looks at the head of the register by itself."""
    return Reading(now or datetime.now(UTC), datetime.max.replace(tzinfo=UTC), 0, live=True, present=True)


def statement(reading: Reading, stage: Stage, *, near: bool = False, many: bool = False) -> sql.Composed:
    """Return the statement that answers a :class:`Question`; :func:`parameters` binds its values.

    Args:
        reading: point on both axes.
        stage: how names are looked up.
        near: the question says near what.
        many: it has many lines; without it only the first is answered, by a plan that is made once for all.
    """
    return sql.SQL(_SEARCH).format(
        lines=sql.SQL(_MANY if many else _ONE),
        loosely=sql.Literal(stage is Stage.ALIKE),
        named=sql.SQL(_AS_WRITTEN if stage is Stage.AS_WRITTEN else _ALIKE),
        streets=versions_at(STREET, reading),
        places=versions_at(NAMED_PLACE, reading),
        units=versions_at(ADMIN_UNIT, reading),
        aliases=versions_at(ALIAS, reading),
        addresses=versions_at(ADDRESS, reading),
        once=sql.SQL("").join(_once(layer, reading) for layer in (STREET, NAMED_PLACE, ADMIN_UNIT)),
        distance=sql.SQL(_DISTANCE if near else "NULL::float8"),
    )


def _once(layer: Layer, reading: Reading) -> sql.Composed:
    return sql.SQL(_ONCE).format(
        layer=sql.Literal(layer.name),
        table=sql.Identifier(layer.schema, layer.table),
        on_record=sql.SQL("upper_inf(t.recorded)" if reading.live else "t.recorded @> %(recorded)s"),
    )


def houses_statement(reading: Reading) -> sql.Composed:
    """Return the statement of a place's houses whose number begins with the same digits: 12А and 12/1 beside 12.

    It binds ``place`` (feature id), ``digits``, ``limit`` and the parameters of the reading.
    """
    return sql.SQL(_HOUSES_LIKE).format(addresses=versions_at(ADDRESS, reading))


def parameters(reading: Reading, question: Question, srid: int) -> dict[str, object]:
    """Return the values that :func:`statement` binds; texts are cut to :data:`LONGEST` characters."""
    x, y = question.near or (None, None)
    lines = [line[:LONGEST].replace("\0", " ") for line in question.lines]
    return {
        **reading.parameters,
        "line": lines[0],
        "lines": lines,
        "city": list(question.city),
        "codes": list(question.kinds.keys()),
        "kinds": list(question.kinds.values()),
        "limit": question.limit,
        "likely": LIKELY,
        "x": x,
        "y": y,
        "srid": srid,
    }


def found(rows: Sequence[Sequence[Any]]) -> Iterator[Found]:
    """Read the rows of :func:`statement`, likeliest first for each line."""
    for row in rows:
        line, score, likeness, matched, standing, layer, place_id, *names, address_id, rka = row[:13]
        house, flat, asked_house, complete, longitude, latitude, distance = row[13:]
        yield Found(
            line=line,
            score=round(score, 3),
            likeness=round(likeness, 3),
            matched=matched,
            standing=standing,
            layer=layer,
            place_id=place_id,
            names=(names[0], names[1], names[2], names[3]),
            address_id=address_id,
            rka=rka,
            house=house,
            flat=flat,
            asked_house=asked_house,
            complete=complete,
            longitude=longitude,
            latitude=latitude,
            distance=distance,
        )


CITY: Final = """
SELECT array_agg(DISTINCT n.folded) FROM unnest(%(names)s::text[]) AS name, address.name_of(name) AS n
"""
"""Folds the city's own names."""

KINDS: Final = """
SELECT code, n.kind FROM unnest(%(codes)s::text[], %(titles)s::text[]) AS listed (code, title),
  address.name_of(title) AS n WHERE n.kind IS NOT NULL
"""
"""Tells what kinds of street the codes of a classifier stand for, by their titles."""

_HOUSES_LIKE: Final = """
SELECT v.feature_id, v.rka, v.locator_designator || coalesce(' к' || v.locator_block, ''),
  ST_X(v.geom_4326), ST_Y(v.geom_4326)
FROM {addresses}
WHERE coalesce(v.street_id, v.named_place_id) = %(place)s AND v.locator_level IS DISTINCT FROM 'unitLevel'
  AND address.number(v.locator_designator, v.locator_block) ~>=~ %(digits)s
  AND address.number(v.locator_designator, v.locator_block) ~<~ (%(digits)s || '~')
  AND substr(address.number(v.locator_designator, v.locator_block), length(%(digits)s) + 1, 1) !~ '[0-9]'
ORDER BY address.number(v.locator_designator, v.locator_block) COLLATE "C", v.feature_id LIMIT %(limit)s
"""

# A name that the feature bore earlier, as far as the record of the reading says so.
_ONCE: Final = """
      WHEN n.named_layer = {layer} AND EXISTS (SELECT FROM {table} AS t WHERE t.feature_id = n.feature_id
        AND {on_record} AND NOT t.abolished AND coalesce(lower(t.valid) <= %(valid)s, true)
        AND n.spelled IN (t.name, t.name_kk, t.name_ru, t.name_en)) THEN 'former'"""
_DISTANCE: Final = "ST_Distance(f.geom, ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), %(srid)s))"

_ONE: Final = "  SELECT %(line)s::text AS written, 1 AS n"
_MANY: Final = "  SELECT written, n FROM unnest(%(lines)s::text[]) WITH ORDINALITY AS each (written, n)"

_AS_WRITTEN: Final = """
  SELECT a.*, s.layer AS named_layer, s.feature_id, s.place_id, s.spelled, s.kind AS spelled_kind,
    CASE WHEN s.whole = a.whole THEN 1 ELSE 0.995 END::real AS likeness
  FROM asked AS a JOIN address.spelling AS s ON s.folded = a.folded AND s.since <= %(recorded)s"""

_ALIKE: Final = """
  SELECT a.*, s.layer AS named_layer, s.feature_id, s.place_id, s.spelled, s.kind AS spelled_kind, s.likeness
  FROM asked AS a CROSS JOIN LATERAL address.alike(a.whole, a.folded, %(recorded)s, 12) AS s
  WHERE a.cost < 0.04"""

# An answer is likely by its name; less so by another kind of street, a former name, a house or flat that is not there.
_SEARCH: Final = """
WITH line AS (
{lines}
), asked AS MATERIALIZED (
  SELECT line.n, line.written, a.*
  FROM line CROSS JOIN LATERAL address.asked(line.written, %(city)s::text[], {loosely}) AS a
), named AS MATERIALIZED ({named}
), placed AS MATERIALIZED (
  SELECT n.*, p.*,
    CASE WHEN n.named_layer = 'address.alias'
      THEN (SELECT v.kind FROM {aliases} WHERE v.feature_id = n.feature_id AND v.place_id = n.place_id)
      WHEN n.spelled IN (p.name, p.name_kk, p.name_ru, p.name_en) THEN 'current'
{once}
    END AS standing
  FROM named AS n CROSS JOIN LATERAL (
    SELECT 'address.street' AS layer, v.name, v.name_kk, v.name_ru, v.name_en, v.street_type AS code, v.admin_unit_id,
      NULL::bigint AS own_address, v.geom
    FROM {streets} WHERE v.feature_id = n.place_id
    UNION ALL
    SELECT 'address.named_place', v.name, v.name_kk, v.name_ru, v.name_en, v.place_type, v.admin_unit_id, NULL, v.geom
    FROM {places} WHERE v.feature_id = n.place_id
    UNION ALL
    SELECT 'address.admin_unit', v.name, v.name_kk, v.name_ru, v.name_en, NULL, v.parent_id, NULL, v.geom
    FROM {units} WHERE v.feature_id = n.place_id
    UNION ALL
    SELECT 'address.address', v.locator_name, NULL, NULL, NULL, NULL, v.admin_unit_id, v.feature_id, v.geom
    FROM {addresses} WHERE v.feature_id = n.place_id AND n.named_layer = 'address.address'
    UNION ALL
    SELECT 'address.address', n.spelled, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE n.place_id = 0
  ) AS p
), housed AS (
  SELECT p.*, h.feature_id AS house_id, h.rka AS house_rka, h.locator_designator, h.locator_block, h.geom AS house_geom,
    h.geom_4326 AS house_point
  FROM placed AS p LEFT JOIN LATERAL (
    SELECT v.feature_id, v.rka, v.locator_designator, v.locator_block, v.geom, v.geom_4326 FROM {addresses}
    WHERE p.own_address IS NULL AND p.place_id <> 0 AND coalesce(v.street_id, v.named_place_id) = p.place_id
      AND address.number(v.locator_designator, v.locator_block) = p.house
      AND v.locator_level IS DISTINCT FROM 'unitLevel'
    UNION ALL
    SELECT v.feature_id, v.rka, v.locator_designator, v.locator_block, v.geom, v.geom_4326 FROM {addresses}
    WHERE p.place_id = 0 AND v.street_id IS NULL AND v.named_place_id IS NULL AND v.thoroughfare_name = p.spelled
      AND address.number(v.locator_designator, v.locator_block) = p.house
      AND v.locator_level IS DISTINCT FROM 'unitLevel'
    UNION ALL
    SELECT v.feature_id, v.rka, v.locator_designator, v.locator_block, v.geom, v.geom_4326 FROM {addresses}
    WHERE v.feature_id = p.own_address
  ) AS h ON true
  WHERE p.standing IS NOT NULL AND (p.place_id <> 0 OR h.feature_id IS NOT NULL)
), judged AS (
  SELECT h.n, h.written, h.house AS asked_house, h.likeness, h.spelled, h.standing, h.layer, h.place_id,
    h.name, h.name_kk, h.name_ru, h.name_en, coalesce(fl.feature_id, h.house_id) AS address_id,
    coalesce(fl.rka, h.house_rka) AS rka,
    h.locator_designator, h.locator_block, fl.locator_designator AS flat,
    coalesce(fl.geom, h.house_geom, h.geom) AS geom,
    coalesce(fl.geom_4326, h.house_point) AS point,
    (h.house IS NULL OR h.house_id IS NOT NULL) AND (h.flat IS NULL OR fl.feature_id IS NOT NULL) AS complete,
    h.likeness - h.cost
      - CASE WHEN h.kind = coalesce(h.spelled_kind, k.kind) THEN 0
             WHEN h.kind IS NULL AND coalesce(h.spelled_kind, k.kind, 'street') = 'street' THEN 0
             WHEN h.kind IS NULL OR coalesce(h.spelled_kind, k.kind) IS NULL THEN 0.01
             ELSE 0.13 END
      - CASE WHEN h.house IS NULL OR h.house_id IS NOT NULL THEN 0 ELSE 0.25 END
      - CASE WHEN h.flat IS NULL OR fl.feature_id IS NOT NULL THEN 0 ELSE 0.03 END
      - CASE h.standing WHEN 'current' THEN 0 WHEN 'former' THEN 0.02 ELSE 0.01 END
      + CASE WHEN h.within <> '' AND EXISTS (SELECT FROM address.spelling AS u WHERE u.layer = 'address.admin_unit'
          AND u.feature_id = h.admin_unit_id AND public.word_similarity(u.folded, h.within) > 0.6) THEN 0.01
        ELSE 0 END AS score
  FROM housed AS h
  LEFT JOIN LATERAL (
    SELECT v.feature_id, v.rka, v.locator_designator, v.geom, v.geom_4326 FROM {addresses}
    WHERE h.flat IS NOT NULL AND v.parent_address_id = h.house_id
      AND address.number(v.locator_designator, NULL) = h.flat LIMIT 1
  ) AS fl ON h.flat IS NOT NULL
  LEFT JOIN unnest(%(codes)s::text[], %(kinds)s::text[]) AS k (code, kind) ON k.code = h.code
), single AS (
  SELECT DISTINCT ON (n, coalesce(address_id, -place_id)) j.* FROM (
    SELECT *, bool_or(address_id IS NOT NULL) OVER (PARTITION BY n, place_id) AS with_house
    FROM judged WHERE score >= %(likely)s) AS j
  WHERE address_id IS NOT NULL OR NOT with_house
  ORDER BY n, coalesce(address_id, -place_id), score DESC, spelled
), ranked AS (
  SELECT f.*, {distance} AS distance, public.similarity(f.spelled, f.written) AS look FROM single AS f
), ordered AS (
  SELECT r.*, row_number() OVER (PARTITION BY n ORDER BY
    score - coalesce(0.05 * distance / (distance + 5000), 0) + 0.004 * look DESC,
    coalesce(address_id, place_id)) AS place
  FROM ranked AS r
)
SELECT n, least(greatest(score, 0), 1)::float8, likeness::float8, spelled, standing, layer, place_id,
  name, name_kk, name_ru, name_en, address_id, rka,
  locator_designator || coalesce(' к' || locator_block, ''), flat, asked_house, complete,
  ST_X(shown), ST_Y(shown), distance
FROM ordered CROSS JOIN LATERAL (SELECT CASE WHEN point IS NOT NULL THEN point
  WHEN geom IS NOT NULL THEN ST_Transform(ST_ClosestPoint(geom, ST_Centroid(geom)), 4326) END AS shown) AS s
WHERE place <= %(limit)s ORDER BY n, place
"""
