"""Protective zones and the parameter rows from which their widths come (INSPIRE am/4.0, zones of restriction).

A width is never in code: it is a row of :data:`ZONE_PARAMETER` with its act and the time for which it is valid, or it
was set by project for the very source. A zone names the source and the row that it was computed from.
"""

from typing import Final

from cadastres.environment.model import FACILITY, NO_BUILDING, WATER_REACH
from cadastres.fields import LEGAL_BASIS, REGIME
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_STRUCTURE
from gis.layer import Field, FieldType, GeometryKind, Layer, Restricting, Style
from gis.text import Text

ZONE_KIND: Final = Field(
    name="zone_kind",
    type=FieldType.STRING,
    title=Text(kk="Аймақ түрі", ru="Вид зоны", en="Kind of zone"),
    required=True,
    codes="protective_zone_kind",
    key=True,
)

ZONE_PARAMETER: Final = Layer(
    name="environment.zone_parameter",
    title=Text(kk="Қорғау аймақтарының параметрлері", ru="Параметры охранных зон", en="Parameters of protective zones"),
    description=Text(
        kk="Қорғау аймағының түрі мен сыныбы бойынша ені, актісі және қолданылу мерзімі.",
        ru="Ширина охранной зоны по виду и классу, её акт и срок действия.",
        en="Width of a protective zone by kind and class, its act and the time for which it is valid.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        ZONE_KIND,
        Field(
            name="class_key",
            type=FieldType.STRING,
            title=Text(kk="Сыныбы", ru="Класс", en="Class"),
            description=Text(
                kk="Қайнар көздің сыныбы; any — кез келген сынып.",
                ru="Класс источника; any — любой.",
                en="Class of the source; any stands for every class.",
            ),
            required=True,
            key=True,
        ),
        Field(
            name="over",
            type=FieldType.NUMBER,
            title=Text(kk="Шамадан жоғары", ru="Свыше", en="Over"),
            description=Text(
                kk="Қайнар көздің сипаттамасы (кернеу, кВ; қысым, МПа) осыдан үлкен.",
                ru="Характеристика источника (напряжение, кВ; давление, МПа) больше этой.",
                en="The source's quantity (voltage, kV; pressure, MPa) is greater than this.",
            ),
        ),
        Field(
            name="upto",
            type=FieldType.NUMBER,
            title=Text(kk="Шамаға дейін (қоса алғанда)", ru="До (включительно)", en="Up to (inclusive)"),
        ),
        Field(
            name="width",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(kk="Ені", ru="Ширина", en="Width"),
            description=Text(
                kk="Қайнар көзден әр жаққа, метрмен.",
                ru="От источника в каждую сторону, в метрах.",
                en="From the source to each side, in metres.",
            ),
            required=True,
        ),
        Field(
            name="measured_from",
            type=FieldType.STRING,
            title=Text(kk="Неден өлшенеді", ru="От чего отмеряют", en="Measured from"),
            values=("shoreline", "axis", "outermostWire", "outerEdge", "boundary"),
        ),
        NO_BUILDING,
        *REGIME,
        LEGAL_BASIS,
        Field(
            name="confirmed",
            type=FieldType.BOOLEAN,
            title=Text(kk="Расталған", ru="Подтверждено", en="Confirmed"),
            description=Text(
                kk="Ен актінің мәтінімен салыстырылған; расталмағандары тек үлгі үшін.",
                ru="Ширина сверена с текстом акта; неподтверждённые служат лишь примером.",
                en="The width was checked against the act's text; unconfirmed ones only serve as an example.",
            ),
            required=True,
        ),
    ),
    label="class_key",
)

_RESTRICTING: Final = Restricting(
    kind="zone_kind",
    regime=("regime_kk", "regime_ru", "regime_en"),
    basis="legal_basis",
    no_building="no_building",
    parameter="parameter_id",
)


