"""The layer of lines of urban regulation: red lines, building lines and others (INSPIRE SupplementaryRegulation)."""

from typing import Final

from cadastres.fields import EXTERNAL_REFERENCE, LEGAL_BASIS, OPENSTREETMAP_WHERE_DERIVED, REGIME
from cadastres.urban_planning.plan_model import IN_FORCE, SPATIAL_PLAN, STEP, STEP_FIELD
from gis.layer import Field, FieldType, GeometryKind, Layer, Restricting, Style
from gis.text import Text

RED: Final = "red_line"
BUILDING_LINE: Final = "building_line"

LEFT: Final = "left"
RIGHT: Final = "right"
BOTH: Final = "both"

REGULATION_LINE: Final = Layer(
    name="urban_planning.regulation_line",
    title=Text(
        kk="Қала құрылысын реттеу сызықтары", ru="Линии градостроительного регулирования", en="Regulation lines"
    ),
    description=Text(
        kk="Қызыл сызықтар, құрылыс салу сызықтары және өзге де сызықтар, актісімен.",
        ru="Красные линии, линии застройки и другие линии с их актами.",
        en="Red lines, building lines and others, with their acts.",
    ),
    geometry=GeometryKind.MULTILINESTRING,
    label="designation",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#d4121c", width=1.8, min_zoom=13),
    restricting=Restricting(
        kind="line_kind",
        regime=("regime_kk", "regime_ru", "regime_en"),
        basis="legal_basis",
        when=(STEP_FIELD, IN_FORCE),
    ),
    fields=(
        Field(
            name="line_kind",
            type=FieldType.STRING,
            title=Text(kk="Сызық түрі", ru="Вид линии", en="Kind of line"),
            required=True,
            codes="regulation_line_kind",
        ),
        Field(
            name="designation",
            type=FieldType.STRING,
            title=Text(kk="Белгісі", ru="Обозначение", en="Designation"),
        ),
        Field(
            name="building_side",
            type=FieldType.STRING,
            title=Text(kk="Құрылыс салынатын жағы", ru="Сторона застройки", en="Side on which to build"),
            description=Text(
                kk="Сызық сызылған бағытпен қарағанда қай жағында құрылыс салуға болады; both — екі жағында да, "
                "сызықтың өзі кедергі емес.",
                ru="По какую сторону, если смотреть по ходу линии, можно строить; both — по обе, "
                "сама линия не препятствие.",
                en="On which side, looking along the line as it is drawn, one may build; both: on either, "
                "the line itself is no hindrance.",
            ),
            required=True,
            values=(LEFT, RIGHT, BOTH),
        ),
        Field(
            name="offset_distance",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(kk="Қызыл сызықтан шегінісі", ru="Отступ от красной линии", en="Offset from the red line"),
            description=Text(
                kk="Құрылыс салу сызығы қызыл сызықтан қанша шегінеді.",
                ru="На сколько линия застройки отступает от красной линии.",
                en="How far a building line stands back from the red line.",
            ),
        ),
        Field(
            name="plan_id",
            type=FieldType.INTEGER,
            title=Text(kk="Жоспар", ru="План", en="Plan"),
            description=Text(
                kk="Сызықты белгілейтін жоспар; бос болса, сызық өз актісімен белгіленген.",
                ru="План, который устанавливает линию; пусто, если она установлена своим актом.",
                en="The plan that sets the line; empty where an act of its own does.",
            ),
            refers_to=(SPATIAL_PLAN.name,),
        ),
        STEP,
        *REGIME,
        LEGAL_BASIS,
        EXTERNAL_REFERENCE,
    ),
)

LAYERS: Final = (REGULATION_LINE,)
"""What a city loads."""
