"""What ways and what stands on them must keep: sound courses and measures, ends that meet, objects at a node.

Ends meet where their coordinates round to the same millimetre (:mod:`gis.streets`). Each statement starts from what the
act proposes and reaches the rest by place.
"""

from collections.abc import Iterable
from typing import Final

from cadastres.urban_planning.street_measures import RULES as _MEASURES
from cadastres.urban_planning.street_model import WAYS
from cadastres.urban_planning.street_point_model import FIXTURES, KERB
from cadastres.urban_planning.street_state_rules import RULES as _STATES
from gis.layer import Layer
from gis.rules import Rule
from gis.text import Text

NEAR: Final = 0.3
"""An end that lies nearer than this [m] to another way of its level was most likely meant to join it."""

MANY: Final = 2000
"""Of an act with more ends than this only those that join nothing in the act itself are looked at."""

_TESTS: Final = "tests/cadastres/urban_planning/test_street_rules.py"
_RELATIONS: Final = ("proposed", "staying", "untouched")
_ENDS: Final = "(VALUES (ST_StartPoint(l.geom)), (ST_EndPoint(l.geom)))"


def _at(point: str) -> str:
    """Return the two whole millimetres by which ends are known to meet."""
    return f"round(ST_X({point}) * 1000), round(ST_Y({point}) * 1000)"


def _of(layers: Iterable[Layer], statement: str, rule: Rule) -> tuple[Rule, ...]:
    """Return a rule for each layer under one id."""
    return tuple(
        Rule(
            id=rule.id,
            severity=rule.severity,
            statement=rule.statement,
            watches=(layer.name,),
            sql=statement.replace("LAYER", layer.name),
            basis=rule.basis,
            tested_by=rule.tested_by,
        )
        for layer in layers
    )


_LENGTH: Final = _of(
    WAYS,
    """
SELECT feature_id, NULL::bigint AS other_id, valid, ST_Length(geom) AS amount, ST_StartPoint(geom) AS place,
  NULL::text AS detail
FROM {proposed:LAYER} AS l WHERE NOT abolished AND NOT ST_Length(geom) > %(linear)s
""",
    Rule(
        id="urban_planning.street.has-length",
        severity="error",
        statement=Text(
            kk="Жол сызығының ұзындығы төзімділіктен үлкен болуы тиіс.",
            ru="Длина линии пути должна быть больше допуска.",
            en="A way's line must be longer than the tolerance.",
        ),
        watches=(),
        tested_by=f"{_TESTS}::test_lines_without_length_and_across_themselves",
    ),
)

_SIMPLE: Final = _of(
    WAYS,
    """
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, geom AS place, NULL::text AS detail
FROM {proposed:LAYER} AS l WHERE NOT abolished AND NOT ST_IsSimple(geom)
""",
    Rule(
        id="urban_planning.street.does-not-cross-itself",
        severity="warning",
        statement=Text(
            kk="Жол сызығы өзін қиып өтпеуі керек: қиылысу болса, сызық сол жерде бөлінеді; "
            "бұрандалы пандус қана ерекше.",
            ru="Линия пути не должна пересекать себя: на перекрёстке её делят; исключение — винтовой пандус.",
            en="A way's line should not cross itself: at a junction it is divided; only a spiral ramp may.",
        ),
        watches=(),
        tested_by=f"{_TESTS}::test_lines_without_length_and_across_themselves",
    ),
)


def _ends_of(layer: Layer) -> str:
    return (
        f"SELECT l.feature_id, '{layer.name}' AS layer, l.valid, coalesce(l.level, 0) AS level, e.place, "  # noqa: S608
        f"{_at('e.place')} FROM {{proposed:{layer.name}}} AS l CROSS JOIN LATERAL {_ENDS} AS e (place) "
        "WHERE NOT l.abolished"
    )


_NEAR_ONE: Final = f"""
SELECT e.feature_id, l.feature_id AS other_id, e.valid * l.valid AS valid, ST_Distance(e.place, l.geom) AS amount,
  e.place
FROM ends AS e JOIN {{RELATION:OTHER}} AS l
  ON l.geom && ST_Expand(e.place, {NEAR}) AND l.valid && e.valid AND l.feature_id <> e.feature_id
WHERE NOT l.abolished AND coalesce(l.level, 0) = e.level AND ST_DWithin(e.place, l.geom, {NEAR})
  AND (e.x, e.y) <> ({_at("ST_StartPoint(l.geom)")}) AND (e.x, e.y) <> ({_at("ST_EndPoint(l.geom)")})
"""  # noqa: S608 - composed of constants


