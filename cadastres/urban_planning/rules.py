"""What the law and the register's own order forbid of plans and their zones; of lines see :mod:`.line_rules`.

Areas overlap, and lie outside one another, as everywhere in the register: where the part in question, shrunk by T/2, is
not empty.
"""

from typing import Final

from cadastres.land.overlaps import overlapping
from cadastres.real_estate.reaching import after
from cadastres.urban_planning import line_rules
from cadastres.urban_planning.line_model import REGULATION_LINE
from cadastres.urban_planning.plan_model import IN_FORCE, SPATIAL_PLAN, STEPS, ZONING_ELEMENT
from gis.rules import Rule
from gis.text import Text

CODE: Final = "Construction Code of the Republic of Kazakhstan No. 253-VIII of 09.01.2026"
ORDER: Final = "Order No. 505 of 30.09.2020 (general plan, detailed plan, building project)"
_TESTS: Final = "tests/cadastres/urban_planning/"

ONE_IN_FORCE: Final = Rule(
    id="urban_planning.plan.one-in-force",
    severity="error",
    statement=Text(
        kk="Бір аумақта бір түрдегі бір ғана жоспар күшінде болады; жаңасы күшіне енгенде бұрынғысы тоқтатылады.",
        ru="На одной территории действует один план каждого вида; с вступлением нового в силу прежний прекращается.",
        en="One plan of each type is in force in a territory; when a new one takes force, the former ends.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql=overlapping(
        SPATIAL_PLAN.name,
        f"p.plan_type = a.plan_type AND p.process_step_general = '{IN_FORCE}' "
        f"AND a.process_step_general = '{IN_FORCE}'",
    ),
    basis=CODE,
    tested_by=f"{_TESTS}test_plan_rules.py::test_one_plan_of_a_type_is_in_force",
)

ZONES_APART: Final = Rule(
    id="urban_planning.zoning-element.no-overlap",
    severity="error",
    statement=Text(
        kk="Бір жоспардың функционалдық аймақтары бірін-бірі баспауы тиіс.",
        ru="Функциональные зоны одного плана не должны накладываться друг на друга.",
        en="Functional zones of one plan must not overlap.",
    ),
    watches=(ZONING_ELEMENT.name,),
    sql=overlapping(ZONING_ELEMENT.name, "p.plan_id = a.plan_id"),
    basis=CODE,
    tested_by=f"{_TESTS}test_plan_rules.py::test_zones_of_a_plan_do_not_overlap",
)

# What lies in a plan, or follows from one, and that plan, wherever the act touches one of the two. Each arm is a join
# of its own, so that the index of references is reached.
_PAIRS: Final = """
WITH inner_ones AS MATERIALIZED (
  SELECT r.feature_id AS id, r.KEY AS outer_id, r.valid, r.geom, KIND AS kind FROM {proposed:INNER} AS r
  WHERE NOT r.abolished AND r.KEY IS NOT NULL
), outer_ones AS MATERIALIZED (
  SELECT feature_id, valid, geom, plan_type FROM {proposed:urban_planning.spatial_plan} AS p WHERE NOT abolished
), named AS MATERIALIZED (
  SELECT DISTINCT outer_id AS feature_id FROM inner_ones
), holders AS MATERIALIZED (HOLDERS), pairs AS (
  SELECT i.id, o.feature_id AS other, i.valid * o.valid AS valid, i.geom, o.geom AS around, i.kind, o.plan_type
  FROM inner_ones AS i JOIN holders AS o ON o.feature_id = i.outer_id AND o.valid && i.valid
  UNION ALL
  SELECT r.feature_id, o.feature_id, r.valid * o.valid, r.geom, o.geom, KIND, o.plan_type
  FROM outer_ones AS o JOIN {staying:INNER} AS r ON r.KEY = o.feature_id AND r.valid && o.valid WHERE NOT r.abolished
  UNION ALL
  SELECT r.feature_id, o.feature_id, r.valid * o.valid, r.geom, o.geom, KIND, o.plan_type
  FROM outer_ones AS o JOIN {untouched:INNER} AS r ON r.KEY = o.feature_id AND r.valid && o.valid WHERE NOT r.abolished
)
"""

_BEYOND: Final = """, outside AS (
  SELECT id, other, valid, ST_Difference(geom, around) AS place FROM pairs WHERE NOT ST_Covers(around, geom)
)
SELECT DISTINCT ON (id, other, valid) id AS feature_id, other AS other_id, valid, ST_Area(place) AS amount, place,
  NULL::text AS detail
FROM outside WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
"""

