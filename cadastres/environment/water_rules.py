"""Rules by the water: the strip in its zone and not under its minimum, and no land granted where neither is set.

Land is granted where a parcel is formed on land that no parcel held the moment before, and where a unit gets its first
right. Which distance from the shore counts, and which land is left out, are parameter rows (``shore_grant``,
``shore_grant_exempt`` with classes like ``category/4`` or ``use/forestry``): a city without them grants freely.
"""

from typing import Final

from cadastres.environment.zone_model import WATER_PROTECTION_STRIP, WATER_PROTECTION_ZONE, ZONE_PARAMETER
from cadastres.environment.zone_rules import STANDING, WATER_CODE
from cadastres.land.model import PARCEL
from cadastres.real_estate.rights_model import RIGHT
from gis.rules import Rule
from gis.text import Text

_LAYERS: Final = {"STRIP": WATER_PROTECTION_STRIP.name, "ZONE": WATER_PROTECTION_ZONE.name}


def _zones(name: str) -> str:
    """Return the versions of a zone layer around the sources concerned, as they stand after the act."""
    return " UNION ALL ".join(
        f"SELECT z.feature_id, z.source_id, z.valid, z.geom FROM concerned "  # noqa: S608 - names of layers
        f"JOIN {{{relation}:{_LAYERS[name]}}} AS z USING (source_id) WHERE NOT z.abolished"
        for relation in STANDING
    )