def _near_misses() -> str:
    proposed = " UNION ALL ".join(_ends_of(layer) for layer in WAYS)
    arms = [
        _NEAR_ONE.replace("RELATION", relation).replace("OTHER", other.name)
        for other in WAYS
        for relation in _RELATIONS
    ]
    return f"""
WITH every (feature_id, layer, valid, level, place, x, y) AS MATERIALIZED ({proposed}),
lone AS (SELECT x, y FROM every GROUP BY x, y HAVING count(*) = 1),
ends AS MATERIALIZED (
  SELECT * FROM every WHERE layer = 'LAYER' AND ((SELECT count(*) FROM every) <= {MANY} OR (x, y) IN (TABLE lone))
), found AS ({" UNION ALL ".join(arms)})
SELECT DISTINCT ON (feature_id, ST_X(place), ST_Y(place)) feature_id, other_id, valid, amount, place,
  NULL::text AS detail
FROM found ORDER BY feature_id, ST_X(place), ST_Y(place), amount, other_id
"""  # noqa: S608 - composed of constants


_JOINS: Final = _of(
    WAYS,
    _near_misses(),
    Rule(
        id="urban_planning.street.ends-join",
        severity="warning",
        statement=Text(
            kk="Сызықтың ұшы басқа жолға тиіп тұр дерлік, бірақ онымен қосылмаған: ұштары миллиметрге дейін дәл келуі "
            "керек; жолдың ортасына келсе, ол жол сол жерде бөлінеді.",
            ru="Конец линии почти касается другого пути, но не соединён с ним: концы должны совпадать до миллиметра; "
            "если он приходит в середину пути, тот путь делят в этом месте.",
            en="A line's end all but touches another way and doesn't join it: ends must coincide to the millimetre; "
            "where it meets a way's middle, that way is divided there.",
        ),
        watches=(),
        tested_by=f"{_TESTS}::test_ends_that_nearly_meet",
    ),
)


def _nowhere() -> str:
    meets = " ".join(
        f"AND NOT EXISTS (SELECT FROM {{{relation}:{way.name}}} AS l WHERE l.geom && ST_Expand(p.geom, 0.002) "
        f"AND l.valid && p.valid AND NOT l.abolished AND (({_at('p.geom')}) = ({_at('ST_StartPoint(l.geom)')}) "
        f"OR ({_at('p.geom')}) = ({_at('ST_EndPoint(l.geom)')})))"
        for way in WAYS
        for relation in _RELATIONS
    )
    return f"""
SELECT p.feature_id, NULL::bigint AS other_id, p.valid, NULL::float8 AS amount, p.geom AS place, NULL::text AS detail
FROM {{proposed:LAYER}} AS p WHERE NOT p.abolished {meets}
"""  # noqa: S608 - composed of constants


_AT_NODE: Final = _of(
    FIXTURES,
    _nowhere(),
    Rule(
        id="urban_planning.street.stands-at-a-node",
        severity="warning",
        statement=Text(
            kk="Жиектас, лифт, бөгет не бағдаршам қандай да бір жолдың ұшында тұруы керек: әйтпесе ол бағыттарға әсер "
            "етпейді.",
            ru="Бордюр, лифт, преграда или светофор должны стоять на конце какого-либо пути: иначе они не влияют на "
            "маршруты.",
            en="A kerb, lift, barrier or signal should stand at the end of some way: otherwise no route takes note of "
            "it.",
        ),
        watches=(),
        tested_by=f"{_TESTS}::test_fixtures_off_the_ways",
    ),
)

KERB_HEIGHT: Final = Rule(
    id="urban_planning.kerb.kind-agrees-with-height",
    severity="warning",
    statement=Text(
        kk="Жиектастың түрі мен биіктігі бір-біріне сай болуы керек: тегіс жиектас 0,02 м-ден, түсірілгені 0,06 м-ден "
        "аспайды, биігі 0,03 м-ден кем болмайды.",
        ru="Вид и высота бордюра должны согласоваться: вровень — не выше 0,02 м, пониженный — не выше 0,06 м, "
        "высокий — не ниже 0,03 м.",
        en="A kerb's kind and height should agree: a flush one is at most 0.02 m high, a lowered one at most 0.06 m, "
        "a raised one at least 0.03 m.",
    ),
    watches=(KERB.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, height AS amount, geom AS place,
  format('%%s, %%s m', kerb, height) AS detail
FROM {proposed:urban_planning.kerb} AS k
WHERE NOT abolished AND (kerb = 'flush' AND height > 0.02 OR kerb = 'lowered' AND height > 0.06
  OR kerb = 'raised' AND height < 0.03)
""",
    basis="OpenStreetMap, kerb=*",
    tested_by=f"{_TESTS}::test_kerb_of_another_height",
)

RULES: Final = (*_MEASURES, *_LENGTH, *_SIMPLE, *_JOINS, *_AT_NODE, KERB_HEIGHT, *_STATES)
