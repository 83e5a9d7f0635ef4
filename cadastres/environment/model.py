"""Layers of the environmental cadastre, named after INSPIRE's Hydrography (hy-p/4.0) where it has names."""

from cadastres.fields import EXTERNAL_REFERENCE, NAMES, OPENSTREETMAP
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

WATER_BODY = Layer(
    name="environment.water_body",
    title=Text(kk="Су айдындары", ru="Водные объекты", en="Water bodies"),
    description=Text(
        kk="Көлдердің, тоғандардың, су қоймаларының және кең өзендердің су беті.",
        ru="Зеркало озёр, прудов, водохранилищ и широких рек.",
        en="Surface of lakes, ponds, reservoirs and wide rivers.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="water_type",
            type=FieldType.STRING,
            title=Text(kk="Су нысанының түрі", ru="Вид водного объекта", en="Kind of water"),
            description=Text(
                kk="Теңіз, тұйық су немесе ағын су; белгісіз болса, unknown.",
                ru="Море, стоячая вода или водоток; unknown, если неизвестно.",
                en="Sea, standing water or a watercourse; unknown where the source does not tell.",
            ),
            required=True,
            values=("sea", "standingWater", "watercourse", "unknown"),
        ),
        Field(
            name="origin",
            type=FieldType.STRING,
            title=Text(kk="Шығу тегі", ru="Происхождение", en="Origin"),
            description=Text(
                kk="INSPIRE OriginValue бойынша: табиғи немесе жасанды.",
                ru="По INSPIRE OriginValue: естественное или искусственное.",
                en="By INSPIRE OriginValue: natural or man-made.",
            ),
            values=("natural", "manMade"),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="name",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#2b6c99", fill="#a6cee3", width=0.8, opacity=0.9, min_zoom=8),
)

GREEN_AREA = Layer(
    name="environment.green_area",
    title=Text(kk="Жасыл аймақтар", ru="Зелёные территории", en="Green areas"),
    description=Text(
        kk="Саябақтар, бақтар, ормандар, көгалдар мен зираттар.",
        ru="Парки, сады, леса, газоны и кладбища.",
        en="Parks, gardens, woods, lawns and cemeteries.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="green_area_type",
            type=FieldType.STRING,
            title=Text(kk="Жасыл аймақтың түрі", ru="Вид зелёной территории", en="Kind of green area"),
            required=True,
            values=("park", "garden", "wood", "grass", "scrub", "cemetery", "allotments", "orchard", "protectedArea"),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="name",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#4d8c57", fill="#b7dfb9", width=0.8, opacity=0.8, min_zoom=10),
)
