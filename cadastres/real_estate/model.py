"""Layers of the real-estate cadastre: buildings (INSPIRE bu-base/4.0), premises, rooms, their addresses.

Rights on them are declared in :mod:`cadastres.real_estate.rights_model`.
"""

from cadastres.fields import EXTERNAL_REFERENCE, NAMES, OPENSTREETMAP
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text


def _area(name: str, title: Text) -> Field:
    return Field(name=name, type=FieldType.NUMBER, unit="m2", title=title)


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
            key=True,
        ),
        EXTERNAL_REFERENCE,
        Field(
            name="building_number",
            type=FieldType.STRING,
            title=Text(kk="Кадастрлық нөмір", ru="Кадастровый номер", en="Cadastral number"),
            description=Text(
                kk="Учаскенің нөмірі және ғимараттың белгісі (литер), мысалы 20313003057:1/А.",
                ru="Номер участка и обозначение здания (литер), например 20313003057:1/А.",
                en="The parcel's number and the building's designation (letter), for example 20313003057:1/А.",
            ),
            identifier=True,
        ),
        Field(name="designation", type=FieldType.STRING, title=Text(kk="Литер", ru="Литер", en="Letter")),
        Field(
            name="number_of_floors_below_ground",
            type=FieldType.INTEGER,
            title=Text(kk="Жер асты қабаттарының саны", ru="Число подземных этажей", en="Floors below ground"),
        ),
        Field(
            name="wall_material",
            type=FieldType.STRING,
            title=Text(kk="Қабырға материалы", ru="Материал стен", en="Material of the walls"),
            codes="wall_material",
        ),
        _area("total_area", Text(kk="Жалпы ауданы", ru="Общая площадь", en="Total area")),
        _area("living_area", Text(kk="Тұрғын ауданы", ru="Жилая площадь", en="Living area")),
        _area("useful_area", Text(kk="Пайдалы ауданы", ru="Полезная площадь", en="Useful area")),
        Field(
            name="volume",
            type=FieldType.NUMBER,
            unit="m3",
            title=Text(kk="Құрылыс көлемі", ru="Строительный объём", en="Volume"),
        ),
        Field(
            name="wear",
            type=FieldType.NUMBER,
            unit="%",
            title=Text(kk="Тозуы", ru="Износ", en="Wear"),
        ),
        Field(
            name="survey_date",
            type=FieldType.DATE,
            title=Text(kk="Тексеру күні", ru="Дата обследования", en="Date of survey"),
        ),
    ),
    label="name",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#6b5b4d", fill="#d9cfc4", width=0.8, opacity=0.9, min_zoom=14),
)  # fmt: skip

PREMISES = Layer(
    name="real_estate.premises",
    title=Text(kk="Үй-жайлар", ru="Помещения", en="Premises"),
    description=Text(
        kk="Ғимараттағы пәтерлер мен өзге үй-жайлар (INSPIRE BuildingUnit).",
        ru="Квартиры и иные помещения в здании (INSPIRE BuildingUnit).",
        en="Flats and other premises in a building (INSPIRE BuildingUnit).",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        Field(
            name="premises_number",
            type=FieldType.STRING,
            title=Text(kk="Кадастрлық нөмір", ru="Кадастровый номер", en="Cadastral number"),
            description=Text(
                kk="Ғимараттың нөмірі және үй-жайдың реттік нөмірі.",
                ru="Номер здания и порядковый номер помещения.",
                en="The building's number and the premises' serial.",
            ),
            required=True,
            identifier=True,
        ),
        Field(
            name="building_id",
            type=FieldType.INTEGER,
            title=Text(kk="Ғимарат", ru="Здание", en="Building"),
            required=True,
            refers_to=("real_estate.building",),
        ),
        Field(name="designation", type=FieldType.STRING, title=Text(kk="Нөмірі", ru="Номер", en="Designation")),
        Field(name="floor", type=FieldType.INTEGER, title=Text(kk="Қабаты", ru="Этаж", en="Floor")),
        Field(
            name="current_use",
            type=FieldType.STRING,
            title=Text(kk="Қазіргі пайдаланылуы", ru="Текущее использование", en="Current use"),
            required=True,
            values=("residential", "office", "trade", "commerceAndServices", "publicServices", "parking", "storage",
                    "ancillary"),
        ),
        _area("total_area", Text(kk="Жалпы ауданы", ru="Общая площадь", en="Total area")),
        _area("living_area", Text(kk="Тұрғын ауданы", ru="Жилая площадь", en="Living area")),
        Field(name="number_of_rooms", type=FieldType.INTEGER, title=Text(kk="Бөлмелер саны", ru="Число комнат",
                                                                          en="Number of rooms")),
    ),
    label="premises_number",
)  # fmt: skip

ROOM = Layer(
    name="real_estate.room",
    title=Text(kk="Бөлмелер", ru="Комнаты", en="Rooms"),
    description=Text(
        kk="Қабат жоспарындағы бөлмелер, қала координаттарында.",
        ru="Комнаты поэтажного плана, в координатах города.",
        en="Rooms of the floor plan, in the city's coordinates.",
    ),
    geometry=GeometryKind.POLYGON,
    fields=(
        Field(
            name="premises_id",
            type=FieldType.INTEGER,
            title=Text(kk="Үй-жай", ru="Помещение", en="Premises"),
            required=True,
            refers_to=("real_estate.premises",),
        ),
        Field(name="designation", type=FieldType.STRING, title=Text(kk="Нөмірі", ru="Номер", en="Designation")),
        Field(
            name="room_use",
            type=FieldType.STRING,
            title=Text(kk="Мақсаты", ru="Назначение", en="Use"),
            required=True,
            values=("living", "kitchen", "bathroom", "corridor", "storage", "balcony", "other"),
        ),
        _area("area", Text(kk="Ауданы", ru="Площадь", en="Area")),
    ),
    label="designation",
    style=Style(stroke="#555555", fill="#f4f1ea", width=0.6, min_zoom=18),
)

ADDRESSING = Layer(
    name="real_estate.addressing",
    title=Text(kk="Нысандардың мекенжайлары", ru="Адреса объектов", en="Addresses of objects"),
    description=Text(
        kk="Учаскеге, ғимаратқа немесе пәтерге берілген мекенжай.",
        ru="Адрес, присвоенный участку, зданию или квартире.",
        en="An address given to a parcel, a building or a flat.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        Field(
            name="address_id",
            type=FieldType.INTEGER,
            title=Text(kk="Мекенжай", ru="Адрес", en="Address"),
            required=True,
            refers_to=("address.address",),
        ),
        Field(
            name="object_id",
            type=FieldType.INTEGER,
            title=Text(kk="Нысан", ru="Объект", en="Object"),
            required=True,
            refers_to=("land.parcel", "real_estate.building", "real_estate.premises"),
        ),
        Field(
            name="object_kind",
            type=FieldType.STRING,
            title=Text(kk="Нысан түрі", ru="Вид объекта", en="Kind of object"),
            required=True,
            values=("parcel", "building", "premises"),
        ),
        Field(
            name="is_primary",
            type=FieldType.BOOLEAN,
            title=Text(kk="Негізгі мекенжай", ru="Основной адрес", en="Primary address"),
            required=True,
        ),
    ),
)

LAYERS = (BUILDING, PREMISES, ROOM, ADDRESSING)
"""The cadastre's layers besides those of rights, in the order in which a city would load them."""
