"""Rules of protective zones and their parameters: a zone is what its source and its row make of it, at every moment.

Each statement starts from what the act proposes and reaches the rest by ids, so that it costs what the act changes.
"""

from collections.abc import Iterator
from typing import Final

from cadastres.environment.model import FACILITY, WATER_REACH
from cadastres.environment.sources import TIES, Tie
from cadastres.environment.zone_model import (
    WATER_PROTECTION_STRIP,
    WATER_PROTECTION_ZONE,
    ZONE_PARAMETER,
    ZONES,
)
from cadastres.urban_planning.network_model import NETWORK_LINE
from gis.rules import Rule
from gis.text import Text

STANDING: Final = ("proposed", "staying", "untouched")
"""Relations that together hold every version that stands after an act."""

WATER_CODE: Final = "Water Code of the Republic of Kazakhstan No. 178-VIII of 09.04.2025"

_BEYOND: Final = {
    WATER_REACH.name: "CASE s.measured_from WHEN 'axis' THEN coalesce(s.half_width, 0) ELSE 0 END",
    NETWORK_LINE.name: "coalesce(s.half_width, 0)",
}
_OWN: Final = {
    WATER_PROTECTION_ZONE.name: "s.zone_width",
    WATER_PROTECTION_STRIP.name: "s.strip_width",
    FACILITY.name: "s.zone_width",
}
"""A source's own width by project, by the zone's or the source's layer."""

ROW_ONE_AT_A_TIME: Final = Rule(
    id="environment.zone_parameter.one-at-a-time",
    severity="error",
    statement=Text(
        kk="Бір түр мен сыныптың параметрлері бір мезгілде қабаттаспауы тиіс.",
        ru="Параметры одного вида и класса не должны действовать одновременно.",
        en="Parameter rows of one kind and class must not be valid at the same time.",
    ),
    watches=(ZONE_PARAMETER.name,),
    sql=" UNION ALL ".join(
        f"""
SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, p.zone_kind || ' / ' || p.class_key AS detail
FROM {{proposed:environment.zone_parameter}} AS p
JOIN {{{relation}:environment.zone_parameter}} AS a ON a.zone_kind = p.zone_kind AND a.class_key = p.class_key
  AND a.valid && p.valid AND a.feature_id <> p.feature_id
  AND numrange(a.over::numeric, a.upto::numeric, '(]') && numrange(p.over::numeric, p.upto::numeric, '(]')
WHERE NOT p.abolished AND NOT a.abolished AND NOT (p.over >= p.upto) IS TRUE AND NOT (a.over >= a.upto) IS TRUE"""  # noqa: S608 - names of relations
        for relation in STANDING
    ),
    tested_by="tests/cadastres/environment/test_parameters.py",
)

