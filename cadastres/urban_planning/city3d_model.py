"""Objects of the city in three dimensions, kept as CityJSON 2.0 says them (LoD 0 to 2).

The exact shape stands in one field as compact JSON, ``{"vertices": [[x, y, z], …], "geometry": […]}``: the geometries
of CityJSON 2.0 (https://www.cityjson.org/specs/2.0.1/) over coordinates of their own: x east, y north in the city's
projected system, z the height [m] in the vertical system that the source names. The layer's geometry is the footprint
that follows from it.
"""

from typing import Final

from cadastres.fields import OPENSTREETMAP_WHERE_DERIVED
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

OBJECT_TYPES: Final = (
    "Bridge", "BridgeConstructiveElement", "BridgeFurniture", "BridgeInstallation", "BridgePart", "BridgeRoom",
    "Building", "BuildingConstructiveElement", "BuildingFurniture", "BuildingInstallation", "BuildingPart",
    "BuildingRoom", "BuildingStorey", "BuildingUnit", "CityFurniture", "CityObjectGroup", "GenericCityObject",
    "LandUse", "OtherConstruction", "PlantCover", "Railway", "Road", "SolitaryVegetationObject", "TINRelief",
    "TransportSquare", "Tunnel", "TunnelConstructiveElement", "TunnelFurniture", "TunnelHollowSpace",
    "TunnelInstallation", "TunnelPart", "WaterBody", "Waterway",
)  # fmt: skip
"""City objects of the core of CityJSON 2.0."""

LODS: Final = tuple(f"{n}{refined}" for n in range(3) for refined in ("", ".0", ".1", ".2", ".3"))
"""Levels of detail that the register keeps: 0 to 2, whole or refined (X.Y of TU Delft)."""


def _metres(name: str, title: Text, description: Text | None = None) -> Field:
    return Field(name=name, type=FieldType.NUMBER, unit="m", title=title, description=description)


def _json(name: str, title: Text, description: Text, *, required: bool = False) -> Field:
    return Field(
        name=name, type=FieldType.STRING, title=title, description=description, required=required, document=True
    )