STRIP_IN_ZONE: Final = Rule(
    id="environment.water_protection_strip.in-zone",
    severity="error",
    statement=Text(
        kk="Су қорғау белдеуі сол су нысанының су қорғау аймағында жатуы тиіс.",
        ru="Водоохранная полоса должна лежать в водоохранной зоне того же водного объекта.",
        en="A water-protection strip must lie in the protection zone of the same water.",
    ),
    watches=(WATER_PROTECTION_STRIP.name, WATER_PROTECTION_ZONE.name),
    sql=f"""
WITH concerned AS MATERIALIZED (
  SELECT source_id FROM {{proposed:environment.water_protection_strip}} AS p
  UNION SELECT source_id FROM {{proposed:environment.water_protection_zone}} AS p
), strip AS MATERIALIZED ({_zones("STRIP")}), zone AS MATERIALIZED ({_zones("ZONE")}), told AS (
  SELECT source_id, range_agg(valid) AS valid FROM zone GROUP BY 1
), outside AS (
  SELECT s.feature_id, z.feature_id AS other_id, s.valid * z.valid AS valid, ST_Difference(s.geom, z.geom) AS place
  FROM strip AS s JOIN zone AS z ON z.source_id = s.source_id AND z.valid && s.valid
  UNION ALL
  SELECT s.feature_id, NULL, span, s.geom FROM strip AS s LEFT JOIN told AS t USING (source_id)
  CROSS JOIN LATERAL unnest(tstzmultirange(s.valid) - coalesce(t.valid, '{{}}')) AS span
)
SELECT feature_id, other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail FROM outside
WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",  # noqa: S608 - names of layers
    basis=WATER_CODE,
    tested_by="tests/cadastres/environment/test_water.py",
)

_UNDER: Final = """
SELECT FOUND.feature_id, OTHER.feature_id AS other_id, s.valid * p.valid AS valid, p.width - s.width AS amount,
  s.geom AS place, format('%%s m < %%s m', s.width, p.width) AS detail
FROM {STRIPS:environment.water_protection_strip} AS s
JOIN {ROWS:environment.zone_parameter} AS p ON p.zone_kind = 'water_protection_strip' AND p.valid && s.valid
JOIN {REACHES:environment.water_reach} AS r ON r.feature_id = s.source_id AND r.valid && (s.valid * p.valid)
WHERE NOT s.abolished AND NOT p.abolished AND NOT r.abolished AND (s.width < p.width) IS NOT FALSE
  AND p.class_key IN ('any', r.water_class)
"""


def _under(found: str, strips: str, rows: str, reaches: str) -> str:
    other = "p" if found == "s" else "s"
    parts = {"FOUND": found, "OTHER": other, "STRIPS": strips, "ROWS": rows, "REACHES": reaches}
    statement = _UNDER
    for name, part in parts.items():
        statement = statement.replace(name, part)
    return statement


STRIP_MINIMUM: Final = Rule(
    id="environment.water_protection_strip.minimum",
    severity="error",
    statement=Text(
        kk="Су қорғау белдеуінің ені белгіленген ең аз еннен кем болмауы тиіс.",
        ru="Ширина водоохранной полосы не может быть меньше установленного минимума.",
        en="A water-protection strip must not be narrower than the minimum set for it.",
    ),
    watches=(WATER_PROTECTION_STRIP.name,),
    sql=" UNION ALL ".join(_under("s", "proposed", rows, reaches) for rows in STANDING for reaches in STANDING),
    basis=WATER_CODE,
    tested_by="tests/cadastres/environment/test_water.py",
)

STRIP_NEW_MINIMUM: Final = Rule(
    id="environment.water_protection_strip.under-new-minimum",
    severity="warning",
    statement=Text(
        kk="Ең аз ен артқанда, одан тар белдеулердің жобалары қайта қаралуы керек.",
        ru="Когда минимум вырос, проекты более узких полос нужно пересмотреть.",
        en="Where the minimum is raised, the projects of narrower strips should be revised.",
    ),
    watches=(ZONE_PARAMETER.name,),
    sql=" UNION ALL ".join(_under("p", strips, "proposed", "untouched") for strips in ("staying", "untouched")),
    basis=WATER_CODE,
    tested_by="tests/cadastres/environment/test_water.py",
)

# A channel is at most 2000 m from its axis to its edge: so far beyond the norm a reach is looked for.
_REACHES: Final = " UNION ALL ".join(
    f"""
  SELECT g.feature_id, g.since, g.geom, r.feature_id AS reach, r.geom AS line, n.width + b.beyond AS reaching
  FROM granted AS g JOIN norm AS n ON n.valid @> g.since
  JOIN {{{relation}:environment.water_reach}} AS r
    ON ST_DWithin(r.geom, g.geom, n.width + 2000) AND r.valid @> g.since AND NOT r.abolished
  CROSS JOIN LATERAL (
    SELECT CASE r.measured_from WHEN 'axis' THEN coalesce(r.half_width, 0) ELSE 0 END AS beyond
  ) AS b
  WHERE ST_DWithin(r.geom, g.geom, n.width + b.beyond)"""  # noqa: S608 - names of relations
    for relation in STANDING
)


def _is_set(name: str) -> str:
    return " OR ".join(
        f"EXISTS (SELECT FROM {{{relation}:{_LAYERS[name]}}} AS z WHERE z.source_id = near.reach "
        "AND z.established AND NOT z.abolished AND z.valid @> near.since)"
        for relation in STANDING
    )


_UNSET: Final = f"""
WITH norm AS MATERIALIZED (
  SELECT width, valid FROM {{after:environment.zone_parameter}} AS n WHERE zone_kind = 'shore_grant' AND NOT abolished
), free AS MATERIALIZED (
  SELECT class_key, valid FROM {{after:environment.zone_parameter}} AS n
  WHERE zone_kind = 'shore_grant_exempt' AND NOT abolished
), granted AS MATERIALIZED (GRANTED), near AS ({_REACHES}), unset AS (
  SELECT feature_id, reach AS other_id, since, ST_Intersection(geom, ST_Buffer(line, reaching)) AS place
  FROM near WHERE NOT (({_is_set("ZONE")}) AND ({_is_set("STRIP")}))
), found AS (FOUND)
SELECT feature_id, other_id, tstzrange(since, NULL) AS valid, ST_Area(place) AS amount, place, NULL::text AS detail
FROM found WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
"""  # noqa: S608 - names of relations

_EXEMPT: Final = """EXISTS (SELECT FROM free WHERE free.valid @> lower(v.valid)
      AND free.class_key IN ('category/' || v.category, 'use/' || v.permitted_use))"""

_FORMED: Final = f"""
  SELECT v.feature_id, lower(v.valid) AS since, v.geom FROM {{proposed:land.parcel}} AS v
  WHERE NOT v.abolished AND EXISTS (SELECT FROM norm) AND NOT {_EXEMPT}
"""  # noqa: S608 - names of relations

_FRESH: Final = """
  SELECT feature_id, other_id, since, CASE WHEN held IS NULL THEN place ELSE ST_Difference(place, held) END AS place
  FROM unset CROSS JOIN LATERAL (
    SELECT ST_Union(a.geom) AS held FROM {after:land.parcel} AS a
    WHERE a.geom && unset.place AND NOT a.abolished AND upper(a.valid) = unset.since
  ) AS before
"""

_STATEMENT: Final = Text(
    kk="Жағаға жақын жер су қорғау аймағы мен белдеуі белгіленгеннен кейін ғана беріледі.",
    ru="Земля вблизи берега предоставляется только после установления водоохранной зоны и полосы.",
    en="Land near a shore is granted only after its protection zone and strip are set.",
)

FORMED_BY_SHORE: Final = Rule(
    id="environment.shore.zones-set-before-grant",
    severity="error",
    statement=_STATEMENT,
    watches=(PARCEL.name,),
    sql=_UNSET.replace("GRANTED", _FORMED).replace("FOUND", _FRESH),
    basis=WATER_CODE,
    tested_by="tests/cadastres/environment/test_shore.py",
)


def _standing(select: str, layer: str) -> str:
    """Return a SELECT over all versions of a layer that stand after the act, each arm reaching the table's indexes."""
    return " UNION ALL ".join(select.replace("STANDING", f"{{{relation}:{layer}}}") for relation in STANDING)


# The first right to a parcel, on its first day; what passes from one holder to another was granted long ago, and what
# a parcel formed that very day is given, the rule of parcels looks at.
_RIGHTS: Final = f"""
  WITH opened AS MATERIALIZED (
    SELECT feature_id, unit_id, lower(valid) AS since FROM {{proposed:real_estate.right}} AS p
    WHERE NOT abolished AND category = 'right' AND kind <> 'stateOwnership' AND EXISTS (SELECT FROM norm)
  ), part AS MATERIALIZED ({
    _standing(
        "SELECT o.feature_id, o.since, t.object_id FROM opened AS o JOIN STANDING AS t ON t.unit_id = o.unit_id "
        "WHERE t.object_kind = 'parcel' AND NOT t.abolished AND t.valid @> o.since",
        "real_estate.unit_part",
    )
}), on_parcel AS MATERIALIZED ({
    _standing(
        "SELECT t.object_id, t.unit_id FROM part JOIN STANDING AS t USING (object_id) WHERE NOT t.abolished",
        "real_estate.unit_part",
    )
}), earlier AS MATERIALIZED ({
    _standing(
        "SELECT u.object_id, lower(r.valid) AS since FROM on_parcel AS u JOIN STANDING AS r USING (unit_id) "
        "WHERE NOT r.abolished AND r.category = 'right' AND r.kind <> 'stateOwnership'",
        "real_estate.right",
    )
}), parcel AS MATERIALIZED ({
    _standing(
        "SELECT part.feature_id, part.since, v.* FROM part JOIN STANDING AS v ON v.feature_id = part.object_id "
        "WHERE NOT v.abolished AND v.valid @> part.since AND coalesce(lower(v.valid) < part.since, true)",
        "land.parcel",
    ).replace("v.*", "part.object_id, v.valid, v.geom, v.category, v.permitted_use")
})
  SELECT v.feature_id, v.since, v.geom FROM parcel AS v
  WHERE NOT {_EXEMPT} AND NOT EXISTS (
    SELECT FROM earlier AS e WHERE e.object_id = v.object_id AND coalesce(e.since < v.since, true))
"""  # noqa: S608 - names of relations

GRANTED_BY_SHORE: Final = Rule(
    id="environment.shore.zones-set-before-grant",
    severity="error",
    statement=_STATEMENT,
    watches=(RIGHT.name,),
    sql=_UNSET.replace("GRANTED", _RIGHTS).replace("FOUND", "SELECT * FROM unset"),
    basis=WATER_CODE,
    tested_by="tests/cadastres/environment/test_shore.py",
)

RULES: Final = (STRIP_IN_ZONE, STRIP_MINIMUM, STRIP_NEW_MINIMUM, FORMED_BY_SHORE, GRANTED_BY_SHORE)
"""Every rule by the water."""