ROW_SOUND: Final = Rule(
    id="environment.zone_parameter.sound",
    severity="error",
    statement=Text(
        kk="Параметрдің ені нөлден кем болмауы, ал сипаттама шегінің басы соңынан кіші болуы тиіс.",
        ru="Ширина в параметре не может быть меньше нуля, а начало полосы значений — не меньше её конца.",
        en="A parameter's width must not be less than zero, and its band must begin below its end.",
    ),
    watches=(ZONE_PARAMETER.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, width AS amount, NULL::geometry AS place,
  format('%%s: %%s m, %%s–%%s', class_key, width, over, upto) AS detail
FROM {proposed:environment.zone_parameter} AS p
WHERE NOT abolished AND (NOT (width >= 0 AND width < 'Infinity') OR (over >= upto) IS TRUE)
""",
    tested_by="tests/cadastres/environment/test_parameters.py",
)

WIDTHS_SOUND: Final = Rule(
    id="environment.source.sound-widths",
    severity="error",
    statement=Text(
        kk="Жоба бойынша ен нөлден үлкен болуы, ал арна енінің жартысы 0 мен 2000 м аралығында жатуы тиіс.",
        ru="Ширина по проекту должна быть больше нуля, а полуширина русла — лежать между 0 и 2000 м.",
        en="A width by project must be greater than zero, and a channel's half width lie between 0 and 2000 m.",
    ),
    watches=(WATER_REACH.name, FACILITY.name),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, geom AS place,
  concat_ws(' / ', zone_width, strip_width, half_width) AS detail
FROM {proposed:environment.water_reach} AS p
WHERE NOT abolished AND (NOT (zone_width > 0 AND zone_width < 'Infinity')
  OR NOT (strip_width > 0 AND strip_width < 'Infinity') OR NOT half_width BETWEEN 0 AND 2000)
UNION ALL
SELECT feature_id, NULL, valid, NULL, geom, zone_width::text FROM {proposed:environment.facility} AS p
WHERE NOT abolished AND NOT (zone_width > 0 AND zone_width < 'Infinity')
""",
    tested_by="tests/cadastres/environment/test_water.py",
)

WIDTHS_APPROVED: Final = Rule(
    id="environment.source.widths-approved",
    severity="error",
    statement=Text(
        kk="Жоба бойынша ен берілсе, оны бекіткен акт аталуы тиіс.",
        ru="Если ширина задана проектом, должен быть назван утвердивший его акт.",
        en="Where a width is set by project, the act that approved it must be named.",
    ),
    watches=(WATER_REACH.name, FACILITY.name),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  NULL::text AS detail
FROM {proposed:environment.water_reach} AS p
WHERE NOT abolished AND coalesce(zone_width, strip_width) IS NOT NULL AND coalesce(btrim(legal_basis), '') = ''
UNION ALL
SELECT feature_id, NULL, valid, NULL, NULL, NULL FROM {proposed:environment.facility} AS p
WHERE NOT abolished AND zone_width IS NOT NULL AND coalesce(btrim(legal_basis), '') = ''
""",
    basis=WATER_CODE,
    tested_by="tests/cadastres/environment/test_water.py",
)

# A closed line is buffered as its two halves: GEOS before 3.12 may leave a hole in the buffer of a small closed line.
_FITS: Final = """
SELECT z.feature_id, s.feature_id AS other_id, z.valid * s.valid AS valid, ST_Area(differing) AS amount,
  differing AS place, format('%%s m', z.width) AS detail
FROM {ZONES:ZONE} AS z JOIN {SOURCES:SOURCE} AS s ON s.feature_id = z.source_id AND s.valid && z.valid
CROSS JOIN LATERAL (
  SELECT ST_Collect(CASE WHEN ST_Dimension(d.geom) = 1 AND ST_IsClosed(d.geom)
    THEN ST_Collect(ST_LineSubstring(d.geom, 0, 0.5), ST_LineSubstring(d.geom, 0.5, 1)) ELSE d.geom END) AS geom
  FROM ST_Dump(ST_Force2D(s.geom)) AS d
) AS source
CROSS JOIN LATERAL ST_Buffer(source.geom, z.width + BEYOND, 'quad_segs=16') AS buffer
CROSS JOIN LATERAL ST_SymDifference(z.geom, buffer) AS differing
WHERE z.derived AND NOT z.abolished AND NOT s.abolished
  AND (z.width IS NULL OR ST_Area(differing) > %(linear)s * ST_Perimeter(buffer)
    OR (z.established AND z.width IS DISTINCT FROM OWN))
"""

_BY_ROW: Final = """
SELECT z.feature_id, p.feature_id AS other_id, z.valid * p.valid AS valid, abs(z.width - p.width) AS amount,
  NULL::geometry AS place, format('%%s m / %%s m', z.width, p.width) AS detail
FROM {proposed:ZONE} AS z JOIN {ROWS:environment.zone_parameter} AS p
  ON p.feature_id = z.parameter_id AND p.valid && z.valid
WHERE z.derived AND NOT z.established AND NOT z.abolished AND NOT p.abolished AND z.width IS DISTINCT FROM p.width
"""


def _fits(tie: Tie, zones: str, sources: str) -> str:
    own = _OWN.get(tie.zone.name) or _OWN.get(tie.source.name, "NULL::float8")
    parts = {"ZONES": zones, "SOURCES": sources, "BEYOND": _BEYOND.get(tie.source.name, "0"), "OWN": own}
    return _named(_FITS, **parts, ZONE=tie.zone.name, SOURCE=tie.source.name)


def _named(statement: str, **parts: str) -> str:
    """Put names in, the longest first: one begins another."""
    for name in sorted(parts, key=len, reverse=True):
        statement = statement.replace(name, parts[name])
    return statement


def _follows_source() -> Iterator[Rule]:
    """Yield the rules that hold each derived zone against its source and its row."""
    for zone in ZONES:
        ties = [tie for tie in TIES if tie.zone == zone]
        arms = [_fits(tie, "proposed", sources) for tie in ties for sources in STANDING]
        arms += [_named(_BY_ROW, ROWS=rows, ZONE=zone.name) for rows in STANDING]
        yield Rule(
            id="environment.zone.follows-source",
            severity="error",
            statement=Text(
                kk="Есептелген аймақ сол күні қолданыстағы қайнар көз бен параметрге сәйкес болуы тиіс.",
                ru="Рассчитанная зона должна соответствовать источнику и параметру, действующим в тот день.",
                en="A derived zone must be what the source and the parameter valid that day make of it.",
            ),
            watches=(zone.name,),
            sql=" UNION ALL ".join(arms),
            tested_by="tests/cadastres/environment/test_follows.py",
        )


def _up_to_date() -> Iterator[Rule]:
    """Yield the rules that tell of zones that a load of their sources has left behind."""
    for tie in TIES:
        yield Rule(
            id="environment.zone.up-to-date",
            severity="warning",
            statement=Text(
                kk="Қайнар көзі өзгерген аймақ қайта есептелуі керек.",
                ru="Зону, источник которой изменился, нужно рассчитать заново.",
                en="A zone whose source has changed should be derived anew.",
            ),
            watches=(tie.source.name,),
            sql=" UNION ALL ".join(
                _fits(tie, zones, "proposed").replace(
                    "SELECT z.feature_id, s.feature_id AS other_id", "SELECT s.feature_id, z.feature_id AS other_id"
                )
                for zones in ("staying", "untouched")
            ),
            tested_by="tests/cadastres/environment/test_deriving.py",
        )


def _one_per_source() -> Iterator[Rule]:
    for zone in ZONES:
        yield Rule(
            id="environment.zone.one-per-source",
            severity="error",
            statement=Text(
                kk="Бір қайнар көздің айналасында бір мезгілде осы түрдегі бір ғана аймақ болуы тиіс.",
                ru="Вокруг одного источника в одно время может быть только одна зона этого вида.",
                en="Around one source there must be one zone of this kind at a time.",
            ),
            watches=(zone.name,),
            sql=" UNION ALL ".join(
                f"""
SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, p.source_id::text AS detail
FROM {{proposed:{zone.name}}} AS p JOIN {{{relation}:{zone.name}}} AS a
  ON a.source_id = p.source_id AND a.valid && p.valid AND a.feature_id <> p.feature_id
WHERE NOT p.abolished AND NOT a.abolished"""  # noqa: S608 - names of layers
                for relation in STANDING
            ),
            tested_by="tests/cadastres/environment/test_follows.py",
        )


RULES: Final = (
    ROW_ONE_AT_A_TIME,
    ROW_SOUND,
    WIDTHS_SOUND,
    WIDTHS_APPROVED,
    *_follows_source(),
    *_up_to_date(),
    *_one_per_source(),
)
"""Every rule of zones in general."""