def _fields(*sources: str) -> tuple[Field, ...]:
    """Return what every zone says: its kind, the source and the parameter that it follows from, its width."""
    return (
        ZONE_KIND,
        Field(
            name="source_id",
            type=FieldType.INTEGER,
            title=Text(kk="Қайнар көзі", ru="Источник", en="Source"),
            description=Text(
                kk="Аймақ айналасында жатқан нысан.",
                ru="Объект, вокруг которого лежит зона.",
                en="What the zone lies around.",
            ),
            required=True,
            refers_to=sources,
        ),
        Field(
            name="parameter_id",
            type=FieldType.INTEGER,
            title=Text(kk="Параметрі", ru="Параметр", en="Parameter"),
            description=Text(
                kk="Ені мен режимі алынған жол.",
                ru="Строка, из которой взяты ширина и режим.",
                en="The row from which its width and regime were taken.",
            ),
            refers_to=(ZONE_PARAMETER.name,),
        ),
        Field(
            name="width",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(kk="Ені", ru="Ширина", en="Width"),
        ),
        Field(
            name="derived",
            type=FieldType.BOOLEAN,
            title=Text(kk="Есептелген", ru="Рассчитана", en="Derived"),
            description=Text(
                kk="Шекарасы енімен есептелген; өзгесінде шекара жобамен берілген.",
                ru="Граница рассчитана по ширине; иначе она задана проектом.",
                en="Its boundary is computed by the width; otherwise it was set by project.",
            ),
            required=True,
        ),
        Field(
            name="established",
            type=FieldType.BOOLEAN,
            title=Text(kk="Актімен белгіленген", ru="Установлена актом", en="Set by an act"),
            description=Text(
                kk="Ені немесе шекарасы осы қайнар көз үшін жобамен бекітілген.",
                ru="Ширина или граница утверждены проектом для этого источника.",
                en="Width or boundary was approved by project for this very source.",
            ),
            required=True,
        ),
        NO_BUILDING,
        *REGIME,
        LEGAL_BASIS,
    )


WATER_PROTECTION_ZONE: Final = Layer(
    name="environment.water_protection_zone",
    title=Text(kk="Су қорғау аймақтары", ru="Водоохранные зоны", en="Water-protection zones"),
    description=Text(
        kk="Су нысанына іргелес, шаруашылық қызметтің ерекше режимі бар аумақ.",
        ru="Территория у водного объекта с особым режимом хозяйственной деятельности.",
        en="Area beside a water body with a special regime of economic activity.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=_fields(WATER_REACH.name),
    label="zone_kind",
    style=Style(stroke="#4a90c2", fill="#cfe6f5", width=0.8, opacity=0.35, min_zoom=10),
    restricting=_RESTRICTING,
)

WATER_PROTECTION_STRIP: Final = Layer(
    name="environment.water_protection_strip",
    title=Text(kk="Су қорғау белдеулері", ru="Водоохранные полосы", en="Water-protection strips"),
    description=Text(
        kk="Су қорғау аймағының жағаға іргелес, режимі қатаң бөлігі.",
        ru="Прибрежная часть водоохранной зоны с более строгим режимом.",
        en="Part of a water-protection zone along the shore, with a stricter regime.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=_fields(WATER_REACH.name),
    label="zone_kind",
    style=Style(stroke="#1f6fa8", fill="#9fcbe8", width=0.8, opacity=0.5, min_zoom=11),
    restricting=_RESTRICTING,
)

UTILITY_ZONE: Final = Layer(
    name="environment.utility_zone",
    title=Text(
        kk="Инженерлік желілердің қорғау аймақтары",
        ru="Охранные зоны инженерных сетей",
        en="Protective zones of utility networks",
    ),
    description=Text(
        kk="Электр, жылу, газ, су және өзге де желілердің айналасындағы аймақтар.",
        ru="Зоны вокруг электрических, тепловых, газовых, водопроводных и других сетей.",
        en="Zones around power, heat, gas, water and other networks.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=_fields(NETWORK_LINE.name, NETWORK_STRUCTURE.name),
    label="zone_kind",
    style=Style(stroke="#b08a1e", fill="#f2e2a6", width=0.8, opacity=0.4, min_zoom=12),
    restricting=_RESTRICTING,
)

SANITARY_ZONE: Final = Layer(
    name="environment.sanitary_zone",
    title=Text(kk="Санитариялық-қорғаныш аймақтары", ru="Санитарно-защитные зоны", en="Sanitary protective zones"),
    description=Text(
        kk="Өндірістің зиянды әсері шектелетін аумақ.",
        ru="Территория вокруг производства, где ограничивают его вредное воздействие.",
        en="Area around works in which their harmful effect is kept in bounds.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=_fields(FACILITY.name),
    label="zone_kind",
    style=Style(stroke="#a5532e", fill="#f0cdb8", width=0.8, opacity=0.35, min_zoom=10),
    restricting=_RESTRICTING,
)

ZONES: Final = (WATER_PROTECTION_ZONE, WATER_PROTECTION_STRIP, UTILITY_ZONE, SANITARY_ZONE)
"""Layers of zones that follow from something else."""

LAYERS: Final = (ZONE_PARAMETER, *ZONES)
"""In the order in which a city would load them."""
