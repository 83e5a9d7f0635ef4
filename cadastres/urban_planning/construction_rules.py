"""What holds of construction objects: their steps, their permits, who builds them, their schedule.

Rules on equity holders' contracts and money stand in :mod:`cadastres.urban_planning.construction_equity_rules`.
"""

from collections.abc import Iterator
from typing import Final

from cadastres.real_estate import identity_number
from cadastres.real_estate.reaching import after
from cadastres.urban_planning import steps
from cadastres.urban_planning.construction_model import (
    ACCEPTED,
    COMPLETED,
    CONSTRUCTION,
    CONSTRUCTION_OBJECT,
    CONSTRUCTION_STAGE,
    DESIGN,
    PERMIT,
    SUSPENDED,
)
from gis.act import Case, Outcome
from gis.rules import Rule, Violation
from gis.text import Text

_TESTS: Final = "tests/cadastres/urban_planning/test_construction.py::"
_CODE: Final = "Construction Code of the Republic of Kazakhstan No. 253-VIII of 09.01.2026"

ORDER: Final = {
    DESIGN: (PERMIT,),
    PERMIT: (CONSTRUCTION, DESIGN),
    CONSTRUCTION: (SUSPENDED, COMPLETED),
    SUSPENDED: (CONSTRUCTION,),
    COMPLETED: (ACCEPTED, CONSTRUCTION),
}
"""What may follow each state: a permit may be taken back, a completed object sent back to be finished."""


def _skipped(feature_id: int, detail: str) -> Violation:
    return STEP_ORDER.violation(feature_id, detail=detail)


STEP_ORDER: Final = Rule(
    id="urban_planning.construction.step-order",
    severity="error",
    statement=Text(
        kk="Құрылыс сатылары ретімен өтеді: жобалау, рұқсат, құрылыс (тоқтатылып, қайта басталуы мүмкін), аяқталу, "
        "қабылдау.",
        ru="Ступени строительства идут по порядку: проектирование, разрешение, строительство (с приостановкой и "
        "возобновлением), завершение, приёмка.",
        en="Construction goes by its steps: design, permit, construction (which may be suspended and resumed), "
        "completion, acceptance.",
    ),
    watches=(CONSTRUCTION_OBJECT.name,),
    function=steps.skipped(CONSTRUCTION_OBJECT.name, ORDER, _skipped),
    basis=_CODE,
    tested_by=_TESTS + "test_no_step_is_skipped",
)

