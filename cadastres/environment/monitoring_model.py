"""Hazards, what was observed of them, and the stations that measure: INSPIRE nz-core/5.0 and ef/3.0."""

from typing import Final

from cadastres.environment.model import COMPETENT_AUTHORITY, NO_BUILDING
from cadastres.fields import EXTERNAL_REFERENCE, LEGAL_BASIS, NAMES, REGIME
from gis.layer import Field, FieldType, GeometryKind, Layer, Restricting, Style
from gis.text import Text


def _hazard_type(name: str) -> Field:
    return Field(
        name=name,
        type=FieldType.STRING,
        title=Text(kk="Қауіп түрі", ru="Вид опасности", en="Type of hazard"),
        required=True,
        codes="hazard_type",
        key=True,
    )


HAZARD_AREA: Final = Layer(
    name="environment.hazard_area",
    title=Text(kk="Қауіпті аумақтар", ru="Опасные территории", en="Hazard areas"),
    description=Text(
        kk="Табиғи қауіпке ұшырайтын аумақтар (INSPIRE HazardArea).",
        ru="Территории, подверженные природной опасности (INSPIRE HazardArea).",
        en="Areas exposed to a natural hazard (INSPIRE HazardArea).",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        _hazard_type("hazard_type"),
        Field(
            name="likelihood",
            type=FieldType.STRING,
            title=Text(kk="Ықтималдығы", ru="Вероятность", en="Likelihood of occurrence"),
            required=True,
            values=("veryHigh", "high", "medium", "low", "unknown"),
        ),
        Field(
            name="return_period",
            type=FieldType.NUMBER,
            unit="a",
            title=Text(kk="Қайталану кезеңі", ru="Период повторяемости", en="Return period"),
            description=Text(
                kk="Орта есеппен неше жылда бір рет.",
                ru="В среднем раз в столько лет.",
                en="Once in so many years on average.",
            ),
        ),
        Field(
            name="determination_method",
            type=FieldType.STRING,
            title=Text(kk="Анықтау тәсілі", ru="Способ определения", en="Determination method"),
            values=("modelling", "indirectDetermination", "survey"),
        ),
        COMPETENT_AUTHORITY,
        NO_BUILDING,
        *REGIME,
        LEGAL_BASIS,
        EXTERNAL_REFERENCE,
    ),
    label="hazard_type",
    style=Style(stroke="#a32020", fill="#f2b8b0", width=1.0, opacity=0.4, min_zoom=9),
    restricting=Restricting(
        kind="hazard_type",
        regime=("regime_kk", "regime_ru", "regime_en"),
        basis="legal_basis",
        no_building="no_building",
    ),
)

OBSERVED_EVENT: Final = Layer(
    name="environment.observed_event",
    title=Text(kk="Бақыланған оқиғалар", ru="Наблюдавшиеся события", en="Observed events"),
    description=Text(
        kk="Болған табиғи құбылыстар: орны, уақыты, күші (INSPIRE ObservedEvent).",
        ru="Случившиеся природные явления: место, время, сила (INSPIRE ObservedEvent).",
        en="Natural events that happened: where, when, how strong (INSPIRE ObservedEvent).",
    ),
    geometry=GeometryKind.POINT,
    fields=(
        *NAMES,
        _hazard_type("event_type"),
        Field(
            name="occurred_at",
            type=FieldType.INSTANT,
            title=Text(kk="Болған уақыты", ru="Время события", en="Occurred at"),
            required=True,
        ),
        Field(
            name="ended_at",
            type=FieldType.INSTANT,
            title=Text(kk="Аяқталған уақыты", ru="Время окончания", en="Ended at"),
        ),
        Field(
            name="magnitude",
            type=FieldType.NUMBER,
            title=Text(kk="Шамасы не қарқыны", ru="Магнитуда или интенсивность", en="Magnitude or intensity"),
        ),
        Field(
            name="magnitude_scale",
            type=FieldType.STRING,
            title=Text(kk="Шаманың шкаласы не бірлігі", ru="Шкала или единица", en="Scale or unit of the magnitude"),
            description=Text(
                kk="Мысалы: MSK-64 (балл), mm, m3.",
                ru="Например: MSK-64 (балл), mm, m3.",
                en="For example MSK-64, mm, m3.",
            ),
        ),
        Field(
            name="hazard_area_id",
            type=FieldType.INTEGER,
            title=Text(kk="Қауіпті аумақ", ru="Опасная территория", en="Hazard area"),
            refers_to=(HAZARD_AREA.name,),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="event_type",
    style=Style(stroke="#7d1f1f", fill="#d9534f", width=1.0, min_zoom=9),
)

MONITORING_STATION: Final = Layer(
    name="environment.monitoring_station",
    title=Text(kk="Мониторинг бекеттері", ru="Посты мониторинга", en="Monitoring stations"),
    description=Text(
        kk="Ауаны, суды, топырақты бақылайтын бекеттер (INSPIRE EnvironmentalMonitoringFacility).",
        ru="Посты наблюдения за воздухом, водой, грунтом (INSPIRE EnvironmentalMonitoringFacility).",
        en="Stations that observe air, water or ground (INSPIRE EnvironmentalMonitoringFacility).",
    ),
    geometry=GeometryKind.POINT,
    fields=(
        *NAMES,
        Field(
            name="station_code",
            type=FieldType.STRING,
            title=Text(kk="Бекет коды", ru="Код поста", en="Station code"),
            description=Text(
                kk="Бекеттің өлшемдер файлындағы белгісі.",
                ru="Обозначение поста в файлах измерений.",
                en="What files of measurements call the station.",
            ),
            required=True,
            key=True,
        ),
        Field(
            name="media_monitored",
            type=FieldType.STRING,
            title=Text(kk="Бақыланатын орта", ru="Наблюдаемая среда", en="Media monitored"),
            required=True,
            values=("air", "water", "ground", "landscape", "biota", "waste"),
        ),
        Field(
            name="operator",
            type=FieldType.STRING,
            title=Text(kk="Пайдаланушы ұйым", ru="Эксплуатирующая организация", en="Operator"),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="station_code",
    style=Style(stroke="#3a3a8c", fill="#8c8cd9", width=1.0, min_zoom=9),
)

LAYERS: Final = (HAZARD_AREA, OBSERVED_EVENT, MONITORING_STATION)
"""In the order in which a city would load them."""
