"""Layers of the real-estate cadastre, named after INSPIRE's Buildings (bu-base/4.0)."""

from cadastres.fields import EXTERNAL_REFERENCE, NAMES, OPENSTREETMAP
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

BUILDING = Layer(
    name="real_estate.building",
    title=Text(kk="Ғимараттар", ru="Здания", en="Buildings"),
    description=Text(
        kk="Ғимараттардың жер бетіндегі пішіндері.",
        ru="Контуры зданий на уровне земли.",
        en="Footprints of buildings.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="current_use",
            type=FieldType.STRING,
            title=Text(kk="Қазіргі пайдаланылуы", ru="Текущее использование", en="Current use"),
            description=Text(
                kk="INSPIRE CurrentUseValue бойынша; белгісіз болса, бос.",
                ru="По INSPIRE CurrentUseValue; пусто, если неизвестно.",
                en="By INSPIRE CurrentUseValue; empty where it is not known.",
            ),
            values=(
                "residential", "individualResidence", "collectiveResidence", "twoDwellings",
                "residenceForCommunities", "agriculture", "industrial", "commerceAndServices", "office", "trade",
                "publicServices", "ancillary",
            ),
        ),
        Field(
            name="condition_of_construction",
            type=FieldType.STRING,
            title=Text(kk="Құрылыстың жай-күйі", ru="Состояние строения", en="Condition of construction"),
            description=Text(
                kk="INSPIRE ConditionOfConstructionValue бойынша.",
                ru="По INSPIRE ConditionOfConstructionValue.",
                en="By INSPIRE ConditionOfConstructionValue.",
            ),
            required=True,
            values=("functional", "underConstruction", "projected", "declined", "ruin", "demolished"),
        ),
        Field(
            name="number_of_floors_above_ground",
            type=FieldType.INTEGER,
            title=Text(kk="Жер үстіндегі қабаттар саны", ru="Число надземных этажей", en="Floors above ground"),
        ),
        Field(
            name="height_above_ground",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(kk="Жерден биіктігі", ru="Высота над землёй", en="Height above ground"),
        ),
        Field(
            name="year_of_construction",
            type=FieldType.INTEGER,
            unit="a",
            title=Text(kk="Салынған жылы", ru="Год постройки", en="Year of construction"),
        ),
        Field(
            name="parcel_number",
            type=FieldType.STRING,
            title=Text(
                kk="Жер учаскесінің кадастрлық нөмірі",
                ru="Кадастровый номер участка",
                en="Cadastral number of the parcel",
            ),
            description=Text(
                kk="Ғимараттың басым бөлігі орналасқан жер учаскесінің нөмірі; учаске болмаса, бос.",
                ru="Номер участка, на котором стоит большая часть здания; пусто, если участка нет.",
                en="Number of the parcel on which most of the building stands; empty where there is no parcel.",
            ),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="name",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#6b5b4d", fill="#d9cfc4", width=0.8, opacity=0.9, min_zoom=14),
)  # fmt: skip
