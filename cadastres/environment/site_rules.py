"""Rules of protected areas, events and monitoring stations."""

from typing import Final

from cadastres.environment.model import PROTECTED_SITE, PROTECTED_ZONE
from cadastres.environment.monitoring_model import MONITORING_STATION, OBSERVED_EVENT
from cadastres.environment.zone_rules import STANDING
from gis.rules import Rule
from gis.text import Text

PROTECTED_AREAS_LAW: Final = "Law of the Republic of Kazakhstan No. 175 of 07.07.2006, art. 25"

_PAIRS: Final = " UNION ALL ".join(
    f"""
  SELECT z.feature_id, s.feature_id AS other_id, z.zone_type, z.valid * s.valid AS valid, z.geom AS zone, s.geom AS site
  FROM {{{zones}:environment.protected_zone}} AS z JOIN {{{sites}:environment.protected_site}} AS s
    ON s.feature_id = z.site_id AND s.valid && z.valid
  WHERE NOT z.abolished AND NOT s.abolished"""  # noqa: S608 - names of relations
    for zones, sites in (
        *(("proposed", sites) for sites in STANDING),
        ("staying", "proposed"),
        ("untouched", "proposed"),
    )
)

ZONE_IN_SITE: Final = Rule(
    id="environment.protected_zone.in-site",
    severity="error",
    statement=Text(
        kk="Функционалдық аймақ өз аумағының ішінде, ал күзет аймағы оның сыртында жатуы тиіс.",
        ru="Функциональная зона должна лежать внутри своей территории, а охранная зона — вне её.",
        en="A functional zone must lie inside its protected site, and the buffer zone outside it.",
    ),
    watches=(PROTECTED_ZONE.name, PROTECTED_SITE.name),
    sql=f"""
WITH pairs AS ({_PAIRS}), wrong AS (
  SELECT feature_id, other_id, valid, zone_type,
    CASE zone_type WHEN 'buffer' THEN ST_Intersection(zone, site) ELSE ST_Difference(zone, site) END AS place
  FROM pairs
)
SELECT feature_id, other_id, valid, ST_Area(place) AS amount, place, zone_type AS detail FROM wrong
WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",  # noqa: S608 - names of relations
    basis=PROTECTED_AREAS_LAW,
    tested_by="tests/cadastres/environment/test_sites.py",
)

_COMMON: Final = " UNION ALL ".join(
    f"""
  SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid,
    ST_CollectionExtract(ST_Intersection(p.geom, a.geom), 3) AS place
  FROM {{proposed:environment.protected_zone}} AS p JOIN {{{relation}:environment.protected_zone}} AS a
    ON a.site_id = p.site_id AND a.valid && p.valid AND a.feature_id <> p.feature_id AND a.geom && p.geom
  WHERE NOT p.abolished AND NOT a.abolished"""  # noqa: S608 - names of relations
    for relation in STANDING
)

_APART: Final = """
WITH common AS (COMMON)
SELECT DISTINCT ON (least(feature_id, other_id), greatest(feature_id, other_id), valid)
  feature_id, other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail
FROM common WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
ORDER BY least(feature_id, other_id), greatest(feature_id, other_id), valid, feature_id
"""

ZONES_APART: Final = Rule(
    id="environment.protected_zone.no-overlap",
    severity="error",
    statement=Text(
        kk="Бір аумақтың функционалдық аймақтары бірін-бірі баспауы тиіс.",
        ru="Функциональные зоны одной территории не должны накладываться друг на друга.",
        en="Functional zones of one protected site must not overlap.",
    ),
    watches=(PROTECTED_ZONE.name,),
    sql=_APART.replace("COMMON", _COMMON),
    basis=PROTECTED_AREAS_LAW,
    tested_by="tests/cadastres/environment/test_sites.py",
)

EVENT_ENDS: Final = Rule(
    id="environment.observed_event.ends-after-it-began",
    severity="error",
    statement=Text(
        kk="Оқиға басталғаннан бұрын аяқталуы мүмкін емес.",
        ru="Событие не может закончиться раньше, чем началось.",
        en="An event can't end before it began.",
    ),
    watches=(OBSERVED_EVENT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, geom AS place,
  format('%%s > %%s', occurred_at, ended_at) AS detail
FROM {proposed:environment.observed_event} AS e WHERE NOT abolished AND ended_at < occurred_at
""",
    tested_by="tests/cadastres/environment/test_sites.py",
)

STATION_CODE: Final = Rule(
    id="environment.monitoring_station.code-unique",
    severity="error",
    statement=Text(
        kk="Қолданыстағы екі бекеттің коды бірдей болмауы тиіс.",
        ru="У двух действующих постов не может быть один код.",
        en="Two stations in service must not have the same code.",
    ),
    watches=(MONITORING_STATION.name,),
    sql=" UNION ALL ".join(
        f"""
SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount,
  p.geom AS place, p.station_code AS detail
FROM {{proposed:environment.monitoring_station}} AS p JOIN {{{relation}:environment.monitoring_station}} AS a
  ON a.station_code = p.station_code AND a.valid && p.valid AND a.feature_id <> p.feature_id
WHERE NOT p.abolished AND NOT a.abolished"""  # noqa: S608 - names of relations
        for relation in STANDING
    ),
    tested_by="tests/cadastres/environment/test_sites.py",
)

RULES: Final = (ZONE_IN_SITE, ZONES_APART, EVENT_ENDS, STATION_CODE)
"""Every rule of protected areas, events and stations."""
