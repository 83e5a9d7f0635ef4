"""What must hold of restricted turns, closures, speeds and norms of accessibility."""

from typing import Final

from cadastres.urban_planning.street_model import WAYS
from cadastres.urban_planning.street_point_model import LIFT
from cadastres.urban_planning.street_state_model import (
    ACCESSIBILITY_NORM,
    CLOSURE,
    DAILY_SPEED,
    QUARTERS,
    STREET_SPEED,
    TURN_RESTRICTION,
)
from cadastres.urban_planning.streets import STREETS
from gis.layer import Layer
from gis.rules import Rule
from gis.text import Text

MODES: Final = ("foot", "bicycle", "car", "ambulance", "truck")
"""How somebody moves, as restrictions and closures name it."""

FASTEST: Final = 250
"""No speed is greater [km/h]."""

_TESTS: Final = "tests/cadastres/urban_planning/test_street_rules.py"
_RELATIONS: Final = ("proposed", "staying", "untouched")


def _at(point: str) -> str:
    return f"(round(ST_X({point}) * 1000), round(ST_Y({point}) * 1000))"


# A restriction that the act proposes with its segments as they will stand, and restrictions left alone whose segments
# the act proposes.
_TURN: Final = """
SELECT r.feature_id, s.feature_id AS other_id, r.valid * s.valid AS valid,
  least(ST_Distance(r.geom, ST_StartPoint(s.geom)), ST_Distance(r.geom, ST_EndPoint(s.geom))) AS amount,
  r.geom AS place, 'END' AS detail
FROM {TURNS:urban_planning.turn_restriction} AS r
JOIN {SEGMENTS:urban_planning.street_segment} AS s ON s.feature_id = r.END AND s.valid && r.valid
WHERE NOT r.abolished AND NOT s.abolished AND AT_R <> AT_START AND AT_R <> AT_END
"""


def _turns() -> str:
    pairs = [("proposed", relation) for relation in _RELATIONS]
    pairs += [(relation, "proposed") for relation in _RELATIONS[1:]]
    points = {"AT_R": "r.geom", "AT_START": "ST_StartPoint(s.geom)", "AT_END": "ST_EndPoint(s.geom)"}
    text = _TURN
    for name, point in points.items():
        text = text.replace(name, _at(point))
    return " UNION ALL ".join(
        text.replace("TURNS", turns)
        .replace("SEGMENTS", segments)
        .replace("r.END", f"r.{end}")
        .replace("'END'", f"'{end}'")
        for turns, segments in pairs
        for end in ("from_segment", "to_segment")
    )


TURN_MEETS: Final = Rule(
    id="urban_planning.turn_restriction.segments-meet",
    severity="error",
    statement=Text(
        kk="Бұрылыс шектеуі өзі атаған екі бөлік түйісетін нүктеде тұруы тиіс.",
        ru="Ограничение поворота должно стоять в точке, где сходятся оба названных в нём отрезка.",
        en="A turn restriction must stand where the two segments that it names meet.",
    ),
    watches=(TURN_RESTRICTION.name, WAYS[0].name),
    sql=_turns(),
    tested_by=f"{_TESTS}::test_turn_restrictions",
)

_AWAY: Final = """
SELECT c.feature_id, w.feature_id AS other_id, c.valid * w.valid AS valid, ST_Distance(c.geom, w.geom) AS amount,
  c.geom AS place, NULL::text AS detail
FROM {proposed:urban_planning.closure} AS c
JOIN {RELATION:CLOSED} AS w ON w.feature_id = c.closed_id AND w.valid && c.valid
WHERE NOT c.abolished AND NOT w.abolished AND NOT ST_DWithin(c.geom, w.geom, 1.0)
"""

CLOSURE_LIES: Final = Rule(
    id="urban_planning.closure.lies-on-what-it-closes",
    severity="error",
    statement=Text(
        kk="Жабылған жерді көрсететін сызық жабылатын жолдың немесе лифтінің өзінде жатуы тиіс (1 м дәлдікпен).",
        ru="Линия закрытия должна лежать на том пути или лифте, который закрывают (с точностью до 1 м).",
        en="The line of a closure must lie on the way or lift that it closes (within 1 m).",
    ),
    watches=(CLOSURE.name,),
    sql=" UNION ALL ".join(
        _AWAY.replace("RELATION", relation).replace("CLOSED", closed.name)
        for closed in (*WAYS, LIFT)
        for relation in _RELATIONS
    ),
    tested_by=f"{_TESTS}::test_closures",
)