_RANKED_WRONG: Final = """
SELECT DISTINCT ON (id, other, valid) id AS feature_id, other AS other_id, valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat(kind, ' / ', plan_type) AS detail
FROM pairs WHERE array_position(RANKS, plan_type) >= array_position(RANKS, kind)
""".replace("RANKS", "ARRAY['general_plan', 'detailed_plan', 'building_project']")


def _in_plan(layer: str, key: str, found: str, kind: str = "NULL::text") -> str:
    """Return a rule's statement over the pairs of what names a plan by a key field, and that plan."""
    holders = after(SPATIAL_PLAN.name, "feature_id", "named", "a.feature_id, a.valid, a.geom, a.plan_type")
    statement = _PAIRS + found
    for name, part in {"HOLDERS": holders, "INNER": layer, "KEY": key, "KIND": kind}.items():
        statement = statement.replace(name, part)
    return statement


ZONE_INSIDE: Final = Rule(
    id="urban_planning.zoning-element.within-plan",
    severity="error",
    statement=Text(
        kk="Функционалдық аймақ өз жоспарының аумағында жатуы тиіс.",
        ru="Функциональная зона должна лежать в территории своего плана.",
        en="A functional zone must lie in its plan's territory.",
    ),
    watches=(ZONING_ELEMENT.name, SPATIAL_PLAN.name),
    sql=_in_plan(ZONING_ELEMENT.name, "plan_id", _BEYOND),
    basis=CODE,
    tested_by=f"{_TESTS}test_plan_rules.py::test_a_zone_lies_in_its_plans_territory",
)