PERMIT_KNOWN: Final = Rule(
    id="urban_planning.construction.permit-known",
    severity="error",
    statement=Text(
        kk="Рұқсат берілгеннен бастап құрылыс объектісінде рұқсаттың нөмірі мен күні болуы тиіс.",
        ru="Начиная с разрешения у объекта строительства должны быть номер и дата разрешения.",
        en="From its permit on a construction object must have the permit's number and date.",
    ),
    watches=(CONSTRUCTION_OBJECT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, state AS detail
FROM {proposed:urban_planning.construction_object} AS o
WHERE NOT abolished AND state <> 'design' AND (permit_number IS NULL OR permit_date IS NULL)
""",
    basis=_CODE,
    tested_by=_TESTS + "test_a_permit_has_its_number",
)

STANDS_SOMEWHERE: Final = Rule(
    id="urban_planning.construction.stands-on-parcel",
    severity="error",
    statement=Text(
        kk="Қабылданғанға дейін құрылыс объектісі учаскені, қабылданған соң ғимараттың нөмірін атауы тиіс.",
        ru="До приёмки объект строительства называет участок, после неё — номер здания.",
        en="Until acceptance a construction object names its parcel, from then on the building's number.",
    ),
    watches=(CONSTRUCTION_OBJECT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, state AS detail
FROM {proposed:urban_planning.construction_object} AS o
WHERE NOT abolished
  AND CASE state WHEN 'accepted' THEN building_number IS NULL OR parcel_id IS NOT NULL
    ELSE parcel_id IS NULL OR building_id IS NOT NULL END
""",
    basis=_CODE,
    tested_by=_TESTS + "test_an_object_names_its_parcel",
)

SITE_ON_PARCEL: Final = Rule(
    id="urban_planning.construction.site-on-parcel",
    severity="warning",
    statement=Text(
        kk="Құрылыс алаңы өз учаскесінің шегінен шықпауы керек.",
        ru="Строительная площадка не должна выходить за пределы своего участка.",
        en="A construction site should not reach beyond its parcel.",
    ),
    watches=(CONSTRUCTION_OBJECT.name,),
    sql=f"""
WITH sites AS MATERIALIZED (
  SELECT feature_id AS object, parcel_id AS feature_id, valid, geom
  FROM {{proposed:urban_planning.construction_object}} AS o WHERE NOT abolished AND parcel_id IS NOT NULL
), ground AS MATERIALIZED (
  {after("land.parcel", "feature_id", "sites", "a.feature_id, a.valid, a.geom")}
), beyond AS (
  SELECT s.object, s.feature_id, s.valid * g.valid AS valid, ST_Difference(s.geom, g.geom) AS place
  FROM sites AS s JOIN ground AS g USING (feature_id) WHERE g.valid && s.valid AND NOT ST_Covers(g.geom, s.geom)
)
SELECT object AS feature_id, feature_id AS other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail
FROM beyond WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",  # noqa: S608 - pieces of the engine's own
    basis=_CODE,
    tested_by=_TESTS + "test_a_site_beyond_its_parcel_is_told",
)

PLAN_SOUND: Final = Rule(
    id="urban_planning.construction.plan-sound",
    severity="error",
    statement=Text(
        kk="Жоспарлы аяқталу күні басталуынан ерте болмайды; қабат саны мен аудандар нөлден үлкен, сатылатын аудан "
        "жалпы ауданнан аспайды.",
        ru="Плановое окончание не раньше начала; число этажей и площади больше нуля, продаваемая площадь не больше "
        "общей.",
        en="A planned end is not before its start; floors and areas are above zero, the area for sale is at most the "
        "total.",
    ),
    watches=(CONSTRUCTION_OBJECT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(', ', planned_start || ' .. ' || planned_end, planned_floors, planned_area, planned_sale_area) AS detail
FROM {proposed:urban_planning.construction_object} AS o
WHERE NOT abolished AND (planned_end < planned_start OR planned_floors <= 0 OR planned_area <= 0
  OR planned_sale_area <= 0 OR planned_sale_area > planned_area)
""",
    tested_by=_TESTS + "test_a_plan_makes_sense",
)


def _wrong_builders(case: Case, outcome: Outcome) -> Iterator[Violation]:  # noqa: ARG001 - part of the protocol
    for write in outcome.writes:
        if write.layer == CONSTRUCTION_OBJECT.name and not write.abolished:
            for part in ("developer", "contractor"):
                name, number = (write.attributes.get(f"{part}_{what}") for what in ("name", "bin"))
                if (name is None) != (number is None) or (number is not None and not _is_bin(str(number))):
                    yield ORGANISATIONS.violation(write.feature_id, detail=part, valid=write.valid)


def _is_bin(number: str) -> bool:
    try:
        return identity_number.parse_bin(number).digits == number
    except identity_number.InvalidIdentityNumber:
        return False


ORGANISATIONS: Final = Rule(
    id="urban_planning.construction.organisations",
    severity="error",
    statement=Text(
        kk="Тапсырыс беруші мен мердігер ұйым атауымен және дұрыс БСН-імен бірге жазылады; жеке тұлға ашық жазылмайды.",
        ru="Застройщик и подрядчик — организации — пишутся с названием и верным БИН; физическое лицо открыто не пишут.",
        en="An organisation that develops or builds has a name and a right BIN; a person is not named openly.",
    ),
    watches=(CONSTRUCTION_OBJECT.name,),
    function=_wrong_builders,
    tested_by=_TESTS + "test_builders_have_right_numbers",
)

STAGE_SOUND: Final = Rule(
    id="urban_planning.construction.stage-sound",
    severity="error",
    statement=Text(
        kk="Кезеңнің аяқталуы басталуынан ерте болмайды, құны теріс емес, орындалуы 0-ден 100 %-ға дейін, ал нөлден "
        "үлкен орындалуда тексеру күні болады.",
        ru="Конец этапа не раньше начала, стоимость не отрицательна, выполнение от 0 до 100 %, а если оно больше нуля, "
        "есть дата осмотра.",
        en="A stage ends no earlier than it starts, costs nothing negative, is done to 0 to 100 %, and has a date of "
        "inspection once anything is done.",
    ),
    watches=(CONSTRUCTION_STAGE.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(', ', stage, planned_start || ' .. ' || planned_end, planned_cost, progress || ' %%') AS detail
FROM {proposed:urban_planning.construction_stage} AS s
WHERE NOT abolished AND (planned_end < planned_start OR planned_cost < 0 OR NOT progress BETWEEN 0 AND 100
  OR (progress > 0 AND inspection_date IS NULL)
  OR inspection_date > (lower(valid) AT TIME ZONE %(zone)s)::date)
""",
    tested_by=_TESTS + "test_progress_is_a_share_found_by_an_inspection",
)

STAGE_ONCE: Final = Rule(
    id="urban_planning.construction.stage-once",
    severity="error",
    statement=Text(
        kk="Құрылыс кестесінде әр кезең бір-ақ рет болады.",
        ru="В графике строительства каждый этап стоит один раз.",
        en="A construction schedule has each stage once.",
    ),
    watches=(CONSTRUCTION_STAGE.name,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT object_id FROM {{proposed:urban_planning.construction_stage}} AS s WHERE NOT abolished
), stages AS MATERIALIZED (
  {after(CONSTRUCTION_STAGE.name, "object_id", "affected", "a.feature_id, a.object_id, a.stage, a.valid")}
)
SELECT a.feature_id, b.feature_id AS other_id, a.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, a.stage AS detail
FROM stages AS a JOIN stages AS b USING (object_id, stage)
WHERE a.feature_id < b.feature_id AND a.valid && b.valid
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_a_stage_stands_once",
)

RULES: Final = (
    STEP_ORDER,
    PERMIT_KNOWN,
    STANDS_SOMEWHERE,
    SITE_ON_PARCEL,
    PLAN_SOUND,
    ORGANISATIONS,
    STAGE_SOUND,
    STAGE_ONCE,
)
"""Rules on construction objects and their stages."""