def _named_modes(layer: Layer, field: str) -> Rule:
    known = ", ".join(f"'{mode}'" for mode in MODES)
    return Rule(
        id="urban_planning.street.known-modes",
        severity="error",
        statement=Text(
            kk=f"Қозғалыс түрлері үтірмен мыналардан жазылады: {', '.join(MODES)}.",
            ru=f"Способы движения пишутся через запятую из числа: {', '.join(MODES)}.",
            en=f"Modes are written with commas between them, of these: {', '.join(MODES)}.",
        ),
        watches=(layer.name,),
        sql=f"""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, geom AS place, {field} AS detail
FROM {{proposed:{layer.name}}} AS l
WHERE NOT abolished AND NOT regexp_split_to_array(trim({field}), '\\s*,\\s*') <@ ARRAY[{known}]
""",  # noqa: S608 - composed of constants
        tested_by=f"{_TESTS}::test_modes",
    )


_OVERLAPPING: Final = """
SELECT DISTINCT ON (least(p.feature_id, a.feature_id), greatest(p.feature_id, a.feature_id), p.valid * a.valid)
  p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount, NULL::geometry AS place,
  p.segment_id || ' ' || p.direction AS detail
FROM {proposed:LAYER} AS p
JOIN {RELATION:LAYER} AS a ON a.segment_id = p.segment_id AND a.direction = p.direction AND a.valid && p.valid SAME
WHERE NOT p.abolished AND NOT a.abolished AND a.feature_id <> p.feature_id
"""


def _one_at_a_time(layer: Layer, same: str) -> Rule:
    text = _OVERLAPPING.replace("LAYER", layer.name).replace("SAME", same)
    return Rule(
        id="urban_planning.street.one-speed-at-a-time",
        severity="error",
        statement=Text(
            kk="Бір бөліктің бір бағытында бір мезгілде бір ғана жылдамдық (тәуліктік жылдамдық болса, әр күн түріне "
            "бір ғана) болуы тиіс.",
            ru="У отрезка в одном направлении в одно время может быть только одна скорость (суточный ход — один на "
            "каждый вид дня).",
            en="A segment can have only one speed in a direction at a time (and one daily course for each kind of "
            "day).",
        ),
        watches=(layer.name,),
        sql=" UNION ALL ".join(f"({text.replace('RELATION', relation)})" for relation in _RELATIONS),
        tested_by=f"{_TESTS}::test_speeds",
    )


_LATELY: Final = "AND coalesce(upper(a.valid), 'infinity') > coalesce(lower(p.valid), '-infinity')"
"""What ended before is found by no index otherwise, and a segment has had a speed for every quarter of an hour."""

_NUMBER: Final = r"\s*(null|\d+(\.\d+)?)\s*"

DAY_OF_SPEEDS: Final = Rule(
    id="urban_planning.daily_speed.one-a-quarter",
    severity="error",
    statement=Text(
        kk=f"Тәуліктік жылдамдық — {QUARTERS} саннан тұратын JSON массиві, 0-ден {FASTEST} км/сағ-қа дейін; белгісіз "
        "ширектің орнына null жазылады.",
        ru=f"Суточный ход — массив JSON из {QUARTERS} чисел от 0 до {FASTEST} км/ч; на месте неизвестной четверти "
        "стоит null.",
        en=f"A daily course is a JSON array of {QUARTERS} numbers from 0 to {FASTEST} km/h; null stands for a quarter "
        "that is unknown.",
    ),
    watches=(DAILY_SPEED.name,),
    sql=rf"""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  left(speeds, 60) AS detail
FROM {{proposed:urban_planning.daily_speed}} AS d
WHERE NOT abolished AND CASE
  WHEN speeds ~ '^\s*\[{_NUMBER}(,{_NUMBER}){{{QUARTERS - 1}}}\]\s*$'
  THEN EXISTS (SELECT FROM jsonb_array_elements_text(speeds::jsonb) AS e (speed) WHERE e.speed::float8 > {FASTEST})
  ELSE true END
""",  # noqa: S608 - composed of constants
    tested_by=f"{_TESTS}::test_speeds",
)