CITY_OBJECT: Final = Layer(
    name="urban_planning.city_object",
    title=Text(kk="Қаланың үшөлшемді нысандары", ru="Трёхмерные объекты города", en="City objects in 3D"),
    description=Text(
        kk="Ғимараттар мен жер беті нысандары үш өлшемде (LoD 0–2); картада олардың жоспардағы пішіні көрсетіледі.",
        ru="Здания и объекты местности в трёх измерениях (LoD 0–2); на карте показан их контур в плане.",
        en="Buildings and objects of the terrain in three dimensions (LoD 0 to 2); the map shows their outline.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        Field(
            name="gml_id",
            type=FieldType.STRING,
            title=Text(kk="Нысанның белгісі", ru="Идентификатор объекта", en="Identifier of the object"),
            description=Text(
                kk="Нысанның CityJSON файлындағы белгісі (gml:id).",
                ru="Идентификатор объекта в файле CityJSON (gml:id).",
                en="What the object is called in CityJSON (gml:id).",
            ),
            required=True,
            key=True,
        ),
        Field(
            name="object_type",
            type=FieldType.STRING,
            title=Text(kk="Нысан түрі", ru="Тип объекта", en="Type of object"),
            description=Text(
                kk="CityJSON 2.0 бойынша нысан түрі.", ru="Тип объекта по CityJSON 2.0.", en="Type by CityJSON 2.0."
            ),
            required=True,
            values=OBJECT_TYPES,
        ),
        Field(
            name="parent_id",
            type=FieldType.STRING,
            title=Text(kk="Құрамына кіретін нысан", ru="Объект, частью которого является", en="Part of"),
            description=Text(
                kk="Осы нысан бөлігі болып табылатын нысанның белгісі.",
                ru="Идентификатор объекта, частью которого является этот.",
                en="Identifier of the object of which this one is a part.",
            ),
            key=True,
        ),
        Field(
            name="building_id",
            type=FieldType.INTEGER,
            title=Text(kk="Тізілімдегі ғимарат", ru="Здание в регистре", en="Building in the register"),
            refers_to=("real_estate.building",),
        ),
        Field(
            name="lod",
            type=FieldType.STRING,
            title=Text(kk="Егжей-тегжейлік деңгейі", ru="Уровень детализации", en="Level of detail"),
            description=Text(
                kk="Нысан геометрияларының ең жоғары LoD деңгейі; геометриясы болмаса, бос.",
                ru="Наибольший LoD геометрий объекта; пусто, если геометрии нет.",
                en="The highest LoD among the object's geometries; empty where it has none.",
            ),
            values=LODS,
        ),
        _metres(
            "ground_height",
            Text(kk="Табанының биіктігі", ru="Отметка подошвы", en="Height of the ground"),
            Text(
                kk="Нысанның ең төменгі нүктесінің абсолюттік биіктігі.",
                ru="Абсолютная отметка нижней точки объекта.",
                en="Elevation of the object's lowest point.",
            ),
        ),
        _metres(
            "roof_height",
            Text(kk="Төбесінің биіктігі", ru="Отметка верха", en="Height of the top"),
            Text(
                kk="Нысанның ең жоғарғы нүктесінің абсолюттік биіктігі.",
                ru="Абсолютная отметка верхней точки объекта.",
                en="Elevation of the object's highest point.",
            ),
        ),
        Field(
            name="volume",
            type=FieldType.NUMBER,
            unit="m3",
            title=Text(kk="Көлемі", ru="Объём", en="Volume"),
            description=Text(
                kk="Ең егжей-тегжейлі денелерінің көлемі; денесі тұйық болмаса, бос.",
                ru="Объём самых подробных тел объекта; пусто, если тело не замкнуто.",
                en="Volume of the most detailed solids; empty where a solid is not closed.",
            ),
        ),
        Field(
            name="closed",
            type=FieldType.BOOLEAN,
            title=Text(kk="Денесі тұйық", ru="Тело замкнуто", en="Solid is closed"),
            description=Text(
                kk="Денелерінің бәрі тұйық; денесі болмаса, бос.",
                ru="Все тела объекта замкнуты; пусто, если тел нет.",
                en="All its solids are closed; empty where it has none.",
            ),
        ),
        Field(
            name="vertical_system",
            type=FieldType.STRING,
            title=Text(kk="Биіктіктер жүйесі", ru="Система высот", en="Vertical system"),
            description=Text(
                kk="Биіктіктер саналатын жүйе, мысалы EPSG:5709; белгісіз болса, бос.",
                ru="Система, от которой считаются высоты, например EPSG:5709; пусто, если неизвестна.",
                en="What heights count from, for example EPSG:5709; empty where it is not known.",
            ),
        ),
        _json(
            "shape",
            Text(kk="Үшөлшемді пішіні", ru="Трёхмерная форма", en="Shape in three dimensions"),
            Text(
                kk="CityJSON 2.0 геометриялары және олардың қала жүйесіндегі нүктелері, JSON.",
                ru="Геометрии CityJSON 2.0 и их точки в системе города, JSON.",
                en="Geometries of CityJSON 2.0 and their points in the city's system, as JSON.",
            ),
            required=True,
        ),
        _json(
            "attributes",
            Text(kk="Дереккөздегі атрибуттар", ru="Атрибуты источника", en="Attributes of the source"),
            Text(
                kk="Нысанның файлдағы атрибуттары, JSON.",
                ru="Атрибуты объекта, как они даны в файле, JSON.",
                en="The object's attributes as the file gives them, as JSON.",
            ),
        ),
        _json(
            "members",
            Text(kk="Өзге мәліметтер", ru="Прочие сведения", en="Other members"),
            Text(
                kk="Нысанның файлдағы өзге мүшелері (address, children_roles, кеңейтімдер), JSON.",
                ru="Прочие члены объекта в файле (address, children_roles, расширения), JSON.",
                en="The object's other members in the file (address, children_roles, extensions), as JSON.",
            ),
        ),
        _json(
            "flaws",
            Text(kk="Пішіннің ақаулары", ru="Дефекты формы", en="Flaws of the shape"),
            Text(
                kk="Тұйық емес, теріс бағытталған немесе өзін қиятын беттер: коды, беті, орны; JSON.",
                ru="Незамкнутые, вывернутые или самопересекающиеся грани: код, грань, место; JSON.",
                en="Faces that leave it open, are inverted or touch each other: code, face, place; as JSON.",
            ),
        ),
        Field(
            name="derived",
            type=FieldType.BOOLEAN,
            title=Text(kk="Есептеп шығарылған", ru="Выведено расчётом", en="Derived"),
            description=Text(
                kk="Пішін өлшенбей, өзге деректерден шығарылған.",
                ru="Форма не измерена, а выведена из других данных.",
                en="The shape was not measured but derived from other data.",
            ),
        ),
    ),
    label="gml_id",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#55606b", fill="#b9c4cf", width=0.6, opacity=0.7, min_zoom=14),
)  # fmt: skip

LAYERS: Final = (CITY_OBJECT,)
"""The layers of the city in three dimensions."""