PLAN_INSIDE: Final = Rule(
    id="urban_planning.plan.within-upper",
    severity="error",
    statement=Text(
        kk="ЕЖЖ мен құрылыс салу жобасы өздері атаған жоғары тұрған жоспардың аумағында жатуы тиіс.",
        ru="ПДП и проект застройки должны лежать в территории вышестоящего плана, на который ссылаются.",
        en="A detailed plan or building project must lie in the territory of the upper plan that it names.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql=_in_plan(SPATIAL_PLAN.name, "upper_plan_id", _BEYOND),
    basis=ORDER,
    tested_by=f"{_TESTS}test_plan_rules.py::test_a_detailed_plan_lies_inside_its_general_plan",
)

PLAN_RANK: Final = Rule(
    id="urban_planning.plan.upper-rank",
    severity="error",
    statement=Text(
        kk="Жоғары тұрған жоспардың түрі жоғарырақ болуы тиіс: бас жоспар, одан кейін ЕЖЖ, одан кейін құрылыс жобасы.",
        ru="Вышестоящий план должен быть выше видом: генеральный план, затем ПДП, затем проект застройки.",
        en="An upper plan must be of a higher type: general plan, then detailed plan, then building project.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql=_in_plan(SPATIAL_PLAN.name, "upper_plan_id", _RANKED_WRONG, "r.plan_type"),
    basis=ORDER,
    tested_by=f"{_TESTS}test_plan_rules.py::test_an_upper_plan_is_of_a_higher_type",
)

UPPER_IN_FORCE: Final = Rule(
    id="urban_planning.plan.upper-in-force",
    severity="error",
    statement=Text(
        kk="Күшіндегі ЕЖЖ не құрылыс салу жобасы атаған жоғары тұрған жоспар сол уақытта күшінде болуы тиіс.",
        ru="Вышестоящий план, на который ссылается действующий ПДП или проект застройки, должен действовать.",
        en="The upper plan that a detailed plan or building project in force names must itself be in force.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql=f"""
WITH lower_ones AS MATERIALIZED (
  SELECT feature_id AS id, upper_plan_id, valid FROM {{proposed:urban_planning.spatial_plan}} AS p
  WHERE NOT abolished AND upper_plan_id IS NOT NULL AND process_step_general = '{IN_FORCE}'
), named AS MATERIALIZED (
  SELECT DISTINCT upper_plan_id AS feature_id FROM lower_ones
), uppers AS MATERIALIZED (
  {after(SPATIAL_PLAN.name, "feature_id", "named", "a.feature_id, a.valid, a.process_step_general AS step")}
), force AS MATERIALIZED (
  SELECT feature_id, range_agg(valid) AS valid FROM uppers WHERE step = '{IN_FORCE}' GROUP BY 1
)
SELECT l.id AS feature_id, l.upper_plan_id AS other_id, span AS valid, NULL::float8 AS amount, NULL::geometry AS place,
  NULL::text AS detail
FROM lower_ones AS l LEFT JOIN force AS f ON f.feature_id = l.upper_plan_id
CROSS JOIN LATERAL unnest(tstzmultirange(l.valid) - coalesce(f.valid, '{{}}')) AS span
""",  # noqa: S608 - pieces of the engine's own
    basis=ORDER,
    tested_by=f"{_TESTS}test_plan_rules.py::test_the_upper_plan_of_a_plan_in_force_is_in_force",
)

UPPER_NAMED: Final = Rule(
    id="urban_planning.plan.upper-named",
    severity="warning",
    statement=Text(
        kk="Күшіне енген ЕЖЖ не құрылыс салу жобасы өзінің жоғары тұрған жоспарын атауы керек.",
        ru="Действующий ПДП или проект застройки должен называть свой вышестоящий план.",
        en="A detailed plan or building project in force should name its upper plan.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql=f"""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, plan_type AS detail
FROM {{proposed:urban_planning.spatial_plan}} AS p
WHERE NOT abolished AND plan_type <> 'general_plan' AND upper_plan_id IS NULL AND process_step_general = '{IN_FORCE}'
""",  # noqa: S608 - pieces of the engine's own
    basis=ORDER,
    tested_by=f"{_TESTS}test_plan_rules.py::test_a_detailed_plan_in_force_should_name_its_general_plan",
)

STEPS_FORWARD: Final = Rule(
    id="urban_planning.plan.steps-in-order",
    severity="error",
    statement=Text(
        kk="Жоспар кезеңдерден тек алға қарай өтеді: әзірлеу, бекіту, күшіне ену, күшін жою.",
        ru="План проходит стадии только вперёд: разработка, утверждение, вступление в силу, утрата силы.",
        en="A plan goes through its steps forwards only: elaboration, adoption, legal force, obsolescence.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql=f"""
WITH told AS (
  SELECT feature_id, valid, process_step_general AS step FROM {{proposed:urban_planning.spatial_plan}} AS p
  UNION ALL
  SELECT feature_id, valid, process_step_general FROM {{staying:urban_planning.spatial_plan}} AS s
), ordered AS (
  SELECT *, lag(step) OVER (PARTITION BY feature_id ORDER BY coalesce(lower(valid), '-infinity')) AS earlier FROM told
)
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat(earlier, ' > ', step) AS detail
FROM ordered WHERE array_position(ARRAY{list(STEPS)}, step) < array_position(ARRAY{list(STEPS)}, earlier)
""",  # noqa: S608 - pieces of the engine's own
    basis="INSPIRE plu/4.0 processStepGeneral",
    tested_by=f"{_TESTS}test_plan_rules.py::test_steps_go_forwards_only",
)

ORDINANCE: Final = Rule(
    id="urban_planning.plan.ordinance",
    severity="error",
    statement=Text(
        kk="Бекітілген жоспарда бекіту актісінің күні мен нөмірі болуы тиіс; ол күн бекітілген кезеңнен кеш болмайды.",
        ru="У утверждённого плана должны быть дата и номер акта об утверждении, и дата не позже начала стадии.",
        en="An adopted plan must have the date and number of its ordinance, dated no later than the step begins.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(' ', process_step_general, ordinance_date, ordinance_reference) AS detail
FROM {proposed:urban_planning.spatial_plan} AS p
WHERE NOT abolished AND process_step_general IN ('adoption', 'legalForce')
  AND (ordinance_date IS NULL OR ordinance_reference IS NULL
    OR ordinance_date > (lower(valid) AT TIME ZONE %(zone)s)::date)
""",
    basis=CODE,
    tested_by=f"{_TESTS}test_plan_rules.py::test_an_adopted_plan_has_its_ordinance",
)

DOCUMENT: Final = Rule(
    id="urban_planning.plan.document-hash",
    severity="error",
    statement=Text(
        kk="Ресми құжаттың SHA-256 хеші 64 он алтылық цифрдан тұрады.",
        ru="SHA-256 официального документа состоит из 64 шестнадцатеричных цифр.",
        en="The SHA-256 of an official document has 64 hexadecimal digits.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  official_document_hash AS detail
FROM {proposed:urban_planning.spatial_plan} AS p WHERE NOT abolished AND official_document_hash !~ '^[0-9a-fA-F]{64}$'
""",
    tested_by=f"{_TESTS}test_plan_rules.py::test_figures_of_plans_and_zones_make_sense",
)

HORIZON: Final = Rule(
    id="urban_planning.plan.horizon",
    severity="error",
    statement=Text(
        kk="Жоспардың есептік мерзімі — 1900 мен 2200 аралығындағы жыл.",
        ru="Расчётный срок плана — год от 1900 до 2200.",
        en="A plan's horizon is a year from 1900 to 2200.",
    ),
    watches=(SPATIAL_PLAN.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  horizon::text AS detail
FROM {proposed:urban_planning.spatial_plan} AS p WHERE NOT abolished AND horizon NOT BETWEEN 1900 AND 2200
""",
    tested_by=f"{_TESTS}test_plan_rules.py::test_a_horizon_is_a_year",
)

DIMENSIONS: Final = Rule(
    id="urban_planning.zoning-element.dimensions",
    severity="error",
    statement=Text(
        kk="Регламент сандары: биіктік пен қабат саны нөлден үлкен, шегіністер теріс емес, үлестер 0 мен 1 аралығында.",
        ru="Числа регламента: высота и этажность больше нуля, отступы не меньше нуля, доли от 0 до 1.",
        en="Figures of a regulation: height and floors above zero, setbacks not below it, shares between 0 and 1.",
    ),
    watches=(ZONING_ELEMENT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(', ', 'max_height ' || max_height, 'max_floors ' || max_floors, 'max_coverage ' || max_coverage,
    'max_floor_area_ratio ' || max_floor_area_ratio, 'min_green_share ' || min_green_share,
    'setback_front ' || setback_front, 'setback_side ' || setback_side, 'setback_rear ' || setback_rear) AS detail
FROM {proposed:urban_planning.zoning_element} AS p
WHERE NOT abolished AND (max_height <= 0 OR max_floors < 1 OR max_floor_area_ratio < 0
  OR max_coverage NOT BETWEEN 0 AND 1 OR min_green_share NOT BETWEEN 0 AND 1
  OR least(setback_front, setback_side, setback_rear) < 0)
""",
    tested_by=f"{_TESTS}test_plan_rules.py::test_figures_of_plans_and_zones_make_sense",
)


_STEP_HOLDERS: Final = after(
    SPATIAL_PLAN.name, "feature_id", "named", "a.feature_id, a.valid, a.process_step_general AS step"
)
_STEP: Final = """
WITH parts AS MATERIALIZED (
  SELECT feature_id AS id, plan_id, valid, process_step_general AS step FROM {proposed:LAYER} AS p
  WHERE NOT abolished AND plan_id IS NOT NULL
  UNION ALL
  SELECT r.feature_id, r.plan_id, r.valid, r.process_step_general
  FROM {proposed:urban_planning.spatial_plan} AS p JOIN {staying:LAYER} AS r ON r.plan_id = p.feature_id
  WHERE NOT r.abolished
  UNION ALL
  SELECT r.feature_id, r.plan_id, r.valid, r.process_step_general
  FROM {proposed:urban_planning.spatial_plan} AS p JOIN {untouched:LAYER} AS r ON r.plan_id = p.feature_id
  WHERE NOT r.abolished
), named AS MATERIALIZED (
  SELECT DISTINCT plan_id AS feature_id FROM parts
), plans AS MATERIALIZED (HOLDERS)
SELECT DISTINCT p.id AS feature_id, p.plan_id AS other_id, p.valid * o.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat(p.step, ' / ', o.step) AS detail
FROM parts AS p JOIN plans AS o ON o.feature_id = p.plan_id AND o.valid && p.valid WHERE o.step <> p.step
"""


def _bears_step(layer: str, name: str) -> Rule:
    """Return the rule that what belongs to a plan bears its step; acts see to it, a load has to bring it."""
    return Rule(
        id=f"urban_planning.{name}.step-of-plan",
        severity="error",
        statement=Text(
            kk="Жоспардың аймағы мен сызығы сол жоспардың кезеңінде тұрады: жоспар күшіне енгенде ғана күшіне енеді.",
            ru="Зона и линия плана стоят на стадии своего плана: вступают в силу только вместе с ним.",
            en="A plan's zone or line bears the step of its plan: it takes force with the plan and not before.",
        ),
        watches=(layer, SPATIAL_PLAN.name),
        sql=_STEP.replace("LAYER", layer).replace("HOLDERS", _STEP_HOLDERS),
        basis=CODE,
        tested_by=f"{_TESTS}test_plan_verbs.py::test_zones_and_lines_bear_their_plans_step",
    )


RULES: Final = (
    ONE_IN_FORCE,
    ZONES_APART,
    ZONE_INSIDE,
    PLAN_INSIDE,
    PLAN_RANK,
    UPPER_IN_FORCE,
    UPPER_NAMED,
    STEPS_FORWARD,
    ORDINANCE,
    DOCUMENT,
    HORIZON,
    DIMENSIONS,
    _bears_step(ZONING_ELEMENT.name, "zoning-element"),
    _bears_step(REGULATION_LINE.name, "regulation-line"),
    *line_rules.RULES,
)
"""Every rule of plans, zones and lines."""