_COMPARED: Final = r"[a-z_]+\s*(<=|>=|<|>|=)\s*[A-Za-z0-9_.:-]+|[a-z_]+"
"""One term of a condition: a comparison, or a word for what a person must judge."""


def _attributes() -> str:
    """Return (kind of object, attribute) of everything that a norm can speak of, as SQL rows."""
    pairs = [(kind, f.name) for kind, layer in {**STREETS.lines, **STREETS.points}.items() for f in layer.fields]
    return ", ".join(f"('{kind}', '{name}')" for kind, name in pairs)


NORM_SPEAKS: Final = Rule(
    id="urban_planning.accessibility_norm.can-be-checked",
    severity="error",
    statement=Text(
        kk="Норма тексеруге келуі тиіс: сипаттама нысан қабатының өрісі болады, ең аз немесе ең көп мән айтылады және "
        "біріншісі екіншісінен аспайды; шарт — «өріс таңба мән», бірнешеуі « & » арқылы.",
        ru="Норму должно быть можно проверить: характеристика — поле слоя объекта, назван наименьший или наибольший "
        "предел, и первый не больше второго; условие — «поле знак значение», несколько — через « & ».",
        en="A norm must be checkable: its attribute is a field of the object's layer, it names a least or a greatest "
        "value, the former not above the latter; a condition is 'field sign value', several with ' & ' between them.",
    ),
    watches=(ACCESSIBILITY_NORM.name,),
    sql=f"""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(' ', object_kind, attribute, at_least, at_most, condition) AS detail
FROM {{proposed:urban_planning.accessibility_norm}} AS n
WHERE NOT abolished AND (num_nulls(at_least, at_most) = 2 OR at_least > at_most
  OR at_least = 'NaN' OR at_most = 'NaN' OR condition !~ '^({_COMPARED})(\\s*&\\s*({_COMPARED}))*$'
  OR (object_kind, attribute) NOT IN (VALUES {_attributes()}))
""",  # noqa: S608 - composed of constants
    tested_by=f"{_TESTS}::test_norms_that_cannot_be_checked",
)

_SAME_NORM: Final = " AND ".join(
    f"a.{name} IS NOT DISTINCT FROM p.{name}" for name in ("edition", "clause", "object_kind", "attribute", "condition")
)
_NORM_TWICE: Final = f"""
SELECT DISTINCT ON (least(p.feature_id, a.feature_id), greatest(p.feature_id, a.feature_id), p.valid * a.valid)
  p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(' ', p.code, p.edition, p.clause) AS detail
FROM {{proposed:urban_planning.accessibility_norm}} AS p
JOIN {{RELATION:urban_planning.accessibility_norm}} AS a ON a.code = p.code AND a.valid && p.valid AND {_SAME_NORM}
WHERE NOT p.abolished AND NOT a.abolished AND a.feature_id <> p.feature_id
"""  # noqa: S608 - composed of constants

NORM_ONCE: Final = Rule(
    id="urban_planning.accessibility_norm.entered-once",
    severity="error",
    statement=Text(
        kk="Бір құжаттың бір тармағы бір нысанның бір сипаттамасы туралы бірдей шартпен бір мезгілде бір-ақ рет "
        "айтады.",
        ru="Один пункт одного документа говорит об одной характеристике объекта при одном условии в одно время только "
        "раз.",
        en="One clause of one document speaks of one attribute of an object under one condition only once at a time.",
    ),
    watches=(ACCESSIBILITY_NORM.name,),
    sql=" UNION ALL ".join(f"({_NORM_TWICE.replace('RELATION', relation)})" for relation in _RELATIONS),
    tested_by=f"{_TESTS}::test_a_norm_entered_twice",
)

RULES: Final = (
    TURN_MEETS,
    CLOSURE_LIES,
    _named_modes(CLOSURE, "modes"),
    _named_modes(TURN_RESTRICTION, "except_modes"),
    _one_at_a_time(STREET_SPEED, _LATELY),
    _one_at_a_time(DAILY_SPEED, "AND a.days = p.days"),
    DAY_OF_SPEEDS,
    NORM_SPEAKS,
    NORM_ONCE,
)
